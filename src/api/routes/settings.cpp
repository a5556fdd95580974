#include "api/routes/settings.h"

#include <algorithm>
#include <cmath>

#include "api/fields.h"
#include "api/list.h"
#include "history/objects.h"
#include "history/recorder.h"
#include "history/retention.h"

namespace monitorix::api {
namespace {

constexpr std::string_view kRateLimits = "rate_limits", kHistory = "history";
constexpr std::int64_t kMostDays = 36'500;
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

struct Tier {
  std::string_view name;
  std::int64_t history::Retention::*seconds;
};
constexpr Tier kTiers[] = {{"raw_days", &history::Retention::raw},
                           {"minute_days", &history::Retention::fine},
                           {"hour_days", &history::Retention::coarse}};

void write_retention(JsonWriter& out, const history::Retention& retention) {
  out.begin_object();
  for (const Tier& tier : kTiers) out.member(tier.name, retention.*tier.seconds / history::kDaySeconds);
  out.end_object();
}

/// A coarser tier that is gone before a finer one would leave a hole in between.
history::Retention read_retention(Fields& fields, history::Retention retention) {
  for (const Tier& tier : kTiers)
    if (const auto days = fields.number(tier.name, 0, kMostDays))
      retention.*tier.seconds = *days * history::kDaySeconds;
  const auto reach = [&](const Tier& tier) {
    return retention.*tier.seconds == 0 ? INT64_MAX : retention.*tier.seconds;
  };
  for (std::size_t i = 1; i < std::size(kTiers); ++i)
    if (reach(kTiers[i]) < reach(kTiers[i - 1]))
      fields.wrong(std::string(kTiers[i].name), "shorter_than_finer",
                   "must not be shorter than the finer one before it");
  return retention;
}

std::string settings_json(const Desk& desk) {
  JsonWriter out;
  out.begin_object().key(kRateLimits);
  write_limits(out, desk.throttle.limits());
  out.key(kHistory);
  write_retention(out, desk.house.retention());
  for (const auto& [name, value] : desk.house.settings.shown) out.key(name).raw(value);
  out.end_object();
  return out.take();
}

Answer show(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  return json(settings_json(desk));
}

/// What another day of all that is watched now will take.
history::DayCost day_cost_of(const state::Snapshot& world, const history::Recorder& recorder) {
  constexpr std::int64_t fleet_step = 10;
  history::DayCost sum = history::day_cost(history::kTotalSet, fleet_step);
  for (const auto& [id, view] : world.clusters) {
    const std::int64_t step = view->config.poll_interval.count();
    sum += history::day_cost(history::kTotalSet, step);
    std::int64_t finest = step;  // where samples come between the polls, those of guests and nodes do
    for (const auto& node : view->nodes) {
      if (const auto info = recorder.find(history::object_key(*node))) finest = std::min(finest, info->step);
    }
    for (const auto& node : view->nodes) {
      const bool is_at_work = node->status == NodeStatus::online;
      sum += history::day_cost(history::kNodeSet, finest, is_at_work);
      sum += history::day_cost(history::kTotalSet, step, is_at_work);
    }
    for (const auto& guest : view->guests)
      if (guest->status != GuestStatus::deleted && !guest->is_template)
        sum += history::day_cost(history::kGuestSet, finest, guest->status == GuestStatus::running);
    for (const auto& storage : view->storages)
      if (!storage->deleted_at)
        sum += history::day_cost(history::kStorageSet, step, storage->state == StorageState::available);
  }
  return sum;
}

net::Task<Answer> show_cost(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  std::function<Result<std::int64_t>()> question = desk.house.history_size;
  const auto size = co_await net::offload<std::int64_t>(desk.house.readers, std::move(question));
  if (!size) co_return from_error(unstored(size.error()));
  const history::DayCost cost = day_cost_of(*desk.house.snapshot(), desk.house.recorder);
  JsonWriter out;
  out.begin_object().member("size_bytes", *size).member("raw_bytes_per_day", std::lround(cost.raw));
  out.member("minute_bytes_per_day", std::lround(cost.fine));
  out.member("hour_bytes_per_day", std::lround(cost.coarse)).end_object();
  co_return json(out);
}

net::Task<Status> keep(Desk& desk, const Call& call, std::string_view key, std::string value) {
  store::Setting setting;
  setting.key = key;
  setting.value = std::move(value);
  setting.updated_at = desk.house.clock.wall();
  setting.updated_by = call.caller.user;
  auto asking = desk.ask<store::Setting>([setting](store::Store& store) { return store.put_setting(setting, 0); });
  const auto kept = co_await std::move(asking);
  if (!kept) co_return fail(kept.error());
  co_return Status{};
}

net::Task<Status> change_limits(Desk& desk, Call& call, const RateLimits& limits) {
  JsonWriter value;
  write_limits(value, limits);
  if (auto kept = co_await keep(desk, call, kRateLimits, value.take()); !kept) co_return kept;
  const RateLimits before = desk.throttle.limits();
  desk.throttle.set_limits(limits);
  Changes changes;
  changes.of("enabled", before.enabled, limits.enabled)
      .of("user_per_minute", before.user_per_minute, limits.user_per_minute)
      .of("address_per_minute", before.address_per_minute, limits.address_per_minute)
      .of("address_per_hour", before.address_per_hour, limits.address_per_hour)
      .of("login_per_minute", before.login_per_minute, limits.login_per_minute);
  co_await desk.audit(deed(desk, call, "update", "settings", "", std::string(kRateLimits), std::move(changes)));
  co_return Status{};
}

net::Task<Status> change_retention(Desk& desk, Call& call, const history::Retention& retention) {
  JsonWriter value;
  write_retention(value, retention);
  if (auto kept = co_await keep(desk, call, kHistory, value.take()); !kept) co_return kept;
  const history::Retention before = desk.house.retention();
  desk.house.retain(retention);
  Changes changes;
  for (const Tier& tier : kTiers)
    changes.of(tier.name, before.*tier.seconds / history::kDaySeconds, retention.*tier.seconds / history::kDaySeconds);
  co_await desk.audit(deed(desk, call, "update", "settings", "", std::string(kHistory), std::move(changes)));
  co_return Status{};
}

net::Task<Answer> change(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  std::optional<RateLimits> limits;
  if (auto given = body->object(kRateLimits)) {
    limits = read_limits(*given, desk.throttle.limits());
    body->take_errors(*given);
  }
  std::optional<history::Retention> retention;
  if (auto given = body->object(kHistory)) {
    retention = read_retention(*given, desk.house.retention());
    body->take_errors(*given);
  }
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  if (limits)
    if (auto done = co_await change_limits(desk, call, *limits); !done) co_return from_error(done.error());
  if (retention)
    if (auto done = co_await change_retention(desk, call, *retention); !done) co_return from_error(done.error());
  co_return json(settings_json(desk));
}

}  // namespace

net::Task<Status> load_settings(Desk& desk) {
  auto asking_for_settings =
      desk.ask<std::vector<store::Setting>>([](store::Store& store) { return store.settings(); });
  const auto settings = co_await std::move(asking_for_settings);
  if (!settings) co_return fail(settings.error());
  for (const auto& setting : *settings) {
    auto fields = Fields::parse(setting.value);
    if (!fields) continue;
    if (setting.key == kRateLimits) desk.throttle.set_limits(read_limits(*fields, desk.throttle.limits()));
    if (setting.key == kHistory) desk.house.retain(read_retention(*fields, desk.house.retention()));
  }
  co_return Status{};
}

void add_setting_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/settings", Access::admin, with(desk, show));
  must_add(router, "GET", "/api/settings/history-cost", Access::admin, with(desk, show_cost));
  must_add(router, "PUT", "/api/settings", Access::admin, with(desk, change));
}

}  // namespace monitorix::api
