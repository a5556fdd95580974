#include "app/rules/fit.h"

#include "alert/select.h"
#include "app/alerts/standing.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

/// How many objects the rule is about.
std::int64_t watched_by(const Rule& rule, const state::Snapshot& world) {
  std::int64_t count = 0;
  each_object(world, [&](Entity entity, alert::Labels labels) {
    alert::Member member;
    member.entity = entity;
    member.labels = std::move(labels);
    count += alert::is_judged(rule, member) ? 1 : 0;
  });
  return count;
}

Senses::Events events_of(Senses& senses, const state::Snapshot& world, alert::Now now) {
  Senses::Events events;
  for (const auto& [id, cluster] : world.clusters)
    for (auto& event : senses.take(world, ChangeSet{.cluster = id}, Senses::Extent::polled, now))
      events.push_back(std::move(event));
  for (const auto& view : *world.services) {
    const Entity entity = entity_of(view->id);
    events.push_back(alert::Placed{entity, labels_of(world, *view), {}});
    events.push_back(alert::Report{
        .entity = entity, .standing = standing_of(*view), .started = now.run, .evidence = evidence_of(*view)});
    if (view->latest)
      events.push_back(
          alert::Sample{entity, Metric::response_seconds, std::chrono::duration<double>(view->latest->took).count()});
  }
  return events;
}

}  // namespace

api::RuleFit fit_of(Rule rule, const state::Snapshot& world, alert::Now now) {
  api::RuleFit fit{.watched = watched_by(rule, world)};
  rule.id = RuleId{1};
  rule.is_active = true;
  rule.confirm_for = 0ms;
  const auto at_once = [](std::vector<Level>& levels) {
    for (Level& level : levels) level.confirm_for = 0ms;
  };
  at_once(rule.levels);
  for (Exception& one : rule.exceptions) at_once(one.levels);
  alert::State state;
  Senses senses;
  alert::step(state, alert::PutRule{rule}, now);
  senses.heed(state.rules);
  for (int look = 0; look < 2; ++look) {  // one sample never raises an alarm
    now.run += 1ms;
    now.wall += 1ms;
    for (const alert::Event& event : events_of(senses, world, now)) alert::step(state, event, now);
  }
  for (const auto& [id, alert] : state.alerts)
    if (alert.row.state != AlertState::resolved)
      fit.matches.push_back({alert.row.target, alert.row.severity, alert.row.value, alert.row.evidence});
  return fit;
}

}  // namespace monitorix::app
