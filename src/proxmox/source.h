#pragma once
// One cluster as a source of observations: which calls it needs, how often, and what they say. The poller decides when;
// the sink takes what came. Budget, whatever the cluster's size (proxmox §8): at most 15 requests a minute while nobody
// looks, 50 while somebody does.

#include <functional>
#include <string>
#include <vector>

#include "model/observation.h"
#include "proxmox/backups/rounds.h"
#include "proxmox/client.h"
#include "proxmox/identity.h"
#include "proxmox/parse.h"
#include "proxmox/rota/round.h"

namespace monitorix::proxmox {

struct SourceJob {
  std::string name{};
  std::chrono::milliseconds period{};
  std::function<net::Task<>()> run{};
};

class Source {
 public:
  using Sink = std::function<void(Observation)>;
  Source(net::HttpClient& http, const Clock& clock, const ClusterConfig& config, Sink sink);

  /// The jobs as of now; ask again after members came or went, or when viewers did.
  std::vector<SourceJob> jobs();
  void set_viewed(bool viewed) { viewed_ = viewed; }
  void reconfigure(const ClusterConfig& config);
  /// What was known before this program began: it is asked again when its time comes, not at once.
  void recall(const FactBook& book, const BackupPlan& plan, const std::vector<std::shared_ptr<const Node>>& nodes,
              const std::vector<std::shared_ptr<const Guest>>& guests);
  Client& client() { return client_; }
  /// Somebody wants to know of this guest: all that is asked of it rarely is asked next.
  void hurry(GuestType type, std::int64_t vmid) { round_.hurry(type, vmid); }
  /// For one call beside those of the jobs: the rare questions leave it a turn of theirs. How long to wait before it.
  std::chrono::milliseconds make_way();
  [[nodiscard]] std::size_t member_count() const { return members_.size(); }
  /// Until the next of the rare questions.
  [[nodiscard]] std::chrono::milliseconds rota_pause() const { return round_.pause(viewed_); }
  /// What is asked rarely has been asked of every member once.
  [[nodiscard]] bool is_settled() const {
    return !members_.empty() && at_certificates_ >= members_.size() && at_subscription_ >= members_.size();
  }
  [[nodiscard]] bool knows_backups() const { return backups_.is_caught_up(); }  ///< until then it asks for them faster
  /// The vzdump tasks whose logs were read before this program began.
  void set_known_logs(std::function<std::unordered_set<std::string>()> known) {
    backups_.known_logs = std::move(known);
  }
  /// Set once the cluster has said who it is.
  std::function<void(const Identity&)> on_identity{};

  net::Task<> poll_resources();

 private:
  using Parse = std::function<void(const std::string& node, const Json& data)>;
  net::Task<> watch_silence();
  net::Task<> poll_membership();
  net::Task<> poll_tasks();
  net::Task<> poll_backups();
  net::Task<> ask_rarely();
  net::Task<> poll_permissions();
  net::Task<> poll_next_node(std::string rest, CallClass kind, std::size_t& cursor, Parse parse);
  void tell(decltype(Observation::what) what);
  void tell_health();
  [[nodiscard]] std::chrono::milliseconds stretched(std::chrono::milliseconds per_node) const;
  [[nodiscard]] std::chrono::milliseconds backup_period() const;

  const Clock& clock_;
  Client client_;
  Sink sink_;
  BackupRounds backups_;
  Identity known_{};
  std::vector<std::string> members_{};                 ///< online ones, by name
  std::map<std::string, std::string> fingerprints_{};  ///< by member
  Findings findings_{};
  Round round_;
  bool viewed_{false};
  bool permissions_known_{false};
  bool backups_turn_{false};
  SteadyTime backups_asked_until_{};
  SteadyTime permissions_at_{};
  bool sees_everything_{true};
  std::size_t at_status_{0}, at_storage_{0}, at_services_{0}, at_certificates_{0}, at_subscription_{0};
};

}  // namespace monitorix::proxmox
