#include "app/alerts/outside.h"

#include "app/alerts/standing.h"
#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::app {
namespace {

constexpr std::chrono::hours kLongest{24 * 30};

alert::Condition condition_of(const Target& target, const std::string& code, Severity severity, const Reason& evidence,
                              alert::Truth truth) {
  return {.target = target, .code = code, .truth = truth, .severity = severity, .evidence = evidence};
}

bool is_placed(const alert::State& state, Entity entity) {
  const auto at = state.member_at.find(entity);
  return at != state.member_at.end() && state.members[at->second].exists;
}

/// Beside Monitorix itself, and the same after a restart.
Entity foreign(const std::string& fingerprint) {
  const auto number = static_cast<std::int64_t>(std::stoull(fingerprint.substr(0, 13), nullptr, 16));
  return {EntityKind::monitor, number + kMonitorixItself + 1};
}

std::string title_of(const OutsideAlert& alert) {
  return alert.about.empty() ? alert.name : alert.name + " (" + alert.about + ")";
}

/// Their own words, which nobody translates.
Reason said_by(const std::string& name, const std::string& text) {
  return {.text = text.empty() || text == name ? name : name + ": " + text};
}

}  // namespace

void Outside::put(const std::string& key, Open open, Events& out) {
  spoken_of_.insert(open.target.entity);
  out.push_back(condition_of(open.target, open.code, open.severity, open.evidence, alert::Truth::yes));
  open_.insert_or_assign(key, std::move(open));
}

Outside::Opened::iterator Outside::end(Opened::iterator one, Events& out) {
  const Open& open = one->second;
  out.push_back(condition_of(open.target, open.code, open.severity, open.evidence, alert::Truth::no));
  return open_.erase(one);
}

Outside::Events Outside::place(const KeptAlerts& kept) {
  Events out;
  for (const KeptAlert& one : kept.alerts) {
    const Target& target = one.row.target;
    if (!is_foreign(target.entity) || one.row.state == AlertState::resolved) continue;
    out.push_back(alert::Placed{target.entity, {.name = title_of_part(target.part)}, {}});
  }
  return out;
}

Outside::Events Outside::begin(const alert::State& state, alert::Now now) {
  Events out;
  for (const auto& [id, alert] : state.alerts) {
    const auto rule = state.rules.find(alert.row.rule);
    if (rule == state.rules.end() || !is_about_outside(rule->second)) continue;
    const Target& target = alert.row.target;
    spoken_of_.insert(target.entity);
    if (alert.row.state == AlertState::resolved) continue;
    const bool is_notice = rule->second.condition == kNoticeCode;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.wall - alert.row.last_true_at);
    const std::chrono::milliseconds left =
        is_notice ? std::max<std::chrono::milliseconds>(kNoticeLasts - since, kUnlessResent) : kUnlessResent;
    Open open{target, rule->second.condition, alert.row.severity, alert.row.evidence, now.run + left};
    put(target.part.substr(0, target.part.find(' ')), std::move(open), out);
  }
  return out;
}

/// Theirs, where it is known and has a place; else a place of its own.
Entity Outside::entity_for(const OutsideAlert& alert, const state::Snapshot& world, const alert::State& state,
                           Events& out) const {
  if (const auto meant = meant_by(alert, world)) {
    if (is_placed(state, *meant)) return *meant;
    const auto guest = meant->kind == EntityKind::guest ? world.guest(GuestId{meant->id}) : nullptr;
    if (const auto* cluster = guest ? world.cluster(guest->cluster) : nullptr) {
      std::vector<alert::Need> needs;
      if (guest->node.exists()) needs.push_back({{entity_of(guest->node)}});
      out.push_back(alert::Placed{*meant, labels_of(*cluster, *guest), std::move(needs)});
      return *meant;
    }
  }
  const Entity own = foreign(alert.fingerprint);
  if (!is_placed(state, own)) out.push_back(alert::Placed{own, {.name = title_of(alert)}, {}});
  return own;
}

Outside::Events Outside::take(const std::vector<OutsideAlert>& alerts, const state::Snapshot& world,
                              const alert::State& state, alert::Now now, std::size_t& refused) {
  Events out;
  for (const OutsideAlert& alert : alerts) {
    const auto known = open_.find(alert.fingerprint);
    if (alert.ends_at && *alert.ends_at <= now.wall) {
      if (known != open_.end()) end(known, out);
      continue;
    }
    if (known == open_.end() && open_.size() >= kMostOpen) {
      ++refused;
      continue;
    }
    // Whom it was about at first, for as long as that is there: one alert does not wander.
    const bool has_place = known != open_.end() && is_placed(state, known->second.target.entity);
    const Entity entity = has_place ? known->second.target.entity : entity_for(alert, world, state, out);
    const std::string title = is_foreign(entity) ? title_of(alert) : alert.name;
    const auto lasts = alert.ends_at ? std::min<std::chrono::milliseconds>(*alert.ends_at - now.wall, kLongest)
                                     : std::chrono::milliseconds{kUnlessResent};
    put(alert.fingerprint,
        {.target = {entity, outside_part(alert.fingerprint, title)},
         .code = std::string(kOutsideCode),
         .severity = alert.severity,
         .evidence = said_by(alert.name, alert.text),
         .ends = now.run + lasts},
        out);
  }
  return out;
}

Outside::Events Outside::take(const ProxmoxNotice& notice, const state::ClusterView& cluster, alert::Now now) {
  Events out;
  const std::string what = notice.type.empty() ? notice.title : notice.type;
  const auto digest =
      sha256("notice\n" + cluster.config.id.text() + "\n" + what + "\n" + notice.hostname + "\n" + notice.job);
  const std::string key = to_hex({reinterpret_cast<const char*>(digest.data()), 8});
  const auto known = open_.find(key);
  if (!notice.severity) {  // it went well this time
    if (known != open_.end()) end(known, out);
    return out;
  }
  Target target{meant_by(notice, cluster), outside_part(key, notice.title)};
  if (known != open_.end()) target = known->second.target;
  put(key,
      {target, std::string(kNoticeCode), *notice.severity, said_by(notice.title, notice.text), now.run + kNoticeLasts},
      out);
  return out;
}

Outside::Events Outside::tick(alert::Now now) {
  Events out;
  for (auto one = open_.begin(); one != open_.end();)
    one = one->second.ends <= now.run ? end(one, out) : std::next(one);
  return out;
}

Outside::Events Outside::dismiss(const Target& target) {
  Events out;
  for (auto one = open_.begin(); one != open_.end();) {
    const bool is_it = one->second.target == target && one->second.code == kNoticeCode;
    one = is_it ? end(one, out) : std::next(one);
  }
  return out;
}

void Outside::tidy(alert::State& state, alert::Now now) {
  std::set<Entity> in_use;
  for (const auto& [key, open] : open_) in_use.insert(open.target.entity);
  for (auto one = spoken_of_.begin(); one != spoken_of_.end();) {
    const bool is_done = !in_use.contains(*one) && (is_foreign(*one) ? alert::forget_quiet(state, *one, now)
                                                                     : alert::forget_quiet_parts(state, *one, now));
    one = is_done ? spoken_of_.erase(one) : std::next(one);
  }
}

}  // namespace monitorix::app
