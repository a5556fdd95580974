#pragma once
// One backup server as a source of observations. Its usage is asked as often as the connection says; everything else
// takes turns, one call a step: jobs, namespaces and groups every 15 minutes, snapshots only of what changed, and of
// all when a verification has ended. So it costs a few calls a minute, however many groups there are (proxmox §4.3,
// P8).

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/server/server_observation.h"
#include "proxmox/client.h"
#include "proxmox/parse.h"
#include "proxmox/source.h"

namespace monitorix::proxmox {

class ServerSource {
 public:
  using Sink = std::function<void(ServerObservation)>;
  ServerSource(net::HttpClient& http, const Clock& clock, const ClusterConfig& config, Sink sink);

  /// The jobs as of now; ask again when pause() has changed.
  std::vector<SourceJob> jobs();
  /// Between two steps: short while there is much to catch up with.
  [[nodiscard]] std::chrono::milliseconds pause() const;
  void reconfigure(const ClusterConfig& config);
  Client& client() { return client_; }

  net::Task<> poll_usage();
  net::Task<> step();
  /// Nothing is due before the next round.
  [[nodiscard]] bool is_caught_up() const;

 private:
  struct Space {
    SteadyTime due{};
    std::map<GroupName, BackupGroup> groups{};  ///< as of the last list
    std::set<GroupName> changed{};              ///< whose snapshots are to be asked for
    bool wants_all{false};                      ///< the snapshots of all of them, in one call
    bool is_too_large{false};                   ///< one call for all does not fit: group by group
  };
  struct Store {
    SteadyTime due{};
    std::map<std::string, Space> spaces{};
  };
  struct Work {
    enum class What { jobs, namespaces, groups, all_snapshots, snapshots };
    What what{};
    ServerJobKind kind{};
    std::string store{}, space{};
    GroupName group{};
  };

  net::Task<> watch_silence();
  net::Task<> introduce();
  net::Task<> ask_jobs(ServerJobKind kind);
  net::Task<> ask_namespaces(std::string store);
  net::Task<> ask_groups(std::string store, std::string space);
  net::Task<> ask_all_snapshots(std::string store, std::string space);
  net::Task<> ask_snapshots(std::string store, std::string space, GroupName group);
  [[nodiscard]] std::optional<Work> next_work() const;
  [[nodiscard]] Space* space_of(const std::string& store, const std::string& space);
  void note_groups(Space& space, const NamespaceGroups& groups);
  void note_verifications(const ServerJobs& jobs);
  void tell(decltype(ServerObservation::what) what);
  void tell_health();

  const Clock& clock_;
  Client client_;
  Sink sink_;
  Findings findings_{};
  std::map<ServerJobKind, SteadyTime> jobs_due_{};
  std::map<std::string, WallTime> verified_at_{};  ///< by job of verification: when it last ended
  std::map<std::string, Store> stores_{};
  std::string version_{};
  std::optional<Permissions> rights_{};
  SteadyTime introduced_due_{};
  int steps_{0};
};

}  // namespace monitorix::proxmox
