#include "history/head.h"

#include <cmath>
#include <doctest/doctest.h>
#include <random>

namespace monitorix::history {
namespace {

Row random_row(std::mt19937_64& random) {
  Row row;
  for (std::size_t c = 1; c < 12; ++c) {
    if (random() % 5 == 0) continue;
    row.set(c, random() % 30 == 0  ? static_cast<std::int64_t>(random())
               : random() % 2 == 0 ? 4096 * static_cast<std::int64_t>(random() % 99)
                                   : static_cast<std::int64_t>(random() % 1000));
  }
  return row;
}

}  // namespace

TEST_CASE("an open hour gives back every row as it came, with its gaps") {
  const std::uint64_t seed = 41;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int turn = 0; turn < 200; ++turn) {
    HourHead head(kGuestSet);
    std::vector<TimedRow> given;
    std::int64_t t = static_cast<std::int64_t>(random() % 2'000'000'000);
    for (std::size_t i = random() % 100; i > 0; --i) {
      t += random() % 4 == 0 ? 1 + static_cast<std::int64_t>(random() % 60) : 10;
      given.push_back({t, random_row(random)});
      REQUIRE(head.append(t, given.back().row));
    }
    const Rows rows = head.rows();
    REQUIRE(rows.size() == given.size());
    CHECK(head.size() == given.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      CHECK(rows.t()[i] == given[i].t);
      CHECK(row_of(rows, i) == given[i].row);
    }
    if (!given.empty()) CHECK(head.last_row() == given.back().row);
  }
}

TEST_CASE("a window of an open hour holds the rows of that window and no others") {
  const std::uint64_t seed = 43;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  HourHead head(kGuestSet);
  std::vector<TimedRow> given;
  for (std::int64_t t = 1'000; given.size() < 400; t += 10) {
    given.push_back({t, random_row(random)});
    REQUIRE(head.append(t, given.back().row));
  }
  for (int turn = 0; turn < 300; ++turn) {
    const auto from = static_cast<std::int64_t>(900 + random() % 4'500);
    const auto to = from + static_cast<std::int64_t>(random() % 3'000);
    Rows rows(kGuestSet);
    head.add_rows(from, to, rows);
    settle(rows);
    std::size_t at = 0;
    for (const TimedRow& one : given) {
      if (one.t < from || one.t >= to) continue;
      REQUIRE(at < rows.size());
      CHECK(rows.t()[at] == one.t);
      CHECK(row_of(rows, at) == one.row);
      ++at;
    }
    CHECK(rows.size() == at);
  }
}

TEST_CASE("a row that is not later than the last is refused and changes nothing") {
  HourHead head(kGuestSet);
  Row row;
  row.set(1, 5);
  CHECK(head.append(100, row));
  CHECK(!head.append(100, row));
  CHECK(!head.append(99, row));
  CHECK(head.size() == 1);
  CHECK(!HourHead(31).append(1, row));
}

TEST_CASE("a head holds no more rows than a chunk") {
  HourHead head(kStorageSet);
  for (std::int64_t t = 0; t < static_cast<std::int64_t>(kMostRows); ++t) REQUIRE(head.append(t, Row{}));
  CHECK(!head.append(static_cast<std::int64_t>(kMostRows), Row{}));
}

TEST_CASE("values are rounded to their quantum, and what is no number is unknown") {
  const Column cpu = raw_columns(kGuestSet)[1];
  CHECK(quantised(cpu, 0.123456) == 12346);
  CHECK(quantised(cpu, 0.0) == 0);
  CHECK(!quantised(cpu, std::nan("")));
  CHECK(!quantised(cpu, 1e300));
}

TEST_CASE("columns that nobody asked for stay unknown, those asked for are as they were") {
  HourHead head(kGuestSet);
  Row row;
  for (std::int64_t i = 0; i < 200; ++i) {
    row.set(GuestColumn::cpu, i * 3);
    row.set(GuestColumn::memory, i * 4096);
    if (i == 100) row.known &= ~(1u << GuestColumn::cpu);
    REQUIRE(head.append(1'000 + i * 10, row));
  }
  const Rows all = head.rows();
  Rows some(kGuestSet);
  head.add_rows(INT64_MIN, INT64_MAX, some, 1u << GuestColumn::cpu);
  settle(some);
  CHECK(some.t() == all.t());
  CHECK(some.columns[GuestColumn::cpu] == all.columns[GuestColumn::cpu]);
  CHECK(some.columns[GuestColumn::memory].values.empty());
  CHECK(!all.columns[GuestColumn::memory].values.empty());
}

TEST_CASE("rows come back whole from any window, whatever was unknown") {
  std::uint64_t seed = 20'261'127;
  const auto dice = [&](std::uint64_t sides) {
    seed = seed * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return (seed >> 33) % sides;
  };
  for (int round = 0; round < 60; ++round) {
    HourHead head(kGuestSet);
    Rows expected(kGuestSet);
    std::int64_t t = 1'000'000;
    Row row;
    const std::uint64_t length = 1 + dice(300);
    for (std::uint64_t i = 0; i < length; ++i) {
      t += 1 + static_cast<std::int64_t>(dice(20));
      row.known = 0;
      for (std::size_t c = 1; c < column_count(kGuestSet); ++c)
        if (dice(10) != 0) row.set(c, static_cast<std::int64_t>(dice(1u << 30)) * (c == 2 ? 4096 : 1));
      REQUIRE(head.append(t, row));
      push_row(expected, t, row);
    }
    settle(expected);
    CHECK(head.rows() == expected);
    for (int question = 0; question < 10; ++question) {
      const std::int64_t from = 1'000'000 + static_cast<std::int64_t>(dice(6'000));
      const std::int64_t to = from + static_cast<std::int64_t>(dice(3'000));
      Rows some(kGuestSet), wanted(kGuestSet);
      head.add_rows(from, to, some);
      settle(some);
      for (std::size_t i = 0; i < expected.size(); ++i)
        if (expected.t()[i] >= from && expected.t()[i] < to) push_row(wanted, expected.t()[i], row_of(expected, i));
      settle(wanted);
      CHECK(some == wanted);
    }
  }
}

}  // namespace monitorix::history
