// What guests are asked rarely.

#include <algorithm>

#include "proxmox/path.h"
#include "proxmox/rota/guest_answers.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

/// One question to the agent. What it does not answer is its own trouble, and is told in words of its own.
net::Task<Heard> ask_agent(Asking asking, Subject subject, std::string_view command) {
  auto heard = co_await asking.get(
      guest_path(subject.node, subject.type, subject.vmid, "/agent/" + std::string(command)), CallClass::agent);
  if (heard.missing) co_return heard;
  if (auto refusal = agent_refusal(heard.data)) {
    asking.judge(refusal->code == "agent_unable" ? Outcome::unsupported : Outcome::failed);
    co_return Heard{.missing = std::move(refusal)};
  }
  co_return heard;
}

}  // namespace

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

net::Task<decltype(Observation::what)> ask_config(Asking asking, Subject subject) {
  auto heard = co_await asking.get(guest_path(subject.node, subject.type, subject.vmid, "/config"), CallClass::facts);
  using Read = Result<GuestConfig> (*)(const Json&, Findings&);
  const Read of_vm = [](const Json& data, Findings& odd) { return parse_config(GuestType::qemu, data, odd); };
  const Read of_container = [](const Json& data, Findings& odd) { return parse_config(GuestType::lxc, data, odd); };
  const Read read = subject.type == GuestType::qemu ? of_vm : of_container;
  co_return GuestFactsReport{subject.type, subject.vmid, {.config = asking.fact<GuestConfig>(std::move(heard), read)}};
}

net::Task<decltype(Observation::what)> ask_file_systems(Asking asking, Subject subject) {
  auto heard = co_await ask_agent(asking, subject, "get-fsinfo");
  co_return GuestFactsReport{
      subject.type, subject.vmid, {.file_systems = asking.fact(std::move(heard), parse_file_systems)}};
}

net::Task<decltype(Observation::what)> ask_agent_interfaces(Asking asking, Subject subject) {
  auto heard = co_await ask_agent(asking, subject, "network-get-interfaces");
  co_return GuestFactsReport{
      subject.type, subject.vmid, {.interfaces = asking.fact(std::move(heard), parse_agent_interfaces)}};
}

net::Task<decltype(Observation::what)> ask_os(Asking asking, Subject subject) {
  auto os = asking.fact(co_await ask_agent(asking, subject, "get-osinfo"), parse_os);
  if (os.value) {
    // Without a name of its host it is still known what runs there.
    auto name = co_await ask_agent(asking, subject, "get-host-name");
    if (!name.missing) os.value->host_name = parse_host_name(name.data, asking.findings());
    asking.judge(Outcome::answered);
  }
  co_return GuestFactsReport{subject.type, subject.vmid, {.os = std::move(os)}};
}

}  // namespace monitorix::proxmox
