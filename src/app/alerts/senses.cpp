#include "app/alerts/senses.h"

#include <algorithm>

#include "app/alerts/standing.h"

namespace monitorix::app {
namespace {

using alert::Truth;
using namespace std::chrono_literals;

/// What became of a backup is judged within a minute of its end.
constexpr auto kJudgedAfter = 2min;
constexpr auto kForever = std::chrono::hours{24 * 365 * 100};
constexpr auto kBackupReadBy = 10min;

Truth truth_of(bool is_so) { return is_so ? Truth::yes : Truth::no; }

bool is_out_of_sight(const state::ClusterView& cluster) {
  return cluster.health.state == ClusterState::connecting || cluster.health.state == ClusterState::paused;
}

/// What runs now, by guest number. Few at any time.
std::map<std::string, std::vector<alert::WorkBegan>> running_works(const state::ClusterView& cluster) {
  std::map<std::string, std::vector<alert::WorkBegan>> works;
  for (const PveTask& task : *cluster.tasks)
    if (!task.ended_at && !task.id.empty())
      works[task.id].push_back({.kind = HoldKind::task, .work = task.type, .ref = task.upid});
  return works;
}

Entity subject_of(const state::ClusterView& cluster, const Risk& risk) {
  return risk.node ? entity_of(*risk.node) : entity_of(cluster.config.id);
}

/// With what vzdump said of it, where that is known.
Reason failure_of(const state::ClusterView& cluster, const Guest& guest) {
  Reason why{.code = "alert.backup_failed", .text = "The last backup failed"};
  const Assurance* assurance = cluster.backups ? cluster.backups->of(guest.id) : nullptr;
  if (!assurance || assurance->coverage != Coverage::failed) return why;
  const auto error = assurance->reason.params.find("error");
  const auto* said = error == assurance->reason.params.end() ? nullptr : std::get_if<std::string>(&error->second);
  if (!said || said->empty()) return why;
  why.text += ": " + *said;
  why.params["said"] = *said;
  return why;
}

bool is_being_backed_up(const Guest& guest, const std::vector<alert::WorkBegan>& works) {
  return guest.lock == "backup" || std::ranges::any_of(works, [](const auto& work) { return work.work == "vzdump"; });
}

Senses::Put into(Senses::Events& out) {
  return [&out](alert::Event event) { out.push_back(std::move(event)); };
}

bool has_lost_members(const state::ClusterView& cluster) {
  return std::ranges::any_of(cluster.nodes, [](const auto& node) {
    return node->status == NodeStatus::offline || node->reason == NodeReason::checking;
  });
}

}  // namespace

void Senses::heed(const std::map<RuleId, Rule>& rules) {
  near_ = {};
  wants_all_guests_ = false;
  for (const auto& [id, rule] : rules) {
    if (!rule.is_active || (rule.selector.type && rule.selector.type != EntityKind::guest)) continue;
    if (rule.kind == RuleKind::no_data || rule.absent == Absent::alert) wants_all_guests_ = true;
    if (rule.kind != RuleKind::metric) continue;
    const bool is_upward = rule.comparison == Comparison::above || rule.comparison == Comparison::at_least;
    auto& near = near_[static_cast<std::size_t>(rule.metric)];
    const auto add = [&](const std::vector<Level>& levels) {
      for (const Level& level : levels) {
        const double clear = level.clear.value_or(level.threshold * (is_upward ? 0.95 : 1.05));
        near.push_back({is_upward ? std::min(clear, level.threshold) : std::max(clear, level.threshold), is_upward});
      }
    };
    add(rule.levels);
    for (const Exception& one : rule.exceptions) add(one.levels);
  }
  // The least of each direction is all that is ever asked for.
  for (auto& near : near_) {
    std::vector<Near> least;
    for (const bool is_upward : {true, false}) {
      std::optional<double> edge;
      for (const Near& one : near)
        if (one.is_upward == is_upward && (!edge || (is_upward ? one.least < *edge : one.least > *edge)))
          edge = one.least;
      if (edge) least.push_back({*edge, is_upward});
    }
    near = std::move(least);
  }
}

bool Senses::is_worth_a_place(const Guest& guest, WallTime now) const {
  if (guest.is_template || guest.status == GuestStatus::deleted) return false;
  if (wants_all_guests_ || leaned_on_.contains(guest.id.value)) return true;
  const alert::Standing standing = standing_of(guest, now);
  if (standing == alert::Standing::down || standing == alert::Standing::soft_down) return true;
  if (guest.backup_state == BackupState::failed || guest.backup_state == BackupState::late) return true;
  for (const auto& [metric, value] : numbers_of(guest))
    if (value)
      for (const Near& near : near_[static_cast<std::size_t>(metric)])
        if (near.is_upward ? *value >= near.least : *value <= near.least) return true;
  return false;
}

Senses::Events Senses::begin(const state::Snapshot& world, const std::vector<GuestId>& known, alert::Now now) {
  Events out;
  for (const GuestId id : known) places_[id.value].has_conditions = true;  // whatever it was may be over by now
  for (const auto& [id, cluster] : world.clusters) {
    out.push_back(alert::Placed{entity_of(id), labels_of(*cluster), needs_of(*cluster)});
    for (const auto& node : cluster->nodes)
      out.push_back(alert::Placed{entity_of(node->id), labels_of(*cluster, *node), {{{entity_of(id)}}}});
    for (const auto& storage : cluster->storages)
      if (!storage->deleted_at)
        out.push_back(alert::Placed{entity_of(storage->id), labels_of(*cluster, *storage), needs_of(*storage)});
    for (const auto& guest : cluster->guests) {
      if (!places_.contains(guest->id.value) || guest->status == GuestStatus::deleted) continue;
      std::vector<alert::Need> needs;
      if (guest->node.exists()) needs.push_back({{entity_of(guest->node)}});
      out.push_back(alert::Placed{entity_of(guest->id), labels_of(*cluster, *guest), std::move(needs)});
    }
  }
  take_services(world, now, into(out));
  take_maintenance(world, into(out));
  return out;
}

Senses::Events Senses::take(const state::Snapshot& world, const ChangeSet& changes, Extent extent, alert::Now now) {
  Events out;
  for (const NodeId id : changes.nodes_removed) out.push_back(alert::Removed{entity_of(id)});
  for (const StorageId id : changes.storages_removed) out.push_back(alert::Removed{entity_of(id)});
  for (const GuestId id : changes.guests_removed)
    if (places_.erase(id.value) > 0) out.push_back(alert::Removed{entity_of(id)});
  const state::ClusterView* cluster = world.cluster(changes.cluster);
  if (!cluster) {
    risks_.erase(changes.cluster);
    out.push_back(alert::Removed{entity_of(changes.cluster)});
    return out;
  }
  take_cluster(*cluster, now, out);
  const auto works = running_works(*cluster);
  const auto works_of = [&](const Guest& guest) {
    const auto found = works.find(std::to_string(guest.vmid));
    return found == works.end() ? Works{} : found->second;
  };
  if (extent == Extent::polled) {
    for (const auto& node : cluster->nodes) take_node(*cluster, *node, now, out);
    for (const auto& storage : cluster->storages) take_storage(*cluster, *storage, now, out);
    for (const auto& guest : cluster->guests)
      if (places_.contains(guest->id.value) || is_worth_a_place(*guest, now.wall))
        take_guest(*cluster, *guest, works_of(*guest), now, out);
  } else {
    for (const auto& [id, weight] : changes.nodes)
      if (const auto node = weight == Weight::status ? world.node(id) : nullptr) take_node(*cluster, *node, now, out);
    for (const auto& [id, weight] : changes.guests)
      if (const auto guest = weight == Weight::status ? world.guest(id) : nullptr)
        if (places_.contains(id.value) || is_worth_a_place(*guest, now.wall))
          take_guest(*cluster, *guest, works_of(*guest), now, out);
  }
  take_risks(*cluster, out);
  take_maintenance(world, into(out));
  return out;
}

void Senses::take_cluster(const state::ClusterView& cluster, alert::Now now, Events& out) {
  const Entity entity = entity_of(cluster.config.id);
  out.push_back(alert::Placed{entity, labels_of(cluster), needs_of(cluster)});
  out.push_back(alert::Report{
      .entity = entity, .standing = standing_of(cluster), .started = now.run, .evidence = evidence_of(cluster)});
  if (is_out_of_sight(cluster)) return;
  const auto say = [&](const char* code, bool is_so) {
    out.push_back(alert::Condition{{entity, {}}, code, truth_of(is_so), Severity::critical, evidence_of(cluster)});
  };
  say("cluster_refused", cluster.health.state == ClusterState::auth_failed);
  say("certificate_changed", cluster.health.state == ClusterState::tls_mismatch);
  if (!cluster.doctor) return;
  const std::string& excess = cluster.doctor->excess;
  out.push_back(
      alert::Condition{{entity, {}}, "token_rights", truth_of(!excess.empty()), Severity::warning, {.text = excess}});
}

void Senses::take_risks(const state::ClusterView& cluster, Events& out) {
  const bool has_lost = has_lost_members(cluster);
  auto& before = risks_[cluster.config.id];
  auto& had_lost = lost_members_[cluster.config.id];
  if (before == cluster.risks && had_lost == has_lost) return;
  if (!cluster.risks || is_out_of_sight(cluster)) return;  // what is not known is not over
  const auto say = [&](const Risk& risk, Truth truth) {
    out.push_back(alert::Condition{
        {subject_of(cluster, risk), risk.id}, risk.what.code, truth, risk.severity, evidence_of(risk)});
  };
  // That a vote is missing is part of what is told of the member that is away.
  const auto counts = [](const Risk& risk, bool lost) { return !lost || risk.what.code != "quorum_margin"; };
  if (before)
    for (const Risk& old : *before) {
      const bool still = cluster.risks && std::ranges::any_of(*cluster.risks, [&](const Risk& risk) {
                           return risk.id == old.id && risk.what.code == old.what.code && counts(risk, has_lost);
                         });
      if (!still && counts(old, had_lost)) say(old, Truth::no);
    }
  if (cluster.risks)
    for (const Risk& risk : *cluster.risks)
      if (counts(risk, has_lost)) say(risk, Truth::yes);
  before = cluster.risks;
  had_lost = has_lost;
}

void Senses::take_node(const state::ClusterView& cluster, const Node& node, alert::Now now, Events& out) {
  const Entity entity = entity_of(node.id);
  out.push_back(alert::Placed{entity, labels_of(cluster, node), {{{entity_of(cluster.config.id)}}}});
  std::optional<std::chrono::seconds> uptime;
  if (node.status == NodeStatus::online && node.uptime_seconds && *node.uptime_seconds > 0)
    uptime = std::chrono::seconds{*node.uptime_seconds};
  out.push_back(alert::Report{.entity = entity,
                              .standing = standing_of(node),
                              .started = now.run,
                              .uptime = uptime,
                              .evidence = evidence_of(cluster, node)});
  for (const auto& [metric, value] : numbers_of(node)) out.push_back(alert::Sample{entity, metric, value});
  out.push_back(alert::Condition{{entity, {}},
                                 "node_unreachable",
                                 truth_of(node.status == NodeStatus::unreachable),
                                 Severity::warning,
                                 {.code = "alert.node_unreachable",
                                  .text = "The cluster says that it is online, but its services do not answer"}});
}

void Senses::take_storage(const state::ClusterView& cluster, const Storage& storage, alert::Now now, Events& out) {
  const Entity entity = entity_of(storage.id);
  if (storage.deleted_at) return out.push_back(alert::Removed{entity});
  out.push_back(alert::Placed{entity, labels_of(cluster, storage), needs_of(storage)});
  out.push_back(alert::Report{.entity = entity, .standing = standing_of(storage), .started = now.run});
  for (const auto& [metric, value] : numbers_of(storage)) out.push_back(alert::Sample{entity, metric, value});
}

void Senses::take_works(const state::ClusterView& cluster, const Guest& guest, const Works& works, Place& place,
                        Events& out) {
  const Entity entity = entity_of(guest.id);
  const auto grace = std::max<std::chrono::milliseconds>(2 * cluster.config.poll_interval, 60s);
  Works all = works;
  if (guest.lock && !guest.lock->empty())
    all.push_back({.kind = HoldKind::lock, .work = *guest.lock, .ref = "lock:" + *guest.lock});
  for (auto one = place.works.begin(); one != place.works.end();) {
    const bool runs = std::ranges::any_of(all, [&](const auto& work) { return work.ref == *one; });
    if (!runs) out.push_back(alert::WorkEnded{entity, *one, grace});
    one = runs ? std::next(one) : place.works.erase(one);
  }
  for (alert::WorkBegan& work : all) {
    if (!place.works.insert(work.ref).second) continue;
    work.entity = entity;
    out.push_back(std::move(work));
  }
}

void Senses::take_guest(const state::ClusterView& cluster, const Guest& guest, const Works& works, alert::Now now,
                        Events& out) {
  const Entity entity = entity_of(guest.id);
  if (guest.status == GuestStatus::deleted || guest.is_template) {
    if (places_.erase(guest.id.value) > 0) out.push_back(alert::Removed{entity});
    return;
  }
  Place& place = places_[guest.id.value];
  std::vector<alert::Need> needs;
  if (guest.node.exists()) needs.push_back({{entity_of(guest.node)}});
  out.push_back(alert::Placed{entity, labels_of(cluster, guest), std::move(needs)});
  take_works(cluster, guest, works, place, out);
  std::optional<std::chrono::seconds> uptime;
  if (guest.status == GuestStatus::running && guest.uptime_seconds && *guest.uptime_seconds > 0)
    uptime = std::chrono::seconds{*guest.uptime_seconds};
  out.push_back(alert::Report{.entity = entity,
                              .standing = standing_of(guest, now.wall),
                              .started = now.run,
                              .uptime = uptime,
                              .evidence = evidence_of(guest)});
  for (const auto& [metric, value] : numbers_of(guest)) out.push_back(alert::Sample{entity, metric, value});
  const bool failed = guest.backup_state == BackupState::failed, late = guest.backup_state == BackupState::late;
  // A backup that runs has proved nothing yet: when it is cut off, what was wrong still is, and is no news.
  if (is_being_backed_up(guest, works)) place.backed_up_at = now.run;
  if (place.failure_told && (failed || now.run - *place.failure_told > kBackupReadBy)) {
    place.failure_told.reset();
    place.has_conditions = true;
  }
  if (place.failure_told) return;  // what was read is older than what was told
  if (!failed && !late && !place.has_conditions) return;
  const bool is_undecided = place.backed_up_at && now.run - *place.backed_up_at < kJudgedAfter;
  const bool is_open = guest.backup_state == BackupState::unknown || is_undecided;
  const Truth otherwise = is_open ? Truth::unknown : Truth::no;
  const auto say = [&](const char* code, bool is_so, Reason why) {
    out.push_back(alert::Condition{
        {entity, {}}, code, is_so ? Truth::yes : otherwise, Severity::warning, is_so ? std::move(why) : Reason{}});
  };
  say("backup_failed", failed, failure_of(cluster, guest));
  say("backup_late", late, {.code = "alert.backup_late", .text = "The last backup is older than it may be"});
  place.has_conditions = failed || late || otherwise == Truth::unknown;
}

Senses::Events Senses::take_failed_backups(const state::ClusterView& cluster,
                                           const std::vector<std::shared_ptr<const Guest>>& guests, alert::Now now) {
  Events out;
  for (const auto& guest : guests) {
    const Entity entity = entity_of(guest->id);
    std::vector<alert::Need> needs;
    if (guest->node.exists()) needs.push_back({{entity_of(guest->node)}});
    out.push_back(alert::Placed{entity, labels_of(cluster, *guest), std::move(needs)});
    out.push_back(
        alert::Condition{{entity, {}}, "backup_failed", Truth::yes, Severity::warning, failure_of(cluster, *guest)});
    places_[guest->id.value].failure_told = now.run;
  }
  return out;
}

void Senses::take_maintenance(const state::Snapshot& world, const Put& put) {
  std::vector<Entity> now;
  for (const auto& [id, cluster] : world.clusters) {
    if (cluster->config.maintenance_mode) now.push_back(entity_of(id));
    for (const auto& node : cluster->nodes)
      if (node->maintenance_mode) now.push_back(entity_of(node->id));
  }
  for (const auto& view : *world.services)
    if (view->service->maintenance_mode) now.push_back(entity_of(view->id));
  if (now == in_maintenance_) return;
  in_maintenance_ = std::move(now);
  if (in_maintenance_.empty()) return put(alert::RemoveWindow{kSwitchedMaintenance});
  Window window{.id = kSwitchedMaintenance, .name = "maintenance", .duration = kForever};
  window.selector.entities = in_maintenance_;
  put(alert::PutWindow{std::move(window)});
}

void Senses::tidy(alert::State& state, const state::Snapshot& world, alert::Now now) {
  for (auto one = places_.begin(); one != places_.end();) {
    const GuestId id{one->first};
    const auto guest = world.guest(id);
    const bool is_done = !guest || (!is_worth_a_place(*guest, now.wall) && !one->second.has_conditions &&
                                    alert::forget_quiet(state, entity_of(id), now));
    one = is_done ? places_.erase(one) : std::next(one);
  }
}

}  // namespace monitorix::app
