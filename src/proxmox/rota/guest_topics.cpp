// What guests are asked rarely.

#include <algorithm>

#include "proxmox/path.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {

Result<std::vector<GuestSnapshot>> parse_snapshots(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the guest's snapshots are not a list");
  std::vector<GuestSnapshot> out;
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "snapshot", findings);
    const auto name = row.text("name");
    if (!name || name->empty() || *name == "current") continue;  // what it is now
    GuestSnapshot snapshot{.name = *name, .description = row.text("description", 1024).value_or("")};
    snapshot.parent = row.text("parent");
    if (const auto taken = row.whole("snaptime")) snapshot.created_at = from_seconds(*taken);
    snapshot.with_memory = row.flag("vmstate");
    out.push_back(std::move(snapshot));
  }
  std::ranges::sort(out, {}, [](const GuestSnapshot& one) { return std::pair(one.created_at, one.name); });
  return out;
}

net::Task<decltype(Observation::what)> ask_lxc_interfaces(Asking asking, Subject subject) {
  auto heard =
      co_await asking.get(guest_path(subject.node, subject.type, subject.vmid, "/interfaces"), CallClass::facts);
  // Of one that stopped meanwhile there is an answer without anything in it (O15).
  if (!heard.missing && heard.data.is_null())
    heard.missing = Reason{.code = "guest_not_running", .text = "the guest does not run"};
  co_return GuestFactsReport{
      subject.type, subject.vmid, {.interfaces = asking.fact(std::move(heard), parse_lxc_interfaces)}};
}

net::Task<decltype(Observation::what)> ask_snapshots(Asking asking, Subject subject) {
  auto heard = co_await asking.get(guest_path(subject.node, subject.type, subject.vmid, "/snapshot"), CallClass::facts);
  co_return GuestFactsReport{subject.type, subject.vmid, {.snapshots = asking.fact(std::move(heard), parse_snapshots)}};
}

}  // namespace monitorix::proxmox
