#include "app/alerts/senses.h"
#include "model/alert/outside.h"

namespace monitorix::app {
namespace {

/// The risk that an open alert speaks of; nothing for alerts about other things.
std::optional<Risk> risk_of(const Rule& rule, const Target& target) {
  const bool has_place = target.entity.kind == EntityKind::cluster || target.entity.kind == EntityKind::node;
  if (rule.kind != RuleKind::pve_event || is_about_outside(rule) || !has_place || target.part.empty()) return {};
  Risk risk{.id = target.part};
  risk.what.code = rule.condition;
  if (rule.condition.find('*') != std::string::npos) {  // one rule for many codes: the part names the code as well
    const auto colon = target.part.find(':');
    if (colon == std::string::npos) return {};
    risk.what.code = target.part.substr(0, colon);
    risk.id = target.part.substr(colon + 1);
  }
  if (target.entity.kind == EntityKind::node) risk.node = NodeId{target.entity.id};
  return risk;
}

}  // namespace

void Senses::recall(const alert::State& state, const state::Snapshot& world) {
  std::map<ClusterId, std::vector<Risk>> open;
  for (const auto& [id, alert] : state.alerts) {
    const auto rule = state.rules.find(alert.row.rule);
    if (alert.row.state == AlertState::resolved || rule == state.rules.end()) continue;
    auto risk = risk_of(rule->second, alert.row.target);
    if (!risk) continue;
    const auto node = risk->node ? world.node(*risk->node) : nullptr;
    open[node ? node->cluster : ClusterId{alert.row.target.entity.id}].push_back(std::move(*risk));
  }
  for (auto& [cluster, risks] : open) risks_[cluster] = std::make_shared<const std::vector<Risk>>(std::move(risks));
}

}  // namespace monitorix::app
