#pragma once
// What is asked rarely: a topic is one kind of question, asked of the cluster, of each member or of each guest. To add
// one: a field in model/facts.h, a function here that asks and reads, a line in topics.cpp.

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "model/observation.h"
#include "net/task.h"
#include "proxmox/client.h"
#include "proxmox/parse.h"
#include "proxmox/rota/rota.h"

namespace monitorix::proxmox {

/// Of whom a topic is asked; of the cluster itself nothing is said. `node` is where a guest is now.
struct Subject {
  std::string node{};
  GuestType type{};
  std::int64_t vmid{0};
  bool is_running{false};
  bool has_agent{false};  ///< what its configuration said last
};

/// The answer of one call, or why there is none.
struct Heard {
  Json data{};
  std::optional<Reason> missing{};
};

/// A topic while it is asked: its way to the cluster. Copies speak for the same question.
class Asking {
 public:
  struct Notes {
    Rota& rota;
    Outcome outcome{Outcome::answered};
    int calls{0};
    Findings findings{};
    std::optional<std::chrono::seconds> period{};  ///< from now on, when what was heard asks for another
    const Permissions* rights{nullptr};            ///< of the token; nothing while they are not known
  };
  Asking(Client& client, const Clock& clock, Notes& notes, std::string_view privilege)
      : client_(&client),
        clock_(&clock),
        notes_(&notes),
        privilege_(privilege) {}

  /// An empty path (a name that is none) is not asked.
  net::Task<Heard> get(Result<std::string> path, CallClass kind);
  [[nodiscard]] Findings& findings() const { return notes_->findings; }
  /// The answer was none after all.
  void judge(Outcome outcome) const { notes_->outcome = outcome; }
  [[nodiscard]] WallTime now() const { return clock_->wall(); }
  void ask_again_in(std::chrono::seconds period) const { notes_->period = period; }
  /// Known not to hold it: an empty list then proves nothing (X10).
  [[nodiscard]] bool lacks(std::string_view privilege) const {
    return notes_->rights != nullptr && !notes_->rights->allows("/", privilege);
  }

  template <class T>
  Fact<T> fact(Heard heard, Result<T> (*read)(const Json&, Findings&)) const {
    if (heard.missing) return {.missing = std::move(heard.missing)};
    auto value = read(heard.data, findings());
    if (!value) return {.missing = garbled(value.error())};
    return {.value = std::move(*value), .at = now()};
  }

  /// An answer that could not be read; the question counts as failed.
  [[nodiscard]] Reason garbled(const Error& error) const;

 private:
  Client* client_;
  const Clock* clock_;
  Notes* notes_;
  std::string_view privilege_;
};

enum class Per : std::uint8_t { node, qemu, lxc, cluster };

struct Topic {
  std::string_view name{};
  Per per{};
  std::chrono::seconds period{};
  std::string_view privilege{};  ///< without which it is denied
  net::Task<decltype(Observation::what)> (*ask)(Asking, Subject){};
  bool (*applies)(const Subject&){};  ///< nullptr: always
  bool follows_tasks{false};          ///< asked at once when a task has changed its subject
  bool of_agent{false};               ///< answered by the guest's agent: when that is dead, all of them wait
};

/// In the order in which they are asked first. A place in it is part of a question's id: the list is fixed while we
/// run.
std::span<const Topic> topics();

Result<std::vector<Disk>> parse_disks(const Json& data, Findings& findings);
Result<std::vector<ZfsPool>> parse_zfs_pools(const Json& data, Findings& findings);
/// What the call about one pool adds to it.
Status read_zfs_detail(ZfsPool& pool, const Json& data, Findings& findings);
Result<std::vector<ThinPool>> parse_thin_pools(const Json& data, Findings& findings);
Result<NodeSoftware> parse_software(const Json& data, Findings& findings);
Result<NodeRepositories> parse_repositories(const Json& data, Findings& findings);
Result<ClusterOptions> parse_options(const Json& data, Findings& findings);
Result<std::vector<ReplicationJob>> parse_replication(const Json& data, Findings& findings);
/// Between `asked` and `heard` by our clock.
Result<NodeClock> parse_clock(const Json& data, WallTime asked, WallTime heard, Findings& findings);
Result<HaStatus> parse_ha_status(const Json& data, Findings& findings);
/// What the second call knows better: which members are being fenced, and those without a sign of life.
Status read_ha_manager(HaStatus& status, const Json& data, Findings& findings);
Result<QDevice> parse_qdevice(const Json& data, Findings& findings);
Result<std::vector<GuestSnapshot>> parse_snapshots(const Json& data, Findings& findings);

net::Task<decltype(Observation::what)> ask_disks(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_zfs(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_thin_pools(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_software(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_repositories(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_options(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_replication(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_clock(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_ha(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_qdevice(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_snapshots(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_config(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_lxc_interfaces(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_file_systems(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_agent_interfaces(Asking asking, Subject subject);
net::Task<decltype(Observation::what)> ask_os(Asking asking, Subject subject);

}  // namespace monitorix::proxmox
