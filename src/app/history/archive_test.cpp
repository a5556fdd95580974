#include "app/history/archive.h"

#include <doctest/doctest.h>

#include "app/history/sampler.h"
#include "app/testing/no_keeper.h"
#include "history/objects.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::app;
using namespace std::chrono_literals;

namespace {

/// Started 1.3 s after a tick of five seconds, with one row of a cluster's sum that was observed `after` the start.
struct House {
  ManualClock clock{from_seconds(1'700'000'000) + 1300ms};
  net::Loop loop{};
  net::WorkerPool pool{"background", 1, 8};
  Archive archive{std::make_unique<NoKeeper>(), clock};
  std::int64_t row_at{};

  explicit House(std::chrono::milliseconds after) {
    const WallTime observed = archive.started() + after;
    row_at = *TickGrid{}.next(observed);
    history::Row row;
    row.set(history::TotalColumn::members, 7);
    archive.recorder().record(1, history::kTotalSet, from_seconds(row_at), {{sum(observed), row}});
  }
  history::SeriesId sum(WallTime at) {
    return archive.recorder().series_for(history::SeriesKind::cluster, "cluster:1", history::kTotalSet, 10, at);
  }
  Result<std::int64_t> last_before_start() {
    return net::run_now(loop, archive.last_before_start(pool, *archive.recorder().find("cluster:1")));
  }
};

}  // namespace

TEST_CASE("a first row whose tick is before the start is not one of before it") {
  House house(100ms);
  REQUIRE(house.row_at < to_seconds(house.archive.started()));
  CHECK(house.last_before_start() == 0);
}

TEST_CASE("the last row before the start is found") {
  House house(-10s);
  CHECK(house.last_before_start() == house.row_at);
}
