#include "api/alerts/deeds.h"

namespace monitorix::api {
namespace {

constexpr std::chrono::hours kLongest{24 * 366};

bool is_within_a_year(WallTime until, WallTime now) { return until > now && until <= now + kLongest; }

}  // namespace

net::Task<Result<FoundAlert>> find_alert(Desk& desk, const Call& call, std::string id) {
  const auto number = parse_id(id);
  if (!number) co_return fail(Errc::not_found, "there is no such alert");
  auto asking = desk.ask<FoundAlert>(
      [wanted = *number, world = desk.house.snapshot()](store::Store& store) -> Result<FoundAlert> {
        auto rules = read_rules(store);
        if (!rules) return fail(std::move(rules).error());
        auto rows = store.alerts().alerts(AlertId{wanted + 1}, 1);
        if (!rows) return fail(std::move(rows).error());
        if (rows->empty() || rows->front().id.value != wanted) return fail(Errc::not_found, "there is no such alert");
        return FoundAlert{{world, std::move(*rules)}, std::move(rows->front())};
      });
  auto found = co_await std::move(asking);
  if (!found) co_return fail(found.error());
  if (!may_see_entity(call.caller, *found->backdrop.world, found->alert.target.entity))
    co_return fail(Errc::not_found, "there is no such alert");
  if (auto now = desk.house.alerts.alert(found->alert.id)) found->alert = std::move(*now);
  co_return std::move(found);
}

std::optional<Answer> read_ack(const Desk& desk, const Call& call, Acknowledgement& into) {
  auto body = Fields::parse(call.request.body.empty() ? "{}" : call.request.body);
  if (!body) return problem(400, "bad_request", body.error().text);
  into.by = call.caller.username;
  into.at = desk.house.clock.wall();
  into.note = body->text("note", {0, 500, true, false}).value_or("");
  into.is_sticky = body->flag("sticky").value_or(false);
  if (!body->is_null("until") && body->has("until")) {
    WallTime until{};
    read_moment(*body, "until", until);
    if (!is_within_a_year(until, into.at)) body->wrong("until", "invalid", "must be in the future, at most a year");
    into.until = until;
  }
  if (auto errors = body->finish(); !errors.empty()) return invalid(std::move(errors));
  return std::nullopt;
}

std::optional<Answer> read_snooze(const Desk& desk, const Call& call, Snooze& into) {
  auto body = Fields::parse(call.request.body);
  if (!body) return problem(400, "bad_request", body.error().text);
  read_moment(*body, "until", into.until);
  if (!is_within_a_year(into.until, desk.house.clock.wall()))
    body->wrong("until", "invalid", "must be in the future, at most a year");
  into.note = body->text("note", {0, 500, true, false}).value_or("");
  if (auto errors = body->finish(); !errors.empty()) return invalid(std::move(errors));
  return std::nullopt;
}

net::Task<Status> snooze_one(Desk& desk, const Call& call, AlertId alert, Snooze snooze) {
  const WallTime now = desk.house.clock.wall();
  const Silence silence{.alert = alert,
                        .starts_at = now,
                        .ends_at = snooze.until,
                        .until_resolved = true,
                        .author = call.caller.username,
                        .comment = snooze.note};
  auto asking = desk.ask<store::Versioned<Silence>>(
      [silence, now](store::Store& store) { return store.alerts().create(silence, now); });
  const auto made = co_await std::move(asking);
  if (!made) co_return fail(made.error());
  desk.house.alerts.put_silence(made->item);
  co_return Status{};
}

}  // namespace monitorix::api
