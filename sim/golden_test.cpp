// The simulator against the recordings of real servers: the same world, the same calls, and answers alike in status,
// reason, headers, rows, keys, JSON types and every value that does not depend on load or time.

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "base/json.h"
#include "sim/pve/api.h"

namespace monitorix::sim {

namespace {

using Names = std::set<std::string, std::less<>>;

/// Why a recording says nothing about the simulator (see tests/data/pve/README.md, "Not faithful there").
const std::map<std::string, std::string> kNotCompared{
    {"ok_disks", "the recorded machine had no LVM tools"},
    {"tok_mon_pve_audit_disks", "the recorded machine had no LVM tools"},
    {"tok_mon_pve_shared_disks", "the recorded machine had no LVM tools"},
    {"ok_time", "the recorded machine of 9.2 had no timedatectl"},
    {"ext_extjs_error", "the other formatter is never used"},
    {"ok_start_vm", "only GET is simulated"},
    {"ok_cluster_log", "the cluster log is not simulated"},
    {"ok_services", "the recorded machine had no systemd"},
    {"tok_mon_pve_audit_services", "the recorded machine had no systemd"},
    {"tok_mon_pve_shared_services", "the recorded machine had no systemd"},
};
/// What real nodes have and the recorded ones, for lack of a newer QEMU or of cgroups, had not.
const Names kMayBeMore{"blockstat",
                       "diskread",
                       "diskwrite",
                       "running-machine",
                       "running-qemu",
                       "proxmox-support",
                       "pressurecpusome",
                       "pressureiosome",
                       "pressureiofull",
                       "pressurememorysome",
                       "pressurememoryfull",
                       "ostype",
                       "scsihw",
                       "sockets",
                       "meta",
                       "vmgenid",
                       "balloon",
                       "memhost",
                       "secureboot"};
/// The recorded container had no cgroups, so its round-robin file had next to nothing.
const Names kMayBeMoreInHistory{"cpu", "mem", "netin", "netout", "pressurecpufull"};
const Names kFractional{"cpu", "wait", "idle", "value", "used_fraction"};
/// Values that the test world shares with the recorded one.
const Names kExact{"id",     "type",      "node",    "name",     "vmid",   "status",       "tags",    "template",
                   "lock",   "storage",   "shared",  "enabled",  "active", "plugintype",   "cpus",    "maxcpu",
                   "maxmem", "qmpstatus", "online",  "local",    "nodeid", "level",        "version", "release",
                   "repoid", "managed",   "quorate", "filename", "metric", "network-type", "network", "sdn",
                   "dev",    "message",   "errors",  "agent",    "memory", "hostname",     "cores",   "swap"};

class Comparison {
 public:
  explicit Comparison(bool is_history) : is_history_(is_history) {}

  void compare(const Json& real, const Json& ours, const std::string& place, std::string_view key) {
    if (const auto* rows = real.as_array()) {
      const auto* own = ours.as_array();
      if (own == nullptr) return note(place, "no list");
      return is_history_ ? compare_history(*rows, *own, place) : compare_rows(*rows, *own, place);
    }
    if (const auto* members = real.as_object()) {
      const auto* own = ours.as_object();
      if (own == nullptr) return note(place, "no object");
      return compare_members(*members, *own, place);
    }
    compare_values(real, ours, place, key);
  }
  [[nodiscard]] const std::vector<std::string>& differences() const { return differences_; }

 private:
  void note(const std::string& place, const std::string& what) { differences_.push_back(place + ": " + what); }

  void compare_values(const Json& real, const Json& ours, const std::string& place, std::string_view key) {
    if (real.is_null() != ours.is_null()) return note(place, "null on one side only");
    if ((real.as_string() == nullptr) != (ours.as_string() == nullptr)) return note(place, "text or not");
    if ((real.as_bool() == nullptr) != (ours.as_bool() == nullptr)) return note(place, "true/false or not");
    const bool is_whole =
        real.as_int() != nullptr && !is_history_ && !kFractional.contains(key) && !key.starts_with("pressure");
    if (is_whole && ours.as_int() == nullptr) return note(place, "not a whole number: " + ours.dump());
    const bool is_kernel = place.find("current-kernel") != std::string::npos;  // its text was made up
    if (!is_kernel && kExact.contains(key) && real.dump() != ours.dump())
      note(place, real.dump() + " became " + ours.dump());
  }

  void compare_members(const Json::Object& real, const Json::Object& ours, const std::string& place) {
    for (const auto& [key, value] : real) {
      const auto own = ours.find(key);
      if (own == ours.end()) {
        if (!key.starts_with("tap")) note(place, "lacks " + key);
      } else {
        compare(value, own->second, place + "." + key, key);
      }
    }
    for (const auto& [key, value] : ours) {
      const bool may_be = kMayBeMore.contains(key) || (is_history_ && kMayBeMoreInHistory.contains(key));
      if (!real.contains(key) && !may_be) note(place, "invents " + key);
    }
  }

  static std::string name_of(const Json& row) {
    std::string name;
    for (const std::string_view key :
         {"id", "metric", "vmid", "storage", "name", "filename", "subdir", "poolid", "type"}) {
      if (const auto* value = row.find(key)) name += value->dump() + " ";
      if (!name.empty() && key == "metric") break;
    }
    return name.empty() ? row.dump() : name;
  }

  void compare_rows(const Json::Array& real, const Json::Array& ours, const std::string& place) {
    std::map<std::string, const Json*> own;
    for (const auto& row : ours) own[name_of(row)] = &row;
    for (const auto& row : real) {
      if (row.as_object() == nullptr) {
        if (ours.empty()) return note(place, "empty");
        compare(row, ours.front(), place + "[]", "");
        continue;
      }
      const auto found = own.find(name_of(row));
      if (found == own.end()) {
        note(place, "lacks the row " + name_of(row));
        continue;
      }
      compare(row, *found->second, place + "[" + name_of(row) + "]", "");
      own.erase(found);
    }
    if (!real.empty() && real.front().as_object() == nullptr) return;
    for (const auto& [name, row] : own) note(place, "invents the row " + name);
  }

  void compare_history(const Json::Array& real, const Json::Array& ours, const std::string& place) {
    const auto off = real.size() > ours.size() ? real.size() - ours.size() : ours.size() - real.size();
    if (off > 1) note(place, std::to_string(real.size()) + " rows became " + std::to_string(ours.size()));
    const auto fullest = [](const Json::Array& rows) {
      return *std::max_element(rows.begin(), rows.end(), [](const Json& a, const Json& b) {
        return a.as_object()->size() < b.as_object()->size();
      });
    };
    const auto real_row = fullest(real);
    if (real_row.as_object()->size() > 1) compare_members(*real_row.as_object(), *fullest(ours).as_object(), place);
    const auto step = [](const Json::Array& rows) {
      return *rows[1].find("time")->as_int() - *rows[0].find("time")->as_int();
    };
    if (step(real) != step(ours)) note(place, "another step");
  }

  bool is_history_;
  std::vector<std::string> differences_{};
};

Guest guest(int vmid, GuestKind kind, std::size_t node, std::string name) {
  const WallTime now{std::chrono::seconds{1'795'388'812}};
  Guest out;
  out.vmid = vmid;
  out.kind = kind;
  out.node = node;
  out.name = std::move(name);
  out.seed = static_cast<std::uint64_t>(vmid) * 7 + 1;
  out.created = now - std::chrono::hours{300};
  out.started = now - std::chrono::hours{2};
  out.cpus = 2;
  out.max_memory = 536'870'912;
  out.starts_with_node = false;
  return out;
}

World recorded_world(Version version) {
  World world;
  world.version = version;
  world.began = WallTime{std::chrono::seconds{1'795'388'812}};
  auto& cluster = world.clusters.emplace_back();
  cluster.name = "recorded";
  Node node;
  node.name = "pve1";
  node.address = "10.99.0.1";
  node.certificate.fingerprint = "AA:BB";
  node.certificate.names = {"127.0.0.1", "localhost"};
  node.cpus = 2;
  node.memory = 25'274'793'984;
  node.root_disk = 270'553'174'016;
  node.seed = 1;
  node.booted = world.began - std::chrono::hours{3};
  cluster.nodes.push_back(node);
  node.name = "pve2";
  node.is_member = node.is_alive = false;
  cluster.nodes.push_back(node);
  cluster.storages = {Storage{"local", "dir", "vztmpl,backup,rootdir,iso,images", false, true, true, 0, 1, 0.3, 0},
                      Storage{"offline-disabled", "dir", "images", false, false, true, 1, 2, 0.3, 0},
                      Storage{"nas-dead", "nfs", "images", true, true, false, 1, 3, 0.3, 0}};
  auto web = guest(100, GuestKind::qemu, 0, "web-01");
  web.is_running = web.starts_with_node = true;
  web.tags = "prod;web";
  web.max_memory = 2'147'483'648;
  web.max_disk = 34'359'738'368;
  auto pattern = guest(101, GuestKind::qemu, 0, "tmpl-deb12");
  pattern.is_template = true;
  pattern.cpus = 1;
  auto locked = guest(102, GuestKind::qemu, 0, "locked-vm");
  locked.lock = "backup";
  locked.has_agent = true;
  locked.max_memory = 4'294'967'296;
  auto names = guest(200, GuestKind::lxc, 0, "ct-dns");
  names.is_running = true;
  names.tags = "infra";
  names.max_swap = 536'870'912;
  names.max_disk = 8'589'934'592;
  auto stopped = guest(201, GuestKind::lxc, 0, "ct-nomem");
  stopped.max_disk = 1'073'741'824;
  cluster.guests = {web,
                    pattern,
                    locked,
                    names,
                    stopped,
                    guest(300, GuestKind::qemu, 1, "far"),
                    guest(301, GuestKind::lxc, 1, "far-ct")};
  return world;
}

std::string file_text(const std::filesystem::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string text_of(const Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->as_string() != nullptr ? *member->as_string() : std::string();
}

/// The recorded Authorization header, spoken with the simulator's tokens.
std::string translated(std::string header, const std::vector<Token>& tokens) {
  const std::map<std::string, std::string> same{
      {"root@pam!full", "root"},  {"root@pam!sep", "noacl"},   {"mon@pve!noacl", "noacl"}, {"mon@pve!audit", "audit"},
      {"mon@pve!shared", "full"}, {"root@pam!old", "expired"}, {"off@pve!tok", "disabled"}};
  for (const auto& [recorded, label] : same) {
    for (const auto& token : tokens) {
      if (token.label == label && header == "PVEAPIToken=" + recorded + "=00000000-0000-4000-8000-000000000001") {
        return "PVEAPIToken=" + token.text();
      }
    }
  }
  return header;
}

std::vector<std::string> header_lines(const std::string& head) {
  std::vector<std::string> out;
  std::istringstream lines(head);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.size() > 1) {
    line.pop_back();
    const bool varies = line.starts_with("Date") || line.starts_with("Expires") || line.starts_with("Content-Length");
    out.push_back(varies ? line.substr(0, line.find(':')) : line);
  }
  return out;
}

std::vector<std::string> header_lines(const Json& recording) {
  std::vector<std::string> out;
  const auto* headers = recording.find("headers");
  if (headers == nullptr) return out;
  for (const auto& pair : *headers->as_array()) {
    const auto& name = *(*pair.as_array())[0].as_string();
    const bool varies = name == "Date" || name == "Expires" || name == "Content-Length";
    out.push_back(varies ? name : name + ": " + *(*pair.as_array())[1].as_string());
  }
  return out;
}

Request request_for(const Json& recording, const std::vector<Token>& tokens) {
  auto request =
      parse_head(text_of(recording, "method") + " /api2/json" + text_of(recording, "path") + " HTTP/1.1").value();
  const auto* sent = recording.find("request_headers");
  auto header = sent == nullptr ? "PVEAPIToken=root@pam!full=00000000-0000-4000-8000-000000000001"
                                : text_of(*sent, "Authorization");
  if (!header.empty()) request.headers.emplace_back("Authorization", translated(std::move(header), tokens));
  return request;
}

void add_failed_start(World& world) {
  Task task;
  task.type = "qmstart";
  task.vmid = 102;
  task.token = "full";
  task.started = world.began;
  task.ended = world.began + std::chrono::seconds{1};
  task.status = "VM is locked (backup)";
  world.clusters[0].tasks.push_back(task);
}

int compare_folder(const std::string& folder, Version version) {
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MONITORIX_TEST_DATA "/pve/" + folder)) {
    const auto name = entry.path().stem().string();
    if (kNotCompared.contains(name)) continue;
    auto world = recorded_world(version);
    if (name == "ok_tasks_after") add_failed_start(world);
    Api api(world);
    const auto recording = Json::parse(file_text(entry.path())).value();
    const auto request = request_for(recording, api.tokens(0));
    CAPTURE(folder);
    CAPTURE(name);
    const auto answer = api.answer(0, 0, request, world.began + std::chrono::seconds{5});
    CHECK(answer.status == *recording.find("status")->as_int());
    if (const auto reason = text_of(recording, "reason"); !reason.empty()) CHECK(answer.reason == reason);
    CHECK(header_lines(head_of(answer, Encoding::plain, world.began)) == header_lines(recording));
    const auto& body = *recording.find("body");
    CHECK((answer.body == nullptr) == (body.find("_text") != nullptr));
    CHECK((answer.delay.count() == 3'000) == (answer.status == 401 || answer.status == 595));
    ++compared;
    if (!answer.body) continue;
    const bool is_history = request.path.ends_with("rrddata") && answer.status == 200;
    Comparison comparison(is_history);
    // Only the kinds of rows matter in a list of packages.
    if (name == "ok_apt_update") continue;
    comparison.compare(body, Json::parse(answer.body->plain()).value(), "", "");
    for (const auto& difference : comparison.differences()) FAIL_CHECK(difference);
  }
  return compared;
}

}  // namespace

TEST_CASE("every answer is that of a real 9.2.11, field by field and type by type") {
  CHECK(compare_folder("pve-9.2.11", Version::v9_2) > 100);
}

TEST_CASE("every answer is that of a real 8.4.1, field by field and type by type") {
  CHECK(compare_folder("pve-8.4.1", Version::v8_4) > 60);
}

TEST_CASE("the comparison itself notices a missing row, a missing key and a wrong type") {
  const auto real = Json::parse(R"({"data":[{"id":"qemu/1","uptime":5,"name":"a"}]})").value();
  const auto differs = [&real](std::string_view ours) {
    Comparison comparison(false);
    comparison.compare(real, Json::parse(ours).value(), "", "");
    return !comparison.differences().empty();
  };
  CHECK_FALSE(differs(R"({"data":[{"id":"qemu/1","uptime":7,"name":"a"}]})"));
  CHECK(differs(R"({"data":[]})"));
  CHECK(differs(R"({"data":[{"id":"qemu/1","name":"a"}]})"));
  CHECK(differs(R"({"data":[{"id":"qemu/1","uptime":"5","name":"a"}]})"));
  CHECK(differs(R"({"data":[{"id":"qemu/1","uptime":5.5,"name":"a"}]})"));
  CHECK(differs(R"({"data":[{"id":"qemu/1","uptime":5,"name":"b"}]})"));
  CHECK(differs(R"({"data":[{"id":"qemu/1","uptime":5,"name":"a","more":1}]})"));
}

}  // namespace monitorix::sim
