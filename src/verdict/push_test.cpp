#include "verdict/push.h"

#include <doctest/doctest.h>
#include <random>

#include "base/zone/zone_files.h"
#include "verdict/step.h"

namespace monitorix::verdict {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart = from_ms(1'772'000'000'000);
WallTime at(std::int64_t second) { return kStart + seconds{second}; }
const PushSchedule kEachMinute{.period = seconds{60}, .grace = seconds{10}};

Ping ping(PushAction action, std::int64_t second, std::string run = {}) { return {action, at(second), std::move(run)}; }

PushJudgement look(PushState state, std::int64_t second, const PushSchedule& schedule = kEachMinute) {
  return judge_push(state, schedule, at(second));
}

}  // namespace

TEST_CASE("a heartbeat that never came alarms nobody, one that stays away does from the moment it was due") {
  PushState state;
  CHECK(look(state, 100'000).verdict == Verdict::unknown);
  CHECK(look(state, 100'000).reason == "push_waiting");
  take_ping(state, ping(PushAction::ok, 0));
  CHECK(look(state, 69).verdict == Verdict::up);
  CHECK(look(state, 0).next == at(70));
  const PushJudgement missed = look(state, 500);
  CHECK(missed.verdict == Verdict::down);
  CHECK(missed.reason == "push_missed");
  CHECK(missed.since == at(70));
  take_ping(state, ping(PushAction::log, 501));
  CHECK(look(state, 501).verdict == Verdict::down);
  take_ping(state, ping(PushAction::ok, 510));
  CHECK(look(state, 510).verdict == Verdict::up);
}

TEST_CASE("a failure that is told is one at once, by its action or by an exit code") {
  PushState state;
  take_ping(state, ping(PushAction::ok, 0));
  take_ping(state, ping(PushAction::fail, 30));
  CHECK(look(state, 30).reason == "push_failed");
  CHECK(look(state, 30).since == at(30));
  take_ping(state, ping(PushAction::ok, 60));
  CHECK(look(state, 60).verdict == Verdict::up);
  Ping code = ping(PushAction::ok, 90);
  code.exit_code = 3;
  take_ping(state, code);
  CHECK(look(state, 95).verdict == Verdict::down);
  CHECK(look(state, 95).parameter == "3");
  code.exit_code = 0;
  take_ping(state, code);
  CHECK(look(state, 95).verdict == Verdict::up);
}

TEST_CASE("a run that began has the grace to end, is timed, and is told apart from others") {
  PushState state;
  take_ping(state, ping(PushAction::ok, 0));
  take_ping(state, ping(PushAction::start, 60, "a"));
  CHECK(look(state, 69).verdict == Verdict::up);
  CHECK(look(state, 70).reason == "push_overrun");
  take_ping(state, ping(PushAction::ok, 65, "other"));
  CHECK(look(state, 70).reason == "push_overrun");
  take_ping(state, ping(PushAction::ok, 68, "a"));
  CHECK(look(state, 71).verdict == Verdict::up);
  CHECK(state.took == microseconds{8'000'000});
  // Begun after it was missed: it stays missed until it is done.
  take_ping(state, ping(PushAction::start, 200));
  CHECK(look(state, 201).reason == "push_missed");
  take_ping(state, ping(PushAction::ok, 205));
  CHECK(look(state, 205).verdict == Verdict::up);
  PushState fresh;
  take_ping(fresh, ping(PushAction::start, 0));
  CHECK(look(fresh, 5).verdict == Verdict::unknown);
  CHECK(look(fresh, 10).reason == "push_overrun");
}

TEST_CASE("what was due while Monitorix was away is nobody's failure until it was due once more") {
  PushState state;
  take_ping(state, ping(PushAction::ok, 0));
  PushState missed = state;
  take_outage(state, kEachMinute, {at(50), at(65)});
  CHECK(look(state, 69).verdict == Verdict::up);
  CHECK(look(state, 70).verdict == Verdict::unknown);
  CHECK(look(state, 70).reason == "local_fault");
  CHECK(look(state, 134).verdict == Verdict::unknown);
  CHECK(look(state, 135).verdict == Verdict::down);
  CHECK(look(state, 500).since == at(135));
  take_ping(state, ping(PushAction::start, 80));
  CHECK(look(state, 85).verdict == Verdict::up);
  CHECK(look(state, 90).reason == "push_overrun");
  take_ping(state, ping(PushAction::ok, 100));
  CHECK(look(state, 169).verdict == Verdict::up);
  CHECK(look(state, 170).verdict == Verdict::down);
  take_outage(missed, kEachMinute, {at(100), at(200)});  // it was missed before we went away
  CHECK(look(missed, 201).reason == "push_missed");
  CHECK(look(missed, 201).since == at(70));
}

TEST_CASE("a clock that was set back does not hold a heartbeat off for a day") {
  PushState state;
  take_ping(state, ping(PushAction::ok, 86'400));
  CHECK(judge_push(state, kEachMinute, at(0)).verdict == Verdict::up);
  CHECK(judge_push(state, kEachMinute, at(70)).verdict == Verdict::down);
}

TEST_CASE("by cron it is due at its times in its place, on nights of change as well") {
  ZoneFiles files;
  const auto schedule =
      schedule_of({.grace = minutes{10}, .cron = "30 2 * * *", .time_zone = "Europe/Oslo"}, *files.find("Europe/Oslo"));
  REQUIRE(schedule);
  using namespace std::chrono;
  const WallTime saturday{sys_days{2026y / 3 / 28} + 1h + 30min + 20s};
  PushState state;
  take_ping(state, {PushAction::ok, saturday});
  const WallTime due{sys_days{2026y / 3 / 29} + 1h + 10min};  // the night has no half past two
  CHECK(judge_push(state, *schedule, due - 1ms).verdict == Verdict::up);
  CHECK(judge_push(state, *schedule, due).verdict == Verdict::down);
  CHECK(judge_push(state, *schedule, due).since == due);
  CHECK(!schedule_of({.cron = "30 25 * * *"}, Zone()));
}

TEST_CASE("results of looks are dated to the moment of the miss, once, and a time is taken once") {
  PushState state;
  CheckState check = begin_check(at(-10));
  Service service;
  service.type = ServiceType::push;
  const CheckPolicy policy = policy_of(service);
  int timed = 0;
  const auto run = [&](std::int64_t second) {
    const CheckResult result = result_of(look(state, second), state, ServiceId{7}, at(second), check.last_scheduled);
    CHECK(result.service == ServiceId{7});
    timed += result.took.count() > 0;
    return step(check, policy, result, at(second));
  };
  take_ping(state, ping(PushAction::start, -5));
  take_ping(state, ping(PushAction::ok, 0));
  CHECK(run(0).moved->since == at(0));
  CHECK(run(60).accepted);
  CHECK(timed == 1);
  CHECK(run(120).moved == Moved{Shown::up, Shown::down, at(70)});
  CHECK(!run(180).moved);
  take_ping(state, ping(PushAction::ok, 185));
  CHECK(run(185).moved == Moved{Shown::down, Shown::up, at(185)});
}

TEST_CASE("a heartbeat's state comes back as it was, and damaged text is refused") {
  PushState state;
  take_ping(state, ping(PushAction::start, 0, "run \"7\""));
  Ping failed = ping(PushAction::fail, 5, "other");
  failed.exit_code = -9;
  failed.took = microseconds{17};
  take_ping(state, failed);
  const std::string text = encode_push(state);
  CHECK(decode_push(text).value() == state);
  CHECK(decode_push(encode_push({})).value() == PushState{});
  for (std::size_t i = 0; i < text.size(); ++i) CHECK(!decode_push(text.substr(0, i)));
  CHECK(!decode_push(R"({"last_ping":-1,"has_failed":false,"run":""})"));
  CHECK(!decode_push(R"({"has_failed":false,"run":7})"));
}

}  // namespace monitorix::verdict
