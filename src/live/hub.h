#pragma once
// One change, encoded once, many screens (api.md §10). A channel = (stream, filter); its seq grows by exactly 1 per
// delta, and a delta goes to all its subscribers as one shared body. At most one delta a second per channel; what is
// wrong does not wait for that second when nothing was told in the last one.
// All calls on the pipeline's thread. Slow readers: see Subscriber.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/change.h"
#include "state/snapshot.h"

namespace monitorix::live {

enum class Stream { overview, clusters, nodes, vms, storages, services, incidents };

struct Filter {
  std::string cluster_id{}, node_id{}, vm_id{};
  std::vector<std::string> ids{};
};

/// Who may see what: the scope of the user behind a subscription; empty lists = everything.
struct Scope {
  std::vector<ClusterId> clusters{};
  std::vector<std::string> pools{}, tags{};
  bool operator==(const Scope&) const = default;
};

/// Where frames go. deliver() queues and never blocks; `head` is this subscription's own beginning of the message
/// ({"type":..,"id":..), `body` the shared rest, so that one encoding serves all.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  virtual void deliver(std::string head, std::shared_ptr<const std::string> body) = 0;
  /// True when this reader is too slow for another delta: it is skipped and gets one fresh snapshot when drained.
  [[nodiscard]] virtual bool is_congested() const = 0;
};

class Hub {
 public:
  using SnapshotSource = std::function<state::SnapshotPtr()>;
  Hub(SnapshotSource source, std::string epoch);
  ~Hub();

  [[nodiscard]] const std::string& epoch() const;
  /// Sends `subscribed`, then snapshot parts (<= 500 items), or only the deltas after `last_seq` when
  /// `epoch` matches and they are still kept (256). `id` is the client's own name for the subscription.
  Status subscribe(const std::shared_ptr<Subscriber>& to, std::string id, Stream stream, Filter filter, Scope scope,
                   std::string epoch, std::uint64_t last_seq);
  void unsubscribe(const Subscriber* from, const std::string& id);
  void unsubscribe_all(const Subscriber* from);
  void resync(const Subscriber* from, const std::string& id);
  /// A congested reader has drained: fresh snapshots for what it missed.
  void drained(const Subscriber* from);

  void publish(const ChangeSet& change);  ///< marks dirty; nothing is encoded yet
  void flush(WallTime now);               ///< once a second: encodes and delivers the deltas
  void hurry(WallTime now);               ///< incidents have changed: those channels that may, tell it now
  [[nodiscard]] bool has_viewers(ClusterId cluster) const;  ///< somebody looks: poll faster
  [[nodiscard]] std::size_t subscriptions() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace monitorix::live
