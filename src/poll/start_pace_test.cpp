#include "poll/start_pace.h"

#include <doctest/doctest.h>
#include <vector>

using namespace monitorix;
using namespace monitorix::poll;
using namespace std::chrono_literals;

namespace {

std::size_t most_in_window(const std::vector<SteadyTime>& starts) {
  std::size_t most = 0, first = 0;
  for (std::size_t at = 0; at < starts.size(); ++at) {
    while (starts[at] - starts[first] >= StartPace::kWindow) ++first;
    most = std::max(most, at - first + 1);
  }
  return most;
}

}  // namespace

TEST_CASE("what was held up is caught up with little by little") {
  StartPace pace;
  pace.set_rate(10'000.0 / 60);
  constexpr std::size_t kDue = 17;
  SteadyTime now{1h};
  std::vector<SteadyTime> starts;
  // 300 wait and every 6 ms another one falls due.
  std::size_t waiting = 300;
  const SteadyTime begin = now;
  for (SteadyTime due = now; waiting > 0 && now - begin < 30s;) {
    while (due <= now) {
      ++waiting;
      due += 6ms;
    }
    while (waiting > 0 && pace.may_start(now)) {
      pace.note_start(now);
      starts.push_back(now);
      --waiting;
    }
    const SteadyTime next = pace.next(now);
    now = next > now ? next : due;
  }
  CHECK(waiting == 0);
  CHECK(now - begin < 6s);
  CHECK(most_in_window(starts) <= kDue + 8);
  CHECK(pace.most(now) == most_in_window(starts));
}

TEST_CASE("the most starts of a minute are forgotten two minutes later") {
  StartPace pace;
  pace.set_rate(1);
  SteadyTime now{1h};
  for (int at = 0; at < 5; ++at) pace.note_start(now);
  CHECK(pace.most(now) == 5);
  CHECK(pace.most(now + 70s) == 5);
  now += 140s;
  pace.note_start(now);
  CHECK(pace.most(now) == 1);
}

TEST_CASE("a start may always be asked for again when the window is over") {
  StartPace pace;
  pace.set_rate(0);
  const SteadyTime now{1h};
  for (std::size_t at = 0; at < StartPace::kMore; ++at) {
    CHECK(pace.next(now) == now);
    pace.note_start(now);
  }
  CHECK_FALSE(pace.may_start(now));
  CHECK(pace.next(now) == now + StartPace::kWindow);
  CHECK(pace.may_start(now + StartPace::kWindow));
}
