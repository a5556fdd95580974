// What members are asked rarely.

#include <algorithm>

#include "proxmox/path.h"
#include "proxmox/reason.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

/// Some drives tell nothing: "N/A", "unknown".
std::optional<std::string> said(const Row& row, std::string_view field) {
  auto text = row.text(field);
  if (text && (text->empty() || *text == "unknown" || *text == "N/A")) text.reset();
  return text;
}

// `wearout` is what is left, in percent (100 is new); drives that do not tell have "N/A".
std::optional<double> worn(const Json& disk, const Row& row) {
  const Json* left = disk.find("wearout");
  if (left == nullptr || (left->as_string() && tolerant_number(*left) == std::nullopt)) return std::nullopt;
  const auto percent = row.number("wearout", 0, 100);
  return percent ? std::optional((100 - *percent) / 100) : std::nullopt;
}

}  // namespace

Result<std::vector<Disk>> parse_disks(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's disks are not a list");
  std::vector<Disk> out;
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/disks/list", findings);
    const auto path = row.text("devpath");
    if (!path || path->empty()) continue;
    Disk disk{.path = *path};
    disk.model = said(row, "model");
    disk.serial = said(row, "serial");
    disk.vendor = said(row, "vendor");
    disk.kind = said(row, "type");
    disk.used_as = said(row, "used");
    disk.health = said(row, "health");
    disk.size_bytes = row.whole("size");
    // Of a disk that turns, Proxmox VE sends a wear-out of 0 or none; it means nothing there.
    if (disk.kind != "hdd") disk.worn_ratio = worn(item, row);
    out.push_back(std::move(disk));
  }
  std::ranges::sort(out, {}, &Disk::path);
  return out;
}

Result<std::vector<ReplicationJob>> parse_replication(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's replication is not a list");
  std::vector<ReplicationJob> out;
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/replication", findings);
    const auto id = row.text("id");
    if (!id || id->empty()) continue;
    ReplicationJob job{.id = *id, .vmid = row.whole("guest"), .target = row.text("target")};
    job.schedule = row.text("schedule");
    if (auto error = row.text("error", 1024); error && !error->empty()) job.error = std::move(error);
    job.last_sync_at = row.moment("last_sync");
    job.last_try_at = row.moment("last_try");
    job.next_sync_at = row.moment("next_sync");
    job.duration_seconds = row.number("duration", 0);
    job.fail_count = row.whole("fail_count");
    job.disabled = row.flag("disable").value_or(false);
    out.push_back(std::move(job));
  }
  std::ranges::sort(out, {}, &ReplicationJob::id);
  return out;
}

Result<NodeClock> parse_clock(const Json& data, WallTime asked, WallTime heard, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the node's time is not an object");
  const Row row(data, "nodes/time", findings);
  const auto told = row.moment("time");
  if (!told) return fail(Errc::protocol, "the node does not say its time");
  using Seconds = std::chrono::duration<double>;
  const double way = std::max(0.0, Seconds(heard - asked).count());
  // It told whole seconds, so half a second more on average, and it did so about half of the way before we heard.
  const double ahead = Seconds(*told - asked).count() + 0.5 - way / 2;
  return NodeClock{.ahead_seconds = ahead, .uncertainty_seconds = 0.5 + way / 2, .time_zone = row.text("timezone")};
}

net::Task<decltype(Observation::what)> ask_disks(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/disks/list"), CallClass::facts);
  co_return NodeFactsReport{subject.node, {.disks = asking.fact(std::move(heard), parse_disks)}};
}

net::Task<decltype(Observation::what)> ask_replication(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/replication"), CallClass::facts);
  auto fact = asking.fact(std::move(heard), parse_replication);
  // A token that may not see guests gets an empty list for jobs that are there.
  if (fact.value && fact.value->empty() && asking.lacks("VM.Audit")) fact = {.missing = privilege_missing("VM.Audit")};
  co_return NodeFactsReport{subject.node, {.replication = std::move(fact)}};
}

net::Task<decltype(Observation::what)> ask_clock(Asking asking, Subject subject) {
  const WallTime asked = asking.now();
  auto heard = co_await asking.get(node_path(subject.node, "/time"), CallClass::facts);
  NodeFacts facts{};
  if (heard.missing) {
    facts.clock.missing = std::move(heard.missing);
  } else if (auto clock = parse_clock(heard.data, asked, asking.now(), asking.findings())) {
    facts.clock = {.value = std::move(*clock), .at = asking.now()};
  } else {
    facts.clock.missing = asking.garbled(clock.error());
  }
  co_return NodeFactsReport{subject.node, std::move(facts)};
}

}  // namespace monitorix::proxmox
