#include "watch/watch.h"

#include <algorithm>
#include <utility>

#include "base/fetch_ahead.h"
#include "base/log.h"
#include "verdict/composite.h"
#include "watch/watched.h"

namespace monitorix::watch {
namespace {

using namespace std::chrono_literals;
constexpr auto kKeepPause = 10min;  // between two results that say the same
constexpr auto kSaveTimes = 15min;
constexpr auto kLookAgain = 1min;  // at the latest: response times may come to wait to be saved meanwhile

bool is_good(Verdict verdict) { return verdict == Verdict::up || verdict == Verdict::degraded; }
bool is_judged_here(const Service& service) {
  return service.type == ServiceType::push || service.type == ServiceType::composite;
}

/// Apart from what every result moves.
bool is_worth_storing(verdict::CheckState before, const verdict::CheckState& after) {
  before.last_known = after.last_known;
  before.last_scheduled = after.last_scheduled;
  before.dropped = after.dropped;
  return before != after;
}

void begin(Watched& one, WallTime now) {
  one.state = verdict::begin_check(now);
  if (!one.service->is_active) (void)verdict::pause(one.state, one.policy, now);
}

/// What time alone does to it comes then, or later: a result in between puts it off.
WallTime next_look(const Watched& one, WallTime now) {
  WallTime at = now + kLookAgain;
  if (const auto unknown = verdict::unknown_at(one.state, one.policy)) at = std::min(at, *unknown);
  if (one.service->is_active && is_judged_here(*one.service)) at = std::min(at, one.judge_again_at.value_or(now));
  if (one.times.is_unsaved) at = std::min(at, one.times.saved_at + kSaveTimes);
  return at;
}

}  // namespace

Watch::Watch() = default;
Watch::~Watch() = default;

Watched* Watch::find(ServiceId id) {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : found->second;
}
const Watched* Watch::find(ServiceId id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : found->second;
}

std::vector<Watch::Place>::iterator Watch::place_of(ServiceId id) {
  return std::ranges::lower_bound(all_, id, {}, &Place::id);
}

Watched& Watch::add(ServiceId id, std::unique_ptr<Watched> one) {
  const auto place = all_.insert(place_of(id), Place{id, {}, std::move(one)});
  return *(index_[id] = place->one.get());
}

void Watch::look_soon(const Watched& one) { place_of(one.service->id)->look_at = {}; }

void Watch::set_schedule(Watched& one) {
  one.schedule.reset();
  if (one.service->type != ServiceType::push) return;
  auto zone = zones_.find(one.service->push.time_zone);
  auto schedule = verdict::schedule_of(one.service->push, zone ? *zone : Zone{});
  if (schedule)
    one.schedule = std::move(*schedule);
  else
    log::warn("a heartbeat's schedule cannot be read",
              {{"service", one.service->id.value}, {"error", schedule.error()}});
}

void Watch::restore(KeptChecks kept, WallTime now) {
  std::map<ServiceId, KeptState*> states;
  for (KeptState& state : kept.states) states[state.service] = &state;
  std::map<ServiceId, WallTime> pulses;
  if (kept.beat)
    for (const auto& [id, at] : decode_pulses(kept.beat->pulses, kept.beat->at)) pulses[id] = at;
  for (ServiceRecord& record : kept.services) {
    auto one = std::make_unique<Watched>();
    one->service = std::make_shared<const Service>(std::move(record.service));
    one->version = record.version;
    one->has_push_token = record.has_push_token;
    one->policy = verdict::policy_of(*one->service);
    set_schedule(*one);
    const auto stored = states.find(one->service->id);
    auto state = stored == states.end() ? Result<verdict::CheckState>(fail(Errc::not_found, ""))
                                        : verdict::decode_state(stored->second->state);
    if (state) {
      one->state = std::move(*state);
      one->is_dirty = false;
      const auto pulse = pulses.find(one->service->id);
      if (pulse != pulses.end() && pulse->second > one->state.last_known) one->state.last_known = pulse->second;
      one->state.last_scheduled = std::max(one->state.last_scheduled, one->state.last_known);
      if (auto push = verdict::decode_push(stored->second->push)) one->push = std::move(*push);
      if (one->schedule && kept.beat && now > kept.beat->at)
        verdict::take_outage(one->push, *one->schedule, {kept.beat->at, now});
    } else {
      begin(*one, now);
    }
    if (one->service->type == ServiceType::composite) composites_.insert(one->service->id);
    const ServiceId id = one->service->id;
    add(id, std::move(one));
  }
  for (const KeptInterval& one : kept.intervals)
    if (Watched* of = find(one.service); of && one.state >= 0 && one.state < static_cast<int>(verdict::kShownCount))
      verdict::append(of->past, {one.begin, one.end, static_cast<verdict::Shown>(one.state), false});
  for (const KeptOverlay& one : kept.overlays)
    if (Watched* of = find(one.service)) of->overlays.push_back(one);
  for (const KeptHistogram& one : kept.histograms)
    if (Watched* of = find(one.service)) note_kept_hour(*of, one, now);
  for (const auto& [id, hash] : kept.push_tokens) tokens_[hash] = id;
  for (const Place& place : all_) note(*place.one, verdict::settle(place.one->state, place.one->policy, now), now);
}

void Watch::put(const ServiceRecord& record, WallTime now) {
  const ServiceId id = record.service.id;
  Watched* one = find(id);
  const bool is_new = one == nullptr;
  if (is_new) one = &add(id, std::make_unique<Watched>());
  const bool was_active = is_new || one->service->is_active;
  const bool is_other = !is_new && (one->service->type != record.service.type);
  one->service = std::make_shared<const Service>(record.service);
  one->version = record.version;
  one->has_push_token = record.has_push_token;
  one->policy = verdict::policy_of(*one->service);
  set_schedule(*one);
  if (is_new) begin(*one, now);
  if (is_other) one->push = {};
  if (!is_new && was_active && !record.service.is_active) note(*one, verdict::pause(one->state, one->policy, now), now);
  if (!is_new && !was_active && record.service.is_active) note(*one, verdict::resume(one->state, now), now);
  one->judge_again_at = now;
  look_soon(*one);
  one->is_dirty = one->is_changed = one->is_moved = true;
  if (record.service.type == ServiceType::composite)
    composites_.insert(id);
  else
    composites_.erase(id);
  follow_place(*one, now);
}

void Watch::remove(ServiceId id) {
  if (index_.erase(id) > 0) all_.erase(place_of(id));
  composites_.erase(id);
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second == id; });
  book_changed_ = true;
}

/// What a step said, into the time line and what is to be kept and told.
void Watch::note(Watched& one, const verdict::Told& told, WallTime now) {
  const ServiceId id = one.service->id;
  if (told.rewound) {
    verdict::cut_at(one.past, *told.rewound);
    batch_.rewound.emplace_back(id, *told.rewound);
    std::erase_if(batch_.intervals,
                  [&](const KeptInterval& kept) { return kept.service == id && kept.begin >= *told.rewound; });
  }
  for (const verdict::Interval& ended : told.ended) {
    verdict::append(one.past, ended);
    batch_.intervals.push_back({id, ended.begin, ended.end, static_cast<int>(ended.state)});
  }
  if (told.blip)
    batch_.blips.push_back({id, told.blip->begin, told.blip->end, told.blip->reason, told.blip->parameter});
  if (told.rewound || !told.ended.empty()) one.is_changed = one.is_moved = true;
  if (!told.moved) return;
  one.is_dirty = one.is_changed = one.is_moved = true;
  tell(one, told.moved->from, told.moved->to, told.moved->since);
  for (const ServiceId composite : composites_) {  // they look at once
    Watched* other = find(composite);
    if (std::ranges::find(other->service->composite.members, id) == other->service->composite.members.end()) continue;
    other->judge_again_at = now;
    look_soon(*other);
  }
}

/// Coming to be known, or not to be known any more, is nothing that happened to the service.
void Watch::tell(const Watched& one, verdict::Shown from, verdict::Shown to, WallTime at) {
  using verdict::Shown;
  const auto is_told = [](Shown shown) {
    return shown == Shown::up || shown == Shown::degraded || shown == Shown::down;
  };
  if (!world_ || !is_told(to) || (!is_told(from) && to != Shown::down)) return;
  const Service& service = *one.service;
  Event event{.kind = EventKind::state, .at = at, .until = at, .name = service.name};
  if (service.guest) {
    if (const auto guest = world_->guest(*service.guest)) event.cluster = guest->cluster;
  } else if (service.node) {
    if (const auto node = world_->node(*service.node)) event.cluster = node->cluster;
  } else if (service.storage) {
    if (const auto storage = world_->storage(*service.storage)) event.cluster = storage->cluster;
  } else if (service.cluster) {
    event.cluster = *service.cluster;
  }
  if (!event.cluster.exists()) return;  // a service that stands alone has its own time line
  const auto word = [](Shown shown) {
    return std::string(shown == Shown::degraded ? "warning" : verdict::name_of(shown));
  };
  event.severity = to == Shown::down       ? EventSeverity::error
                   : to == Shown::degraded ? EventSeverity::warning
                                           : EventSeverity::info;
  event.object = "service:" + service.id.text();
  event.from = word(from);
  event.to = word(to);
  event.key = event.object + ":" + std::to_string(to_ms(at)) + ":" + *event.to;
  events_.push_back(std::move(event));
}

/// A failure, or the first of another kind; what says the same again is kept now and then.
void Watch::keep_result(Watched& one, const CheckResult& judged, bool has_moved) {
  const std::string says = std::to_string(static_cast<int>(judged.verdict)) + judged.reason + '/' + judged.parameter;
  const bool is_new = says != one.kept_reason && !(one.kept_reason.empty() && is_good(judged.verdict));
  const bool is_unconfirmed = judged.verdict == Verdict::down && one.state.phase != verdict::Phase::down;
  const bool is_due = !is_good(judged.verdict) && judged.scheduled_at - one.kept_at >= kKeepPause;
  if (one.kept_reason.empty() && is_good(judged.verdict)) one.kept_reason = says;
  const bool is_wanted = judged.evidence && one.service->keep_evidence == KeepEvidence::always;
  if (!is_new && !is_unconfirmed && !has_moved && !is_due && !is_wanted) return;
  one.kept_reason = says;
  one.kept_at = judged.scheduled_at;
  batch_.checks.push_back(judged);
}

// One thing of all of them after the other: so many questions are on their way at once, and an answer is there when the
// next step needs it.
void Watch::foresee(std::span<Watched* const> services) {
  for (const Watched* one : services) fetch_before<Watched>(one, &Watched::certificate_expires_at);
  for (const Watched* one : services) {
    fetch_ahead(one->latest.get(), sizeof(CheckResult));
    one->times.total.foresee();
    one->times.first_byte.foresee();
  }
}

Pace Watch::take(std::shared_ptr<CheckResult> found, WallTime now) {
  Watched* one = find(found->service);
  return one == nullptr ? Pace{} : take(*one, std::move(found), now);
}

Pace Watch::take(Watched& one, std::shared_ptr<CheckResult> found, WallTime now) {
  CheckResult& result = *found;
  verdict::CheckState before = one.state;
  const verdict::Told told = verdict::step(one.state, one.policy, result, now);
  note(one, told, now);
  if (before.phase != one.state.phase) look_soon(one);
  if (told.accepted) {
    if (result.certificate) one.certificate_expires_at = result.certificate->chain_not_after;
    result.verdict = told.verdict;
    result.reason = told.reason;
    result.parameter = told.parameter;
    keep_result(one, result, told.moved.has_value());
    result.evidence.reset();
    if (is_good(result.verdict)) note_times(one, result, batch_.histograms);
    if (!result.certificate && one.latest) result.certificate = one.latest->certificate;
    one.latest = found;
    fresh_.push_back(std::move(found));
    one.is_changed = true;
    one.is_dirty = one.is_dirty || is_worth_storing(std::move(before), one.state);
  }
  return {verdict::is_soft(one.state), told.verdict == Verdict::up};
}

std::optional<CheckResult> Watch::judge(ServiceId id, WallTime now) {
  Watched* one = find(id);
  if (one == nullptr || !one->service->is_active || !is_judged_here(*one->service)) return std::nullopt;
  // Twice in a millisecond are two looks, and the second one counts.
  const WallTime last = one->state.last_scheduled;
  if (last >= now && last - now < 1s) now = last + 1ms;
  CheckResult result{.service = id, .scheduled_at = now, .started_at = now};
  one->judged_at = now;
  one->judge_again_at = now + one->service->interval;
  if (one->service->type == ServiceType::composite) {
    std::vector<verdict::Shown> members;
    for (const ServiceId member : one->service->composite.members)
      if (const Watched* other = find(member)) members.push_back(verdict::shown_of(other->state));
    const auto judged = verdict::judge_composite(one->service->composite, members);
    result.verdict = judged.verdict;
    result.reason = judged.reason;
    result.parameter = judged.parameter;
    if (judged.reason != "ok" || !judged.parameter.empty()) result.detail = judged.parameter + " members are up";
  } else {
    if (!one->schedule) return std::nullopt;
    const auto judged = verdict::judge_push(one->push, *one->schedule, now);
    result = verdict::result_of(judged, one->push, id, now, one->state.last_scheduled);
    if (judged.verdict == Verdict::unknown && judged.reason == "local_fault")
      result.detail =
          "a heartbeat may have come while Monitorix was away or its clock was moved: wait for the next one, or send "
          "it";
    if (judged.next) one->judge_again_at = std::min(*one->judge_again_at, std::max(*judged.next, now + 1ms));
  }
  look_soon(*one);
  (void)take(*one, std::make_shared<CheckResult>(result), now);
  return result;
}

void Watch::set_push_token(ServiceId id, const std::string& hash) {
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second == id; });
  tokens_[hash] = id;
  if (Watched* one = find(id)) one->has_push_token = one->is_changed = true;
}

std::optional<ServiceId> Watch::service_of_token(const std::string& hash) const {
  const auto found = tokens_.find(hash);
  return found == tokens_.end() ? std::nullopt : std::optional(found->second);
}

Status Watch::ping(ServiceId id, const verdict::Ping& ping) {
  Watched* one = find(id);
  if (one == nullptr) return fail(Errc::not_found, "there is no such service");
  if (!one->service->is_active) return fail(Errc::conflict, "the service is paused");
  verdict::take_ping(one->push, ping);
  one->is_dirty = true;
  (void)judge(id, ping.at);
  return {};
}

void Watch::follow_place(Watched& one, WallTime now) {
  if (!world_) return;
  const auto fault = fault_below(*one.service, *world_);
  const bool is_maintained = one.service->maintenance_mode || is_place_in_maintenance(*one.service, *world_);
  const auto keep = [&](std::optional<KeptOverlay> overlay) {
    if (!overlay) return;
    batch_.overlays.push_back(*overlay);
    one.is_changed = one.is_moved = true;
  };
  keep(set_overlay(one, OverlayKind::unreachable, fault.has_value(), fault ? fault->since : now, now));
  keep(set_overlay(one, OverlayKind::maintenance, is_maintained, now, now));
  const auto cause = fault ? Boxed(fault->cause) : Boxed<state::ServiceCause>();
  if (cause == one.cause) return;
  one.cause = cause;
  one.is_changed = true;
}

void Watch::skip_time(WallTime from, WallTime to) {
  if (to <= from) return;
  for (const Place& place : all_) {
    Watched& one = *place.one;
    if (!one.schedule) continue;
    verdict::take_outage(one.push, *one.schedule, {from, to});
    one.is_dirty = true;
  }
}

void Watch::tick(WallTime now, const state::SnapshotPtr& world) {
  const bool has_moved = !world_ || world->clusters != world_->clusters;
  const bool looks_at_all = has_moved || now < looked_at_;  // when the clock was put back all that is to come is wrong
  world_ = world;
  looked_at_ = now;
  std::vector<ServiceId> to_judge;
  for (Place& place : all_) {
    if (place.look_at > now && !looks_at_all) continue;
    Watched& one = *place.one;
    if (const auto at = verdict::unknown_at(one.state, one.policy); at && *at <= now)
      note(one, verdict::settle(one.state, one.policy, now), now);
    if (has_moved) follow_place(one, now);
    if (is_judged_here(*one.service) && one.service->is_active &&
        (!one.judge_again_at || *one.judge_again_at <= now || one.judged_at > now + 1s))
      to_judge.push_back(place.id);
    if (one.times.is_unsaved && now - one.times.saved_at >= kSaveTimes) keep_times(one, now, batch_.histograms);
    place.look_at = next_look(one, now);
  }
  for (const ServiceId id : to_judge) (void)judge(id, now);
}

void Watch::beat(WallTime now) {
  std::vector<std::pair<ServiceId, WallTime>> pulses;
  pulses.reserve(all_.size());
  for (const Place& place : all_)
    if (place.one->state.last_known != WallTime{}) pulses.emplace_back(place.id, place.one->state.last_known);
  batch_.beat = CheckBeat{now, encode_pulses(pulses, now)};
}

void Watch::close(WallTime now) {
  for (const Place& place : all_) keep_times(*place.one, now, batch_.histograms);
  beat(now);
}

}  // namespace monitorix::watch
