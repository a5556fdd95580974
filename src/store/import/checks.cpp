// Services, the results of their checks, and alerts.

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"
#include "store/import/import_queries.h"
#include "store/import/intake.h"

namespace monitorix::store {
namespace {

// The order in which the numbers of the tables' columns are given (api.md): later versions read them so.
constexpr std::array<std::string_view, 8> kTypes{"http", "https", "ping", "port", "dns", "tls", "push", "custom"};
constexpr std::int64_t kCustom = 7;
enum CheckStatus : std::int64_t { up, warning, down, unreachable, unknown, paused };
constexpr std::int64_t kResolved = 3;  // pending, firing, recovering, resolved

std::optional<std::int64_t> status_named(std::string_view name) {
  constexpr auto kWords = std::to_array<std::pair<std::string_view, std::int64_t>>({{"up", up},
                                                                                    {"healthy", up},
                                                                                    {"ok", up},
                                                                                    {"online", up},
                                                                                    {"success", up},
                                                                                    {"warning", warning},
                                                                                    {"warn", warning},
                                                                                    {"degraded", warning},
                                                                                    {"down", down},
                                                                                    {"unhealthy", down},
                                                                                    {"error", down},
                                                                                    {"critical", down},
                                                                                    {"failed", down},
                                                                                    {"offline", down},
                                                                                    {"timeout", down},
                                                                                    {"failure", down},
                                                                                    {"unreachable", unreachable},
                                                                                    {"unknown", unknown},
                                                                                    {"paused", paused}});
  const auto found = std::ranges::find(kWords, name, &std::pair<std::string_view, std::int64_t>::first);
  return found == kWords.end() ? std::nullopt : std::optional(found->second);
}

/// "AlertSeverity.CRITICAL", "CRITICAL" and "critical" are one word.
std::string word(const std::optional<std::string>& text) {
  const std::string lowered = lower_ascii(trim(text.value_or("")));
  return lowered.substr(lowered.rfind('.') + 1);
}

std::int64_t at_least_one(std::optional<std::int64_t> number, std::int64_t usual) {
  return number && *number > 0 ? *number : usual;
}

}  // namespace

Status Intake::take_service(Link& link, const OldRow& row, TableReport& report) {
  auto before = known(link, "services", row.id());
  if (!before) return fail(std::move(before).error());
  if (*before) {
    ++report.there;
    return {};
  }
  const auto id = free_id(link, queries::import_service_ids, OldTable::services, row.id(), report);
  if (!id) return fail(id.error());
  const std::string type = word(row.text("type"));
  const auto found = std::ranges::find(kTypes, type);
  const bool is_known = found != kTypes.end();
  const std::int64_t number = is_known ? found - kTypes.begin() : kCustom;
  const bool is_custom = number == kCustom;
  if (!is_known) report.remark("of an unknown type: switched off, the type's name is kept", row.id());
  if (is_known && is_custom)
    report.remark("a command of its own is kept for review and never run: switched off", row.id());
  const auto old_guest = row.integer("vm_id");
  const auto guest = guests_.find(old_guest.value_or(0));
  if (old_guest && guest == guests_.end()) report.remark("its guest is not there: it belongs to none", row.id());
  JsonWriter doc;
  doc.begin_object().member("imported_from", report_.source);
  if (!is_known) doc.member("type", row.text("type"));
  for (const char* column : {"custom_command", "custom_script"})
    if (const auto text = row.text(column)) doc.member(column, *text);
  doc.end_object();
  const auto port = row.integer("port");
  const WallTime made = row.time("created_at").value_or(parts_.options.now);
  auto done =
      link.run(queries::import_service,
               {*id, guest == guests_.end() ? Value{} : Value{guest->second.id},
                row.text("name").value_or("service " + std::to_string(row.id())), number,
                row.text("target").value_or(""), port && *port > 0 && *port < 65'536 ? Value{*port} : Value{},
                at_least_one(row.integer("check_interval"), 60), at_least_one(row.integer("timeout"), 5),
                at_least_one(row.integer("expected_status"), 200), row.flag("is_active").value_or(true) && !is_custom,
                row.flag("maintenance_mode").value_or(false), doc.take(), ms(made), ms(made)});
  if (!done) return fail(std::move(done).error());
  ++report.imported;
  return know(link, "services", row.id(), *id);
}

Status Intake::take_check(Link& link, const OldRow& row, TableReport& report) {
  const auto service = services_.find(row.integer("service_id").value_or(0));
  if (service == services_.end())
    return keep_aside(link, OldTable::health_checks, row, "its service is not there", report);
  const auto at = row.time("checked_at");
  if (!at) return keep_aside(link, OldTable::health_checks, row, "it has no time", report);
  const auto id = free_id(link, queries::import_check_ids, OldTable::health_checks, row.id(), report);
  if (!id) return fail(id.error());
  const std::string name = word(row.text("status"));
  const auto status = status_named(name);
  auto message = row.text("error_message");
  if (!status) {
    report.remark("a status of an unknown name: kept as unknown, the name in its message", row.id());
    message = "status: " + name + (message ? "; " + *message : "");
  }
  auto done = link.run(queries::import_check,
                       {*id, service->second, status.value_or(unknown), value_or_null(row.real("response_time")),
                        value_or_null(row.integer("status_code")), value_or_null(message), ms(*at)});
  if (!done) return fail(std::move(done).error());
  ++report.imported;
  return {};
}

// What is open is closed, for the rules that opened it do not watch any more; when they do again, they judge anew.
Status Intake::take_alert(Link& link, const OldRow& row, TableReport& report) {
  const auto at = row.time("created_at");
  if (!at) return keep_aside(link, OldTable::alerts, row, "it has no time", report);
  const auto id = free_id(link, queries::import_alert_ids, OldTable::alerts, row.id(), report);
  if (!id) return fail(id.error());
  const auto place = [&](const Places& places, std::string_view column) -> std::optional<Place> {
    const auto found = places.find(row.integer(column).value_or(0));
    return found == places.end() ? std::nullopt : std::optional(found->second);
  };
  const auto node = place(nodes_, "node_id"), guest = place(guests_, "vm_id");
  const auto service = services_.find(row.integer("service_id").value_or(0));
  const bool has_service = service != services_.end();
  std::string object;
  if (has_service) object = "service:" + std::to_string(service->second);
  if (object.empty() && guest) object = "vm:" + std::to_string(guest->id);
  if (object.empty() && node) object = "node:" + std::to_string(node->id);
  const std::string severity = word(row.text("severity"));
  const std::int64_t weight = severity == "info" ? 0 : severity == "critical" ? 2 : 1;
  if (severity != "info" && severity != "warning" && severity != "critical")
    report.remark("a severity of an unknown name: kept as a warning", row.id());
  const auto resolved = row.time("resolved_at");
  const bool was_open = !resolved && !row.flag("is_resolved").value_or(false);
  if (was_open) report.remark("was open: closed, and judged anew when alerts are", row.id());
  JsonWriter doc;
  doc.begin_object().member("imported_from", report_.source).member("reason", was_open ? "imported" : "resolved");
  if (!severity.empty()) doc.member("severity", row.text("severity"));
  for (const char* column : {"node_id", "vm_id", "service_id"})
    if (const auto old_id = row.integer(column)) doc.member(std::string("original_") + column, *old_id);
  doc.end_object();
  const auto cluster = guest ? std::optional(guest->cluster) : node ? std::optional(node->cluster) : std::nullopt;
  const WallTime end = resolved.value_or(was_open ? parts_.options.now : *at);
  auto done =
      link.run(queries::import_alert,
               {*id, object, row.text("alert_type").value_or(""), weight, kResolved, row.text("title").value_or(""),
                row.text("message").value_or(""), value_or_null(cluster), node ? Value{node->id} : Value{},
                guest ? Value{guest->id} : Value{}, has_service ? Value{service->second} : Value{}, ms(*at),
                ms(was_open ? *at : end), ms(end), doc.take()});
  if (!done) return fail(std::move(done).error());
  ++report.imported;
  return {};
}

}  // namespace monitorix::store
