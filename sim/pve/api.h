#pragma once
// The paths of Proxmox VE, answered from the world: who may, which parameters, which member answers, and the answer.
// Pure but for the world it reads and two memories that real workers have too: answers kept for a second and the first
// look at a processor, which is always 0. One thread.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/http_message.h"
#include "sim/json_row.h"
#include "sim/pve/access.h"
#include "sim/world/world.h"

namespace monitorix::sim {

/// One call on its way to its handler. References outlive the call.
struct Call {
  const World& world;
  Cluster& cluster;
  const Request& request;
  Dice& dice;
  WallTime now{};
  Rights rights{Rights::none};
  std::size_t asked{};                  ///< the member whose listener was called
  std::size_t node{};                   ///< the member the path names, else the asked one
  std::vector<std::string> captured{};  ///< what stands for {node}, {vmid} ..., in order
  bool is_first_look{};                 ///< the worker has no earlier sample of the processors

  [[nodiscard]] bool may(std::string_view privilege) const { return sim::may(rights, world.version, privilege); }
  [[nodiscard]] bool is_9() const { return world.version == Version::v9_2; }
  [[nodiscard]] const Node& target() const { return cluster.nodes[node]; }
  /// The time as the cluster's clocks show it.
  [[nodiscard]] std::int64_t shown(WallTime at) const { return epoch(at + cluster.skew); }
  [[nodiscard]] int vmid() const { return std::stoi(captured[1]); }
};

struct Route {
  enum class Answered { here, by_named_node };
  enum class Daemon { proxy, privileged, privileged_in_8 };
  using Handler = Answer (*)(Call&);

  std::string_view pattern{};  ///< "/nodes/{node}/qemu/{vmid}/config"
  Handler handler{};
  std::string_view privilege{};   ///< empty: any user; the handler may filter
  std::string_view scope{};       ///< where the privilege is needed: "/nodes/{node}"
  std::string_view parameters{};  ///< "timeframe!:timeframe cf:cf": `!` required, then the type
  Answered answered{Answered::here};
  Daemon daemon{Daemon::proxy};
};

[[nodiscard]] const std::vector<Route>& all_routes();

class Api {
 public:
  explicit Api(World& world);

  /// What a member answers when another one does not: set by whoever knows of listeners and faults.
  std::function<bool(std::size_t cluster, std::size_t node)> is_mute{};
  /// How long a member takes for each answer, whoever asks it.
  std::function<std::chrono::milliseconds(std::size_t cluster, std::size_t node, const Request&)> lateness{};

  [[nodiscard]] Answer answer(std::size_t cluster, std::size_t node, const Request& request, WallTime now);
  [[nodiscard]] const std::vector<Token>& tokens(std::size_t cluster) const { return tokens_[cluster]; }
  /// The pattern a path belongs to, for counting; "other" when none.
  [[nodiscard]] static std::string_view pattern_of(std::string_view path);

 private:
  struct Kept {
    std::string key{};
    std::uint64_t revision{};
    std::int64_t second{};
    Answer answer{};
  };
  [[nodiscard]] Answer routed(const Route& route, Call& call, std::size_t cluster);
  [[nodiscard]] Answer kept_or_made(const Route& route, Call& call, std::size_t cluster);

  World& world_;
  std::vector<std::vector<Token>> tokens_{};
  std::vector<std::vector<Kept>> kept_{};
  std::map<std::pair<std::size_t, std::size_t>, bool> has_looked_{};
  Dice dice_;
};

}  // namespace monitorix::sim
