// What a result costs besides asking: step, histogram, buckets, the plan of checks. One core; median of seven rounds.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include "judging/bench_runner.h"
#include "poll/check_plan.h"
#include "poll/run_queue.h"
#include "verdict/cron.h"
#include "verdict/histogram.h"
#include "verdict/step.h"
#include "verdict/timeline/buckets.h"

namespace {

using namespace monitorix;
using namespace monitorix::verdict;
using namespace std::chrono_literals;

const WallTime kStart = from_ms(1'772'000'000'000);
std::uint64_t keep{0};  // results go here, so that no work is optimized away

/// Nanoseconds for each of `count` deeds, the median of seven rounds.
double cost(std::size_t count, const std::function<void()>& round) {
  std::vector<double> rounds;
  for (int i = 0; i < 7; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    round();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    rounds.push_back(took.count() / static_cast<double>(count));
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

void row(const char* what, double nanoseconds) { std::printf("| %s | %.1f |\n", what, nanoseconds); }

void bench_step() {
  constexpr std::size_t kChecks = 10'000, kTurns = 20;
  const CheckPolicy policy;
  for (const unsigned failing : {0U, 3U, 50U}) {
    std::mt19937_64 random(1);
    std::vector<CheckResult> results(kChecks);
    for (auto& one : results) {
      one.verdict = random() % 100 < failing ? Verdict::down : Verdict::up;
      one.reason = one.verdict == Verdict::down ? "conn_refused" : "ok";
    }
    std::vector<CheckState> states(kChecks, begin_check(kStart));
    WallTime now = kStart;
    const double each = cost(kChecks * kTurns, [&] {
      for (std::size_t turn = 0; turn < kTurns; ++turn) {
        now += 60s;
        for (std::size_t i = 0; i < kChecks; ++i) {
          CheckResult& result = results[(i + turn) % kChecks];
          result.scheduled_at = result.started_at = now;
          keep += step(states[i], policy, result, now).ended.size();
        }
      }
    });
    char text[80];
    std::snprintf(text, sizeof text, "step of the state machine, %u %% of results failed", failing);
    row(text, each);
  }
}

void bench_histogram() {
  std::mt19937_64 random(2);
  std::lognormal_distribution<double> times(9, 1);
  std::vector<std::int64_t> values(43'200);
  for (auto& one : values) one = static_cast<std::int64_t>(times(random));
  for (const std::size_t samples : {std::size_t{60}, std::size_t{1440}, std::size_t{43'200}}) {
    const std::size_t repeat = 432'000 / samples;
    Histogram last;
    const double each = cost(samples * repeat, [&] {
      for (std::size_t i = 0; i < repeat; ++i) {
        Histogram histogram;
        for (std::size_t j = 0; j < samples; ++j) histogram.add(values[(i * samples + j) % values.size()]);
        keep += histogram.is_empty() ? 0 : 1;
        last = std::move(histogram);
      }
    });
    char text[120];
    std::snprintf(text, sizeof text, "histogram, a sample of %zu (%zu bytes encoded)", samples, last.encode().size());
    row(text, each);
  }
}

void bench_scheduling() {
  constexpr std::int64_t kChecks = 10'000;
  poll::CheckPlan plan;
  poll::RunQueue queue({});
  SteadyTime now{1h};
  for (std::int64_t id = 1; id <= kChecks; ++id) plan.put(ServiceId{id}, {id, 60s, 10s}, now);
  std::vector<std::string> addresses;
  for (std::int64_t id = 0; id <= kChecks; ++id)
    addresses.push_back("10.0." + std::to_string(id / 250) + "." + std::to_string(id % 250));
  std::size_t starts = 0;
  std::vector<double> rounds;
  for (int i = 0; i < 7; ++i) {
    starts = 0;
    std::vector<poll::Waiting> running;
    const auto begin = std::chrono::steady_clock::now();
    for (const SteadyTime end = now + 60s; now < end; now += 6ms) {
      while (const auto due = plan.take(now))
        queue.enqueue({due->service, due->due, addresses[static_cast<std::size_t>(due->service.value)], true, false});
      for (const auto& one : running) {
        queue.finish(one);
        plan.ended(one.service, now, false);
      }
      running.clear();
      while (auto one = queue.start()) {
        running.push_back(std::move(*one));
        ++starts;
      }
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    rounds.push_back(took.count() / static_cast<double>(starts));
    for (const auto& one : running) queue.finish(one);
  }
  std::sort(rounds.begin(), rounds.end());
  row("plan and line, a start of 10,000 checks at 60 s", rounds[rounds.size() / 2]);
  const double edits = cost(kChecks, [&] {
    for (std::int64_t id = 1; id <= kChecks; ++id) plan.remove(ServiceId{id});
    for (std::int64_t id = 1; id <= kChecks; ++id) plan.put(ServiceId{id}, {id, 60s, 10s}, now);
  });
  row("a check paused and enabled", edits);
}

void bench_the_rest() {
  std::vector<Interval> recorded;
  WallTime at = kStart;
  for (int i = 0; i < 200; ++i) {
    append(recorded, {at, at + 10h, i % 2 == 0 ? Shown::up : Shown::down});
    at += 10h;
  }
  const Span window{kStart, kStart + 90 * 24h};
  row("90 days of buckets from 200 intervals",
      cost(1, [&] { keep += buckets_of(recorded, {}, window, kStart).size(); }));
  const auto cron = Cron::parse("30 4 1,15 * 5");
  row("next time of a cron expression", cost(1000, [&] {
        for (int i = 0; i < 1000; ++i) keep += static_cast<std::uint64_t>(to_ms(*cron->next(kStart + i * 1h, Zone())));
      }));
}

}  // namespace

int main() {
  std::printf("| what | ns each |\n|---|---:|\n");
  bench_step();
  bench_histogram();
  bench_scheduling();
  bench_the_rest();
  std::printf(
      "\n| a minute of | starts | most in 100 ms | p99 late, ms | us of processor a start | %% of a core |\n"
      "|---|---:|---:|---:|---:|---:|\n");
  bench::run_ten_thousand(bench::Paused::none);
  bench::run_ten_thousand(bench::Paused::forty_percent);
  return keep == 0 ? 1 : 0;
}
