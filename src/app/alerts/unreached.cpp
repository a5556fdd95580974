#include "app/alerts/unreached.h"

#include <algorithm>

namespace monitorix::app {
namespace {

/// The last step that told it there: what an earlier one said came before it, or waits in front of it.
const alert::Told* last_told(const alert::Tracked& alert, ChannelId channel) {
  const alert::Told* last = nullptr;
  for (const alert::Told& told : alert.plan.told)
    if (told.channel == channel && told.is_firing && (!last || told.step > last->step)) last = &told;
  return last;
}

bool is_open(const alert::Tracked& alert) {
  return alert.row.state == AlertState::firing || alert.row.state == AlertState::recovering;
}

}  // namespace

std::vector<alert::StepFailed> Unreached::miss(const alert::State& state, AlertId alert, ChannelId channel) {
  const auto named = state.alerts.find(alert);
  const alert::Told* told = named == state.alerts.end() ? nullptr : last_told(named->second, channel);
  if (!told) return {};
  // Said before, of a step that is over: in a storm that is said again and again.
  if (missed_.contains({alert, channel}) && named->second.plan.skipped_to > told->step) return {};
  std::vector<alert::StepFailed> failed;
  for (const auto& [id, one] : state.alerts) {
    if (!is_open(one)) continue;
    const alert::Told* own = last_told(one, channel);
    // One message says several alerts at one moment.
    if (!own || own->last_at != told->last_at) continue;
    missed_.emplace(id, channel);
    const bool is_all = std::ranges::all_of(one.plan.told, [&, of = id](const alert::Told& other) {
      return other.step != own->step || !other.is_firing || missed_.contains({of, other.channel});
    });
    if (is_all && one.plan.skipped_to <= own->step) failed.push_back({id, own->step});
  }
  return failed;
}

void Unreached::forget(ChannelId channel) {
  std::erase_if(missed_, [&](const auto& one) { return one.second == channel; });
}

void Unreached::tidy(const alert::State& state) {
  std::erase_if(missed_, [&](const auto& one) {
    const auto alert = state.alerts.find(one.first);
    return alert == state.alerts.end() || !is_open(alert->second);
  });
}

}  // namespace monitorix::app
