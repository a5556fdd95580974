#include "verdict/timeline/uptime.h"

#include <doctest/doctest.h>

#include "verdict/timeline/bar.h"

namespace monitorix::verdict {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

WallTime at(std::int64_t second) { return WallTime{seconds{1'772'000'000 - 1'772'000'000 % 900 + second}}; }

Totals outside(std::int64_t up, std::int64_t degraded, std::int64_t down, std::int64_t unknown = 0) {
  Totals totals;
  totals.outside = {up, degraded, down, 0, unknown, 0};
  return totals;
}

}  // namespace

TEST_CASE("what is shown is cut and never rounded up, and only no downtime at all is 100 percent") {
  CHECK(truncated_percent({999'996, 1'000'000}, 3) == 99'999);
  CHECK(truncated_percent({999'996, 1'000'000}, 0) == 99);
  CHECK(truncated_percent({1, 1}, 3) == 100'000);
  const std::int64_t century = 3'155'760'000'000;
  CHECK(truncated_percent({century - 1, century}, 9) == 99'999'999'999);
  CHECK(truncated_percent({0, century}, 3) == 0);
  CHECK(truncated_ratio({999'999'999, 1'000'000'000}) == 0.999999);
  CHECK(truncated_ratio({7, 7}) == 1.0);
  CHECK(truncated_ratio({29, 100}, 2) == 0.29);
}

TEST_CASE("nothing to count is null, and degraded counts as the agreement says") {
  CHECK(!uptime(outside(0, 0, 0, 5000), {}));
  CHECK(!coverage({}));
  CHECK(uptime(outside(60, 30, 10), {}) == Share{90, 100});
  CHECK(uptime(outside(60, 30, 10), {.degraded_is_up = false}) == Share{60, 100});
  CHECK(is_insufficient(std::nullopt));
  CHECK(!is_coverage_worth_showing(Share{999, 1000}));
  CHECK(is_coverage_worth_showing(Share{998, 1000}));
  Totals paused = outside(900, 0, 0, 100);
  paused.outside[static_cast<std::size_t>(Shown::paused)] = 5000;
  CHECK(coverage(paused) == Share{900, 1000});
}

TEST_CASE("the error budget is what may still fail, and two windows together say that it burns fast") {
  const SlaPolicy policy;
  CHECK(error_budget(outside(86'400'000 - 20'000, 0, 20'000), policy, 999'000) == milliseconds{86'400 - 20'000});
  CHECK(error_budget(outside(0, 0, 1000), policy, 999'000) == milliseconds{1 - 1000});
  CHECK(burn_rate(outside(99, 0, 1), policy, 999'000).value() == doctest::Approx(10));
  CHECK(!burn_rate(outside(99, 0, 1), policy, 1'000'000));
  CHECK(!burn_rate({}, policy, 999'000));
  BurnWindows windows;
  CHECK(!burns_fast(windows, policy, 999'000));
  windows.hour = outside(980, 0, 20);
  CHECK(!burns_fast(windows, policy, 999'000));  // it was an hour ago: now all is well
  windows.five_minutes = outside(980, 0, 20);
  CHECK(burns_fast(windows, policy, 999'000));
  windows.five_minutes = outside(990, 0, 10);
  CHECK(!burns_fast(windows, policy, 999'000));
  windows.six_hours = windows.half_hour = outside(993, 0, 7);
  CHECK(burns_fast(windows, policy, 999'000));
}

TEST_CASE("an outage that nobody watched for a while is one, and maintenance is none") {
  const std::vector<Interval> timeline{{at(0), at(1000), Shown::up},          {at(1000), at(1100), Shown::down},
                                       {at(1100), at(1200), Shown::unknown},  {at(1200), at(1250), Shown::down},
                                       {at(1250), at(2000), Shown::up},       {at(2000), at(2050), Shown::down, true},
                                       {at(2050), at(3000), Shown::degraded}, {at(3000), at(3050), Shown::down}};
  const Repair repair = repairs_of(timeline);
  CHECK(repair.outages == 2);
  CHECK(repair.mean_to_repair == seconds{100});
  CHECK(repair.longest == seconds{150});
  CHECK(repair.mean_between_failures == seconds{(1000 + 750 + 950) / 2});
  CHECK(repairs_of({{at(0), at(10), Shown::up}}).outages == 0);
  CHECK(!repairs_of({{at(0), at(10), Shown::up}}).mean_to_repair);
}

TEST_CASE("a timeline is whole: gaps are unknown, and time before creation is not there") {
  const std::vector<Interval> recorded{{at(100), at(200), Shown::up}, {at(300), at(400), Shown::down}};
  CHECK(compose(recorded, {}, {at(0), at(500)}, at(50)) == std::vector<Interval>{{at(50), at(100), Shown::unknown},
                                                                                 {at(100), at(200), Shown::up},
                                                                                 {at(200), at(300), Shown::unknown},
                                                                                 {at(300), at(400), Shown::down},
                                                                                 {at(400), at(500), Shown::unknown}});
  CHECK(compose(recorded, {}, {at(150), at(160)}, at(0)) == std::vector<Interval>{{at(150), at(160), Shown::up}});
  CHECK(compose(recorded, {}, {at(0), at(500)}, at(600)).empty());
  const Overlays overlays{.maintenance = {{at(390), at(410)}}, .unreachable = {{at(350), at(360)}, {at(150), at(160)}}};
  CHECK(compose(recorded, overlays, {at(300), at(420)}, at(0)) ==
        std::vector<Interval>{{at(300), at(350), Shown::down},
                              {at(350), at(360), Shown::unreachable},
                              {at(360), at(390), Shown::down},
                              {at(390), at(400), Shown::down, true},
                              {at(400), at(410), Shown::unknown, true},
                              {at(410), at(420), Shown::unknown}});
}

TEST_CASE("the bar shows wall time: cells stand still, the worst colours, and nothing is nothing") {
  const Span span = bar_span(at(1000), minutes{15}, 4);
  CHECK(span == Span{at(900 - 2700), at(1800)});
  CHECK(bar_span(at(1799), minutes{15}, 4) == span);
  CHECK(bar_span(at(1800), minutes{15}, 4).end == at(2700));
  CHECK(bar_span(WallTime{milliseconds{-1}}, minutes{15}, 1).end == WallTime{});
  const std::vector<Interval> timeline{{at(-500), at(0), Shown::unknown},
                                       {at(0), at(890), Shown::up},
                                       {at(890), at(905), Shown::down},
                                       {at(905), at(1000), Shown::up, true}};
  const auto cells = bar(timeline, span, 4);
  REQUIRE(cells.size() == 4);
  CHECK(!cells[0].worst);
  CHECK(cells[1].worst == Shown::unknown);
  CHECK(cells[1].share == Share{500'000, 500'000});
  CHECK(cells[2].worst == Shown::down);
  CHECK(cells[2].share == Share{10'000, 900'000});
  CHECK(cells[3].worst == Shown::down);
  CHECK(cells[3].share == Share{5'000, 5'000});
  CHECK(!cells[3].in_maintenance);
  const auto quiet = bar({{at(0), at(900), Shown::down, true}}, {at(0), at(900)}, 1);
  CHECK(quiet[0].worst == Shown::down);
  CHECK(quiet[0].in_maintenance);
  CHECK(bar(timeline, span, 0).empty());
}

}  // namespace monitorix::verdict
