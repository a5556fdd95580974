#pragma once
// What readers see: an immutable picture of the world. A change of one cluster replaces that cluster's view and its
// changed objects only; everything else is shared with the picture before.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "model/cluster.h"
#include "model/facts.h"
#include "model/guest.h"
#include "model/node.h"
#include "model/observation.h"
#include "model/storage.h"
#include "model/task.h"
#include "model/watched/risk.h"
#include "state/alert_view.h"
#include "state/backups/backup_view.h"
#include "state/servers/server_view.h"
#include "state/services/service_view.h"

namespace monitorix::state {

/// All of one connection. Vectors are sorted by id.
struct ClusterView {
  ClusterConfig config{};
  ClusterHealth health{};
  std::optional<DoctorSummary> doctor{};
  std::optional<std::string> cluster_name{}, version{};
  std::optional<bool> quorate{};
  std::vector<ClusterMember> members{};
  std::optional<WallTime> last_poll_at{};
  std::vector<std::shared_ptr<const Node>> nodes{};
  std::vector<std::shared_ptr<const Guest>> guests{};
  std::vector<std::shared_ptr<const Storage>> storages{};
  std::shared_ptr<const std::vector<PveTask>> tasks{};                        ///< newest first; never null
  std::shared_ptr<const BackupView> backups{};                                ///< never null
  std::shared_ptr<const FactBook> facts{std::make_shared<const FactBook>()};  ///< never null
  std::shared_ptr<const std::vector<Risk>> risks{};  ///< worst first; null until something was observed
  std::uint64_t revision{};                          ///< of the whole world when this view was last replaced
};

/// What is wrong, and how much of it by cluster; what belongs to none of them stands under 0.
struct AlertPicture {
  struct Count {
    std::int64_t alerts{}, incidents{};  ///< that are not over
    bool operator==(const Count&) const = default;
  };
  std::map<ClusterId, Count> by_cluster{};
  OpenIncidents incidents{};
  bool operator==(const AlertPicture&) const = default;
};

struct Snapshot {
  std::uint64_t revision{};  ///< grows with every change
  WallTime at{};
  std::map<ClusterId, std::shared_ptr<const ClusterView>> clusters{};
  std::map<ClusterId, std::shared_ptr<const ServerView>> servers{};                    ///< backup servers
  std::shared_ptr<const JoinView> joined{std::make_shared<const JoinView>()};          ///< never null
  std::shared_ptr<const ServiceBook> services{std::make_shared<const ServiceBook>()};  ///< never null

  std::shared_ptr<const AlertPicture> alerts{};  ///< null until it is known

  [[nodiscard]] const ClusterView* cluster(ClusterId id) const;
  [[nodiscard]] const ServerView* server(ClusterId id) const;
  [[nodiscard]] const OpenIncidents& incidents() const;
  [[nodiscard]] std::shared_ptr<const Node> node(NodeId id) const;
  [[nodiscard]] std::shared_ptr<const Guest> guest(GuestId id) const;
  [[nodiscard]] std::shared_ptr<const Storage> storage(StorageId id) const;
  [[nodiscard]] std::shared_ptr<const ServiceView> service(ServiceId id) const;
};

/// The cluster of what a service speaks about; nothing when it stands alone.
std::optional<ClusterId> cluster_of(const Service& service, const Snapshot& snapshot);

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace monitorix::state
