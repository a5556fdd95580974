#pragma once
// A whole Service for tests: real SQLite store in a temporary directory, real Inventory fed with observations, real
// loop on a thread of its own; only the cluster beyond the network is made up. Not thread-safe: one test at a time.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "api/service.h"
#include "net/websocket.h"
#include "state/chronicle.h"
#include "state/inventory.h"

namespace monitorix::api::testing {

/// Fulfils orders as app/ does, with the inventory and the store, without a network.
class TestCommands final : public Commands {
 public:
  TestCommands(store::Store& store, state::Inventory& inventory, history::Recorder& recorder, const Clock& clock)
      : store_(store),
        inventory_(inventory),
        recorder_(recorder),
        clock_(clock) {}

  net::Task<Result<net::Certificate>> probe(std::string address, int port) override;
  net::Task<Result<DoctorReport>> test_connection(ClusterConfig candidate) override;
  net::Task<Result<ClusterConfig>> create_cluster(ClusterConfig cluster) override;
  net::Task<Result<ClusterConfig>> update_cluster(ClusterConfig cluster, std::int64_t expected_version) override;
  net::Task<Status> delete_cluster(ClusterId id) override;
  net::Task<Result<DoctorReport>> run_doctor(ClusterId id) override;
  [[nodiscard]] std::optional<DoctorReport> last_doctor(ClusterId id) const override;
  net::Task<Status> sync_cluster(ClusterId id) override;
  net::Task<Status> sync_guest(GuestId id) override;
  net::Task<Result<std::string>> guest_current(GuestId id) override;
  net::Task<Result<Node>> annotate_node(Node node) override;
  net::Task<Result<Guest>> annotate_guest(Guest guest) override;
  [[nodiscard]] Result<std::vector<state::SeriesPoint>> series(const std::string& object, const std::string& metric,
                                                               WallTime from, WallTime to) const override;
  [[nodiscard]] std::vector<std::pair<GuestId, double>> top(const std::string& metric,
                                                            std::size_t limit) const override;
  [[nodiscard]] StorageHealth storage_health() const override;
  [[nodiscard]] BackfillState backfill(ClusterId id) const override;

  /// One poll of a cluster: nodes, a storage on each, three guests; `cpu` makes it differ from the one before. History
  /// takes the processors of the guests that run.
  void poll(ClusterId id, double cpu);
  /// Applies it as the pipeline does and keeps what happened. On the loop.
  void see(const Observation& observation);
  int nodes{2};  ///< that clusters have from now on

 private:
  void tell_facts(ClusterId id);

  store::Store& store_;
  state::Inventory& inventory_;
  history::Recorder& recorder_;
  const Clock& clock_;
  state::Chronicle chronicle_{*inventory_.snapshot()};
  std::map<ClusterId, DoctorReport> reports_{};
};

struct Reply {
  int status{};
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};
  [[nodiscard]] std::string header(std::string_view name) const;  ///< first; "" when absent
  [[nodiscard]] std::string cookie(std::string_view name) const;  ///< value that Set-Cookie gives
  [[nodiscard]] std::string text(std::string_view member) const;  ///< a text member of a JSON body; "" otherwise
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class House {
 public:
  explicit House(Settings settings = {});
  ~House();

  Reply ask(const std::string& method, const std::string& target, Headers headers = {}, std::string body = {},
            const std::string& peer = "127.0.0.1");
  /// With a bearer token and JSON.
  Reply as(const std::string& token, const std::string& method, const std::string& target, std::string body = {},
           Headers headers = {});
  /// The first administrator (made once); their access token.
  std::string admin();
  /// A user of that role (made once); their access token.
  std::string token_of(const std::string& role);
  Reply sign_in(const std::string& name, const std::string& password);
  /// A token that the test got by itself stands for this role from now on.
  void adopt(const std::string& role, std::string token) { tokens_[role] = std::move(token); }
  /// A connected cluster with objects on so many nodes; its id.
  std::string cluster(int nodes = 2);
  /// Opens /ws for the holder of the token over a line that the test made; status of the handshake.
  int open_socket(const std::string& token, std::shared_ptr<net::WebSocket> line);
  /// Runs something on the loop and waits for it.
  void on_loop(std::function<void()> work);

  std::string setup_token{};
  ManualClock clock{};
  std::unique_ptr<Service> service{};
  std::unique_ptr<store::Store> store{};
  std::unique_ptr<history::Keeper> keeper{};
  std::unique_ptr<history::Recorder> recorder{};
  std::unique_ptr<history::Reader> reader{};
  history::Retention retention{};
  state::Inventory inventory{};
  watch::Watch watch{};
  std::map<AlertId, Alert> alerts{};       ///< those that the engine would know
  std::vector<monitorix::Route> routes{};  ///< what it was told of them
  std::optional<NextStep> next{};          ///< of every incident
  std::vector<OutsideAlert> reported{};    ///< what other systems told us
  std::vector<std::pair<ClusterId, ProxmoxNotice>> notices{};
  /// On the loop: a second has passed for the services.
  void show();
  std::unique_ptr<TestCommands> commands{};

 private:
  net::Task<monitorix::CheckResult> pretend(std::shared_ptr<const monitorix::Service> checked);
  net::Task<Result<monitorix::CheckResult>> run_now(ServiceId id);
  CheckDoor door();
  static NotifyDoor notify_door();
  AlertDoor alert_door();
  static net::Task<SendResult> take_message();
  net::Response respond(net::Request request);
  std::filesystem::path directory_;
  std::unique_ptr<Keyring> keyring_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<net::WorkerPool> readers_;
  std::unique_ptr<live::Hub> hub_;
  std::map<std::string, std::string> tokens_{};
  std::thread thread_;
};

inline constexpr const char* kPassword = "a-long-sentence-9";

}  // namespace monitorix::api::testing
