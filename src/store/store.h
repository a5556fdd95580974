#pragma once
// Keeps class A state (storage.md §2): an answer returns only after its commit. Two engines, one suite.
// Calls block: run them on a worker pool. All are thread-safe. Errc: conflict (unique or version), not_found,
// unavailable (database gone or busy: try again), io.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "history/keeper.h"
#include "model/backup.h"
#include "model/cluster.h"
#include "model/event.h"
#include "model/guest.h"
#include "model/node.h"
#include "model/storage.h"
#include "model/user.h"
#include "store/alert/alert_store.h"
#include "store/fact/kept_fact.h"
#include "store/import/import.h"
#include "store/outbox/outbox_store.h"
#include "store/series/mirror.h"
#include "store/service/service_store.h"

namespace monitorix::store {

struct Setting {
  std::string key{}, value{};
  std::int64_t version{1};
  WallTime updated_at{};
  std::optional<UserId> updated_by{};
};

struct KeptBackupRun {
  ClusterId cluster{};
  std::shared_ptr<const BackupRun> run{};
};

/// The last known inventory, for a warm start.
struct Inventory {
  std::vector<Node> nodes{};
  std::vector<Guest> guests{};
  std::vector<Storage> storages{};
  std::vector<KeptBackupRun> backup_runs{};
};

struct HighestIds {
  std::int64_t node{0}, guest{0}, storage{0};
};

struct AuditFilter {
  std::optional<UserId> user{};
  std::optional<std::string> action{}, resource_type{}, resource_id{};
  std::optional<bool> success{};
  WallTime since{};
  std::int64_t before_id{0};  ///< cursor: entries with smaller ids; 0 = newest
  int limit{100};
};

struct BackupReport {
  std::string file{};
  std::uint64_t bytes{};
  std::int64_t schema{};
  std::string safety_copy{};  ///< restore: where the state of before lies; "" when there was none
};

/// One write of what changed and what happened; objects that are gone keep their rows with deleted_at.
struct InventoryBatch {
  std::vector<Node> nodes{};
  std::vector<Guest> guests{};
  std::vector<Storage> storages{};
  std::vector<Event> events{};               ///< one of a key that is there is not written again
  std::vector<KeptBackupRun> backup_runs{};  ///< of a guest only the newest few and the newest success are kept
};

/// What was going on in [from, to) at any of the objects, and what took place at them; newest first.
struct EventFilter {
  std::vector<std::string> objects{};
  WallTime from{}, to{};
  /// Cursor: only what comes after this one.
  std::optional<std::pair<WallTime, std::int64_t>> before{};
  int limit{100};
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Status migrate() = 0;  ///< to the newest schema; refuses a newer or altered one
  virtual Status ping() = 0;
  virtual Result<std::int64_t> size_bytes() = 0;         ///< of the state, on the disk
  [[nodiscard]] virtual std::string engine() const = 0;  ///< "sqlite" or "postgresql"

  // People. create_first_user succeeds for exactly one caller while the table is empty (S1), else conflict.
  virtual Result<User> create_first_user(const User& user) = 0;
  virtual Result<User> create_user(const User& user) = 0;
  virtual Result<User> user_by_id(UserId id) = 0;
  virtual Result<User> user_by_name(const std::string& username) = 0;  ///< case-insensitive
  virtual Result<std::vector<User>> users() = 0;
  virtual Result<std::int64_t> user_count() = 0;
  /// Writes all fields if `expected_version` is 0 or matches; refuses (conflict) to take away the last active admin.
  virtual Result<User> update_user(const User& user, std::int64_t expected_version) = 0;
  virtual Status delete_user(UserId id) = 0;  ///< conflict for the last active admin

  // Sessions (refresh tokens by their hash).
  virtual Result<Session> create_session(const Session& session) = 0;
  virtual Result<Session> session_by_token(const std::string& token_hash) = 0;  ///< rotated and revoked ones too
  /// Marks `old` rotated and inserts `next` in one transaction; conflict if `old` was rotated or revoked already.
  virtual Result<Session> rotate_session(SessionId old, const Session& next) = 0;
  virtual Status revoke_family(const std::string& family, WallTime at) = 0;
  virtual Status revoke_sessions_of(UserId user, const std::string& except_family, WallTime at) = 0;
  virtual Result<std::vector<Session>> live_sessions(UserId user, WallTime now) = 0;  ///< newest of each family
  virtual Status delete_expired_sessions(WallTime now) = 0;

  // API keys by their hash (S17); those of a user go with him.
  virtual Result<ApiKey> create_api_key(const ApiKey& key) = 0;
  virtual Result<ApiKey> api_key_by_hash(const std::string& key_hash) = 0;
  virtual Result<std::vector<ApiKey>> api_keys(std::optional<UserId> of) = 0;  ///< nullopt = everybody's
  virtual Status note_api_key_use(ApiKeyId id, WallTime at) = 0;
  virtual Status delete_api_key(ApiKeyId id) = 0;

  // Connections, to clusters and to backup servers: what is given tells which. Secrets are sealed by the store with its
  // keyring; an update with an empty token_secret keeps the stored one. Endpoints with an id keep it, others get one.
  virtual Result<ClusterConfig> create_cluster(const ClusterConfig& cluster) = 0;
  virtual Result<std::vector<ClusterConfig>> clusters() = 0;
  virtual Result<std::vector<ClusterConfig>> backup_servers() = 0;
  virtual Result<ClusterConfig> update_cluster(const ClusterConfig& cluster, std::int64_t expected_version) = 0;
  virtual Status delete_cluster(ClusterId id) = 0;

  // Inventory: ids are given by state/, so that polling goes on without a database.
  virtual Result<Inventory> load_inventory() = 0;
  virtual Result<HighestIds> highest_ids() = 0;
  virtual Status save_inventory(const InventoryBatch& batch) = 0;

  // What is asked rarely. Those of a cluster go with it.
  virtual Result<std::vector<KeptFact>> facts() = 0;
  virtual Status save_facts(const FactBatch& batch) = 0;

  virtual Result<std::vector<Event>> events(const EventFilter& filter) = 0;
  /// One step of erasing what began before that; how many went.
  virtual Result<std::size_t> erase_events(WallTime before, int most) = 0;

  virtual Result<std::vector<Setting>> settings() = 0;
  virtual Result<Setting> put_setting(const Setting& setting, std::int64_t expected_version) = 0;

  // Averages for people who read SQL. The hour that was done last, of those that write_mirror ended.
  virtual Result<std::optional<std::int64_t>> mirrored_hour() = 0;
  virtual Status write_mirror(const MirrorBatch& batch) = 0;
  /// At most `most` rows, the oldest first; how many went.
  virtual Result<std::size_t> erase_mirror(WallTime before, std::size_t most) = 0;

  /// Services, what their checks found, and status pages.
  virtual ServiceStore& services() = 0;
  /// Alerts, incidents, and the rules, silences and windows of people.
  virtual AlertStore& alerts() = 0;

  /// Channels, and what is to be told through them.
  virtual OutboxStore& outbox() = 0;

  virtual Status append_audit(const AuditEntry& entry) = 0;
  virtual Result<std::vector<AuditEntry>> audit(const AuditFilter& filter) = 0;
  /// Walks the hash chain (S80): the number of entries, or Errc::invalid naming the first that does not fit.
  virtual Result<std::int64_t> verify_audit() = 0;

  /// A consistent copy while it runs (tar + zstd with a manifest); refuses to overwrite a file.
  virtual Result<BackupReport> backup(const std::string& file) = 0;

  /// Takes over what a database of the original Monitorix holds, its samples into `keeper`; for a house that nobody
  /// else uses meanwhile. What was taken by an earlier or a broken run stays as it is.
  virtual Result<ImportReport> import_original(const ImportOptions& options, history::Keeper& keeper) = 0;
};

struct OpenOptions {
  std::string data_directory{};  ///< SQLite: state.db lives here
  std::string database_url{};    ///< postgresql://... selects PostgreSQL
  bool allow_network_filesystem{false};
};

/// Opens and checks the key value (a wrong or missing key with ciphertext present is refused, S36). Does not migrate.
Result<std::unique_ptr<Store>> open_store(const OpenOptions& options, const Keyring& keyring);

/// The kept history, migrated, beside an open store of the same options (whose lock it stands under).
Result<std::unique_ptr<history::Keeper>> open_keeper(const OpenOptions& options);

/// Offline: verifies the archive in a side directory, keeps a safety copy of the present, swaps.
Result<BackupReport> restore_backup(const std::string& file, const OpenOptions& options, const Keyring& keyring);

}  // namespace monitorix::store
