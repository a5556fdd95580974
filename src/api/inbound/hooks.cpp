#include "api/inbound/hooks.h"

#include "api/access.h"
#include "api/inbound/alertmanager.h"
#include "api/inbound/notice.h"
#include "api/list.h"
#include "api/services/services.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::string_view kSetting = "hook.proxmox.";  // and the id of the cluster
constexpr int kReportsPerMinute = 120, kNoticesPerMinute = 60;

Answer wait_for(const Allowance& allowance, std::string what) {
  auto answer = problem(429, "rate_limited", std::move(what));
  answer.problem.front().retry_after_seconds = allowance.reset_seconds;
  return answer;
}

/// Alertmanager's POST /api/v2/alerts.
net::Task<Answer> take_alerts(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto allowance = desk.throttle.count_deed("report/" + call.caller.user.text(), kReportsPerMinute);
  if (!allowance.allowed) co_return wait_for(allowance, "at most 120 reports a minute");
  const auto alerts = read_outside_alerts(call.request.body);
  if (!alerts) co_return problem(400, "bad_request", alerts.error().text);
  const std::size_t refused = desk.house.alerts.take_outside(*alerts);
  if (refused > 0)
    co_return problem(429, "rate_limited",
                      "2000 alerts of other systems are open; " + std::to_string(refused) + " were not taken");
  JsonWriter out;
  out.begin_object().member("received", static_cast<std::int64_t>(alerts->size())).end_object();
  co_return json(out);
}

net::Task<Answer> take_notice(Desk& desk, Call& call) {
  const auto cluster = desk.hooks.cluster_of(push_token_hash(call.ids[0]));
  if (!cluster || !desk.house.snapshot()->cluster(*cluster)) {
    const auto allowance = desk.throttle.count_anonymous_call(call.address);
    co_return allowance.allowed ? not_found() : wait_for(allowance, "too many requests");
  }
  const auto allowance = desk.throttle.count_deed("hook/" + cluster->text(), kNoticesPerMinute);
  if (!allowance.allowed) co_return wait_for(allowance, "at most 60 notifications a minute");
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto notice = read_notice(call.request.body);
  if (!notice) co_return problem(400, "bad_request", notice.error().text);
  desk.hooks.note_use(*cluster, desk.house.clock.wall());
  desk.house.alerts.take_notice(*cluster, *notice);
  co_return json(std::string(R"({"ok":true})"), 202);
}

/// An empty hash stands for a token that was taken back.
std::string setting_of(const HookTokens::Held& held) {
  JsonWriter out;
  out.begin_object().member("hash", to_hex(held.hash)).member("created_at", rfc3339(held.created_at)).end_object();
  return out.take();
}

net::Task<Status> keep(Desk& desk, ClusterId cluster, HookTokens::Held held) {
  const store::Setting setting{.key = std::string(kSetting) + cluster.text(), .value = setting_of(held)};
  auto telling = desk.tell([setting](store::Store& store) -> Status {
    auto done = store.put_setting(setting, 0);
    if (!done) return fail(std::move(done).error());
    return {};
  });
  if (auto done = co_await std::move(telling); !done) co_return done;
  if (held.hash.empty())
    desk.hooks.remove(cluster);
  else
    desk.hooks.put(cluster, std::move(held));
  co_return Status{};
}

net::Task<Answer> show_token(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  const HookTokens::Held* held = desk.hooks.find(view->config.id);
  const auto moment = [](std::optional<WallTime> at) { return at ? std::optional(rfc3339(*at)) : std::nullopt; };
  JsonWriter out;
  out.begin_object().member("has_token", held != nullptr);
  out.member("created_at", moment(held ? std::optional(held->created_at) : std::nullopt));
  out.member("last_used_at", moment(held ? held->used_at : std::nullopt)).end_object();
  co_return json(out);
}

net::Task<Answer> renew_token(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  const FreshToken fresh = make_push_token();
  HookTokens::Held held{fresh.hash, desk.house.clock.wall(), std::nullopt};
  auto keeping = keep(desk, view->config.id, std::move(held));
  const auto kept = co_await std::move(keeping);
  if (!kept) co_return from_error(kept.error());
  co_await desk.audit(deed(desk, call, "renew_hook_token", "cluster", view->config.id.text(), view->config.name));
  JsonWriter out;
  out.begin_object().member("token", fresh.text).member("path", "/api/hooks/proxmox/" + fresh.text).end_object();
  co_return json(out);
}

net::Task<Answer> remove_token(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view || !desk.hooks.find(view->config.id)) co_return not_found();
  HookTokens::Held none{{}, desk.house.clock.wall(), std::nullopt};
  auto keeping = keep(desk, view->config.id, std::move(none));
  const auto kept = co_await std::move(keeping);
  if (!kept) co_return from_error(kept.error());
  co_await desk.audit(deed(desk, call, "revoke_hook_token", "cluster", view->config.id.text(), view->config.name));
  co_return no_content();
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  return bytes;
}

}  // namespace

net::Task<Status> load_hook_tokens(Desk& desk) {
  using Rows = std::vector<store::Setting>;
  auto asking = desk.ask<Rows>([](store::Store& store) { return store.settings(); });
  const auto settings = co_await std::move(asking);
  if (!settings) co_return fail(settings.error());
  for (const store::Setting& setting : *settings) {
    if (!setting.key.starts_with(kSetting)) continue;
    const auto id = parse_id(setting.key.substr(kSetting.size()));
    const auto json = Json::parse(setting.value);
    const Json* hash = json ? json->find("hash") : nullptr;
    const Json* created = json ? json->find("created_at") : nullptr;
    if (!id || !hash || !hash->as_string() || hash->as_string()->size() != 64) continue;
    const auto at = created && created->as_string() ? parse_rfc3339(*created->as_string()) : std::nullopt;
    desk.hooks.put(ClusterId{*id}, {from_hex(*hash->as_string()), at.value_or(WallTime{}), std::nullopt});
  }
  co_return Status{};
}

void add_inbound_routes(Router& router, Desk& desk) {
  must_add(router, "POST", "/api/v2/alerts", Access::hooks, with(desk, take_alerts));
  must_add(router, "POST", "/api/hooks/proxmox/{token}", Access::open, with(desk, take_notice));
  must_add(router, "GET", "/api/clusters/{id}/hook-token", Access::viewer, with(desk, show_token));
  must_add(router, "POST", "/api/clusters/{id}/hook-token", Access::admin, with(desk, renew_token));
  must_add(router, "DELETE", "/api/clusters/{id}/hook-token", Access::admin, with(desk, remove_token));
}

}  // namespace monitorix::api
