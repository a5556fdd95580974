// Maintenance windows: what they cover and what hangs on it is not told while they are open.

#include <algorithm>

#include "api/alerts/alert_json.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using Kept = store::Versioned<Window>;
using All = std::vector<Kept>;

constexpr std::chrono::days kLongestCalendar{100};
constexpr std::size_t kMostTimes = 2000, kPreviewTimes = 5;

void write_window(JsonWriter& out, const Desk& desk, const Kept& kept) {
  const Window& window = kept.item;
  const WindowTimes times = desk.house.alerts.window_times(window, desk.house.clock.wall());
  out.begin_object().member("id", window.id.text()).member("name", window.name).key("selector");
  write_selector(out, window.selector);
  out.member("starts_at", rfc3339(window.starts_at));
  out.member("duration_seconds", std::int64_t{window.duration.count()}).member("rrule", none_if_empty(window.rrule));
  out.member("time_zone", window.time_zone.empty() ? std::string("UTC") : window.time_zone);
  out.member("mute", name_of(window.mute)).member("max_severity", severity_name(window.ceiling));
  out.member("is_active", window.is_active).member("active_now", times.is_open).member("ends_at", when(times.ends_at));
  out.member("next_at", when(times.next_at)).member("created_by", window.author);
  out.member("updated_at", rfc3339(kept.updated_at)).end_object();
}

Answer shown(const Desk& desk, const Kept& kept, int status = 200) {
  JsonWriter out;
  write_window(out, desk, kept);
  Answer answer = json(out, status);
  answer.version = std::to_string(kept.version);
  return answer;
}

void read_window(const Desk& desk, Fields& body, bool is_new, Window& window) {
  if (is_new)
    window.name = body.required_text("name", {1, 100});
  else if (const auto name = body.text("name", {1, 100}))
    window.name = *name;
  read_selector(body, "selector", window.selector);
  read_moment(body, "starts_at", window.starts_at);
  if (is_new && !body.has("starts_at")) body.wrong("starts_at", "required", "must be given");
  if (const auto span = body.number("duration_seconds", 60, 31'536'000)) window.duration = std::chrono::seconds{*span};
  if (is_new && !body.has("duration_seconds")) body.wrong("duration_seconds", "required", "must be given");
  if (body.has("rrule")) {
    window.rrule = body.text("rrule", {0, 500, true}).value_or("");
    if (!window.rrule.empty())
      if (const auto fine = desk.house.alerts.judge_recurrence(window.rrule); !fine)
        body.wrong("rrule", "invalid", fine.error().text);
  }
  if (const auto zone = body.text("time_zone", {1, 64})) {
    window.time_zone = *zone;
    if (const auto fine = desk.house.alerts.judge_zone(*zone); !fine)
      body.wrong("time_zone", "invalid", "there is no such time zone");
  }
  read_choice(body, "mute", window.mute, "notifications, all");
  read_choice(body, "max_severity", window.ceiling, "critical, warning, info");
  window.is_active = body.flag("is_active").value_or(window.is_active);
}

net::Task<Result<All>> all_windows(Desk& desk) {
  auto asking = desk.ask<All>([](store::Store& store) { return store.alerts().windows(); });
  co_return co_await std::move(asking);
}

net::Task<Result<Kept>> find_window(Desk& desk, std::string id) {
  const auto number = parse_id(id);
  auto all = co_await all_windows(desk);
  if (!all) co_return fail(all.error());
  for (Kept& one : *all)
    if (number && one.item.id.value == *number) co_return std::move(one);
  co_return fail(Errc::not_found, "there is no such maintenance window");
}

net::Task<Answer> list_windows(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"active", "q", "limit", "cursor", "count"}); !known)
    co_return bad_query(known.error());
  const auto active = call.query.flag("active", false);
  if (!active) co_return bad_query(active.error());
  auto all = co_await all_windows(desk);
  if (!all) co_return from_error(all.error());
  const auto q = lower(call.query.text("q"));
  const WallTime now = desk.house.clock.wall();
  const bool asks_active = call.query.find("active") != nullptr;
  std::erase_if(*all, [&](const Kept& one) {
    return !has_text(one.item.name, q) ||
           (asks_active && *active != desk.house.alerts.window_times(one.item, now).is_open);
  });
  std::ranges::stable_sort(*all, {}, [](const Kept& one) { return lower(one.item.name); });
  Selection selection;
  for (const Kept& one : *all) selection.ids.push_back(one.item.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_window(out, desk, (*all)[at]); };
  co_return list_answer(call, ListForm::envelope, selection);
}

net::Task<Answer> get_window(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto found = co_await find_window(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  co_return shown(desk, *found);
}

net::Task<Answer> create_window(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Window window{.author = call.caller.username};
  read_window(desk, *body, true, window);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  auto asking = desk.ask<Kept>(
      [window, now = desk.house.clock.wall()](store::Store& store) { return store.alerts().create(window, now); });
  const auto made = co_await std::move(asking);
  if (!made) co_return from_error(made.error());
  desk.house.alerts.put_window(made->item);
  co_await desk.audit(deed(desk, call, "create", "maintenance_window", made->item.id.text(), made->item.name));
  Answer answer = shown(desk, *made, 201);
  answer.headers.emplace_back("Location", "/api/maintenance-windows/" + made->item.id.text());
  co_return answer;
}

net::Task<Answer> update_window(Desk& desk, Call& call) {
  const auto before = co_await find_window(desk, call.ids[0]);
  if (!before) co_return from_error(before.error());
  if (auto stale = refuse_stale(call.request, std::to_string(before->version), "the maintenance window"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Window window = before->item;
  read_window(desk, *body, false, window);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const std::int64_t expected = wanted_version(call.request).empty() ? 0 : before->version;
  auto asking = desk.ask<Kept>([window, expected, now = desk.house.clock.wall()](store::Store& store) {
    return store.alerts().update(window, expected, now);
  });
  const auto changed = co_await std::move(asking);
  if (!changed && changed.error().code == Errc::conflict)
    co_return problem(412, "version_mismatch", changed.error().text);
  if (!changed) co_return from_error(changed.error());
  desk.house.alerts.put_window(changed->item);
  co_await desk.audit(deed(desk, call, "update", "maintenance_window", window.id.text(), window.name));
  co_return shown(desk, *changed);
}

net::Task<Answer> remove_window(Desk& desk, Call& call) {
  const auto found = co_await find_window(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  if (auto stale = refuse_stale(call.request, std::to_string(found->version), "the maintenance window"))
    co_return std::move(*stale);
  const WindowId id = found->item.id;
  auto telling = desk.tell([id](store::Store& store) { return store.alerts().remove(id); });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  desk.house.alerts.remove_window(id);
  co_await desk.audit(deed(desk, call, "delete", "maintenance_window", id.text(), found->item.name));
  co_return no_content();
}

struct Time {
  WindowId window{};
  WallTime starts_at{}, ends_at{};
};

/// From the one that is open at `from` on, until `to` or `most` of them. A window that is open all the time is one.
std::vector<Time> times_of(const Desk& desk, const Window& window, WallTime from, WallTime to, std::size_t most) {
  std::vector<Time> found;
  WallTime at = from;
  while (found.size() < most && at < to) {
    const WindowTimes times = desk.house.alerts.window_times(window, at);
    if (times.is_open && times.ends_at) found.push_back({window.id, *times.ends_at - window.duration, *times.ends_at});
    const auto next = times.is_open ? times.ends_at : times.next_at;
    if (!next || *next <= at) break;
    at = *next;
  }
  return found;
}

void write_time(JsonWriter& out, const Time& time) {
  out.begin_object().member("window_id", time.window.exists() ? std::optional(time.window.text()) : std::nullopt);
  out.member("starts_at", rfc3339(time.starts_at)).member("ends_at", rfc3339(time.ends_at)).end_object();
}

net::Task<Answer> calendar(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"from", "to"}); !known) co_return bad_query(known.error());
  const auto from = call.query.time("from"), to = call.query.time("to");
  if (!from) co_return bad_query(from.error());
  if (!to) co_return bad_query(to.error());
  if (!*from || !*to || **to <= **from || **to - **from > kLongestCalendar)
    co_return problem(400, "bad_request", "from and to must be given, at most 100 days apart");
  const auto all = co_await all_windows(desk);
  if (!all) co_return from_error(all.error());
  std::vector<Time> times;
  bool is_cut = false;
  for (const Kept& one : *all) {
    const auto more = times_of(desk, one.item, **from, **to, kMostTimes + 1 - times.size());
    times.insert(times.end(), more.begin(), more.end());
    is_cut = times.size() > kMostTimes;
    if (is_cut) break;
  }
  if (is_cut) times.resize(kMostTimes);
  std::ranges::stable_sort(times, {}, &Time::starts_at);
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const Time& time : times) write_time(out, time);
  co_return json(out.end_array().member("is_cut", is_cut).end_object());
}

net::Task<Answer> preview(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Window window;
  read_window(desk, *body, true, window);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const WallTime now = desk.house.clock.wall();
  const Rule anything{.kind = RuleKind::check_state, .selector = window.selector};
  JsonWriter out;
  out.begin_object().key("times").begin_array();
  for (const Time& time : times_of(desk, window, now, WallTime::max(), kPreviewTimes)) write_time(out, time);
  co_return json(out.end_array().member("covered", desk.house.alerts.fit(anything).watched).end_object());
}

}  // namespace

void add_window_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/maintenance-windows", Access::viewer, with(desk, list_windows));
  must_add(router, "POST", "/api/maintenance-windows", Access::operator_, with(desk, create_window));
  must_add(router, "GET", "/api/maintenance-windows/calendar", Access::viewer, with(desk, calendar));
  must_add(router, "POST", "/api/maintenance-windows/preview", Access::operator_, with(desk, preview));
  must_add(router, "GET", "/api/maintenance-windows/{id}", Access::viewer, with(desk, get_window));
  must_add(router, "PUT", "/api/maintenance-windows/{id}", Access::operator_, with(desk, update_window));
  must_add(router, "DELETE", "/api/maintenance-windows/{id}", Access::operator_, with(desk, remove_window));
}

}  // namespace monitorix::api
