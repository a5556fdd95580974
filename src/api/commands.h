#pragma once
// The orders that the outside may give and app/ fulfils: the one place where the arrow is turned by an interface.
// All are called on the loop; answers after the work (and its commit) is done.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/cluster.h"
#include "model/guest.h"
#include "model/node.h"
#include "net/task.h"
#include "net/tls.h"
#include "state/series.h"

namespace monitorix::api {

enum class CheckResult : unsigned char { ok, warn, fail, skip };

struct DoctorCheck {
  std::string id{}, title{};
  Reason found{};
  CheckResult result{};
  std::vector<Reason> features_lost{};
  std::optional<std::string> fix{};  ///< a line to copy, never prose
  int took_ms{};
};

struct DoctorReport {
  WallTime ran_at{};
  std::vector<DoctorCheck> checks{};
};

/// The database as the system page tells it.
struct StorageHealth {
  std::string engine{};
  bool storing{true};
  std::optional<WallTime> not_stored_since{};
  std::uint64_t waiting{};
};

/// How far the reading back of a cluster's past is.
struct BackfillState {
  bool running{false};
  std::uint64_t done{0}, total{0};
};

class Commands {
 public:
  virtual ~Commands() = default;
  virtual net::Task<Result<net::Certificate>> probe(std::string address, int port) = 0;
  /// Asks with credentials that are not stored.
  virtual net::Task<Result<DoctorReport>> test_connection(ClusterConfig candidate) = 0;
  /// Errc::conflict with text "duplicate_cluster:<id>" when it is a cluster we have.
  virtual net::Task<Result<ClusterConfig>> create_cluster(ClusterConfig cluster) = 0;
  virtual net::Task<Result<ClusterConfig>> update_cluster(ClusterConfig cluster, std::int64_t expected_version) = 0;
  virtual net::Task<Status> delete_cluster(ClusterId id) = 0;
  virtual net::Task<Result<DoctorReport>> run_doctor(ClusterId id) = 0;
  [[nodiscard]] virtual std::optional<DoctorReport> last_doctor(ClusterId id) const = 0;
  virtual net::Task<Status> sync_cluster(ClusterId id) = 0;  ///< polls now
  virtual net::Task<Status> sync_guest(GuestId id) = 0;
  virtual net::Task<Result<std::string>> guest_current(GuestId id) = 0;  ///< E20 drill-down, our JSON
  virtual net::Task<Result<Node>> annotate_node(Node node) = 0;          ///< stores and applies fields of ours
  virtual net::Task<Result<Guest>> annotate_guest(Guest guest) = 0;

  /// Points of the last ten minutes, from memory. `object` as on the wire ("vm:12"), `metric` a name of metrics/names;
  /// not_found or invalid say which of the two is wrong.
  [[nodiscard]] virtual Result<std::vector<state::SeriesPoint>> series(const std::string& object,
                                                                       const std::string& metric, WallTime from,
                                                                       WallTime to) const = 0;
  /// Ids of the busiest guests by the 5-minute mean of `metric` (cpu|memory|disk|net|io), highest first.
  [[nodiscard]] virtual std::vector<std::pair<GuestId, double>> top(const std::string& metric,
                                                                    std::size_t limit) const = 0;
  [[nodiscard]] virtual StorageHealth storage_health() const = 0;
  [[nodiscard]] virtual BackfillState backfill(ClusterId id) const = 0;
};

}  // namespace monitorix::api
