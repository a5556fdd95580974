#pragma once
// Store over any Database: one SQL text for both engines; the deeds are in files by subject
// (users, sessions, api_keys, clusters, inventory, settings, audit, backup, series/mirror). Thread-safe as its Database
// is.

#include <memory>

#include "store/sql/sql.h"
#include "store/store.h"

namespace monitorix::store {

inline constexpr const char* kKeyCheckSetting = "internal.key_check";

class SqlStore final : public Store {
 public:
  SqlStore(std::unique_ptr<Database> database, const Keyring& keyring)
      : database_(std::move(database)),
        keyring_(keyring) {}

  Status migrate() override;
  Status ping() override;
  Result<std::int64_t> size_bytes() override;
  [[nodiscard]] std::string engine() const override { return database_->engine(); }

  Result<User> create_first_user(const User& user) override;
  Result<User> create_user(const User& user) override;
  Result<User> user_by_id(UserId id) override;
  Result<User> user_by_name(const std::string& username) override;
  Result<std::vector<User>> users() override;
  Result<std::int64_t> user_count() override;
  Result<User> update_user(const User& user, std::int64_t expected_version) override;
  Status delete_user(UserId id) override;

  Result<Session> create_session(const Session& session) override;
  Result<Session> session_by_token(const std::string& token_hash) override;
  Result<Session> rotate_session(SessionId old, const Session& next) override;
  Status revoke_family(const std::string& family, WallTime at) override;
  Status revoke_sessions_of(UserId user, const std::string& except_family, WallTime at) override;
  Result<std::vector<Session>> live_sessions(UserId user, WallTime now) override;
  Status delete_expired_sessions(WallTime now) override;

  Result<ApiKey> create_api_key(const ApiKey& key) override;
  Result<ApiKey> api_key_by_hash(const std::string& key_hash) override;
  Result<std::vector<ApiKey>> api_keys(std::optional<UserId> of) override;
  Status note_api_key_use(ApiKeyId id, WallTime at) override;
  Status delete_api_key(ApiKeyId id) override;

  Result<ClusterConfig> create_cluster(const ClusterConfig& cluster) override;
  Result<std::vector<ClusterConfig>> clusters() override;
  Result<std::vector<ClusterConfig>> backup_servers() override;
  Result<ClusterConfig> update_cluster(const ClusterConfig& cluster, std::int64_t expected_version) override;
  Status delete_cluster(ClusterId id) override;

  Result<Inventory> load_inventory() override;
  Result<HighestIds> highest_ids() override;
  Status save_inventory(const InventoryBatch& batch) override;
  Result<std::vector<KeptFact>> facts() override;
  Status save_facts(const FactBatch& batch) override;
  Result<std::vector<Event>> events(const EventFilter& filter) override;
  Result<std::size_t> erase_events(WallTime before, int most) override;

  Result<std::vector<Setting>> settings() override;
  Result<Setting> put_setting(const Setting& setting, std::int64_t expected_version) override;

  Result<std::optional<std::int64_t>> mirrored_hour() override;
  Status write_mirror(const MirrorBatch& batch) override;
  Result<std::size_t> erase_mirror(WallTime before, std::size_t most) override;

  ServiceStore& services() override { return services_; }
  AlertStore& alerts() override { return alerts_; }
  OutboxStore& outbox() override { return outbox_; }

  Status append_audit(const AuditEntry& entry) override;
  Result<std::vector<AuditEntry>> audit(const AuditFilter& filter) override;
  Result<std::int64_t> verify_audit() override;

  Result<BackupReport> backup(const std::string& file) override;
  Result<ImportReport> import_original(const ImportOptions& options, history::Keeper& keeper) override;

  /// Refuses a key that does not fit the database (S36).
  Status check_key();

 private:
  Result<std::vector<ClusterConfig>> connections(ConnectionKind kind);
  Result<ClusterConfig> with_endpoints(Link& link, ClusterConfig cluster);

  std::unique_ptr<Database> database_;
  Keyring keyring_;
  ServiceStore services_{*database_, keyring_};
  AlertStore alerts_{*database_};
  OutboxStore outbox_{*database_, keyring_};
};

// Parts of units that do more than one of these deeds.
/// With its endpoints, its secret sealed for its place.
Result<ClusterId> insert_cluster(Link& link, const Keyring& keyring, const ClusterConfig& cluster);
Status save_node(Link& link, const Node& node);
Status save_guest(Link& link, const Guest& guest);
/// At the end of the chain.
Status insert_audit(Link& link, const Keyring& keyring, const AuditEntry& entry);

/// Ok when the database's check value is this key's; Errc::denied when it is another's, or missing while something is
/// sealed (S36); Errc::not_found when there is neither.
Status check_key(Link& link, const Keyring& keyring);
/// The same, but enters the value where there is neither.
Status enter_key_check(Database& database, const Keyring& keyring);

/// Runs `unit` as a transaction and returns what it found.
template <class T, class Find>
Result<T> read_value(Database& database, Find find) {
  Result<T> out = fail(Errc::io, "nothing was read");
  auto done = database.read([&](Link& link) -> Status {
    out = find(link);
    if (!out) return fail(out.error());
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}
template <class T, class Change>
Result<T> write_value(Database& database, Change change) {
  Result<T> out = fail(Errc::io, "nothing was written");
  auto done = database.write([&](Link& link) -> Status {
    out = change(link);
    if (!out) return fail(out.error());
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

}  // namespace monitorix::store
