// Who is told, in which order: routes as people made them, and what the engine hears of them.

#include <algorithm>
#include <charconv>

#include "alert/debts.h"
#include "app/alerts/alerts.h"

namespace monitorix::app {
namespace {

std::optional<AlertId> alert_in(const std::string& text) {
  AlertId id;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  const bool is_number = fault == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional(id) : std::nullopt;
}

}  // namespace

/// Somebody is always told: without a route of one's own, every channel at once.
Status Alerts::load_routes() {
  auto routes = parts_.store.alerts().routes();
  if (!routes) return fail(std::move(routes).error());
  for (const auto& route : *routes) routes_.push_back(route.item);
  if (std::ranges::any_of(routes_, &Route::is_default)) return {};
  const Route everybody{.name = "Everybody", .steps = {{.is_to_all = true}}, .is_default = true, .key = "everybody"};
  auto made = parts_.store.alerts().create(everybody, parts_.clock.wall());
  if (!made) return fail(std::move(made).error());
  routes_.push_back(made->item);
  return {};
}

void Alerts::put_routes(std::vector<Route> routes) {
  routes_ = std::move(routes);
  std::vector<ChannelId> everybody;
  for (const auto& [id, channel] : state_.channels) everybody.push_back(id);
  std::set<RouteId> gone;
  for (const auto& [id, route] : state_.routes) gone.insert(id);
  for (Route route : routes_) {
    for (RouteStep& step : route.steps) {
      if (step.is_to_all) step.channels = everybody;
      std::erase_if(step.channels, [&](ChannelId id) { return !state_.channels.contains(id); });
      if (step.hours) learn_zone(step.hours->time_zone);
    }
    gone.erase(route.id);
    const auto known = state_.routes.find(route.id);
    if (known == state_.routes.end() || known->second != route) put(alert::PutRoute{std::move(route)});
  }
  for (const RouteId id : gone) put(alert::RemoveRoute{id});
}

void Alerts::miss(const Delivery& row) {
  const auto alert = alert_in(row.alert);
  if (!alert || (row.kind != MessageKind::firing && row.kind != MessageKind::digest)) return;
  for (const alert::StepFailed& one : unreached_.miss(state_, *alert, row.channel)) put(one);
  store_some();
}

std::optional<api::NextStep> Alerts::next_step(IncidentId id) const {
  const auto group = state_.groups.find(id);
  if (group == state_.groups.end()) return std::nullopt;
  std::optional<alert::NextStep> next;
  for (const AlertId live : group->second.live) {
    auto one = alert::next_step_of(state_, state_.alerts.at(live), now());
    if (one && (!next || one->at < next->at)) next = std::move(one);
  }
  if (!next) return std::nullopt;
  return api::NextStep{.route = next->route->id,
                       .name = next->route->name,
                       .key = next->route->key,
                       .number = next->step + 1,
                       .count = static_cast<int>(next->route->steps.size()),
                       .at = now().wall + (next->at - now().run),
                       .channels = std::move(next->channels)};
}

}  // namespace monitorix::app
