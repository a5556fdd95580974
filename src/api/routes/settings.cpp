#include "api/routes/settings.h"

#include "api/fields.h"
#include "api/list.h"

namespace monitorix::api {
namespace {

constexpr std::string_view kRateLimits = "rate_limits";
constexpr std::int64_t kMostCalls = 100'000'000;

void write_limits(JsonWriter& out, const RateLimits& limits) {
  out.begin_object().member("enabled", limits.enabled).member("user_per_minute", limits.user_per_minute);
  out.member("address_per_minute", limits.address_per_minute).member("address_per_hour", limits.address_per_hour);
  out.member("login_per_minute", limits.login_per_minute).end_object();
}

RateLimits read_limits(Fields& fields, RateLimits limits) {
  limits.enabled = fields.flag("enabled").value_or(limits.enabled);
  for (const auto& [name, slot] : {std::pair{"user_per_minute", &limits.user_per_minute},
                                   {"address_per_minute", &limits.address_per_minute},
                                   {"address_per_hour", &limits.address_per_hour},
                                   {"login_per_minute", &limits.login_per_minute}})
    *slot = static_cast<int>(fields.number(name, 1, kMostCalls).value_or(*slot));
  return limits;
}

std::string settings_json(const Desk& desk) {
  JsonWriter out;
  out.begin_object().key(kRateLimits);
  write_limits(out, desk.throttle.limits());
  for (const auto& [name, value] : desk.house.settings.shown) out.key(name).raw(value);
  out.end_object();
  return out.take();
}

Answer show(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  return json(settings_json(desk));
}

net::Task<Answer> change(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  RateLimits limits = desk.throttle.limits();
  if (auto given = body->object(kRateLimits)) {
    limits = read_limits(*given, limits);
    body->take_errors(*given);
  }
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  JsonWriter value;
  write_limits(value, limits);
  store::Setting setting;
  setting.key = kRateLimits;
  setting.value = value.take();
  setting.updated_at = desk.house.clock.wall();
  setting.updated_by = call.caller.user;
  auto asking_for_kept =
      desk.ask<store::Setting>([setting](store::Store& store) { return store.put_setting(setting, 0); });
  const auto kept = co_await std::move(asking_for_kept);
  if (!kept) co_return from_error(kept.error());
  const RateLimits before = desk.throttle.limits();
  desk.throttle.set_limits(limits);
  Changes changes;
  changes.of("enabled", before.enabled, limits.enabled)
      .of("user_per_minute", before.user_per_minute, limits.user_per_minute)
      .of("address_per_minute", before.address_per_minute, limits.address_per_minute)
      .of("address_per_hour", before.address_per_hour, limits.address_per_hour)
      .of("login_per_minute", before.login_per_minute, limits.login_per_minute);
  co_await desk.audit(deed(desk, call, "update", "settings", "", std::string(kRateLimits), std::move(changes)));
  co_return json(settings_json(desk));
}

}  // namespace

net::Task<Status> load_settings(Desk& desk) {
  auto asking_for_settings =
      desk.ask<std::vector<store::Setting>>([](store::Store& store) { return store.settings(); });
  const auto settings = co_await std::move(asking_for_settings);
  if (!settings) co_return fail(settings.error());
  for (const auto& setting : *settings) {
    auto fields = setting.key == kRateLimits ? Fields::parse(setting.value) : Fields::parse("{}");
    if (fields && setting.key == kRateLimits) desk.throttle.set_limits(read_limits(*fields, desk.throttle.limits()));
  }
  co_return Status{};
}

void add_setting_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/settings", Access::admin, with(desk, show));
  must_add(router, "PUT", "/api/settings", Access::admin, with(desk, change));
}

}  // namespace monitorix::api
