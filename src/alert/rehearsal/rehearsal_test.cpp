#include "alert/rehearsal/rehearsal.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

namespace monitorix::alert {
namespace {

using namespace std::chrono_literals;

constexpr Entity kGuest{EntityKind::guest, 7};
const WallTime kBegin = from_ms(1'700'000'000'000);

Rule busy() {
  Rule rule{.name = "busy", .kind = RuleKind::metric, .metric = Metric::cpu_ratio, .comparison = Comparison::at_least};
  rule.levels = {{.severity = Severity::warning, .threshold = 0.8, .clear = 0.7},
                 {.severity = Severity::critical, .threshold = 0.95, .clear = 0.9, .confirm_for = 60s}};
  rule.confirm_for = 300s;
  rule.keep_for = 120s;
  return rule;
}

/// `value` each ten seconds from `from` up to `to`, seconds after the begin.
void hold(Rehearsal& rehearsal, int from, int to, double value) {
  for (int second = from; second < to; second += 10) rehearsal.take(kBegin + std::chrono::seconds{second}, value);
}

}  // namespace

TEST_CASE("what holds long enough is one episode, with its worst level and value; what does not is none") {
  Rehearsal rehearsal(busy(), kGuest, {}, kBegin);
  REQUIRE(rehearsal.is_watched());
  hold(rehearsal, 0, 300, 0.2);
  hold(rehearsal, 300, 590, 0.85);  // ten seconds short of it
  hold(rehearsal, 590, 900, 0.2);
  CHECK(rehearsal.episodes().empty());
  CHECK(rehearsal.is_calm());
  hold(rehearsal, 900, 1300, 0.85);
  hold(rehearsal, 1300, 1400, 0.97);
  CHECK(!rehearsal.is_calm());
  hold(rehearsal, 1400, 1450, 0.75);  // between both thresholds: it stays
  hold(rehearsal, 1450, 1500, 0.2);   // not long enough to be over
  hold(rehearsal, 1500, 1600, 0.85);
  hold(rehearsal, 1600, 2000, 0.2);
  REQUIRE(rehearsal.episodes().size() == 1);
  const Episode& one = rehearsal.episodes().front();
  CHECK(one.severity == Severity::critical);
  CHECK(one.began == kBegin + 1200s);
  CHECK(one.ended == kBegin + 1720s);
  CHECK(one.peak == 0.97);
  hold(rehearsal, 2000, 2400, 0.9);
  REQUIRE(rehearsal.episodes().size() == 2);
  CHECK(!rehearsal.episodes().back().ended);
}

TEST_CASE("what was unknown, or not looked at, counts for nothing") {
  Rehearsal rehearsal(busy(), kGuest, {}, kBegin);
  hold(rehearsal, 0, 200, 0.85);
  for (int second = 200; second < 500; second += 10) rehearsal.take(kBegin + std::chrono::seconds{second}, {});
  hold(rehearsal, 500, 590, 0.85);
  CHECK(rehearsal.episodes().empty());
  hold(rehearsal, 3600, 3690, 0.85);
  REQUIRE(rehearsal.episodes().size() == 1);
}

TEST_CASE("an exception takes its objects out, and another threshold goes by its own") {
  Rule rule = busy();
  rule.exceptions = {{.where = {.tags = {"quiet"}}, .is_off = true},
                     {.where = {.tags = {"weak"}}, .levels = {{.severity = Severity::warning, .threshold = 0.3}}}};
  CHECK(!Rehearsal(rule, kGuest, {.tags = {"quiet"}}, kBegin).is_watched());
  Rehearsal weak(rule, kGuest, {.tags = {"weak"}}, kBegin);
  CHECK(weak.is_near(0.29));
  CHECK(!weak.is_near(0.27));
  CHECK(!Rehearsal(rule, kGuest, {}, kBegin).is_near(0.6));
  hold(weak, 0, 400, 0.4);
  CHECK(weak.episodes().size() == 1);
}

TEST_CASE("it says what the engine says of the same samples, and hours that are calm may be left out") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Rule rule = busy();
    rule.comparison = seed % 2 == 0 ? Comparison::below : Comparison::above;
    if (seed % 2 == 0)
      rule.levels = {{.severity = Severity::warning, .threshold = 0.2},
                     {.severity = Severity::critical, .threshold = 0.1}};
    rule.confirm_for = std::chrono::seconds{random() % 400};
    rule.keep_for = std::chrono::seconds{random() % 200};
    rule.min_delta = 0.02;
    Rehearsal whole(rule, kGuest, {}, kBegin), sparing(rule, kGuest, {}, kBegin);
    State engine;
    Now now{RunTime{1000s}, kBegin};
    rule.id = RuleId{1};
    step(engine, PutRule{rule}, now);
    step(engine, Placed{kGuest, {}, {}}, now);
    std::vector<WallTime> fired;
    bool was_firing = false;
    const auto look = [&] {
      const bool is_firing = std::ranges::any_of(engine.alerts, [](const auto& one) {
        return one.second.row.state == AlertState::firing || one.second.row.state == AlertState::recovering;
      });
      if (is_firing && !std::exchange(was_firing, is_firing)) fired.push_back(now.wall);
      was_firing = is_firing;
    };
    double value = 0.5;
    for (int i = 0; i < 20'000; ++i) {
      now.run += 10s;
      now.wall += 10s;
      value += (static_cast<double>(random() % 2001) - 1000) / 10'000 + (0.5 - value) / 40;
      const auto told = random() % 50 == 0 ? std::nullopt : std::optional(value);
      advance(engine, now);
      look();
      step(engine, Sample{kGuest, Metric::cpu_ratio, told}, now);
      look();
      whole.take(now.wall, told);
      if (!told || sparing.is_near(*told) || !sparing.is_calm()) sparing.take(now.wall, told);
    }
    REQUIRE(!fired.empty());
    REQUIRE(whole.episodes().size() == fired.size());
    for (std::size_t i = 0; i < fired.size(); ++i) CHECK(whole.episodes()[i].began == fired[i]);
    REQUIRE(sparing.episodes().size() == whole.episodes().size());
    for (std::size_t i = 0; i < whole.episodes().size(); ++i) {
      CHECK(sparing.episodes()[i].began == whole.episodes()[i].began);
      CHECK(sparing.episodes()[i].ended == whole.episodes()[i].ended);
      CHECK(sparing.episodes()[i].peak == whole.episodes()[i].peak);
    }
  }
}

}  // namespace monitorix::alert
