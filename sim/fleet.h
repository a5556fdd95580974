#pragma once
// The simulated fleet: a world, its API, and one Listener for every node of every cluster. What the control API orders
// comes through here, because a node's death concerns both the world and its front door.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/listener.h"
#include "sim/options.h"
#include "sim/pbs/server_house.h"
#include "sim/pve/api.h"
#include "sim/world/world.h"

namespace monitorix::sim {

/// World time: begins now and runs `speed` times as fast as the wall's.
class WorldClock {
 public:
  WorldClock(const Clock& clock, double speed)
      : clock_(clock),
        speed_(speed),
        began_(clock.wall()),
        from_(clock.steady()) {}
  [[nodiscard]] WallTime began() const { return began_; }
  [[nodiscard]] WallTime now() const {
    const std::chrono::duration<double, std::milli> passed = clock_.steady() - from_;
    return began_ + passed_over_ + std::chrono::milliseconds{static_cast<std::int64_t>(passed.count() * speed_)};
  }
  void pass(std::chrono::milliseconds time) { passed_over_ += time; }

 private:
  const Clock& clock_;
  double speed_;
  WallTime began_;
  SteadyTime from_;
  std::chrono::milliseconds passed_over_{0};
};

class Fleet {
 public:
  /// The clock must outlive the fleet; `folder` receives the authorities' certificates.
  Fleet(boost::asio::io_context& io, const Options& options, const Clock& clock, std::string folder);

  Status open();
  /// One JSON line for each endpoint.
  [[nodiscard]] std::vector<std::string> endpoint_lines() const;
  [[nodiscard]] std::string statistics() const;

  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] WallTime now() const { return clock_.now(); }
  void pass(std::chrono::milliseconds time) { clock_.pass(time); }  ///< as if that much time had gone by
  [[nodiscard]] Listener& listener(std::size_t cluster, std::size_t node) { return *listeners_[cluster][node]; }
  [[nodiscard]] ServerHouse& servers() { return servers_; }
  void kill(std::size_t cluster, std::size_t node, std::chrono::milliseconds detection);
  Status revive(std::size_t cluster, std::size_t node);
  /// A new certificate of the same authority, used from the next handshake on.
  Status renew_certificate(std::size_t cluster, std::size_t node);

 private:
  Status open_cluster(std::size_t index, std::uint16_t& port);
  [[nodiscard]] Result<Identity> authority_of(Cluster& cluster) const;
  [[nodiscard]] Result<Identity> leaf_of(const Identity& authority, const Cluster& cluster, const Node& node) const;
  [[nodiscard]] std::string key_stem(const Cluster& cluster, const std::string& name) const;
  void tick();

  boost::asio::io_context& io_;
  Options options_;
  WorldClock clock_;
  std::string folder_;
  World world_;
  Api api_;
  ServerHouse servers_;
  std::vector<Identity> authorities_{};
  std::vector<std::vector<std::unique_ptr<Listener>>> listeners_{};
  std::map<std::string, std::uint64_t, std::less<>> requests_{};
  boost::asio::steady_timer timer_;
};

}  // namespace monitorix::sim
