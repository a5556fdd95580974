#pragma once
// The world as exporters tell it: what the caller may see of a moment, with the counters that only the observer keeps.

#include <map>
#include <vector>

#include "api/desk.h"
#include "api/prometheus/text.h"
#include "live/channel.h"

namespace monitorix::api {

struct Exported {
  state::SnapshotPtr world{};
  std::map<ClusterId, std::vector<state::Counters>> counters{};  ///< of guests, by position in their cluster's view
  live::Scope scope{};
  WallTime now{};

  [[nodiscard]] bool sees(const auto& object) const { return live::may_see(scope, object); }
  [[nodiscard]] bool sees(const state::ClusterView& view) const { return live::may_see(scope, view.config.id); }
};

/// On the loop.
Exported exported(const Desk& desk, const Call& call);

/// The name of the node with this id in a view; "" when there is none.
std::string_view node_name(const state::ClusterView& view, NodeId id);

/// GET /metrics: our own names, with a `cluster` label. Beside what is on the loop (`about_us`), pure.
void write_fleet(MetricText& out, const Exported& world);

/// GET /pve: names, labels and values of prometheus-pve-exporter for one cluster. Pure.
struct PveParts {
  bool cluster{true}, node{true};
};
void write_pve(MetricText& out, const Exported& world, const state::ClusterView& view, PveParts parts);

}  // namespace monitorix::api
