#pragma once
// One connection to one cluster: endpoints in order, the active one sticky, fail-over, states, and the load that we
// cause. GET only (A8). A 401 is never repeated at once, a changed certificate stops its endpoint until a human
// confirms. 595/596/599 to a call about a node speak about another member and are answers; a 5xx to a call about the
// cluster is a failure of the asked member. All on the loop.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/observation.h"
#include "net/http_client.h"
#include "net/task.h"

namespace monitorix::proxmox {

enum class CallClass {
  resources,
  status,
  tasks,
  node_status,
  storage,
  services,
  identity,
  guest,
  history,
  metrics,
  backups,
  facts,
  agent
};
std::string_view name_of(CallClass value);

/// An HTTP answer; `data` is null unless the status is 200. What is too large for a tree (metrics) stays as `body`.
struct Reply {
  int status{};
  std::string reason{};
  Json data{};
  std::string body{};
  EndpointId endpoint{};
  std::uint64_t bytes{};
  std::chrono::microseconds took{};
  [[nodiscard]] bool is_ok() const { return status == 200; }
  [[nodiscard]] bool blames_peer() const { return status == 595 || status == 596 || status == 599; }
};

class Client {
 public:
  Client(net::HttpClient& http, const Clock& clock, ClusterConfig config);

  /// `path` begins after /api2/json; its segments are encoded already.
  net::Task<Result<Reply>> get(std::string path, CallClass kind);
  /// From exactly this endpoint, for what each member tells of itself only.
  net::Task<Result<Reply>> get_from(EndpointId endpoint, std::string path, CallClass kind);
  /// New addresses, pins or token. Endpoints that kept address and pins keep their state.
  void reconfigure(const ClusterConfig& config);
  void set_powerless(bool powerless) { powerless_ = powerless; }
  /// The members are not those of the cluster that was connected (F4); false clears it.
  void set_wrong_cluster(bool wrong) { wrong_cluster_ = wrong; }
  /// How each inventory call went since the last time, by endpoint; empty afterwards.
  std::vector<EndpointPolls::One> take_polls() { return std::exchange(polls_, {}); }
  /// Degrades endpoints that have kept an inventory call waiting for 5 s, long before its deadline; true if any.
  bool flag_silence();
  [[nodiscard]] ClusterHealth health() const;
  /// What is to be told of it: the state at once when it changed, the load numbers every ten seconds.
  std::optional<ClusterHealth> health_news();
  /// What a failed get() means, for both readers.
  [[nodiscard]] Reason explain(const Error& error) const;
  [[nodiscard]] const ClusterConfig& config() const { return config_; }

 private:
  struct EndpointTrack {
    Endpoint endpoint{};
    EndpointHealth health{};
    int failures{0};
    int in_flight{0};
    SteadyTime next_try{};
    std::optional<SteadyTime> asked_at{};  ///< the inventory call that is on its way
  };
  struct Circuit {
    int failures{0};
    std::chrono::seconds pause{30};
    SteadyTime closed_from{};
  };
  struct Call {
    SteadyTime at{};
    CallClass kind{};
    std::uint64_t bytes{};
    double ms{};
    bool failed{};
  };

  std::vector<std::size_t> candidates() const;
  [[nodiscard]] bool is_paused(CallClass kind);
  net::Task<Result<Reply>> noted(net::Task<Result<Reply>> asked, CallClass kind);
  net::Task<Result<Reply>> ask(std::size_t at, std::string path, CallClass kind);
  net::Task<Result<Reply>> try_endpoints(std::string path, CallClass kind);
  void note_answer(EndpointTrack& track, CallClass kind, const net::ClientResponse& response);
  void note_failure(EndpointTrack& track, Errc code, Reason reason);
  void note_round(CallClass kind, bool answered, const Reason& reason);
  void note_circuit(CallClass kind, bool well);
  void note_call(CallClass kind, std::uint64_t bytes, double ms, bool failed);
  [[nodiscard]] ClusterLoad load() const;
  [[nodiscard]] ClusterState state() const;
  [[nodiscard]] std::string pool_key(const Endpoint& endpoint) const;
  [[nodiscard]] net::Trust trust_of(const Endpoint& endpoint) const;

  net::HttpClient& http_;
  const Clock& clock_;
  ClusterConfig config_;
  std::vector<EndpointTrack> endpoints_{};
  std::map<CallClass, Circuit> circuits_{};
  std::vector<EndpointPolls::One> polls_{};
  std::deque<Call> calls_{};                      ///< of the last minute
  std::optional<std::size_t> inventory_bytes_{};  ///< decompressed, of the last good answer
  std::size_t active_{0};
  int failed_rounds_{0};
  bool answered_once_{false};
  bool powerless_{false};
  bool wrong_cluster_{false};
  std::optional<Reason> last_error_{};
  ClusterHealth told_health_{};
  SteadyTime health_told_{};
};

}  // namespace monitorix::proxmox
