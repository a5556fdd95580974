#pragma once
// The watched clusters and backup servers: one source each, its jobs at the poller, its observations into the pipeline.
// On the loop.

#include <functional>
#include <map>
#include <memory>

#include "app/pipeline.h"
#include "base/clock.h"
#include "net/http_client.h"
#include "poll/poller.h"
#include "proxmox/server/server_source.h"
#include "proxmox/source.h"

namespace monitorix::app {

class Fleet {
 public:
  using IdentityKeeper = std::function<void(ClusterId, const proxmox::Identity&)>;
  Fleet(net::HttpClient& http, poll::Poller& poller, const Clock& clock, Pipeline& pipeline, IdentityKeeper keep)
      : http_(http),
        poller_(poller),
        clock_(clock),
        pipeline_(pipeline),
        keep_identity_(std::move(keep)) {}

  void put(const ClusterConfig& config);  ///< begins to watch, or takes the new settings
  void remove(ClusterId id);
  /// Once a second: polls faster where somebody looks, and follows members that came or went.
  void adjust(const live::Hub& hub);
  net::Task<Status> poll_now(ClusterId id);
  [[nodiscard]] proxmox::Client* client(ClusterId id);
  [[nodiscard]] std::shared_ptr<proxmox::Source> source(ClusterId id) const;  ///< null when paused or unknown

 private:
  struct Watched {
    std::shared_ptr<proxmox::Source> source{};
    bool viewed{false};
    std::size_t members{0};
    std::chrono::milliseconds rota_pause{};
    bool settled{false};        ///< the rare jobs have gone once around
    bool knows_backups{false};  ///< nothing to catch up with
  };
  struct WatchedServer {
    std::shared_ptr<proxmox::ServerSource> source{};
    std::chrono::milliseconds pause{};
  };
  void schedule(ClusterId id, const Watched& watched);
  void put_server(const ClusterConfig& config);
  void schedule(ClusterId id, WatchedServer& watched);

  net::HttpClient& http_;
  poll::Poller& poller_;
  const Clock& clock_;
  Pipeline& pipeline_;
  IdentityKeeper keep_identity_;
  std::map<ClusterId, Watched> watched_{};
  std::map<ClusterId, WatchedServer> servers_{};
};

}  // namespace monitorix::app
