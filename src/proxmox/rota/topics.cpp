#include "proxmox/reason.h"
#include "proxmox/rota/guest_answers.h"
#include "proxmox/rota/topic.h"

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

/// The one of 9; Proxmox VE 8 names its own when it refuses.
constexpr std::string_view kAgentPrivilege = "VM.GuestAgent.Audit";

bool runs(const Subject& guest) { return guest.is_running; }
bool agent_may_answer(const Subject& guest) { return guest.is_running && guest.has_agent; }

/// "Permission check failed (/vms/100, VM.Monitor)" names what is missing; of several that would do, the first.
std::string_view privilege_in(std::string_view said) {
  const auto comma = said.rfind(", ");
  if (!said.starts_with("Permission check failed (") || comma == std::string_view::npos) return {};
  const auto name = said.substr(comma + 2, said.find_first_of("|)", comma) - comma - 2);
  return name.find('.') == std::string_view::npos ? std::string_view() : name;
}

constexpr auto kTopics = std::to_array<Topic>({
    {"ha", Per::cluster, 15min, "Sys.Audit", ask_ha},
    {"qdevice", Per::cluster, 5min, "Sys.Audit", ask_qdevice},
    {"zfs", Per::node, 5min, "Sys.Audit", ask_zfs},
    {"replication", Per::node, 5min, "VM.Audit", ask_replication},
    {"thin_pools", Per::node, 15min, "Sys.Audit", ask_thin_pools},
    {"clock", Per::node, 10min, "Sys.Audit", ask_clock},
    {"disks", Per::node, 1h, "Sys.Audit", ask_disks},
    {"software", Per::node, 6h, "Sys.Audit", ask_software},
    {"repositories", Per::node, 24h, "Sys.Audit", ask_repositories},
    {"options", Per::cluster, 30min, "Sys.Audit", ask_options},
    {"config", Per::qemu, 6h, "VM.Audit", ask_config, nullptr, true},
    {"config", Per::lxc, 6h, "VM.Audit", ask_config, nullptr, true},
    {"file_systems", Per::qemu, 15min, kAgentPrivilege, ask_file_systems, agent_may_answer, false, true},
    {"interfaces", Per::qemu, 15min, kAgentPrivilege, ask_agent_interfaces, agent_may_answer, false, true},
    {"os", Per::qemu, 24h, kAgentPrivilege, ask_os, agent_may_answer, false, true},
    {"interfaces", Per::lxc, 15min, "VM.Audit", ask_lxc_interfaces, runs},
    {"snapshots", Per::qemu, 6h, "VM.Audit", ask_snapshots, nullptr, true},
    {"snapshots", Per::lxc, 6h, "VM.Audit", ask_snapshots, nullptr, true},
});

}  // namespace

std::span<const Topic> topics() { return kTopics; }

Reason Asking::garbled(const Error& error) const {
  notes_->outcome = Outcome::failed;
  return reason_of(error);
}

net::Task<Heard> Asking::get(Result<std::string> path, CallClass kind) {
  if (!path) {
    notes_->outcome = Outcome::unsupported;
    co_return Heard{.missing = reason_of(path.error())};
  }
  ++notes_->calls;
  const SteadyTime asked = clock_->steady();
  auto answer = co_await client_->get(std::move(*path), kind);
  const SteadyTime now = clock_->steady();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - asked);
  // What a member says of a dead guest or disk is no sign that it is strained; no answer is, and a peer's silence. How
  // long it waited in vain for an agent says nothing of the member.
  const bool is_of_agent = kind == CallClass::agent && answer && !answer->is_ok() && !answer->blames_peer();
  const bool was_asked = answer || (answer.error().code != Errc::unavailable && answer.error().code != Errc::cancelled);
  if (was_asked && !is_of_agent) notes_->rota.note_call(took, !answer || answer->blames_peer(), now);
  if (!answer) {
    notes_->outcome = Outcome::failed;
    co_return Heard{.missing = client_->explain(answer.error())};
  }
  if (answer->is_ok()) co_return Heard{.data = std::move(answer->data)};
  const bool is_denied = answer->status == 403, is_unknown = answer->status == 501 || answer->status == 404;
  // "zfsutils-linux not installed": that will not change soon either.
  const bool is_absent = answer->status == 500 && answer->reason.find("not installed") != std::string::npos;
  notes_->outcome = is_denied ? Outcome::denied : is_unknown || is_absent ? Outcome::unsupported : Outcome::failed;
  if (is_denied) {
    const auto named = privilege_in(answer->reason);
    co_return Heard{.missing = privilege_missing(named.empty() ? privilege_ : named)};
  }
  if (is_unknown) co_return Heard{.missing = unsupported()};
  if (kind == CallClass::agent) co_return Heard{.missing = agent_silence(answer->status, answer->reason)};
  if (is_absent) co_return Heard{.missing = not_installed(answer->reason)};
  co_return Heard{.missing = reason_of_status(answer->status, answer->reason)};
}

}  // namespace monitorix::proxmox
