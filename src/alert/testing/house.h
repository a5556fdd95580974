#pragma once
// A stand with the rules, the route and the channels of a history, and what its people mean.

#include "alert/testing/weather.h"

namespace monitorix::alert {

/// A stand with the rules, routes and channels of a history, and its house in place.
inline Stand furnished(const History& history) {
  Stand stand;
  stand.put(PutChannel{{.id = kMail, .burst = history.burst}});
  stand.put(PutChannel{{.id = kPager, .burst = history.burst}});
  stand.put(PutRoute{{.id = kRoute,
                      .name = "all",
                      .steps = {{.channels = {kMail}},
                                {.after = seconds{300}, .channels = {kPager}, .min_severity = Severity::critical},
                                {.after = seconds{600}, .channels = {kMail, kPager}}},
                      .repeat_last = seconds{700},
                      .is_default = true}});
  stand.put(PutRule{{.id = kStateRule,
                     .name = "state",
                     .kind = RuleKind::check_state,
                     .confirm_for = history.confirm_for,
                     .keep_for = history.keep_for,
                     .cooldown = history.cooldown}});
  stand.put(PutRule{{.id = RuleId{2},
                     .name = "memory",
                     .kind = RuleKind::metric,
                     .metric = Metric::memory_ratio,
                     .levels = {{.severity = Severity::warning, .threshold = 0.85, .clear = 0.8},
                                {.severity = Severity::critical, .threshold = 0.95, .clear = 0.9}},
                     .confirm_for = seconds{60},
                     .keep_for = seconds{30},
                     .min_delta = 0.02,
                     .cooldown = history.cooldown}});
  stand.place(node(1), {}, {.name = "pve1"});
  stand.place(guest(50), {node(1)}, {.name = "x50", .pool = "p0"});
  for (int i = 0; i < history.services; ++i)
    stand.place(service(100 + i), {i % 2 == 0 ? node(1) : guest(50)},
                {.name = "x" + std::to_string(100 + i), .pool = "p" + std::to_string(i % 2)});
  return stand;
}

/// The event itself; what people do is done to one of the alerts that are open just then.
inline std::optional<Event> meant_by(const Act& act, const Stand& stand) {
  if (act.kind == Act::Kind::world || act.kind == Act::Kind::order || act.kind == Act::Kind::duplicate)
    return act.event;
  std::vector<AlertId> open;
  for (const auto& [id, alert] : stand.state.alerts)
    if (alert.row.state == AlertState::firing || alert.row.state == AlertState::recovering) open.push_back(id);
  if (open.empty()) return std::nullopt;
  Event event = act.event;
  const AlertId id = open[static_cast<std::size_t>(act.pick) % open.size()];
  if (auto* ack = std::get_if<Acknowledge>(&event)) ack->alert = id;
  if (auto* unack = std::get_if<Unacknowledge>(&event)) unack->alert = id;
  if (auto* hand = std::get_if<ResolveByHand>(&event)) hand->alert = id;
  return event;
}

}  // namespace monitorix::alert
