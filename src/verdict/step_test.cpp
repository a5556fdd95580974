#include "verdict/step.h"

#include <cctype>
#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

namespace monitorix::verdict {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime kStart = from_ms(1'700'000'000'000);
WallTime at(std::int64_t second) { return kStart + seconds{second}; }

CheckResult result_at(WallTime due, Verdict verdict, std::string reason = {}) {
  CheckResult result;
  result.scheduled_at = result.started_at = due;
  result.verdict = verdict;
  result.reason = !reason.empty() ? reason : verdict == Verdict::down ? "conn_refused" : "ok";
  return result;
}

/// A check, what was told of it, and its clock.
struct Watched {
  explicit Watched(CheckPolicy its_policy = {}) : policy(its_policy) {}
  CheckPolicy policy;
  CheckState state{begin_check(kStart)};
  std::vector<Interval> timeline{};
  std::vector<Blip> blips{};

  Told note(Told told) {
    if (told.rewound) cut_at(timeline, *told.rewound);
    for (const Interval& one : told.ended) append(timeline, one);
    if (told.blip) blips.push_back(*told.blip);
    return told;
  }
  Told get(std::int64_t second, Verdict verdict, const std::string& reason = {}) {
    return note(step(state, policy, result_at(at(second), verdict, reason), at(second)));
  }
  Told tick(std::int64_t second) { return note(settle(state, policy, at(second))); }
  [[nodiscard]] std::vector<Interval> until(WallTime now) const {
    std::vector<Interval> all = timeline;
    if (const auto open = open_interval(state, now)) append(all, *open);
    return all;
  }
};

}  // namespace

TEST_CASE("a new check says what it found at once, and nothing before") {
  Watched good, bad;
  CHECK(shown_of(good.state) == Shown::unknown);
  CHECK(good.get(5, Verdict::degraded).moved == Moved{Shown::unknown, Shown::degraded, at(5)});
  CHECK(good.timeline == std::vector<Interval>{{kStart, at(5), Shown::unknown}});
  CHECK(!bad.get(5, Verdict::down).moved);
  CHECK(bad.state.phase == Phase::soft_down);
  CHECK(shown_of(bad.state) == Shown::unknown);
  bad.get(15, Verdict::down);
  CHECK(bad.get(25, Verdict::down).moved == Moved{Shown::unknown, Shown::down, at(5)});
}

TEST_CASE("a confirmed failure began with its first failed result and ends with the first good one") {
  Watched check;
  check.get(0, Verdict::up);
  CHECK(!check.get(60, Verdict::down).moved);
  CHECK(is_soft(check.state));
  CHECK(!check.get(70, Verdict::down).moved);
  const Told down = check.get(80, Verdict::down);
  CHECK(down.moved == Moved{Shown::up, Shown::down, at(60)});
  CHECK(down.changed_from == at(60));
  CHECK(!check.get(140, Verdict::up).moved);
  CHECK(check.state.phase == Phase::soft_up);
  CHECK(shown_of(check.state) == Shown::down);
  CHECK(check.state.reason == "conn_refused");
  CHECK(check.get(150, Verdict::degraded).moved == Moved{Shown::down, Shown::degraded, at(140)});
  CHECK(check.until(at(200)) == std::vector<Interval>{{at(0), at(60), Shown::up},
                                                      {at(60), at(140), Shown::down},
                                                      {at(140), at(200), Shown::degraded}});
}

TEST_CASE("a relapse before recovery is confirmed leaves the failure whole, and another reason is told") {
  Watched check({.fail_after = 1});
  check.get(0, Verdict::up);
  check.get(60, Verdict::down, "conn_refused");
  check.get(70, Verdict::up);
  const Told relapse = check.get(80, Verdict::down, "http_status");
  CHECK(!relapse.moved);
  CHECK(relapse.reason_changed);
  CHECK(!check.get(90, Verdict::down, "http_status").reason_changed);
  CHECK(check.until(at(100)) == std::vector<Interval>{{at(0), at(60), Shown::up}, {at(60), at(100), Shown::down}});
}

TEST_CASE("a failure that ends before it is confirmed is a blip and no downtime") {
  Watched check;
  check.get(0, Verdict::up);
  check.get(60, Verdict::down, "timeout_phase");
  const Told back = check.get(70, Verdict::up);
  CHECK(back.blip == Blip{at(60), at(70), "timeout_phase", ""});
  CHECK(!back.moved);
  CHECK(check.state.blips == 1);
  CHECK(check.until(at(100)) == std::vector<Interval>{{at(0), at(100), Shown::up}});
}

TEST_CASE("up and degraded change after equal verdicts in a row, from the first of them on") {
  Watched check;
  check.get(0, Verdict::up);
  CHECK(!check.get(60, Verdict::degraded).moved);
  CHECK(!check.get(120, Verdict::up).moved);
  CHECK(!check.get(180, Verdict::degraded).moved);
  CHECK(!check.get(240, Verdict::unknown).moved);
  CHECK(check.get(300, Verdict::degraded).moved == Moved{Shown::up, Shown::degraded, at(180)});
  CHECK(check.get(360, Verdict::down).accepted);
  CHECK(check.get(370, Verdict::up).blip);
  CHECK(shown_of(check.state) == Shown::degraded);
  CHECK(check.get(430, Verdict::up).moved == Moved{Shown::degraded, Shown::up, at(370)});
}

TEST_CASE("unknown results move no counter, and after the grace nothing is claimed") {
  Watched check({.nodata_grace = seconds{125}});
  check.get(0, Verdict::up);
  check.get(60, Verdict::down);
  check.get(70, Verdict::unknown, "local_fault");
  CHECK(check.state.count == 1);
  check.get(80, Verdict::unknown, "local_fault");
  CHECK(check.state.phase == Phase::soft_down);
  CHECK(unknown_at(check.state, check.policy) == at(185));
  CHECK(!check.tick(184).moved);
  CHECK(check.tick(185).moved == Moved{Shown::up, Shown::unknown, at(185)});
  CHECK(!unknown_at(check.state, check.policy));
  check.get(190, Verdict::unknown, "permission");
  CHECK(check.state.unknown_reason == "permission");
  CHECK(check.get(250, Verdict::down).moved == Moved{Shown::unknown, Shown::up, at(250)});
  CHECK(check.state.count == 1);  // counted anew
  check.get(260, Verdict::down);
  CHECK(check.get(270, Verdict::down).moved == Moved{Shown::up, Shown::down, at(250)});
  CHECK(check.until(at(300)) == std::vector<Interval>{{at(0), at(185), Shown::up},
                                                      {at(185), at(250), Shown::unknown},
                                                      {at(250), at(300), Shown::down}});
}

TEST_CASE("what was down before nobody could look is down after it, and nobody was told of an end") {
  Watched check({.fail_after = 1, .nodata_grace = seconds{100}});
  check.get(0, Verdict::up);
  check.get(60, Verdict::down);
  const Told after = check.get(600, Verdict::down);
  CHECK(!after.moved);
  CHECK(after.ended.size() == 2);
  CHECK(check.state.stable == Stable::down);
  CHECK(check.until(at(700)) == std::vector<Interval>{{at(0), at(60), Shown::up},
                                                      {at(60), at(160), Shown::down},
                                                      {at(160), at(600), Shown::unknown},
                                                      {at(600), at(700), Shown::down}});
}

TEST_CASE("a result that comes late undoes the silence it was due before") {
  Watched check({.nodata_grace = seconds{60}});
  check.get(0, Verdict::up);
  check.get(50, Verdict::down);
  check.tick(111);
  CHECK(shown_of(check.state) == Shown::unknown);
  const Told late = check.note(step(check.state, check.policy, result_at(at(105), Verdict::down), at(112)));
  CHECK(late.rewound == at(0));
  CHECK(check.state.count == 2);
  CHECK(check.until(at(120)) == std::vector<Interval>{{at(0), at(120), Shown::up}});
}

TEST_CASE("a paused check is not judged, and begins anew") {
  Watched check({.fail_after = 1});
  check.get(0, Verdict::up);
  check.get(60, Verdict::down);
  CHECK(check.note(pause(check.state, check.policy, at(90))).moved == Moved{Shown::down, Shown::paused, at(90)});
  CHECK(!check.note(pause(check.state, check.policy, at(95))).moved);
  CHECK(!check.get(100, Verdict::up).accepted);
  CHECK(!check.tick(100'000).moved);
  CHECK(check.note(resume(check.state, at(200))).moved == Moved{Shown::paused, Shown::unknown, at(200)});
  CHECK(check.state.phase == Phase::fresh);
  CHECK(!check.note(step(check.state, check.policy, result_at(at(150), Verdict::down), at(201))).accepted);
  CHECK(check.get(210, Verdict::up).moved == Moved{Shown::unknown, Shown::up, at(210)});
  CHECK(check.until(at(300)) == std::vector<Interval>{{kStart, at(60), Shown::up},
                                                      {at(60), at(90), Shown::down},
                                                      {at(90), at(200), Shown::paused},
                                                      {at(200), at(210), Shown::unknown},
                                                      {at(210), at(300), Shown::up}});
}

TEST_CASE("a check that is turned round takes good for bad, and unknown for unknown") {
  Watched check({.fail_after = 1, .recover_after = 1, .invert = true});
  CHECK(check.get(0, Verdict::down).verdict == Verdict::up);
  CHECK(check.state.reason == "ok");
  const Told answered = check.get(60, Verdict::degraded);
  CHECK(answered.verdict == Verdict::down);
  CHECK(answered.reason == "inverted");
  CHECK(shown_of(check.state) == Shown::down);
  CHECK(check.get(120, Verdict::unknown).verdict == Verdict::unknown);
  CHECK(shown_of(check.state) == Shown::down);
}

TEST_CASE("a run that began later than an interval says nothing about the service") {
  Watched check({.fail_after = 1});
  check.get(0, Verdict::up);
  CheckResult late = result_at(at(60), Verdict::down);
  late.started_at = at(60) + milliseconds{60'001};
  const Told told = check.note(step(check.state, check.policy, late, at(121)));
  CHECK(told.verdict == Verdict::unknown);
  CHECK(told.reason == "overloaded");
  CHECK(shown_of(check.state) == Shown::up);
}

TEST_CASE("a new certificate is an event, one of several in turn is not") {
  Watched check;
  const auto show = [&](std::int64_t second, const std::string& fingerprint) {
    CheckResult result = result_at(at(second), Verdict::up);
    result.certificate = SeenCertificate{.sha256 = fingerprint};
    return check.note(step(check.state, check.policy, result, at(second))).certificate_was;
  };
  CHECK(!show(0, "a"));
  CHECK(!show(60, "a"));
  CHECK(show(120, "b") == "a");
  CHECK(!show(180, "a"));
  CHECK(!show(240, "b"));
  CHECK(show(300, "c") == "b");
  for (int i = 0; i < 6; ++i) show(360 + 60 * i, std::string(1, static_cast<char>('d' + i)));
  CHECK(check.state.certificates == std::vector<std::string>{"f", "g", "h", "i"});
}

TEST_CASE("heartbeats and composites are confirmed elsewhere, and a stored state comes back as it was") {
  Service service;
  service.fail_after = 7;
  service.interval = seconds{30};
  CHECK(policy_of(service).fail_after == 7);
  CHECK(policy_of(service).nodata_grace == seconds{65});
  service.type = ServiceType::push;
  CHECK(policy_of(service).fail_after == 1);
  CHECK(policy_of(service).recover_after == 1);

  Watched check({.fail_after = 2, .nodata_grace = hours{1}});
  check.get(0, Verdict::up);
  check.get(60, Verdict::down, "a \"quoted\" reason");
  const std::string text = encode_state(check.state);
  const auto back = decode_state(text);
  REQUIRE(back);
  CHECK(*back == check.state);
  for (std::size_t i = 0; i < text.size(); ++i) CHECK(!decode_state(text.substr(0, i)));
  std::string bent = text;
  bent.replace(bent.find("soft_down"), 9, "soft_up");  // without ever having been down
  CHECK(!decode_state(bent));
  CHECK(!decode_state("[]"));
}

TEST_CASE("the machine agrees with the model it was designed by") {
  std::ifstream file(MONITORIX_TEST_DATA "/checks/step_model.txt");
  REQUIRE(file);
  std::string line;
  std::optional<Watched> check;
  std::vector<std::string> log;
  int runs = 0, results = 0;
  WallTime now = kStart;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string first, verdict, phase;
    words >> first;
    if (first == "run") {
      CheckPolicy policy{.nodata_grace = hours{10'000}};
      words >> policy.fail_after >> policy.recover_after;
      check.emplace(policy);
      log.clear();
      now = kStart;
      ++runs;
    } else if (first == "log") {
      std::string expected;
      for (const std::string& entry : log) {
        words >> expected;
        CHECK(entry == expected);
      }
      CHECK(!(words >> expected));
    } else {
      std::uint64_t blips = 0;
      words >> verdict >> phase >> blips;
      const std::int64_t second = std::stoll(first);
      now = std::max(now, at(second));
      const auto as = verdict == "UP" ? Verdict::up : verdict == "DOWN" ? Verdict::down : Verdict::unknown;
      const Told told = check->note(step(check->state, check->policy, result_at(at(second), as), now));
      if (told.moved)
        log.push_back(std::to_string((told.moved->since - kStart) / seconds{1}) +
                      (told.moved->to == Shown::down ? ":DOWN" : ":UP"));
      std::string upper{name_of(check->state.phase)};
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      CHECK(upper == phase);
      CHECK(check->state.blips == blips);
      ++results;
    }
  }
  CHECK(runs == 40);
  CHECK(results > 6000);
}

}  // namespace monitorix::verdict
