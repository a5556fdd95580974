#include "verdict/push.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"

namespace monitorix::verdict {
namespace {

constexpr std::int64_t kLatest = 253'402'300'800'000;  // the year 10000
constexpr std::size_t kLongestRun = 128;

/// When a ping is due that comes after `base`, without grace; never with an expression that never comes.
std::optional<WallTime> expected_after(const PushSchedule& schedule, WallTime base) {
  if (schedule.cron) return schedule.cron->next(base, schedule.zone);
  if (schedule.calendar) return schedule.calendar->next(base, schedule.zone);
  return base + schedule.period;
}

struct Deadline {
  WallTime at{};
  std::string_view reason{};
};

/// A run that began after we were back says more than what we may have missed.
bool began_after_outage(const PushState& state) {
  return state.started_at && state.away_until && *state.started_at >= *state.away_until;
}

/// Until when silence is in order.
std::optional<Deadline> deadline_of(const PushState& state, const PushSchedule& schedule) {
  std::optional<Deadline> due;
  if (state.last_done)
    if (const auto expected = expected_after(schedule, *state.last_done))
      due = Deadline{*expected + schedule.grace, "push_missed"};
  if (state.started_at && (!due || *state.started_at <= due->at || began_after_outage(state)))
    due = Deadline{*state.started_at + schedule.grace, "push_overrun"};
  return due;
}

void put_time(JsonWriter& out, std::string_view name, const std::optional<WallTime>& at) {
  out.key(name).value(at ? std::optional<std::int64_t>(to_ms(*at)) : std::nullopt);
}

/// An absent or null member is no number; false for anything that is none in the range.
bool read_number(const Json& json, std::string_view name, std::int64_t least, std::int64_t most,
                 std::optional<std::int64_t>& out) {
  const Json* found = json.find(name);
  if (!found || found->is_null()) return true;
  const std::int64_t* value = found->as_int();
  if (!value || *value < least || *value > most) return false;
  out = *value;
  return true;
}

bool read_time(const Json& json, std::string_view name, std::optional<WallTime>& out) {
  std::optional<std::int64_t> value;
  if (!read_number(json, name, 0, kLatest, value)) return false;
  if (value) out = from_ms(*value);
  return true;
}

}  // namespace

Result<PushSchedule> schedule_of(const PushOptions& options, Zone zone) {
  PushSchedule schedule{options.period, options.grace, std::nullopt, std::nullopt, std::move(zone)};
  if (options.cron.empty()) return schedule;
  if (Calendar::is_meant(options.cron)) {
    auto calendar = Calendar::parse(options.cron);
    if (!calendar) return fail(std::move(calendar).error());
    schedule.calendar = std::move(*calendar);
    return schedule;
  }
  auto cron = Cron::parse(options.cron);
  if (!cron) return fail(std::move(cron).error());
  schedule.cron = *cron;
  return schedule;
}

void take_ping(PushState& state, const Ping& ping) {
  state.last_ping = ping.at;
  if (ping.action == PushAction::log) return;
  if (ping.action == PushAction::start) {
    state.started_at = ping.at;
    state.run = ping.run.substr(0, kLongestRun);
    return;
  }
  state.took = ping.took;
  const bool ends_run = state.started_at && (ping.run.empty() || ping.run.substr(0, kLongestRun) == state.run);
  if (ends_run) {
    if (!state.took) state.took = std::max(ping.at - *state.started_at, std::chrono::milliseconds{0});
    state.started_at.reset();
    state.run.clear();
  }
  state.last_done = ping.at;
  state.away_until.reset();
  state.exit_code = ping.exit_code;
  state.has_failed = ping.action == PushAction::fail || ping.exit_code.value_or(0) != 0;
}

void take_outage(PushState& state, const PushSchedule& schedule, Span outage) {
  if (outage.end <= outage.begin) return;
  PushState then = state;
  if (judge_push(then, schedule, outage.begin).verdict == Verdict::down) return;
  if (state.last_done || state.started_at)
    state.away_until = std::max(state.away_until.value_or(outage.end), outage.end);
}

PushJudgement judge_push(PushState& state, const PushSchedule& schedule, WallTime now) {
  for (auto* time : {&state.last_ping, &state.last_done, &state.started_at, &state.away_until})
    if (*time && **time > now) *time = now;
  PushJudgement judgement;
  if (state.has_failed) {
    judgement = {Verdict::down, "push_failed", {}, state.last_done.value_or(now), std::nullopt};
    if (state.exit_code) judgement.parameter = std::to_string(*state.exit_code);
    return judgement;
  }
  const auto deadline = deadline_of(state, schedule);
  if (deadline && now >= deadline->at) {
    if (!state.away_until || began_after_outage(state))
      return {Verdict::down, std::string(deadline->reason), {}, deadline->at, std::nullopt};
    // Nobody can say whether it came while we were away: it gets one more turn.
    const auto again = expected_after(schedule, *state.away_until);
    if (again && now >= *again + schedule.grace)
      return {Verdict::down, "push_missed", {}, *again + schedule.grace, std::nullopt};
    judgement = {Verdict::unknown, "local_fault", {}, std::max(deadline->at, *state.away_until), std::nullopt};
    if (again) judgement.next = *again + schedule.grace;
    return judgement;
  }
  if (state.last_done) {
    judgement.verdict = Verdict::up;
    judgement.since = *state.last_done;
  } else {
    judgement.reason = "push_waiting";
  }
  if (deadline) judgement.next = deadline->at;
  return judgement;
}

CheckResult result_of(const PushJudgement& judgement, const PushState& state, ServiceId service, WallTime scheduled_at,
                      WallTime last_scheduled) {
  CheckResult result;
  result.service = service;
  const bool is_news = judgement.since > last_scheduled;
  result.scheduled_at = result.started_at = is_news ? judgement.since : scheduled_at;
  result.verdict = judgement.verdict;
  result.reason = judgement.reason;
  result.parameter = judgement.parameter;
  if (is_news && judgement.verdict == Verdict::up && state.took) result.took = *state.took;
  return result;
}

std::string encode_push(const PushState& state) {
  JsonWriter out;
  out.begin_object();
  put_time(out, "last_ping", state.last_ping);
  put_time(out, "last_done", state.last_done);
  out.member("has_failed", state.has_failed).member("exit_code", state.exit_code);
  put_time(out, "started_at", state.started_at);
  out.member("run", state.run);
  put_time(out, "away_until", state.away_until);
  out.member("took", state.took ? std::optional<std::int64_t>(state.took->count()) : std::nullopt);
  return out.end_object().take();
}

Result<PushState> decode_push(std::string_view text) {
  const auto json = Json::parse(text);
  if (!json) return fail(Error(json.error()).within("push state"));
  PushState state;
  std::optional<std::int64_t> exit_code, took;
  const Json* failed = json->find("has_failed");
  const Json* run = json->find("run");
  const bool is_sound =
      read_time(*json, "last_ping", state.last_ping) && read_time(*json, "last_done", state.last_done) &&
      read_time(*json, "started_at", state.started_at) && read_time(*json, "away_until", state.away_until) &&
      read_number(*json, "exit_code", INT32_MIN, INT32_MAX, exit_code) &&
      read_number(*json, "took", 0, INT64_MAX, took) && failed && failed->as_bool() && run && run->as_string() &&
      run->as_string()->size() <= kLongestRun;
  if (!is_sound) return fail(Errc::invalid, "push state: not sound");
  state.has_failed = *failed->as_bool();
  state.run = *run->as_string();
  if (exit_code) state.exit_code = static_cast<int>(*exit_code);
  if (took) state.took = std::chrono::microseconds{*took};
  return state;
}

}  // namespace monitorix::verdict
