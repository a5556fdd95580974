#include "store/import/original.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::store {
namespace {

constexpr std::array<std::string_view, kOldTables> kNames{
    "users",       "nodes",      "vms",    "services", "health_checks", "alerts", "webhooks", "notification_channels",
    "alert_rules", "audit_logs", "metrics"};

constexpr std::array<std::string_view, kOldTables> kColumns{
    "username email hashed_password is_active is_admin totp_secret totp_enabled created_at",
    "name url username token verify_ssl is_local is_active maintenance_mode status tags last_check created_at",
    "node_id vmid name status cpu_usage memory_usage memory_total disk_usage disk_total uptime tags last_check "
    "created_at",
    "vm_id name type target port check_interval timeout is_active maintenance_mode expected_status custom_command "
    "custom_script created_at",
    "service_id status response_time status_code error_message checked_at",
    "alert_type severity title message node_id vm_id service_id is_resolved resolved_at created_at",
    "name url method headers alert_types is_active",
    "name type webhook_url alert_types severity_filter is_active",
    "name metric_type operator threshold severity node_id vm_id service_id cooldown_minutes is_active last_triggered",
    "user_id username action resource_type resource_id resource_name changes ip_address user_agent success "
    "error_message created_at",
    "node_id vm_id metric_type value unit recorded_at"};

// One text for each table: what columns there are does not matter to it.
#define MONITORIX_OLD_TABLE(table)                                          \
  Query {                                                                   \
    "old_" #table, "SELECT t.id, CAST(row_to_json(t) AS text) FROM " #table \
                   " t WHERE t.id > ?1 ORDER BY t.id "                      \
                   "LIMIT 10000"                                            \
  }
#define MONITORIX_OLD_EXTENT(table) \
  Query { "old_extent_" #table, "SELECT count(*), coalesce(max(t.id), 0) FROM " #table " t" }
constexpr std::array kPages{MONITORIX_OLD_TABLE(users),         MONITORIX_OLD_TABLE(nodes),
                            MONITORIX_OLD_TABLE(vms),           MONITORIX_OLD_TABLE(services),
                            MONITORIX_OLD_TABLE(health_checks), MONITORIX_OLD_TABLE(alerts),
                            MONITORIX_OLD_TABLE(webhooks),      MONITORIX_OLD_TABLE(notification_channels),
                            MONITORIX_OLD_TABLE(alert_rules),   MONITORIX_OLD_TABLE(audit_logs),
                            MONITORIX_OLD_TABLE(metrics)};
constexpr std::array kExtents{MONITORIX_OLD_EXTENT(users),         MONITORIX_OLD_EXTENT(nodes),
                              MONITORIX_OLD_EXTENT(vms),           MONITORIX_OLD_EXTENT(services),
                              MONITORIX_OLD_EXTENT(health_checks), MONITORIX_OLD_EXTENT(alerts),
                              MONITORIX_OLD_EXTENT(webhooks),      MONITORIX_OLD_EXTENT(notification_channels),
                              MONITORIX_OLD_EXTENT(alert_rules),   MONITORIX_OLD_EXTENT(audit_logs),
                              MONITORIX_OLD_EXTENT(metrics)};
#undef MONITORIX_OLD_TABLE
#undef MONITORIX_OLD_EXTENT

constexpr Query kDatabase{"old_database", "SELECT CAST(current_database() AS text)"};
constexpr Query kLearn{"old_columns", R"(
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = ANY(current_schemas(false)))"};
constexpr Query kMark{"old_mark", R"(
SELECT md5(concat((SELECT CAST(row_to_json(u) AS jsonb) ->> 'created_at' FROM users u ORDER BY u.id LIMIT 1), '/',
  (SELECT CAST(row_to_json(n) AS jsonb) ->> 'created_at' FROM nodes n ORDER BY n.id LIMIT 1))))"};
constexpr Query kMetricsFrom{"old_metrics_from", "SELECT set_config('monitorix.import_from', ?1, FALSE)"};
constexpr Query kMetricsNext{"old_metrics_next", "FETCH 10000 FROM monitorix_samples"};
constexpr Query kTimeless{"old_metrics_timeless", R"(
SELECT m.id FROM metrics m WHERE m.recorded_at IS NULL OR NOT isfinite(m.recorded_at) ORDER BY m.id)"};
constexpr std::string_view kMetricsCursor = R"(
DECLARE monitorix_samples NO SCROLL CURSOR FOR
SELECT m.id, m.node_id, m.vm_id, CAST(m.metric_type AS text), CAST(m.value AS double precision),
  CAST(floor(extract(epoch FROM m.recorded_at) * 1000) AS bigint)
FROM metrics m
WHERE isfinite(m.recorded_at) AND m.recorded_at >= CAST(current_setting('monitorix.import_from') AS timestamp)
ORDER BY m.recorded_at, m.id)";

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  text = trim(text);
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_whole(std::string_view type) { return type == "integer" || type == "bigint" || type == "smallint"; }

}  // namespace

std::string_view name_of(OldTable table) { return kNames[static_cast<std::size_t>(table)]; }

std::optional<std::string> OldRow::text(std::string_view column) const {
  const Json* member = fields_.find(column);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (const auto* text = member->as_string()) return *text;
  return member->dump();
}

std::optional<std::int64_t> OldRow::integer(std::string_view column) const {
  const auto number = real(column);
  if (!number || std::abs(*number) > 9e15) return std::nullopt;
  return std::llround(*number);
}

std::optional<double> OldRow::real(std::string_view column) const {
  const Json* member = fields_.find(column);
  if (member == nullptr) return std::nullopt;
  const auto number = member->as_string() != nullptr ? number_in<double>(*member->as_string()) : member->as_number();
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<bool> OldRow::flag(std::string_view column) const {
  const Json* member = fields_.find(column);
  if (member == nullptr || member->is_null()) return std::nullopt;
  if (const bool* flag = member->as_bool()) return *flag;
  if (const auto number = member->as_number()) return *number != 0;
  const std::string* text = member->as_string();
  return text ? std::optional(*text == "true" || *text == "t" || *text == "1") : std::nullopt;
}

std::optional<WallTime> OldRow::time(std::string_view column) const {
  const Json* member = fields_.find(column);
  const std::string* text = member ? member->as_string() : nullptr;
  if (text == nullptr || text->size() < 19) return std::nullopt;
  const bool has_zone = text->find_first_of("Z+-", 19) != std::string::npos;
  return parse_rfc3339(has_zone ? *text : *text + "Z");
}

std::vector<std::string> OldRow::list(std::string_view column) const {
  std::vector<std::string> out;
  const Json* member = fields_.find(column);
  if (member == nullptr || member->is_null()) return out;
  Json parsed = *member;
  if (const auto* text = member->as_string()) {
    if (auto inner = Json::parse(*text); inner && inner->as_array()) {
      parsed = *inner;
    } else {  // "web, database"
      std::string_view rest = *text;
      while (!rest.empty()) {
        const auto comma = rest.find(',');
        const auto one = trim(rest.substr(0, comma));
        if (!one.empty()) out.emplace_back(one);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      }
      return out;
    }
  }
  if (const auto* array = parsed.as_array())
    for (const Json& one : *array)
      if (one.as_string() != nullptr && !one.as_string()->empty()) out.push_back(*one.as_string());
  return out;
}

Result<std::unique_ptr<Original>> Original::open(const std::string& url) {
  auto text = postgres_connection_text(url);
  if (!text) return fail(std::move(text).error());
  auto link = PostgresLink::open(*text, 0);
  if (!link) return fail(std::move(link.error()).within("the original's database"));
  for (const std::string_view set : {"SET idle_in_transaction_session_timeout = 0", "SET timezone = 'UTC'",
                                     "SET datestyle = 'ISO'", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
    if (auto done = (*link)->script(set); !done) return fail(std::move(done).error());
  std::unique_ptr<Original> out(new Original(std::move(*link)));
  if (auto learnt = out->learn(); !learnt) return fail(std::move(learnt).error());
  return out;
}

Status Original::learn() {
  auto name = link_->run(kDatabase);
  if (!name) return fail(std::move(name).error());
  database_ = name->front().text(0);
  auto rows = link_->run(kLearn);
  if (!rows) return fail(std::move(rows).error());
  std::set<std::string> ours;
  for (const Row& row : *rows) {
    const auto at = std::ranges::find(kNames, row.text(0));
    if (row.text(0) == "schema_migration") ours.insert(row.text(0));
    if (at == kNames.end()) continue;
    auto& columns = columns_[static_cast<std::size_t>(at - kNames.begin())];
    if (row.text(1) != "id" || is_whole(row.text(2))) columns.insert(row.text(1));
  }
  const auto& users = columns_[static_cast<std::size_t>(OldTable::users)];
  const auto& nodes = columns_[static_cast<std::size_t>(OldTable::nodes)];
  if (!ours.empty())
    return fail(Errc::invalid, "the database " + database_ +
                                   " is one of this Monitorix, not of the original: `monitorix backup` and `restore` "
                                   "are for that");
  if (!users.contains("hashed_password") || !nodes.contains("url") || !users.contains("id") || !nodes.contains("id"))
    return fail(Errc::invalid, "the database " + database_ +
                                   " is not one of the original Monitorix: it has no tables users and nodes as that "
                                   "makes them");
  for (std::size_t at = 0; at < kOldTables; ++at) {
    if (!columns_[at].contains("id")) continue;
    auto extent = link_->run(kExtents[at]);
    if (!extent) return fail(std::move(extent).error());
    extents_[at] = OldExtent{extent->front().integer(0), extent->front().integer(1)};
  }
  for (const char* needed : {"node_id", "vm_id", "metric_type", "value", "recorded_at"})
    if (!columns_[static_cast<std::size_t>(OldTable::metrics)].contains(needed))
      extents_[static_cast<std::size_t>(OldTable::metrics)].reset();
  auto mark = link_->run(kMark);
  if (!mark) return fail(std::move(mark).error());
  mark_ = mark->front().text(0);
  return {};
}

std::vector<std::string> Original::missing_columns(OldTable table) const {
  std::vector<std::string> out;
  const auto& present = columns_[static_cast<std::size_t>(table)];
  std::string_view rest = kColumns[static_cast<std::size_t>(table)];
  while (!rest.empty()) {
    const auto space = rest.find(' ');
    const std::string one(rest.substr(0, space));
    if (!present.contains(one)) out.push_back(one);
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  return out;
}

Result<std::vector<OldRow>> Original::page(OldTable table, std::int64_t after) {
  auto rows = link_->run(kPages[static_cast<std::size_t>(table)], {after});
  if (!rows) return fail(std::move(rows.error()).within(name_of(table)));
  std::vector<OldRow> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) out.emplace_back(row.integer(0), Json::parse(row.text(1)).value_or(Json{}));
  return out;
}

Status Original::begin_metrics(std::int64_t from_ms) {
  std::string from = from_ms <= 0 ? "-infinity" : rfc3339(monitorix::from_ms(from_ms));
  if (auto set = link_->run(kMetricsFrom, {from}); !set) return fail(std::move(set).error());
  return link_->script(kMetricsCursor);
}

Result<std::vector<OldMetric>> Original::next_metrics() {
  auto rows = link_->run(kMetricsNext);
  if (!rows) return fail(std::move(rows.error()).within("metrics"));
  std::vector<OldMetric> out;
  out.reserve(rows->size());
  for (const Row& row : *rows)
    out.push_back(
        {row.integer(0), row.integer(5), row.maybe_integer(1), row.maybe_integer(2), row.text(3), row.maybe_real(4)});
  return out;
}

Result<std::vector<std::int64_t>> Original::timeless_metrics() {
  auto rows = link_->run(kTimeless);
  if (!rows) return fail(std::move(rows.error()).within("metrics"));
  std::vector<std::int64_t> out;
  for (const Row& row : *rows) out.push_back(row.integer(0));
  return out;
}

}  // namespace monitorix::store
