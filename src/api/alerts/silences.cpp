// Silences: alerts that fit are kept but not told.

#include <algorithm>

#include "api/alerts/alert_json.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using Kept = store::Versioned<Silence>;
using All = std::vector<Kept>;

constexpr std::chrono::hours kLongest{24 * 366};
constexpr std::array<std::string_view, 9> kLabels{"kind", "id",   "name", "cluster", "pool",
                                                  "tag",  "node", "rule", "severity"};

void write_silence(JsonWriter& out, const Desk& desk, const Kept& kept) {
  const Silence& silence = kept.item;
  const WallTime now = desk.house.clock.wall();
  out.begin_object().member("id", silence.id.text()).key("matchers").begin_array();
  for (const Matcher& matcher : silence.matchers)
    out.begin_object()
        .member("label", matcher.label)
        .member("value", matcher.value)
        .member("is_equal", matcher.is_equal)
        .end_object();
  out.end_array();
  out.member("alert_id", silence.alert.exists() ? std::optional(silence.alert.text()) : std::nullopt);
  out.member("starts_at", rfc3339(silence.starts_at)).member("ends_at", rfc3339(silence.ends_at));
  out.member("until_resolved", silence.until_resolved).member("comment", silence.comment);
  out.member("created_by", silence.author);
  out.member("active_now", silence.starts_at <= now && now < silence.ends_at);
  out.member("held_alert_count", desk.house.alerts.held_by(silence));
  out.member("updated_at", rfc3339(kept.updated_at)).end_object();
}

Answer shown(const Desk& desk, const Kept& kept, int status = 200) {
  JsonWriter out;
  write_silence(out, desk, kept);
  Answer answer = json(out, status);
  answer.version = std::to_string(kept.version);
  return answer;
}

void read_matchers(Fields& body, std::vector<Matcher>& into) {
  auto all = body.objects("matchers", 20);
  if (!all) return;
  into.clear();
  for (Fields& one : *all) {
    Matcher matcher;
    matcher.label = one.required_text("label", {1, 20});
    if (std::ranges::find(kLabels, matcher.label) == kLabels.end()) one.wrong("label", "invalid", "is none of ours");
    matcher.value = one.required_text("value", {0, 200});
    matcher.is_equal = one.flag("is_equal").value_or(true);
    body.take_errors(one);
    into.push_back(std::move(matcher));
  }
  if (into.empty()) body.wrong("matchers", "required", "at least one: a silence of everything is not meant");
}

void read_silence(Fields& body, bool is_new, Silence& silence) {
  read_matchers(body, silence.matchers);
  if (is_new && !body.has("matchers")) body.wrong("matchers", "required", "must be given");
  read_moment(body, "starts_at", silence.starts_at);
  read_moment(body, "ends_at", silence.ends_at);
  if (is_new && !body.has("ends_at")) body.wrong("ends_at", "required", "must be given");
  if (is_new)
    silence.comment = body.required_text("comment", {1, 500, false, false});
  else if (const auto comment = body.text("comment", {1, 500, false, false}))
    silence.comment = *comment;
  if (silence.ends_at <= silence.starts_at || silence.ends_at > silence.starts_at + kLongest)
    body.wrong("ends_at", "invalid", "must be after the begin, at most a year");
}

net::Task<Result<Kept>> find_silence(Desk& desk, std::string id) {
  const auto number = parse_id(id);
  auto asking = desk.ask<All>([](store::Store& store) { return store.alerts().silences(); });
  auto all = co_await std::move(asking);
  if (!all) co_return fail(all.error());
  for (Kept& one : *all)
    if (number && one.item.id.value == *number) co_return std::move(one);
  co_return fail(Errc::not_found, "there is no such silence");
}

net::Task<Answer> list_silences(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"active", "limit", "cursor", "count"}); !known) co_return bad_query(known.error());
  const auto active = call.query.flag("active", false);
  if (!active) co_return bad_query(active.error());
  auto asking = desk.ask<All>([](store::Store& store) { return store.alerts().silences(); });
  auto all = co_await std::move(asking);
  if (!all) co_return from_error(all.error());
  const WallTime now = desk.house.clock.wall();
  if (call.query.find("active"))
    std::erase_if(*all,
                  [&](const Kept& one) { return *active != (one.item.starts_at <= now && now < one.item.ends_at); });
  std::ranges::stable_sort(*all, std::greater<>{}, [](const Kept& one) { return one.item.ends_at; });
  Selection selection;
  for (const Kept& one : *all) selection.ids.push_back(one.item.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_silence(out, desk, (*all)[at]); };
  co_return list_answer(call, ListForm::envelope, selection);
}

net::Task<Answer> get_silence(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto found = co_await find_silence(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  co_return shown(desk, *found);
}

net::Task<Answer> create_silence(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const WallTime now = desk.house.clock.wall();
  Silence silence{.starts_at = now, .author = call.caller.username};
  read_silence(*body, true, silence);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  auto asking = desk.ask<Kept>([silence, now](store::Store& store) { return store.alerts().create(silence, now); });
  const auto made = co_await std::move(asking);
  if (!made) co_return from_error(made.error());
  desk.house.alerts.put_silence(made->item);
  co_await desk.audit(deed(desk, call, "create", "silence", made->item.id.text(), made->item.comment));
  Answer answer = shown(desk, *made, 201);
  answer.headers.emplace_back("Location", "/api/silences/" + made->item.id.text());
  co_return answer;
}

net::Task<Answer> update_silence(Desk& desk, Call& call) {
  const auto before = co_await find_silence(desk, call.ids[0]);
  if (!before) co_return from_error(before.error());
  if (auto stale = refuse_stale(call.request, std::to_string(before->version), "the silence"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Silence silence = before->item;
  read_silence(*body, false, silence);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const std::int64_t expected = wanted_version(call.request).empty() ? 0 : before->version;
  auto asking = desk.ask<Kept>([silence, expected, now = desk.house.clock.wall()](store::Store& store) {
    return store.alerts().update(silence, expected, now);
  });
  const auto changed = co_await std::move(asking);
  if (!changed && changed.error().code == Errc::conflict)
    co_return problem(412, "version_mismatch", changed.error().text);
  if (!changed) co_return from_error(changed.error());
  desk.house.alerts.put_silence(changed->item);
  co_await desk.audit(deed(desk, call, "update", "silence", silence.id.text(), silence.comment));
  co_return shown(desk, *changed);
}

net::Task<Answer> remove_silence(Desk& desk, Call& call) {
  const auto found = co_await find_silence(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  if (auto stale = refuse_stale(call.request, std::to_string(found->version), "the silence"))
    co_return std::move(*stale);
  const SilenceId id = found->item.id;
  auto telling = desk.tell([id](store::Store& store) { return store.alerts().remove(id); });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  desk.house.alerts.remove_silence(id);
  co_await desk.audit(deed(desk, call, "delete", "silence", id.text(), found->item.comment));
  co_return no_content();
}

}  // namespace

void add_silence_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/silences", Access::viewer, with(desk, list_silences));
  must_add(router, "POST", "/api/silences", Access::operator_, with(desk, create_silence));
  must_add(router, "GET", "/api/silences/{id}", Access::viewer, with(desk, get_silence));
  must_add(router, "PUT", "/api/silences/{id}", Access::operator_, with(desk, update_silence));
  must_add(router, "DELETE", "/api/silences/{id}", Access::operator_, with(desk, remove_silence));
}

}  // namespace monitorix::api
