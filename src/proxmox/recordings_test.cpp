#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <sstream>

#include "proxmox/parse.h"
#include "proxmox/value.h"

// Every recorded answer of real servers is read without a lost object and without an invented value.

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

const std::string kData = MONITORIX_TEST_DATA;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in, path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Recording {
  std::string path{};
  std::int64_t status{};
  Json body{};
};

Recording load(const std::string& file) {
  const auto json = Json::parse(read_file(kData + "/pve/" + file));
  REQUIRE_MESSAGE(json, file);
  Recording out{};
  out.path = *json->find("path")->as_string();
  out.path = out.path.substr(0, out.path.find('?'));
  out.status = *json->find("status")->as_int();
  if (const Json* body = json->find("body")) out.body = *body;
  return out;
}

struct Counted {
  std::size_t nodes{}, guests{}, storages{};
  bool operator==(const Counted&) const = default;
};

const Json* raw_row(const Json& data, const std::string& id) {
  for (const Json& row : *data.as_array())
    if (const Json* found = row.find("id"); found && found->as_string() && *found->as_string() == id) return &row;
  return nullptr;
}

template <class Number>
void never_invented(const std::optional<Number>& value, const Json& raw, std::string_view field) {
  if (!value) return;
  const Json* source = raw.find(field);
  REQUIRE_MESSAGE(source, std::string(field) << " is not in the answer");
  CHECK(static_cast<double>(*value) == doctest::Approx(*tolerant_number(*source)).epsilon(1e-9));
}

void compare_guests(const Resources& resources, const Json& data) {
  for (const GuestRow& guest : resources.guests) {
    const std::string kind = guest.type == GuestType::qemu ? "qemu" : "lxc";
    const Json* raw = raw_row(data, kind + "/" + std::to_string(guest.vmid));
    REQUIRE(raw);
    never_invented(guest.cpu_ratio, *raw, "cpu");
    never_invented(guest.memory_used_bytes, *raw, "mem");
    never_invented(guest.memory_total_bytes, *raw, "maxmem");
    never_invented(guest.disk_used_bytes, *raw, "disk");
    never_invented(guest.disk_total_bytes, *raw, "maxdisk");
    never_invented(guest.net_in, *raw, "netin");
    never_invented(guest.disk_write, *raw, "diskwrite");
    never_invented(guest.uptime_seconds, *raw, "uptime");
    CHECK(guest.name.has_value() == (raw->find("name") != nullptr));
    CHECK(guest.lock.has_value() == (raw->find("lock") != nullptr));
    if (guest.status != "running") CHECK_FALSE(guest.cpu_ratio);
    if (guest.type == GuestType::qemu) CHECK_FALSE(guest.disk_used_bytes);
  }
  for (const NodeRow& node : resources.nodes) {
    const Json* raw = raw_row(data, "node/" + node.name);
    REQUIRE(raw);
    never_invented(node.cpu_ratio, *raw, "cpu");
    never_invented(node.memory_used_bytes, *raw, "mem");
    never_invented(node.uptime_seconds, *raw, "uptime");
    CHECK(node.cpu_ratio.has_value() == (raw->find("cpu") != nullptr));
  }
  for (const StorageRow& storage : resources.storages) {
    const Json* raw = raw_row(data, "storage/" + storage.node + "/" + storage.name);
    REQUIRE(raw);
    never_invented(storage.used_bytes, *raw, "disk");
    never_invented(storage.total_bytes, *raw, "maxdisk");
  }
}

std::string node_in(const std::string& path) {
  const std::string rest = path.substr(std::string("/nodes/").size());
  return rest.substr(0, rest.find('/'));
}

/// What our reader makes of one good answer.
Counted read(const Recording& recording, const std::string& file) {
  const std::string& path = recording.path;
  const Json* data = recording.body.find("data");
  REQUIRE_MESSAGE(data, file);
  Findings findings;
  Counted out{};
  const auto ends = [&](std::string_view tail) { return path.starts_with("/nodes/") && path.ends_with(tail); };
  if (path == "/cluster/resources") {
    const auto resources = parse_resources(*data, findings);
    REQUIRE(resources);
    compare_guests(*resources, *data);
    out = {resources->nodes.size(), resources->guests.size(), resources->storages.size()};
  } else if (path == "/cluster/status") {
    const auto membership = parse_membership(*data, findings);
    REQUIRE(membership);
    CHECK_FALSE(membership->quorate);  // these were stand-alone: quorum does not apply
    out.nodes = membership->members.size();
  } else if (ends("/storage")) {
    const auto storages = parse_node_storage(node_in(path), *data, findings);
    REQUIRE(storages);
    for (const auto& row : storages->rows) CHECK(row.total_bytes.has_value() == (row.active == true));
    out.storages = storages->rows.size();
  } else if (ends("/tasks")) {
    const auto tasks = parse_tasks(*data, findings);
    REQUIRE(tasks);
    CHECK(tasks->tasks.size() == data->as_array()->size());
  } else if (ends("/services")) {
    REQUIRE(parse_node_services("pve1", *data, findings));
  } else if (ends("/certificates/info")) {
    const auto certificates = parse_certificates("pve1", *data, findings);
    REQUIRE(certificates);
    CHECK(certificates->certificates.size() == data->as_array()->size());
    for (const auto& certificate : certificates->certificates) CHECK(parse_fingerprint(certificate.fingerprint));
  } else if (ends("/subscription")) {
    REQUIRE(parse_subscription("pve1", *data, findings));
  } else if (path == "/access/permissions") {
    REQUIRE(parse_permissions(*data));
  } else if (ends("/status") && std::ranges::count(path, '/') == 3) {
    const auto status = parse_node_status("pve1", *data, findings);
    REQUIRE(status);
    CHECK(status->detail.load_1);
    CHECK(status->detail.pve_version->find('/') == std::string::npos);
    CHECK(status->detail.rootfs_total_bytes);
  }
  CHECK_MESSAGE(findings.empty(), file << ": " << (findings.empty() ? "" : findings.front()));
  return out;
}

}  // namespace

TEST_CASE("every recorded answer gives the objects that the table counts") {
  std::ifstream table(kData + "/pve_objects.txt");
  REQUIRE(table);
  int files = 0, errors = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string file, nodes;
    Counted wanted{};
    words >> file >> nodes;
    CAPTURE(file);
    const Recording recording = load(file);
    ++files;
    if (nodes == "-") {
      CHECK(recording.status != 200);
      ++errors;
      continue;
    }
    wanted.nodes = std::stoul(nodes);
    words >> wanted.guests >> wanted.storages;
    CHECK(read(recording, file) == wanted);
  }
  CHECK(files > 150);
  CHECK(errors > 20);
}

TEST_CASE("a token without rights is known by its empty permissions, an auditor sees everything") {
  for (const std::string version : {"pve-9.2.11"}) {
    const auto nothing = parse_permissions(*load(version + "/tok_mon_pve_noacl_permissions.json").body.find("data"));
    REQUIRE(nothing);
    CHECK(nothing->sees_nothing());
    const auto audit = parse_permissions(*load(version + "/tok_mon_pve_audit_permissions.json").body.find("data"));
    REQUIRE(audit);
    CHECK(audit->sees_everything());
    CHECK(audit->allows("/vms/100", "VM.Audit"));
    CHECK_FALSE(audit->allows("/vms/100", "VM.PowerMgmt"));
  }
}
