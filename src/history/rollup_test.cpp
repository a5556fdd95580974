#include "history/rollup.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

#include "history/rate.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kStart = 1'780'876'800;
constexpr std::size_t kCpu = 1, kMem = 2, kNetIn = 6, kUptime = 10, kState = 11;

Rows rows_of(const std::vector<TimedRow>& list, unsigned set = kGuestSet) {
  Rows rows(set);
  for (const TimedRow& one : list) push_row(rows, one.t, one.row);
  settle(rows);
  return rows;
}
TimedRow at(std::int64_t offset, std::vector<std::pair<std::size_t, std::int64_t>> values) {
  TimedRow out{kStart + offset, {}};
  for (const auto& [column, value] : values) out.row.set(column, value);
  return out;
}
std::int64_t value(const Rows& rows, std::size_t raw, Part part, std::size_t row) {
  const std::size_t column = rollup_column(rows.set, raw, part);
  REQUIRE(column != 0);
  REQUIRE(rows.columns[column].has(row));
  return rows.columns[column].values[row];
}
bool is_known(const Rows& rows, std::size_t raw, Part part, std::size_t row) {
  return rows.columns[rollup_column(rows.set, raw, part)].has(row);
}

// A guest that lives: restarts, stops, silences, counters in whole KiB so that rollups are exact.
Rows living_guest(std::mt19937_64& random, std::size_t ticks) {
  Rows rows(kGuestSet);
  std::int64_t net = 0, uptime = 100, t = kStart;
  for (std::size_t i = 0; i < ticks; ++i) {
    t += 10;
    uptime += 10;
    if (random() % 100 == 0) t += static_cast<std::int64_t>(random() % 200) * 10;
    Row row;
    row.set(kState, 0);
    if (random() % 60 == 0) {
      row.set(kState, 3);
      net = uptime = 0;
    } else {
      net += 1024 * static_cast<std::int64_t>(random() % 1000) * 10;
      row.set(kCpu, static_cast<std::int64_t>(random() % 100'000));
      row.set(kMem, 1024 * static_cast<std::int64_t>(random() % 1'000'000));
      row.set(kNetIn, net);
      row.set(kUptime, uptime);
    }
    push_row(rows, t, row);
  }
  settle(rows);
  return rows;
}

}  // namespace

TEST_CASE("a counter's growth is never negative, never a spike, and unknown where nobody can know it") {
  CHECK(counter_growth(100, 150, 10) == 50);
  CHECK(counter_growth(100, 100, 10) == 0);
  CHECK(!counter_growth(100, 99, 10));
  CHECK(!counter_growth(-1, 5, 10));
  CHECK(!counter_growth(100, 150, 0));
  CHECK(!counter_growth(100, 150, kLongestInterval + 1));
  CHECK(!counter_growth(0, INT64_MAX, 10));
  CHECK(!began_anew({}, 5, 10));
  CHECK(!began_anew(100, 110, 10));
  CHECK(!began_anew(100, 100, 10));  // an answer that was 10 s old
  CHECK(began_anew(100, 3, 10));
  CHECK(began_anew(1000, 1020, 300));  // restarted in between, and already past its old uptime
  CHECK(began_anew(INT64_MAX, 5, 10));
  const TimedRow before = at(0, {{kNetIn, 1000}, {kUptime, 5000}});
  CHECK(growth_between(kGuestSet, kNetIn, before, at(10, {{kNetIn, 4000}, {kUptime, 5010}})) == 3000);
  CHECK(!growth_between(kGuestSet, kNetIn, before, at(10, {{kNetIn, 900'000}, {kUptime, 4}})));  // the spike
  CHECK(!growth_between(kGuestSet, kNetIn, before, at(10, {{kUptime, 5010}})));
}

TEST_CASE("five minutes keep the smallest, the average and the largest, bytes and their rates") {
  const Rows five = roll_up_raw(rows_of({at(0, {{kCpu, 10}, {kMem, 2048}, {kNetIn, 0}, {kState, 0}}),
                                         at(10, {{kCpu, 20}, {kMem, 4096}, {kNetIn, 10'240}, {kState, 0}}),
                                         at(20, {{kCpu, 60}, {kNetIn, 51'200}, {kState, 1}}), at(300, {{kState, 3}})}),
                                std::nullopt);
  REQUIRE(five.size() == 2);
  CHECK(five.t()[0] == kStart);
  CHECK(five.t()[1] == kStart + 300);
  CHECK(five.columns[1].values == std::vector<std::int64_t>{3, 1});
  CHECK(value(five, kCpu, Part::min, 0) == 10);
  CHECK(value(five, kCpu, Part::avg, 0) == 30);
  CHECK(value(five, kCpu, Part::max, 0) == 60);
  CHECK(value(five, kMem, Part::avg, 0) == 3);
  CHECK(value(five, kNetIn, Part::sum, 0) == 50);
  CHECK(value(five, kNetIn, Part::rate_min, 0) == 1);
  CHECK(value(five, kNetIn, Part::rate_max, 0) == 4);
  CHECK(five.columns[2].values[0] == 20);
  CHECK(value(five, kState, Part::worst, 0) == 1);
  CHECK(value(five, kState, Part::up, 0) == 10);
  CHECK(!is_known(five, kCpu, Part::avg, 1));
  CHECK(!is_known(five, kNetIn, Part::sum, 1));
}

TEST_CASE("a reading that is only repeated has no rate, and the next one counts from when it was new") {
  const Rows raw = rows_of({at(0, {{kNetIn, 0}, {kUptime, 100}}), at(10, {{kNetIn, 0}, {kUptime, 100}}),
                            at(20, {{kNetIn, 40'960}, {kUptime, 120}}), at(30, {{kNetIn, 40'960}, {kUptime, 120}}),
                            at(40, {{kNetIn, 81'920}, {kUptime, 140}})});
  const Rows fine = roll_up_raw(raw, std::nullopt);
  CHECK(value(fine, kNetIn, Part::sum, 0) == 80);
  CHECK(value(fine, kNetIn, Part::rate_min, 0) == 2);
  CHECK(value(fine, kNetIn, Part::rate_max, 0) == 2);
  CHECK(fine.columns[2].values[0] == 40);
}

TEST_CASE("an answer that came late makes no spike: the guest's own clock says how long it took") {
  const Rows raw = rows_of({at(0, {{kNetIn, 0}, {kUptime, 100}}), at(10, {{kNetIn, 30'720}, {kUptime, 115}}),
                            at(20, {{kNetIn, 40'960}, {kUptime, 120}}), at(30, {{kNetIn, 61'440}, {kUptime, 130}})});
  const Rows fine = roll_up_raw(raw, std::nullopt);
  CHECK(value(fine, kNetIn, Part::sum, 0) == 60);
  CHECK(value(fine, kNetIn, Part::rate_min, 0) == 2);
  CHECK(value(fine, kNetIn, Part::rate_max, 0) == 2);
}

TEST_CASE("growth across the hour's boundary belongs to the later sample's bucket, once") {
  const TimedRow before = at(-10, {{kNetIn, 0}});
  const Rows raw = rows_of({at(0, {{kNetIn, 20'480}})});
  CHECK(value(roll_up_raw(raw, before), kNetIn, Part::sum, 0) == 20);
  CHECK(!is_known(roll_up_raw(raw, std::nullopt), kNetIn, Part::sum, 0));
}

TEST_CASE("at every zoom the bytes add up to the same, and the largest of the largest is the largest sample") {
  const std::uint64_t seed = 77;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int turn = 0; turn < 30; ++turn) {
    const Rows raw = living_guest(random, 100 + random() % 3000);
    std::int64_t bytes = 0, largest = INT64_MIN, smallest = INT64_MAX;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw.columns[kCpu].has(i)) largest = std::max(largest, raw.columns[kCpu].values[i]);
      if (raw.columns[kCpu].has(i)) smallest = std::min(smallest, raw.columns[kCpu].values[i]);
      if (i == 0) continue;
      const auto growth =
          growth_between(kGuestSet, kNetIn, {raw.t()[i - 1], row_of(raw, i - 1)}, {raw.t()[i], row_of(raw, i)});
      if (growth) bytes += *growth;
      if (growth) CHECK(*growth <= 1024 * 1000 * 10);
    }
    const Rows fine = roll_up_raw(raw, std::nullopt), coarse = roll_up_fine(fine);
    for (const Rows* rolled : {&fine, &coarse}) {
      std::int64_t sum = 0, samples = 0, top = INT64_MIN, bottom = INT64_MAX;
      for (std::size_t i = 0; i < rolled->size(); ++i) {
        samples += rolled->columns[1].values[i];
        if (is_known(*rolled, kNetIn, Part::sum, i)) sum += value(*rolled, kNetIn, Part::sum, i);
        if (!is_known(*rolled, kCpu, Part::max, i)) continue;
        top = std::max(top, value(*rolled, kCpu, Part::max, i));
        bottom = std::min(bottom, value(*rolled, kCpu, Part::min, i));
        CHECK(value(*rolled, kCpu, Part::avg, i) <= value(*rolled, kCpu, Part::max, i));
        CHECK(value(*rolled, kCpu, Part::avg, i) >= value(*rolled, kCpu, Part::min, i));
      }
      CHECK(sum * 1024 == bytes);
      CHECK(top == largest);
      CHECK(bottom == smallest);
      CHECK(samples == static_cast<std::int64_t>(raw.size()));
    }
  }
}

TEST_CASE("merging keeps every time once, and the preferred row where both have one") {
  const Rows kept = rows_of({at(0, {{kCpu, 1}}), at(20, {{kCpu, 2}})});
  const Rows incoming = rows_of({at(10, {{kCpu, 8}}), at(20, {{kMem, 9}}), at(30, {{kCpu, 7}})});
  const Rows ours = merge_rows(kept, incoming, Precedence::kept);
  CHECK(ours == rows_of({at(0, {{kCpu, 1}}), at(10, {{kCpu, 8}}), at(20, {{kCpu, 2}}), at(30, {{kCpu, 7}})}));
  CHECK(merge_rows(ours, incoming, Precedence::kept) == ours);
  const Rows theirs = merge_rows(kept, incoming, Precedence::incoming);
  CHECK(!theirs.columns[kCpu].has(2));
  CHECK(theirs.columns[kMem].has(2));
  CHECK(slice(ours, kStart + 10, kStart + 30) == rows_of({at(10, {{kCpu, 8}}), at(20, {{kCpu, 2}})}));
  CHECK(slice(ours, kStart + 11, kStart + 12).empty());
}

TEST_CASE("checks in milliseconds are summed up by the same clock") {
  Rows raw(kCheckSet);
  for (std::int64_t i = 0; i < 40; ++i) {
    Row row;
    row.set(1, i == 35 ? 5 : 0);
    row.set(2, 100 + i);
    push_row(raw, kStart * 1000 + i * 10'007, row);
  }
  settle(raw);
  const Rows five = roll_up_raw(raw, std::nullopt);
  REQUIRE(five.size() == 2);
  CHECK(five.t()[1] == kStart + 300);
  CHECK(five.columns[1].values == std::vector<std::int64_t>{30, 10});
  CHECK(value(five, 1, Part::worst, 1) == 5);
  CHECK(value(five, 2, Part::max, 0) == 129);
}

}  // namespace monitorix::history
