#pragma once
// A database of the original Monitorix, read: tables and columns as its version has them (what is absent is absent),
// all in one consistent view, never written. Used by one thread.

#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "store/sql/postgres_link.h"

namespace monitorix::store {

/// In the order in which they refer to each other.
enum class OldTable : std::uint8_t {
  users,
  nodes,
  vms,
  services,
  health_checks,
  alerts,
  webhooks,
  notification_channels,
  alert_rules,
  audit_logs,
  metrics
};
inline constexpr std::size_t kOldTables = 11;
std::string_view name_of(OldTable table);

/// A row by its columns' names. Times are naive UTC there.
class OldRow {
 public:
  OldRow() = default;
  OldRow(std::int64_t id, Json fields) : id_(id), fields_(std::move(fields)) {}
  [[nodiscard]] std::int64_t id() const { return id_; }
  [[nodiscard]] const Json& fields() const { return fields_; }
  // Nothing when the column is absent, null or of another sort; numbers may be written as text.
  [[nodiscard]] std::optional<std::string> text(std::string_view column) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view column) const;
  [[nodiscard]] std::optional<double> real(std::string_view column) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view column) const;
  [[nodiscard]] std::optional<WallTime> time(std::string_view column) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view column) const;

 private:
  std::int64_t id_{};
  Json fields_{};
};

struct OldMetric {
  std::int64_t id{}, at_ms{};
  std::optional<std::int64_t> node{}, vm{};
  std::string type{};
  std::optional<double> value{};
};

struct OldExtent {
  std::int64_t rows{0}, highest_id{0};
};

class Original {
 public:
  static constexpr std::size_t kPage = 10'000;

  /// Refuses what is not a database of the original.
  static Result<std::unique_ptr<Original>> open(const std::string& url);

  [[nodiscard]] const std::string& database() const { return database_; }
  /// Tells this original from another one of the same name: when its first user and node were made.
  [[nodiscard]] const std::string& mark() const { return mark_; }
  [[nodiscard]] bool has(OldTable table) const { return extents_[static_cast<std::size_t>(table)].has_value(); }
  [[nodiscard]] OldExtent extent(OldTable table) const {
    return extents_[static_cast<std::size_t>(table)].value_or(OldExtent{});
  }
  /// Columns of the model that its version lacks.
  [[nodiscard]] std::vector<std::string> missing_columns(OldTable table) const;

  /// The next rows with an id above `after`, by id; empty at the end.
  Result<std::vector<OldRow>> page(OldTable table, std::int64_t after);
  /// Samples from `from_ms` on, by time; calls below give the pages until one is empty.
  Status begin_metrics(std::int64_t from_ms);
  Result<std::vector<OldMetric>> next_metrics();
  /// Samples that have no time: their ids.
  Result<std::vector<std::int64_t>> timeless_metrics();

 private:
  explicit Original(std::unique_ptr<PostgresLink> link) : link_(std::move(link)) {}
  Status learn();

  std::unique_ptr<PostgresLink> link_;
  std::string database_{}, mark_{};
  std::array<std::set<std::string>, kOldTables> columns_{};
  std::array<std::optional<OldExtent>, kOldTables> extents_{};
};

}  // namespace monitorix::store
