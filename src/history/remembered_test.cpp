#include "history/remembered.h"

#include <doctest/doctest.h>

#include "history/points.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kStart = 1'780'876'800;  // a midnight
constexpr std::int64_t kLater = kStart + 400 * kDaySeconds;
constexpr double kNobody = std::numeric_limits<double>::quiet_NaN();

std::vector<PastRow> frame(std::int64_t step, std::size_t count, double cpu, double net = kNobody) {
  std::vector<PastRow> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].time = kStart + static_cast<std::int64_t>(i) * step;
    out[i][PastField::cpu] = cpu;
    out[i][PastField::net_in] = net;
  }
  return out;
}
std::optional<std::int64_t> at(const Rows& rows, std::string_view column, Part part, std::size_t row) {
  const auto raw = column_named(rows.set - kRollupOffset, column);
  REQUIRE(raw);
  const Cells& cells = rows.columns[rollup_column(rows.set, *raw, part)];
  return cells.has(row) ? std::optional(cells.values[row]) : std::nullopt;
}

}  // namespace

TEST_CASE("minutes become rows of five, with the largest of the maxima and no smallest") {
  auto average = frame(60, 10, 0.10, 2048), maximum = frame(60, 10, 0.2, 4096);
  average[1][PastField::cpu] = 0.20;
  maximum[3][PastField::cpu] = 0.9;
  const Remembered all = remembered(kGuestSet, average, maximum, kLater);
  CHECK(all.coarse.empty());
  REQUIRE(all.fine.size() == 2);
  CHECK(all.fine.t()[1] == kStart + 300);
  CHECK(at(all.fine, "cpu", Part::avg, 0) == 12'000);
  CHECK(at(all.fine, "cpu", Part::max, 0) == 90'000);
  CHECK(at(all.fine, "cpu", Part::max, 1) == 20'000);
  CHECK(at(all.fine, "cpu", Part::min, 0) == std::nullopt);
  CHECK(at(all.fine, "netin", Part::sum, 0) == 600);  // 2 KiB/s for 300 s
  CHECK(at(all.fine, "netin", Part::rate_max, 0) == 4);
  CHECK(at(all.fine, "status", Part::worst, 0) == std::nullopt);
  CHECK(all.fine.columns[2].values[0] == 300);
}

TEST_CASE("half hours become hours, and a longer interval speaks for each of its hours") {
  auto halves = frame(1800, 4, 0.1);
  halves[1][PastField::cpu] = 0.3;
  const Remembered hours = remembered(kGuestSet, halves, {}, kLater);
  REQUIRE(hours.coarse.size() == 2);
  CHECK(at(hours.coarse, "cpu", Part::avg, 0) == 20'000);
  CHECK(at(hours.coarse, "cpu", Part::max, 0) == std::nullopt);
  const Remembered weeks = remembered(kGuestSet, frame(604'800, 3, 0.25, 1024), {}, kLater);
  REQUIRE(weeks.coarse.size() == 3 * 168);
  CHECK(at(weeks.coarse, "cpu", Part::avg, 167) == 25'000);
  CHECK(at(weeks.coarse, "netin", Part::sum, 500) == 3600);
}

TEST_CASE("what is still open, unknown or out of time is left out") {
  CHECK(remembered(kGuestSet, frame(1800, 4, kNobody), {}, kLater).coarse.empty());
  CHECK(remembered(kGuestSet, frame(3600, 4, 0.1), {}, kStart + 2 * 3600).coarse.size() == 2);
  CHECK(remembered(kGuestSet, frame(60, 1, 0.1), {}, kLater).fine.empty());  // one row alone has no length
  CHECK(remembered(kGuestSet, {}, frame(60, 9, 0.1), kLater).fine.empty());
}

TEST_CASE("a cluster that was upgraded answers with coarse rows first: the finer ones win where both speak") {
  std::vector<PastRow> rows = frame(21'600, 3, 0.5);
  for (const PastRow& row : frame(1800, 12, 0.1)) {
    PastRow later = row;
    later.time += 2 * 21'600 + 1800;
    rows.push_back(later);
  }
  const Remembered all = remembered(kGuestSet, rows, {}, kLater);
  CHECK(at(all.coarse, "cpu", Part::avg, 0) == 50'000);
  CHECK(at(all.coarse, "cpu", Part::avg, all.coarse.size() - 2) == 10'000);
}

TEST_CASE("a hole is filled by a coarser row only where a whole span of it is unknown") {
  const Plan plan{600, kStart, kStart + 4 * 3600, Resolution::fine};
  std::vector<Point> points(plan.count());
  for (std::size_t i = 0; i < points.size(); ++i) points[i].t = plan.from + static_cast<std::int64_t>(i) * plan.step;
  points[7] = {points[7].t, 0.7, 0.7, 0.7};  // in the second hour
  CHECK(has_hole(plan, points, 3600));
  const Rows hours = remembered(kGuestSet, frame(3600, 3, 0.1), frame(3600, 3, 0.4), kLater).coarse;
  fill_from(plan, hours, 3600, GuestColumn::cpu, points);
  CHECK(points[0].average == doctest::Approx(0.1));
  CHECK(points[5].maximum == doctest::Approx(0.4));
  CHECK(std::isnan(points[5].minimum));
  CHECK(points[6].is_gap());  // ten minutes of an hour in which we were there
  CHECK(points[7].average == 0.7);
  CHECK(points[12].average == doctest::Approx(0.1));
  CHECK(points[18].is_gap());  // nobody knows
}

TEST_CASE("samples of another program become rows of five minutes and hours that know no state") {
  std::vector<ForeignSample> samples;
  for (int minute = 9; minute >= 0; --minute) {
    samples.push_back({kStart + minute * 60, GuestColumn::cpu, minute < 5 ? 0.1 : 0.3});
    samples.push_back({kStart + minute * 60, GuestColumn::memory, 1024.0 * (minute + 1)});
  }
  samples.push_back({kStart, GuestColumn::cpu, kNobody});
  const Remembered all = rolled_up(kGuestSet, samples);
  REQUIRE(all.fine.size() == 2);
  CHECK(at(all.fine, "cpu", Part::avg, 0) == 10'000);
  CHECK(at(all.fine, "cpu", Part::avg, 1) == 30'000);
  CHECK(at(all.fine, "mem", Part::min, 0) == 1);
  CHECK(at(all.fine, "mem", Part::max, 1) == 10);
  CHECK(at(all.fine, "status", Part::worst, 0) == std::nullopt);
  REQUIRE(all.coarse.size() == 1);
  CHECK(at(all.coarse, "cpu", Part::avg, 0) == 20'000);
  CHECK(all.coarse.columns[1].values[0] == 10);
  CHECK(rolled_up(kNodeSet, {}).fine.empty());
}

}  // namespace monitorix::history
