// What api/ may ask and order of the alerts.

#include <algorithm>

#include "alert/overlay/recurrence.h"
#include "alert/overlay/window.h"
#include "alert/select.h"
#include "app/alerts/alerts.h"
#include "app/alerts/fit.h"
#include "app/alerts/standing.h"

namespace monitorix::app {
namespace {

bool is_open(const alert::State& state, AlertId id) {
  const auto found = state.alerts.find(id);
  return found != state.alerts.end() &&
         (found->second.row.state == AlertState::firing || found->second.row.state == AlertState::recovering);
}

}  // namespace

api::WindowTimes Alerts::times_of(const Window& window, WallTime at) {
  learn_zone(window.time_zone);
  const auto now = alert::window_at(window, state_.zones, at);
  if (!now.is_on) return {.next_at = now.changes_at};
  const auto next = now.changes_at ? alert::window_at(window, state_.zones, *now.changes_at) : alert::WindowNow{};
  return {.is_open = true, .ends_at = now.changes_at, .next_at = next.is_on ? std::nullopt : next.changes_at};
}

api::AlertDoor Alerts::door() {
  const auto put_now = [this](const alert::Event& event) {
    put(event);
    store_some();
  };
  const auto on_open = [this, put_now](AlertId id, const alert::Event& event) {
    if (!is_open(state_, id)) return false;
    put_now(event);
    return true;
  };
  return {.alert = [this](AlertId id) -> std::optional<Alert> {
            const auto found = state_.alerts.find(id);
            return found == state_.alerts.end() ? std::nullopt : std::optional(found->second.row);
          },
          .incident = [this](IncidentId id) -> std::optional<Incident> {
            const auto found = state_.groups.find(id);
            return found == state_.groups.end() ? std::nullopt : std::optional(found->second.row);
          },
          .next_step = [this](IncidentId id) { return next_step(id); },
          .acknowledge =
              [on_open](AlertId id, const Acknowledgement& ack) {
                return on_open(id, alert::Acknowledge{id, ack});
              },
          .unacknowledge =
              [on_open](AlertId id, const std::string& by) {
                return on_open(id, alert::Unacknowledge{id, by});
              },
          .resolve =
              [this, on_open](AlertId id, const std::string& by) {
                if (!on_open(id, alert::ResolveByHand{id, by})) return false;
                const Target target = state_.alerts.at(id).row.target;
                put_all(outside_.dismiss(target));
                if (target.entity == kMonitor && parts_.own_resolved) parts_.own_resolved();
                return true;
              },
          .note =
              [this](const Happening& happening) {
                pending_.happenings.push_back(happening);
                store_some();
              },
          .put_rule =
              [this, put_now](const Rule& rule) {
                put_now(alert::PutRule{rule});
                senses_.heed(state_.rules);
              },
          .remove_rule =
              [this, put_now](RuleId id) {
                put_now(alert::RemoveRule{id});
                senses_.heed(state_.rules);
              },
          .put_routes =
              [this](std::vector<Route> routes) {
                put_routes(std::move(routes));
                store_some();
                are_channels_stale_ = true;  // of two changes at once the later one counts, whichever came here first
              },
          .put_silence = [put_now](const Silence& silence) { put_now(alert::PutSilence{silence}); },
          .remove_silence = [put_now](SilenceId id) { put_now(alert::RemoveSilence{id}); },
          .put_window =
              [this, put_now](const Window& window) {
                learn_zone(window.time_zone);
                put_now(alert::PutWindow{window});
              },
          .remove_window = [put_now](WindowId id) { put_now(alert::RemoveWindow{id}); },
          .window_times = [this](const Window& window, WallTime at) { return times_of(window, at); },
          .judge_recurrence = [](const std::string& rrule) -> Status {
            auto parsed = alert::parse_recurrence(rrule);
            if (!parsed) return fail(std::move(parsed).error());
            return {};
          },
          .judge_zone = [this](const std::string& name) -> Status {
            auto zone = zones_.find(name);
            if (!zone) return fail(std::move(zone).error());
            return {};
          },
          .held_by = [this](const Silence& silence) { return held_by(silence); },
          .fit = [this](const Rule& rule) { return fit_of(rule, *parts_.world(), now()); },
          .look_back =
              [this](const Rule& rule, const api::RuleFit& fit, const std::function<bool(Entity)>& sees) {
                if (!parts_.archives) return api::LookBack{};
                return looking_back_.admit(
                    look_back_of(*parts_.archives, rule, *parts_.world(), fit, sees, parts_.clock.wall()));
              },
          .take_outside = [this](const std::vector<OutsideAlert>& alerts) { return take_outside(alerts); },
          .take_notice = [this](ClusterId id, const ProxmoxNotice& notice) { take_notice(id, notice); }};
}

std::int64_t Alerts::held_by(const Silence& silence) const {
  return std::ranges::count_if(state_.alerts, [&](const auto& known) {
    const alert::Tracked& alert = known.second;
    if (!is_open(state_, known.first)) return false;
    if (silence.alert.exists()) return silence.alert == known.first;
    return alert::fits(silence, alert.row, state_.members[state_.pairs[alert.pair].member],
                       state_.rules.at(alert.row.rule));
  });
}

}  // namespace monitorix::app
