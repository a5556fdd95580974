#include "app/alerts/board.h"

#include <algorithm>
#include <cmath>

#include "live/encode_alert.h"
#include "model/alert/outside.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookAround = 2s;
constexpr double kSameNumber = 0.005;  // of itself, or half a percent point of a ratio: less is not seen

bool is_same_number(const std::optional<double>& shown, const std::optional<double>& now) {
  if (!shown || !now) return shown == now;
  return std::abs(*shown - *now) <= kSameNumber * std::max(1.0, std::abs(*now));
}

bool is_told(AlertState state) { return state != AlertState::pending; }

const alert::Labels& labels_of(const alert::State& state, Entity entity) {
  static const alert::Labels kNone;
  const auto at = state.member_at.find(entity);
  return at == state.member_at.end() ? kNone : state.members[at->second].labels;
}

/// Of what we know only by what other systems say: their words.
std::string name_of(const alert::State& state, const alert::Tracked& alert) {
  const Target& target = alert.row.target;
  if (is_foreign(target.entity) && !target.part.empty()) return title_of_part(target.part);
  const std::string& name = labels_of(state, target.entity).name;
  return name.empty() ? live::nameless(target.entity) : name;
}

void count(const alert::State& state, state::AlertPicture& picture) {
  std::set<std::pair<ClusterId, IncidentId>> incidents;
  for (const auto& [id, alert] : state.alerts) {
    if (alert.row.state == AlertState::pending || alert.row.state == AlertState::resolved) continue;
    const ClusterId cluster = labels_of(state, alert.row.target.entity).cluster;
    auto& one = picture.by_cluster[cluster];
    ++one.alerts;
    if (incidents.emplace(cluster, alert.row.incident).second) ++one.incidents;
  }
}

}  // namespace

void Board::note(const alert::Outcome& outcome, const alert::State& state, WallTime at) {
  for (const AlertId id : outcome.alerts) {
    stale_alerts_.insert(id);
    const auto alert = state.alerts.find(id);
    if (alert != state.alerts.end() && alert->second.row.incident.exists()) note(alert->second.row.incident, at);
  }
  for (const IncidentId id : outcome.incidents) note(id, at);
  for (const Happening& happening : outcome.happenings) note(happening.incident, at);
  for (const WantedMessage& wanted : outcome.wanted) note(wanted.incident, at);
  is_stale_ = is_stale_ || !outcome.alerts.empty();
}

void Board::note(IncidentId incident, WallTime at) {
  if (!incident.exists()) return;
  stale_[incident] = at;
  is_stale_ = true;
}

/// A rule that was changed is another one; whoever shows the old one is drawn anew.
void Board::renew_rules(const alert::State& state) {
  for (auto& [id, rule] : rules_) {
    const auto known = state.rules.find(id);
    if (known == state.rules.end())
      rule.reset();
    else if (!rule || *rule != known->second)
      rule = std::make_shared<const Rule>(known->second);
  }
}

void Board::look_around(const alert::State& state) {
  renew_rules(state);
  for (const auto& [id, view] : alerts_) {
    const auto alert = state.alerts.find(id);
    if (alert == state.alerts.end()) continue;
    const auto rule = rules_.find(view->row.rule);
    const bool holds = rule != rules_.end() && rule->second == view->rule &&
                       view->name == name_of(state, alert->second) &&
                       is_same_number(view->row.value, alert->second.row.value);
    if (holds) continue;
    stale_alerts_.insert(id);
    stale_.try_emplace(alert->second.row.incident, WallTime{});
    is_stale_ = true;
  }
}

Board::AlertPtr Board::view_of(const alert::State& state, const alert::Tracked& alert) {
  auto& known = alerts_[alert.row.id];
  if (known && !stale_alerts_.contains(alert.row.id)) return known;
  auto& rule = rules_[alert.row.rule];
  const auto found = state.rules.find(alert.row.rule);
  if (!rule && found != state.rules.end()) rule = std::make_shared<const Rule>(found->second);
  auto view = std::make_shared<state::AlertView>();
  view->row = alert.row;
  view->rule = rule;
  view->name = name_of(state, alert);
  const ClusterId cluster = labels_of(state, alert.row.target.entity).cluster;
  if (cluster.exists()) view->cluster = cluster;
  known = std::move(view);
  return known;
}

std::shared_ptr<const state::IncidentView> Board::view_of(const alert::State& state, const alert::Group& group,
                                                          alert::Now now) {
  const Incident& row = group.row;
  auto& known = incidents_[row.id];
  const auto stale = stale_.find(row.id);
  if (known && stale == stale_.end()) return known;
  auto view = std::make_shared<state::IncidentView>();
  view->id = row.id;
  view->row = row;
  view->row.alerts = {};
  // What only looks different happened at no time of its own. A page hears of each change, however quick they follow.
  const WallTime before = known ? known->updated_at : WallTime{};
  const WallTime at = stale == stale_.end() ? now.wall : stale->second;
  view->updated_at = at == WallTime{} ? before : std::max(at, before + 1ms);
  for (const AlertId id : row.alerts)
    if (const auto alert = state.alerts.find(id); alert != state.alerts.end() && is_told(alert->second.row.state))
      view->alerts.push_back(view_of(state, alert->second));
  known = std::move(view);
  return known;
}

std::shared_ptr<const state::AlertPicture> Board::draw(const alert::State& state, alert::Now now) {
  if (!looked_at_ || now.run - *looked_at_ >= kLookAround) {
    looked_at_ = now.run;
    look_around(state);
  }
  if (!std::exchange(is_stale_, false)) return nullptr;
  auto picture = std::make_shared<state::AlertPicture>();
  std::map<IncidentId, std::shared_ptr<const state::IncidentView>> kept;
  for (const auto& [id, group] : state.groups) {
    if (group.row.state == IncidentState::resolved) continue;
    picture->incidents.push_back(view_of(state, group, now));
    kept.emplace(id, picture->incidents.back());
  }
  stale_alerts_.clear();
  stale_.clear();
  incidents_ = std::move(kept);
  std::erase_if(alerts_, [&](const auto& one) { return !incidents_.contains(one.second->row.incident); });
  count(state, *picture);
  if (shown_ && *shown_ == *picture) return nullptr;
  shown_ = std::move(picture);
  return shown_;
}

}  // namespace monitorix::app
