#include "judging/bench_runner.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <random>
#include <vector>

#include "poll/check_runner.h"

namespace monitorix::bench {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Service> service(std::int64_t id) {
  auto made = std::make_shared<Service>();
  made->id = ServiceId{id};
  made->ordinal = id;
  made->type = ServiceType::port;
  made->target = "host" + std::to_string(id);
  return made;
}

double processor_seconds() {
  std::timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

net::Task<std::shared_ptr<CheckResult>> empty_run() {
  co_await net::sleep_for(20ms);
  auto result = std::make_shared<CheckResult>();
  result->verdict = Verdict::up;
  co_return result;
}

net::Task<> stop_after(net::Loop* loop, std::chrono::milliseconds time) {
  co_await net::sleep_for(time);
  loop->stop();
}

}  // namespace

void run_ten_thousand(Paused paused) {
  net::Loop loop;
  const SystemClock clock;
  std::vector<SteadyTime> starts;
  std::vector<double> late;
  poll::CheckRunner runner(
      loop, clock,
      [&](std::shared_ptr<const Service>, WallTime scheduled_at) {
        starts.push_back(clock.steady());
        late.push_back(static_cast<double>((clock.wall() - scheduled_at).count()));
        return empty_run();
      },
      [](poll::CheckRunner::Kept, const std::shared_ptr<CheckResult>&) {
        return poll::Pace{false, true};
      });
  std::mt19937_64 random(4);
  for (std::int64_t id = 1; id <= 10'000; ++id) runner.put(service(id));
  std::size_t left = 10'000;
  if (paused == Paused::forty_percent)
    for (std::int64_t id = 1; id <= 10'000; ++id)
      if (random() % 10 < 4) runner.remove(ServiceId{id}), --left;
  const double before = processor_seconds();
  const auto time = 60s;
  loop.spawn("stop", stop_after(&loop, time));
  loop.run();
  const double used = processor_seconds() - before;
  runner.stop();
  std::size_t most = 0, first = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    while (starts[i] - starts[first] >= 100ms) ++first;
    most = std::max(most, i - first + 1);
  }
  std::sort(late.begin(), late.end());
  std::printf("| %zu checks at 60 s, %s | %zu | %zu (ideal %zu) | %.0f | %.1f | %.2f |\n", left,
              paused == Paused::none ? "none paused" : "40 % of 10,000 paused", starts.size(), most, (left + 599) / 600,
              late[late.size() * 99 / 100], used / static_cast<double>(starts.size()) * 1e6,
              used / std::chrono::duration<double>(time).count() * 100);
}

}  // namespace monitorix::bench
