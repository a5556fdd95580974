// Incidents as a list and one by one, what people order about them, and their export.

#include <algorithm>

#include "api/alerts/incident_json.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr int kMostIncidents = 1000, kMostHappenings = 2000, kDeliveriesRead = 5000;
constexpr std::size_t kMostDeliveries = 500, kMostAlerts = 1000;

bool may_see(const Caller& caller, const state::Snapshot& world, const IncidentBook& book) {
  return std::ranges::any_of(
      book.alerts, [&](const WatchedAlert& alert) { return may_see_entity(caller, world, alert.target.entity); });
}

/// Of an incident only what the caller may see; as the engine has it now, where it still has it.
void fit_to(const Desk& desk, const Caller& caller, const state::Snapshot& world, IncidentBook& book) {
  if (auto now = desk.house.alerts.incident(book.row.id)) book.row = std::move(*now);
  for (WatchedAlert& alert : book.alerts)
    if (auto now = desk.house.alerts.alert(alert.id)) alert = std::move(*now);
  std::erase_if(book.alerts, [&](const WatchedAlert& alert) {
    return alert.state == AlertState::pending || !may_see_entity(caller, world, alert.target.entity);
  });
  if (book.alerts.size() > kMostAlerts) book.alerts.resize(kMostAlerts);
}

struct Page {
  Backdrop backdrop{};
  std::vector<IncidentBook> books{};
};

net::Task<Answer> list_incidents(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"state", "severity", "since", "until", "q", "limit", "cursor", "count"}); !known)
    co_return bad_query(known.error());
  const auto since = call.query.time("since"), until = call.query.time("until");
  if (!since) co_return bad_query(since.error());
  if (!until) co_return bad_query(until.error());
  auto asking = desk.ask<Page>([world = desk.house.snapshot()](store::Store& store) -> Result<Page> {
    Page page{.backdrop = {.world = world}};
    auto rules = read_rules(store);
    if (!rules) return fail(std::move(rules).error());
    page.backdrop.rules = std::move(*rules);
    auto rows = store.alerts().incidents({}, kMostIncidents);
    if (!rows) return fail(std::move(rows).error());
    for (auto& row : *rows) {
      auto alerts = store.alerts().alerts_of(row.id);
      if (!alerts) return fail(std::move(alerts).error());
      page.books.push_back({std::move(row), std::move(*alerts)});
    }
    return page;
  });
  auto page = co_await std::move(asking);
  if (!page) co_return from_error(page.error());
  const auto& world = *page->backdrop.world;
  for (IncidentBook& book : page->books) fit_to(desk, call.caller, world, book);
  const auto states = call.query.all("state"), severities = call.query.all("severity");
  const auto q = lower(call.query.text("q"));
  std::erase_if(page->books, [&](const IncidentBook& book) {
    return book.alerts.empty() || !wanted(states, name_of(book.row.state)) ||
           !wanted(severities, severity_name(book.row.severity)) || (*since && book.row.opened_at < **since) ||
           (*until && book.row.opened_at >= **until) || !has_text(title_of(page->backdrop, book), q);
  });
  Selection selection;
  for (const IncidentBook& book : page->books) selection.ids.push_back(book.row.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_incident(out, page->backdrop, page->books[at]); };
  co_return list_answer(call, ListForm::envelope, selection);
}

net::Task<Result<IncidentWhole>> find_incident(Desk& desk, const Call& call, std::string id) {
  const auto number = parse_id(id);
  if (!number) co_return fail(Errc::not_found, "there is no such incident");
  auto asking = desk.ask<IncidentWhole>(
      [wanted = IncidentId{*number}, world = desk.house.snapshot()](store::Store& store) -> Result<IncidentWhole> {
        IncidentWhole whole;
        whole.backdrop.world = world;
        auto rules = read_rules(store);
        if (!rules) return fail(std::move(rules).error());
        whole.backdrop.rules = std::move(*rules);
        auto rows = store.alerts().incidents(IncidentId{wanted.value + 1}, 1);
        if (!rows) return fail(std::move(rows).error());
        if (rows->empty() || rows->front().id != wanted) return fail(Errc::not_found, "there is no such incident");
        whole.book.row = std::move(rows->front());
        auto alerts = store.alerts().alerts_of(wanted);
        if (!alerts) return fail(std::move(alerts).error());
        whole.book.alerts = std::move(*alerts);
        auto timeline = store.alerts().timeline(wanted, kMostHappenings);
        if (!timeline) return fail(std::move(timeline).error());
        whole.timeline = std::move(*timeline);
        auto deliveries = store.outbox().deliveries({.limit = kDeliveriesRead});
        if (!deliveries) return fail(std::move(deliveries).error());
        for (Delivery& one : *deliveries)
          if (one.incident == wanted.text() && whole.deliveries.size() < kMostDeliveries)
            whole.deliveries.push_back(std::move(one));
        return whole;
      });
  auto whole = co_await std::move(asking);
  if (!whole) co_return fail(whole.error());
  if (!may_see(call.caller, *whole->backdrop.world, whole->book))
    co_return fail(Errc::not_found, "there is no such incident");
  fit_to(desk, call.caller, *whole->backdrop.world, whole->book);
  const auto is_unseen = [&](const Happening& one) {
    return one.alert.exists() &&
           std::ranges::find(whole->book.alerts, one.alert, &WatchedAlert::id) == whole->book.alerts.end();
  };
  std::erase_if(whole->timeline, is_unseen);
  whole->next = desk.house.alerts.next_step(whole->book.row.id);
  co_return std::move(whole);
}

net::Task<Answer> get_incident(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  JsonWriter out;
  write_whole(out, *whole, call.caller);
  co_return json(out);
}

/// After an order: the incident as it stands now.
net::Task<Answer> ordered(Desk& desk, Call& call, IncidentWhole whole, std::string action, int done) {
  if (done == 0) co_return problem(409, "invalid_state", "nothing of the incident is open");
  co_await desk.audit(
      deed(desk, call, std::move(action), "incident", call.ids[0], title_of(whole.backdrop, whole.book)));
  fit_to(desk, call.caller, *whole.backdrop.world, whole.book);
  JsonWriter out;
  write_incident(out, whole.backdrop, whole.book);
  co_return json(out);
}

net::Task<Answer> acknowledge(Desk& desk, Call& call) {
  auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  Acknowledgement ack;
  if (auto wrong = read_ack(desk, call, ack)) co_return std::move(*wrong);
  int done = 0;
  for (const WatchedAlert& alert : whole->book.alerts) done += desk.house.alerts.acknowledge(alert.id, ack) ? 1 : 0;
  co_return co_await ordered(desk, call, std::move(*whole), "acknowledge", done);
}

net::Task<Answer> unacknowledge(Desk& desk, Call& call) {
  auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  int done = 0;
  for (const WatchedAlert& alert : whole->book.alerts)
    done += desk.house.alerts.unacknowledge(alert.id, call.caller.username) ? 1 : 0;
  co_return co_await ordered(desk, call, std::move(*whole), "unacknowledge", done);
}

net::Task<Answer> resolve(Desk& desk, Call& call) {
  auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  int done = 0;
  for (const WatchedAlert& alert : whole->book.alerts)
    done += desk.house.alerts.resolve(alert.id, call.caller.username) ? 1 : 0;
  co_return co_await ordered(desk, call, std::move(*whole), "resolve", done);
}

net::Task<Answer> snooze(Desk& desk, Call& call) {
  auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  Snooze order;
  if (auto wrong = read_snooze(desk, call, order)) co_return std::move(*wrong);
  int done = 0;
  for (const WatchedAlert& alert : whole->book.alerts) {
    if (alert.state == AlertState::resolved) continue;
    if (auto made = co_await snooze_one(desk, call, alert.id, order); !made) co_return from_error(made.error());
    ++done;
  }
  co_return co_await ordered(desk, call, std::move(*whole), "snooze", done);
}

net::Task<Answer> note(Desk& desk, Call& call) {
  auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const std::string text = body->required_text("text", {1, 2000, false, false});
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const Happening written{.incident = whole->book.row.id,
                          .kind = HappeningKind::note,
                          .at = desk.house.clock.wall(),
                          .detail = call.caller.username + "\n" + text};
  desk.house.alerts.note(written);
  co_await desk.audit(deed(desk, call, "note", "incident", call.ids[0], title_of(whole->backdrop, whole->book)));
  JsonWriter out;
  write_happening(out, *whole, written);
  co_return json(out, 201);
}

net::Task<Answer> export_incident(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"format"}); !known) co_return bad_query(known.error());
  const std::string format = call.query.find("format") ? call.query.text("format") : "html";
  if (format != "html" && format != "json") co_return problem(400, "bad_request", "format must be html or json");
  const auto whole = co_await find_incident(desk, call, call.ids[0]);
  if (!whole) co_return from_error(whole.error());
  Answer answer;
  if (format == "html") {
    answer.body = html_of(*whole, desk.house.clock.wall());
    answer.content_type = "text/html; charset=utf-8";
  } else {
    JsonWriter out;
    write_whole(out, *whole, call.caller);
    answer = json(out);
  }
  answer.headers.emplace_back("Content-Disposition",
                              "attachment; filename=\"incident-" + whole->book.row.id.text() + "." + format + "\"");
  co_return answer;
}

}  // namespace

void add_incident_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/incidents", Access::viewer, with(desk, list_incidents));
  must_add(router, "GET", "/api/incidents/{id}", Access::viewer, with(desk, get_incident));
  must_add(router, "POST", "/api/incidents/{id}/acknowledge", Access::operator_, with(desk, acknowledge));
  must_add(router, "POST", "/api/incidents/{id}/unacknowledge", Access::operator_, with(desk, unacknowledge));
  must_add(router, "POST", "/api/incidents/{id}/snooze", Access::operator_, with(desk, snooze));
  must_add(router, "POST", "/api/incidents/{id}/resolve", Access::operator_, with(desk, resolve));
  must_add(router, "POST", "/api/incidents/{id}/notes", Access::operator_, with(desk, note));
  must_add(router, "GET", "/api/incidents/{id}/export", Access::viewer, with(desk, export_incident));
}

}  // namespace monitorix::api
