#include "api/alerts/incident_json.h"

#include <algorithm>
#include <set>

#include "api/notify/channel_json.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

const WatchedAlert* root_of(const IncidentBook& book) {
  for (const WatchedAlert& alert : book.alerts)
    if (alert.id == book.row.root) return &alert;
  return book.alerts.empty() ? nullptr : &book.alerts.front();
}

std::int64_t affected(const IncidentBook& book, EntityKind kind) {
  std::set<std::int64_t> ids;
  for (const WatchedAlert& alert : book.alerts)
    if (alert.target.entity.kind == kind) ids.insert(alert.target.entity.id);
  return static_cast<std::int64_t>(ids.size());
}

void write_members(JsonWriter& out, const Backdrop& backdrop, const IncidentBook& book) {
  const WatchedAlert* root = root_of(book);
  const auto is_open = [](const WatchedAlert& alert) { return alert.state != AlertState::resolved; };
  out.member("id", book.row.id.text()).member("title", title_of(backdrop, book));
  out.member("state", name_of(book.row.state)).member("severity", severity_name(book.row.severity)).key("root");
  write_target(out, *backdrop.world, root ? root->target : Target{book.row.scope, {}});
  out.key("root_alert");
  if (root)
    write_alert(out, backdrop, *root);
  else
    out.null();
  out.member("cause", none_if_empty(cause_of(backdrop, book)));
  out.member("alert_count", static_cast<std::int64_t>(book.alerts.size()));
  out.member("open_alert_count", static_cast<std::int64_t>(std::ranges::count_if(book.alerts, is_open)));
  out.key("affected").begin_object().member("nodes", affected(book, EntityKind::node));
  out.member("vms", affected(book, EntityKind::guest)).member("storages", affected(book, EntityKind::storage));
  out.member("services", affected(book, EntityKind::service)).end_object();
  out.member("opened_at", rfc3339(book.row.opened_at)).member("resolved_at", when(book.row.resolved_at));
  out.key("acknowledgement");
  write_ack(out, root ? root->ack : std::nullopt);
  out.key("held_by");
  write_held(out, root ? root->held : std::nullopt);
  out.member("is_flapping", root && root->is_flapping);
}

bool is_by_a_person(HappeningKind kind) {
  return kind == HappeningKind::acknowledged || kind == HappeningKind::unacknowledged || kind == HappeningKind::note;
}

/// A note keeps its author in its first line, for a happening has one text.
std::pair<std::string, std::string> author_and_text(const std::string& detail) {
  const auto end = detail.find('\n');
  if (end == std::string::npos) return {"", detail};
  return {detail.substr(0, end), detail.substr(end + 1)};
}

void write_next(JsonWriter& out, const std::optional<NextStep>& next) {
  out.key("next_step");
  if (!next) {
    out.null();
    return;
  }
  out.begin_object().member("escalation_id", next->route.text()).member("escalation_name", next->name);
  out.member("escalation_key", none_if_empty(next->key)).member("number", next->number).member("count", next->count);
  out.member("at", rfc3339(next->at)).key("channel_ids").begin_array();
  for (const ChannelId id : next->channels) out.value(id.text());
  out.end_array().end_object();
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += letter;
    }
  }
  return out;
}

std::string row_of(const std::vector<std::string>& cells) {
  std::string out = "<tr>";
  for (const std::string& cell : cells) out += "<td>" + escaped(cell) + "</td>";
  return out + "</tr>\n";
}

}  // namespace

std::string title_of(const Backdrop& backdrop, const IncidentBook& book) {
  const WatchedAlert* root = root_of(book);
  return root ? title_of(backdrop, *root) : name_of_entity(*backdrop.world, book.row.scope);
}

std::string cause_of(const Backdrop& backdrop, const IncidentBook& book) {
  const WatchedAlert* root = root_of(book);
  return root ? message_of(backdrop, *root) : std::string();
}

void write_incident(JsonWriter& out, const Backdrop& backdrop, const IncidentBook& book) {
  out.begin_object();
  write_members(out, backdrop, book);
  out.end_object();
}

void write_happening(JsonWriter& out, const IncidentWhole& whole, const Happening& happening) {
  out.begin_object().member("at", rfc3339(happening.at)).member("kind", name_of(happening.kind));
  const auto alert = std::ranges::find(whole.book.alerts, happening.alert, &WatchedAlert::id);
  out.member("alert_id", happening.alert.exists() ? std::optional(happening.alert.text()) : std::nullopt).key("object");
  if (alert == whole.book.alerts.end())
    out.null();
  else
    write_target(out, *whole.backdrop.world, alert->target);
  std::string by, detail = happening.detail;
  if (happening.kind == HappeningKind::note)
    std::tie(by, detail) = author_and_text(happening.detail);
  else if (is_by_a_person(happening.kind))
    by = std::exchange(detail, {});
  out.member("by", none_if_empty(by)).member("detail", none_if_empty(detail)).end_object();
}

void write_whole(JsonWriter& out, const IncidentWhole& whole, const Caller& caller) {
  out.begin_object();
  write_members(out, whole.backdrop, whole.book);
  out.key("alerts").begin_array();
  for (const WatchedAlert& alert : whole.book.alerts) write_alert(out, whole.backdrop, alert);
  out.end_array().key("timeline").begin_array();
  for (const Happening& happening : whole.timeline) write_happening(out, whole, happening);
  out.end_array().key("notifications").begin_array();
  for (const Delivery& delivery : whole.deliveries) write_delivery(out, delivery, caller);
  out.end_array();
  write_next(out, whole.next);
  out.end_object();
}

std::string html_of(const IncidentWhole& whole, WallTime now) {
  const std::string title = title_of(whole.backdrop, whole.book);
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(title) +
                    "</title>\n<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:60rem}"
                    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;"
                    "border-bottom:1px solid #ccc;vertical-align:top}</style></head><body>\n";
  out += "<h1>" + escaped(title) + "</h1>\n<p>" + escaped(cause_of(whole.backdrop, whole.book)) + "</p>\n<table>\n";
  const monitorix::Incident& row = whole.book.row;
  out += row_of({"State", std::string(name_of(row.state))});
  out += row_of({"Severity", std::string(severity_name(row.severity))});
  out += row_of({"Began", rfc3339(row.opened_at)});
  out += row_of({"Ended", row.resolved_at ? rfc3339(*row.resolved_at) : "not yet"});
  out += row_of({"Written", rfc3339(now)}) + "</table>\n<h2>Alerts</h2>\n<table>\n";
  for (const WatchedAlert& alert : whole.book.alerts)
    out += row_of({rfc3339(alert.opened_at), std::string(shown_state(alert)), title_of(whole.backdrop, alert),
                   message_of(whole.backdrop, alert)});
  out += "</table>\n<h2>What happened</h2>\n<table>\n";
  for (const Happening& happening : whole.timeline) {
    const auto alert = std::ranges::find(whole.book.alerts, happening.alert, &WatchedAlert::id);
    const bool is_known = alert != whole.book.alerts.end();
    out += row_of({rfc3339(happening.at), std::string(name_of(happening.kind)),
                   is_known ? name_of_target(*whole.backdrop.world, alert->target) : std::string(), happening.detail});
  }
  out += "</table>\n<h2>Messages</h2>\n<table>\n";
  for (const Delivery& delivery : whole.deliveries)
    out += row_of({rfc3339(delivery.created_at), std::string(name_of(delivery.kind)),
                   std::string(name_of(delivery.state)), delivery.message.title});
  return out + "</table>\n</body></html>\n";
}

}  // namespace monitorix::api
