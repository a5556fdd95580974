#pragma once
// What the outside may order, done: api's Commands over store, world, fleet and Proxmox. On the loop; what blocks runs
// on the pool.

#include <map>
#include <set>

#include "api/commands.h"
#include "app/fleet.h"
#include "app/history/backfill.h"
#include "net/task.h"
#include "proxmox/doctor.h"
#include "store/store.h"
#include "store/writer.h"

namespace monitorix::app {

/// Asks a candidate, a cluster or a backup server, who it is and refuses one that we have: Errc::conflict,
/// "duplicate_cluster:<id>".
net::Task<Result<ClusterConfig>> introduce(net::HttpClient& http, const Clock& clock, ClusterConfig candidate,
                                           std::vector<ClusterConfig> known);
/// `agents` is what is known of the guests; nothing of a connection that is only tried.
net::Task<api::DoctorReport> call_doctor(net::HttpClient& http, const Clock& clock, ClusterConfig config,
                                         proxmox::AgentCounts agents = {}, proxmox::Pace pace = {});

class Orders final : public api::Commands {
 public:
  struct Parts {
    store::Store& store;
    net::WorkerPool& pool;
    state::Inventory& inventory;
    Pipeline& pipeline;
    Fleet& fleet;
    net::HttpClient& http;
    const store::InventoryWriter& keeper;
    const Backfill& backfill;
    const Clock& clock;
  };
  explicit Orders(Parts parts) : parts_(parts) {}

  net::Task<Result<net::Certificate>> probe(std::string address, int port) override;
  net::Task<Result<api::DoctorReport>> test_connection(ClusterConfig candidate) override;
  net::Task<Result<ClusterConfig>> create_cluster(ClusterConfig cluster) override;
  net::Task<Result<ClusterConfig>> update_cluster(ClusterConfig cluster, std::int64_t expected_version) override;
  net::Task<Status> delete_cluster(ClusterId id) override;
  net::Task<Result<api::DoctorReport>> run_doctor(ClusterId id) override;
  [[nodiscard]] std::optional<api::DoctorReport> last_doctor(ClusterId id) const override;
  /// Runs the doctor on a connection that answers and was not examined since it was made, changed, or for a day. It
  /// takes its time, so that a cluster is not asked more than else.
  net::Task<> examine_one_overdue();
  net::Task<Status> sync_cluster(ClusterId id) override;
  net::Task<Status> sync_guest(GuestId id) override;
  net::Task<Result<std::string>> guest_current(GuestId id) override;
  net::Task<Result<Node>> annotate_node(Node node) override;
  net::Task<Result<Guest>> annotate_guest(Guest guest) override;
  [[nodiscard]] Result<std::vector<state::SeriesPoint>> series(const std::string& object, const std::string& metric,
                                                               WallTime from, WallTime to) const override;
  [[nodiscard]] std::vector<std::pair<GuestId, double>> top(const std::string& metric,
                                                            std::size_t limit) const override;
  [[nodiscard]] api::StorageHealth storage_health() const override;
  [[nodiscard]] api::BackfillState backfill(ClusterId id) const override;

  /// Keeps what a cluster said of itself, so that it is known again.
  void keep_identity(ClusterId id, const proxmox::Identity& identity, net::Loop& loop);

 private:
  [[nodiscard]] std::vector<ClusterConfig> known_connections(ConnectionKind kind) const;
  void show(const ClusterConfig& config);
  net::Task<Result<api::DoctorReport>> examine(ClusterId id, proxmox::Pace pace);
  /// A connection that examine_one_overdue() would take, with its name.
  [[nodiscard]] std::optional<std::pair<ClusterId, std::string>> overdue(const state::Snapshot& world) const;
  net::Task<> store_identity(ClusterConfig config);

  Parts parts_;
  std::map<ClusterId, api::DoctorReport> doctors_{};
  std::set<ClusterId> examining_{};
};

}  // namespace monitorix::app
