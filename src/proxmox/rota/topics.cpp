#include "proxmox/reason.h"
#include "proxmox/rota/topic.h"

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

constexpr auto kTopics = std::to_array<Topic>({
    {"ha", Per::cluster, 15min, "Sys.Audit", ask_ha},
    {"qdevice", Per::cluster, 5min, "Sys.Audit", ask_qdevice},
    {"zfs", Per::node, 5min, "Sys.Audit", ask_zfs},
    {"replication", Per::node, 5min, "VM.Audit", ask_replication},
    {"thin_pools", Per::node, 15min, "Sys.Audit", ask_thin_pools},
    {"clock", Per::node, 10min, "Sys.Audit", ask_clock},
    {"disks", Per::node, 1h, "Sys.Audit", ask_disks},
    {"software", Per::node, 6h, "Sys.Audit", ask_software},
    {"snapshots", Per::qemu, 6h, "VM.Audit", ask_snapshots},
    {"snapshots", Per::lxc, 6h, "VM.Audit", ask_snapshots},
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
  // What a member says of a dead guest or disk is no sign that it is strained; no answer is, and a peer's silence.
  notes_->rota.note_call(took, !answer || answer->blames_peer(), now);
  if (!answer) {
    notes_->outcome = Outcome::failed;
    co_return Heard{.missing = client_->explain(answer.error())};
  }
  if (answer->is_ok()) co_return Heard{.data = std::move(answer->data)};
  const bool is_denied = answer->status == 403, is_unknown = answer->status == 501 || answer->status == 404;
  // "zfsutils-linux not installed": that will not change soon either.
  const bool is_absent = answer->status == 500 && answer->reason.find("not installed") != std::string::npos;
  notes_->outcome = is_denied ? Outcome::denied : is_unknown || is_absent ? Outcome::unsupported : Outcome::failed;
  if (is_denied) co_return Heard{.missing = privilege_missing(privilege_)};
  if (is_unknown) co_return Heard{.missing = unsupported()};
  if (is_absent) co_return Heard{.missing = not_installed(answer->reason)};
  co_return Heard{.missing = reason_of_status(answer->status, answer->reason)};
}

}  // namespace monitorix::proxmox
