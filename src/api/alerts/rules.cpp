// Rules as a list and one by one, and what one would say.

#include "api/alerts/rule_json.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostShown = 100;

struct Known {
  std::vector<store::Versioned<Rule>> rules{};
  std::map<RuleId, RuleUse> uses{};
};

Result<Known> read_known(store::Store& store) {
  auto rules = store.alerts().rules();
  if (!rules) return fail(std::move(rules).error());
  Known known{.rules = std::move(*rules)};
  auto read = newest_alerts(store, [&](const WatchedAlert& alert) {
    if (alert.state == AlertState::pending) return false;
    RuleUse& use = known.uses[alert.rule];
    if (!use.last) use.last = alert.opened_at;
    if (alert.state != AlertState::resolved) ++use.open;
    return false;
  });
  if (!read) return fail(std::move(read).error());
  return known;
}

RuleUse use_of(const Known& known, RuleId id) {
  const auto found = known.uses.find(id);
  return found == known.uses.end() ? RuleUse{} : found->second;
}

net::Task<Answer> list_rules(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"kind", "is_active", "q", "sort", "limit", "cursor", "count", "envelope"}); !known)
    co_return bad_query(known.error());
  const auto is_active = call.query.flag("is_active", true);
  if (!is_active) co_return bad_query(is_active.error());
  std::function<Result<Known>(store::Store&)> question = read_known;
  auto asking = desk.ask<Known>(question);
  auto known = co_await std::move(asking);
  if (!known) co_return from_error(known.error());
  const auto kinds = call.query.all("kind");
  const auto q = lower(call.query.text("q"));
  const bool asks_active = call.query.find("is_active") != nullptr;
  std::erase_if(known->rules, [&](const auto& one) {
    return !wanted(kinds, name_of(one.item.kind)) || !has_text(one.item.name, q) ||
           (asks_active && one.item.is_active != *is_active);
  });
  Selection selection;
  for (const auto& one : known->rules) selection.ids.push_back(one.item.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) {
    write_rule(out, known->rules[at], use_of(*known, known->rules[at].item.id));
  };
  selection.sorts["name"] = [&](std::size_t at) { return SortKey(lower(known->rules[at].item.name)); };
  selection.sorts["kind"] = [&](std::size_t at) { return SortKey(std::string(name_of(known->rules[at].item.kind))); };
  co_return list_answer(call, ListForm::bare, selection);
}

struct FoundRule {
  store::Versioned<Rule> rule{};
  RuleUse use{};
};

net::Task<Result<FoundRule>> find_rule(Desk& desk, std::string id) {
  const auto number = parse_id(id);
  if (!number) co_return fail(Errc::not_found, "there is no such rule");
  std::function<Result<Known>(store::Store&)> question = read_known;
  auto asking = desk.ask<Known>(question);
  auto known = co_await std::move(asking);
  if (!known) co_return fail(known.error());
  for (auto& one : known->rules)
    if (one.item.id.value == *number) co_return FoundRule{one, use_of(*known, one.item.id)};
  co_return fail(Errc::not_found, "there is no such rule");
}

Answer shown(const FoundRule& found, int status = 200) {
  JsonWriter out;
  write_rule(out, found.rule, found.use);
  Answer answer = json(out, status);
  answer.version = std::to_string(found.rule.version);
  return answer;
}

net::Task<Answer> get_rule(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto found = co_await find_rule(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  co_return shown(*found);
}

/// The path may be none, or have gone between the question and the order.
Answer refused(const Error& error) {
  if (error.code == Errc::invalid) return invalid_field("route_id", "unknown", "there is no such escalation path");
  return from_error(error);
}

net::Task<Answer> create_rule(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Rule rule{.comparison = Comparison::at_least};
  read_rule(*body, RuleBody::new_rule, rule);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  auto asking = desk.ask<store::Versioned<Rule>>(
      [rule, now = desk.house.clock.wall()](store::Store& store) { return store.alerts().create(rule, now); });
  const auto made = co_await std::move(asking);
  if (!made) co_return refused(made.error());
  desk.house.alerts.put_rule(made->item);
  const std::string id = made->item.id.text();
  co_await desk.audit(deed(desk, call, "create", "alert_rule", id, made->item.name));
  Answer answer = shown({*made, {}}, 201);
  answer.headers.emplace_back("Location", "/api/alert-rules/" + id);
  co_return answer;
}

net::Task<Answer> update_rule(Desk& desk, Call& call) {
  auto before = co_await find_rule(desk, call.ids[0]);
  if (!before) co_return from_error(before.error());
  if (auto stale = refuse_stale(call.request, std::to_string(before->rule.version), "the rule"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Rule rule = before->rule.item;
  read_rule(*body, RuleBody::change, rule);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const std::int64_t expected = wanted_version(call.request).empty() ? 0 : before->rule.version;
  auto asking = desk.ask<store::Versioned<Rule>>([rule, expected, now = desk.house.clock.wall()](store::Store& store) {
    return store.alerts().update(rule, expected, now);
  });
  const auto changed = co_await std::move(asking);
  if (!changed && changed.error().code == Errc::conflict)
    co_return problem(412, "version_mismatch", changed.error().text);
  if (!changed) co_return refused(changed.error());
  desk.house.alerts.put_rule(changed->item);
  const Rule& was = before->rule.item;
  Changes changes;
  changes.of("name", was.name, rule.name).of("is_active", was.is_active, rule.is_active);
  changes.of("route_id", was.route.value, rule.route.value);
  co_await desk.audit(deed(desk, call, "update", "alert_rule", rule.id.text(), rule.name, std::move(changes)));
  co_return shown({*changed, before->use});
}

net::Task<Answer> remove_rule(Desk& desk, Call& call) {
  const auto found = co_await find_rule(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  if (auto stale = refuse_stale(call.request, std::to_string(found->rule.version), "the rule"))
    co_return std::move(*stale);
  const RuleId id = found->rule.item.id;
  auto telling = desk.tell([id](store::Store& store) { return store.alerts().remove(id); });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  desk.house.alerts.remove_rule(id);
  co_await desk.audit(deed(desk, call, "delete", "alert_rule", id.text(), found->rule.item.name));
  co_return no_content();
}

void write_matches(JsonWriter& out, const state::Snapshot& world, const RuleFit& fit) {
  out.member("matches_now", static_cast<std::int64_t>(fit.matches.size())).key("matches").begin_array();
  for (std::size_t i = 0; i < std::min(fit.matches.size(), kMostShown); ++i) {
    const RuleFit::Match& one = fit.matches[i];
    out.begin_object().key("object");
    write_target(out, world, one.target);
    out.member("part", none_if_empty(one.target.part)).member("severity", severity_name(one.severity));
    out.member("value", one.value).member("detail", none_if_empty(one.detail)).end_object();
  }
  out.end_array();
}

void write_past(JsonWriter& out, const state::Snapshot& world, const RulePast& past) {
  out.member("days", past.days).member("times", past.times).key("episodes").begin_array();
  for (const RulePast::Episode& one : past.episodes) {
    out.begin_object().key("object");
    write_target(out, world, Target{.entity = one.entity});
    out.key("part").null().member("severity", severity_name(one.severity)).member("began_at", rfc3339(one.began));
    out.member("ended_at", one.ended ? std::optional(rfc3339(*one.ended)) : std::nullopt);
    out.member("peak", one.peak).end_object();
  }
  out.end_array().member("is_partial", past.is_partial);
  out.member("left_out_count", static_cast<std::int64_t>(past.left_out.size())).key("left_out").begin_array();
  for (std::size_t i = 0; i < std::min(past.left_out.size(), kMostShown); ++i)
    write_target(out, world, Target{.entity = past.left_out[i]});
  out.end_array();
}

net::Task<Answer> preview_rule(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Rule rule{.comparison = Comparison::at_least};
  read_rule(*body, RuleBody::new_rule, rule);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto world = desk.house.snapshot();
  const std::function<bool(Entity)> sees = [&](Entity entity) { return may_see_entity(call.caller, *world, entity); };
  RuleFit fit = desk.house.alerts.fit(rule);
  std::erase_if(fit.matches, [&](const auto& one) { return !sees(one.target.entity); });
  RulePast past;  // nothing is claimed that was not looked at
  if (LookBack look = desk.house.alerts.look_back(rule, fit, sees)) {
    auto found = co_await net::offload<RulePast>(desk.house.readers, std::move(look));
    if (found) past = std::move(*found);
  }
  JsonWriter out;
  out.begin_object().member("watched", fit.watched);
  write_matches(out, *world, fit);
  write_past(out, *world, past);
  co_return json(out.end_object());
}

}  // namespace

void add_alert_rule_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/alert-rules", Access::viewer, with(desk, list_rules));
  must_add(router, "POST", "/api/alert-rules", Access::editor, with(desk, create_rule));
  must_add(router, "POST", "/api/alert-rules/preview", Access::editor, with(desk, preview_rule));
  must_add(router, "GET", "/api/alert-rules/{id}", Access::viewer, with(desk, get_rule));
  must_add(router, "PUT", "/api/alert-rules/{id}", Access::editor, with(desk, update_rule));
  must_add(router, "DELETE", "/api/alert-rules/{id}", Access::editor, with(desk, remove_rule));
}

}  // namespace monitorix::api
