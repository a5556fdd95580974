// What judging costs: evaluations of rules on one core, and a fleet whose 2,000 guests all fall at once, ten times.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include "alert/default_rules/default_rules.h"
#include "alert/engine.h"

namespace {

using namespace monitorix;
using namespace monitorix::alert;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kNodes = 40, kGuests = 2'000;
constexpr ChannelId kChannel{1};

Now at(std::int64_t ms) { return {RunTime{seconds{100'000} + milliseconds{ms}}, from_ms(1'700'000'000'000 + ms)}; }
Entity node(std::int64_t id) { return {EntityKind::node, id}; }
Entity guest(std::int64_t id) { return {EntityKind::guest, id}; }

State fleet() {
  State state;
  step(state, PutChannel{{.id = kChannel}}, at(0));
  step(state, PutRoute{{.id = RouteId{1}, .steps = {{.channels = {kChannel}}}, .is_default = true}}, at(0));
  for (const Rule& rule : default_rules()) step(state, PutRule{rule}, at(0));
  for (std::int64_t i = 1; i <= kNodes; ++i) {
    step(state, Placed{node(i), {.name = "pve"}, {}}, at(0));
    step(state, Report{.entity = node(i), .standing = Standing::up, .started = at(0).run}, at(0));
  }
  for (std::int64_t i = 1; i <= kGuests; ++i) {
    step(state, Placed{guest(i), {.name = "vm"}, {{{node(i % kNodes + 1)}}}}, at(0));
    step(state, Report{.entity = guest(i), .standing = Standing::up, .started = at(0).run}, at(0));
  }
  return state;
}

double seconds_of(const std::function<void()>& deed) {
  const auto begin = std::chrono::steady_clock::now();
  deed();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Samples of a fleet that is mostly well; `over` of 1,000 are beyond a threshold.
void bench_samples(int over) {
  State state = fleet();
  std::mt19937_64 random(1);
  std::vector<Event> events;
  std::size_t evaluations = 0;
  for (std::int64_t i = 1; i <= kGuests; ++i)
    for (const Metric metric : {Metric::cpu_ratio, Metric::memory_ratio, Metric::disk_ratio}) {
      const bool is_over = static_cast<int>(random() % 1000) < over;
      events.emplace_back(Sample{guest(i), metric, is_over ? 0.97 : static_cast<double>(random() % 70) / 100});
      const auto member = state.member_at.at(guest(i));
      evaluations += state.members[member].watchers[static_cast<std::size_t>(metric)].size();
    }
  std::vector<double> rates;
  std::int64_t now = 1000;
  for (int round = 0; round < 7; ++round) {
    constexpr int kTurns = 100;
    const double took = seconds_of([&] {
      for (int turn = 0; turn < kTurns; ++turn, now += 10'000)
        for (const Event& event : events) step(state, event, at(now));
    });
    rates.push_back(static_cast<double>(evaluations) * kTurns / took);
  }
  std::sort(rates.begin(), rates.end());
  std::printf("| evaluations a second, %d of 1,000 numbers too high | %.2f M |\n", over, rates[3] / 1e6);
}

void bench_storm() {
  State state = fleet();
  std::vector<std::int64_t> sent;
  double worst = 0, whole = 0;
  std::size_t lines = 0, digests = 0;
  std::int64_t now = 60'000;
  const auto take = [&](const Outcome& outcome) {
    for (const WantedMessage& message : outcome.wanted) {
      sent.push_back(now);
      lines += message.lines.size();
      digests += message.kind == TellingKind::digest;
    }
  };
  const auto advance_to = [&](std::int64_t end) {
    for (; now < end; now += 1000) take(advance(state, at(now)));
  };
  for (int turn = 0; turn < 20; ++turn) {
    const Standing standing = turn % 2 == 0 ? Standing::down : Standing::up;
    const double took = seconds_of([&] {
      for (std::int64_t i = 1; i <= kGuests; ++i)
        take(step(state, Report{.entity = guest(i), .standing = standing, .started = at(now).run}, at(now)));
      advance_to(now + 60'000);
    });
    worst = std::max(worst, took);
    whole += took;
  }
  advance_to(now + 7'200'000);
  std::size_t most = 0;
  for (std::size_t i = 0; i < sent.size(); ++i)
    most = std::max(most,
                    static_cast<std::size_t>(std::count_if(sent.begin(), sent.begin() + static_cast<long>(i) + 1,
                                                           [&](std::int64_t one) { return one > sent[i] - 60'000; })));
  std::printf("| 2,000 guests down at once, and up again, ten times: the longest minute of it, ms | %.0f |\n",
              worst * 1e3);
  std::printf("| all twenty minutes of it, ms | %.0f |\n", whole * 1e3);
  std::printf("| messages to the channel in any minute, at most | %zu |\n", most);
  std::printf("| messages altogether, %zu of them digests, with %zu lines | %zu |\n", digests, lines, sent.size());
}

}  // namespace

int main() {
  std::printf("| what | |\n|---|---:|\n");
  bench_samples(0);
  bench_samples(10);
  bench_samples(200);
  bench_storm();
  return 0;
}
