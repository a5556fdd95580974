// Alerts as a list and one by one, and what people order about them.

#include <algorithm>

#include "api/access.h"
#include "api/alerts/deeds.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostInBulk = 1000;

struct Found {
  Backdrop backdrop{};
  std::vector<WatchedAlert> alerts{};
};

struct AlertFilter {
  std::vector<std::string> severities, states, types, clusters, nodes, vms, storages, services, incidents, rules;
  std::optional<bool> resolved{};
  std::optional<WallTime> since{}, until{};
  std::string q{};
};

Result<AlertFilter> read_filter(const Query& query) {
  auto known = query.allow({"resolved", "severity", "state", "alert_type", "cluster_id", "node_id", "vm_id",
                            "storage_id", "service_id", "incident_id", "rule_id", "since", "until", "q", "limit",
                            "cursor", "count", "envelope"});
  if (!known) return fail(known.error());
  AlertFilter filter{.severities = query.all("severity"),
                     .states = query.all("state"),
                     .types = query.all("alert_type"),
                     .clusters = query.all("cluster_id"),
                     .nodes = query.all("node_id"),
                     .vms = query.all("vm_id"),
                     .storages = query.all("storage_id"),
                     .services = query.all("service_id"),
                     .incidents = query.all("incident_id"),
                     .rules = query.all("rule_id"),
                     .q = lower(query.text("q"))};
  if (query.find("resolved")) {
    const auto flag = query.flag("resolved", false);
    if (!flag) return fail(flag.error());
    filter.resolved = *flag;
  }
  const auto since = query.time("since"), until = query.time("until");
  if (!since) return fail(since.error());
  if (!until) return fail(until.error());
  filter.since = *since;
  filter.until = *until;
  return filter;
}

bool is_about(const WatchedAlert& alert, EntityKind kind, const std::vector<std::string>& ids) {
  return ids.empty() || (alert.target.entity.kind == kind && wanted(ids, std::to_string(alert.target.entity.id)));
}

bool passes(const AlertFilter& f, const Backdrop& backdrop, const WatchedAlert& alert) {
  const bool is_over = alert.state == AlertState::resolved;
  if (f.resolved && *f.resolved != is_over) return false;
  if (f.states.empty() ? alert.state == AlertState::pending : !wanted(f.states, live::shown_state(alert))) return false;
  if (!wanted(f.severities, severity_name(alert.severity))) return false;
  if (f.since && alert.opened_at < *f.since) return false;
  if (f.until && alert.opened_at >= *f.until) return false;
  if (!is_about(alert, EntityKind::node, f.nodes) || !is_about(alert, EntityKind::guest, f.vms) ||
      !is_about(alert, EntityKind::storage, f.storages) || !is_about(alert, EntityKind::service, f.services))
    return false;
  if (!wanted(f.incidents, alert.incident.text()) || !wanted(f.rules, alert.rule.text())) return false;
  const auto cluster = cluster_of_entity(*backdrop.world, alert.target.entity);
  if (!wanted(f.clusters, cluster ? cluster->text() : "")) return false;
  const auto rule = backdrop.rules.find(alert.rule);
  const std::string type = rule == backdrop.rules.end() ? "rule" : alert_type_of(rule->second.item);
  return wanted(f.types, type) &&
         (has_text(title_of(backdrop, alert), f.q) || has_text(message_of(backdrop, alert), f.q));
}

net::Task<Answer> list_alerts(Desk& desk, Call& call) {
  const auto filter = read_filter(call.query);
  if (!filter) co_return bad_query(filter.error());
  const auto page = read_page(call.query);
  if (!page) co_return bad_query(page.error());
  const auto in_envelope = call.query.flag("envelope", false);
  if (!in_envelope) co_return bad_query(in_envelope.error());
  // A bare list tells in its head how many there are, and so has to read them all.
  const bool is_paged = *in_envelope && !page->is_counted;
  const AlertSpan span = is_paged ? AlertSpan{AlertId{page->before.value_or(0)}, page->limit + 1} : AlertSpan{};
  const auto asked = std::make_shared<AlertFilter>(*filter);
  auto asking = desk.ask<Found>(
      [asked, span, world = desk.house.snapshot(), caller = call.caller](store::Store& store) -> Result<Found> {
        Found found{.backdrop = {.world = world}};
        auto rules = read_rules(store);
        if (!rules) return fail(std::move(rules).error());
        found.backdrop.rules = std::move(*rules);
        auto alerts = newest_alerts(
            store,
            [&](const WatchedAlert& alert) {
              return may_see_entity(caller, *world, alert.target.entity) && passes(*asked, found.backdrop, alert);
            },
            span);
        if (!alerts) return fail(std::move(alerts).error());
        found.alerts = std::move(*alerts);
        return found;
      });
  auto found = co_await std::move(asking);
  if (!found) co_return from_error(found.error());
  if (is_paged) {
    std::optional<std::int64_t> next;
    if (found->alerts.size() > page->limit) next = found->alerts[page->limit - 1].id.value;
    found->alerts.resize(std::min(found->alerts.size(), page->limit));
    JsonWriter items;
    items.begin_array();
    for (const WatchedAlert& alert : found->alerts) write_alert(items, found->backdrop, alert);
    co_return page_answer(items.end_array().take(), next, std::nullopt);
  }
  Selection selection;
  for (const WatchedAlert& alert : found->alerts) selection.ids.push_back(alert.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_alert(out, found->backdrop, found->alerts[at]); };
  co_return list_answer(call, ListForm::bare, selection);
}

struct Stats {
  std::int64_t total{0}, unresolved{0}, acknowledged{0}, open_incidents{0};
  std::map<Severity, std::int64_t> by_severity{};
};

net::Task<Answer> stats(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  auto asking =
      desk.ask<Stats>([world = desk.house.snapshot(), caller = call.caller](store::Store& store) -> Result<Stats> {
        Stats out;
        std::set<IncidentId> open;
        const auto count = [&](const WatchedAlert& alert) {
          if (alert.state == AlertState::pending || !may_see_entity(caller, *world, alert.target.entity)) return false;
          ++out.total;
          if (alert.state == AlertState::resolved) return false;
          ++out.unresolved;
          ++out.by_severity[alert.severity];
          if (alert.ack) ++out.acknowledged;
          open.insert(alert.incident);
          return false;
        };
        if (auto read = newest_alerts(store, count); !read) return fail(std::move(read).error());
        out.open_incidents = static_cast<std::int64_t>(open.size());
        return out;
      });
  auto got = co_await std::move(asking);
  if (!got) co_return from_error(got.error());
  JsonWriter out;
  out.begin_object().member("total", got->total).member("unresolved", got->unresolved);
  out.member("critical", got->by_severity[Severity::critical]).member("warning", got->by_severity[Severity::warning]);
  out.member("info", got->by_severity[Severity::info]).member("acknowledged", got->acknowledged);
  co_return json(out.member("open_incidents", got->open_incidents).end_object());
}

Answer shown(const Backdrop& backdrop, const WatchedAlert& alert) {
  JsonWriter out;
  write_alert(out, backdrop, alert);
  return json(out);
}

net::Task<Answer> get_alert(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  co_return shown(found->backdrop, found->alert);
}

net::Task<Answer> delete_alert(Desk& desk, Call& call) {
  const auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  if (found->alert.state != AlertState::resolved)
    co_return problem(409, "invalid_state", "the alert is not resolved; resolve it first");
  auto telling = desk.tell(
      [id = found->alert.id](store::Store& store) { return store.alerts().save(AlertBatch{.vanished = {id}}); });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "delete", "alert", call.ids[0], title_of(found->backdrop, found->alert)));
  co_return no_content();
}

/// After an order: the alert as it stands now.
net::Task<Answer> ordered(Desk& desk, Call& call, FoundAlert found, std::string action, bool is_done) {
  if (!is_done) co_return problem(409, "invalid_state", "the alert is not open");
  co_await desk.audit(deed(desk, call, std::move(action), "alert", call.ids[0], title_of(found.backdrop, found.alert)));
  if (auto now = desk.house.alerts.alert(found.alert.id)) found.alert = std::move(*now);
  co_return shown(found.backdrop, found.alert);
}

net::Task<Answer> resolve_alert(Desk& desk, Call& call) {
  auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  const bool is_done = desk.house.alerts.resolve(found->alert.id, call.caller.username);
  co_return co_await ordered(desk, call, std::move(*found), "resolve", is_done);
}

net::Task<Answer> acknowledge_alert(Desk& desk, Call& call) {
  auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  Acknowledgement ack;
  if (auto wrong = read_ack(desk, call, ack)) co_return std::move(*wrong);
  const bool is_done = desk.house.alerts.acknowledge(found->alert.id, ack);
  co_return co_await ordered(desk, call, std::move(*found), "acknowledge", is_done);
}

net::Task<Answer> unacknowledge_alert(Desk& desk, Call& call) {
  auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  const bool is_done = desk.house.alerts.unacknowledge(found->alert.id, call.caller.username);
  co_return co_await ordered(desk, call, std::move(*found), "unacknowledge", is_done);
}

net::Task<Answer> snooze_alert(Desk& desk, Call& call) {
  auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  Snooze snooze;
  if (auto wrong = read_snooze(desk, call, snooze)) co_return std::move(*wrong);
  if (found->alert.state == AlertState::resolved || found->alert.state == AlertState::pending)
    co_return problem(409, "invalid_state", "the alert is not open");
  if (auto made = co_await snooze_one(desk, call, found->alert.id, snooze); !made) co_return from_error(made.error());
  co_return co_await ordered(desk, call, std::move(*found), "snooze", true);
}

net::Task<Answer> bulk_resolve(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto ids = body->texts("alert_ids", kMostInBulk, {1, 20});
  if (!ids || ids->empty()) body->wrong("alert_ids", "required", "name at least one alert");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto world = desk.house.snapshot();
  std::vector<std::string> resolved, skipped;
  for (const std::string& id : *ids) {
    const auto number = parse_id(id);
    const auto alert = number ? desk.house.alerts.alert(AlertId{*number}) : std::nullopt;
    const bool is_done = alert && may_see_entity(call.caller, *world, alert->target.entity) &&
                         desk.house.alerts.resolve(alert->id, call.caller.username);
    (is_done ? resolved : skipped).push_back(id);
  }
  for (const std::string& id : resolved) co_await desk.audit(deed(desk, call, "resolve", "alert", id));
  JsonWriter out;
  out.begin_object().key("resolved").begin_array();
  for (const std::string& id : resolved) out.value(id);
  out.end_array().key("skipped").begin_array();
  for (const std::string& id : skipped) out.value(id);
  co_return json(out.end_array().end_object());
}

}  // namespace

void add_alert_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/alerts", Access::viewer, with(desk, list_alerts));
  must_add(router, "GET", "/api/alerts/stats", Access::viewer, with(desk, stats));
  must_add(router, "POST", "/api/alerts/bulk-resolve", Access::operator_, with(desk, bulk_resolve));
  must_add(router, "GET", "/api/alerts/{id}", Access::viewer, with(desk, get_alert));
  must_add(router, "DELETE", "/api/alerts/{id}", Access::admin, with(desk, delete_alert));
  must_add(router, "POST", "/api/alerts/{id}/resolve", Access::operator_, with(desk, resolve_alert));
  must_add(router, "POST", "/api/alerts/{id}/acknowledge", Access::operator_, with(desk, acknowledge_alert));
  must_add(router, "POST", "/api/alerts/{id}/unacknowledge", Access::operator_, with(desk, unacknowledge_alert));
  must_add(router, "POST", "/api/alerts/{id}/snooze", Access::operator_, with(desk, snooze_alert));
}

}  // namespace monitorix::api
