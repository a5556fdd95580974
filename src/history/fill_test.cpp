#include "history/fill.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "history/rate.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kHour = 1'700'000'000 / 3600 * 3600;

/// What a guest that started at kHour - 1000 says of itself: everything follows from its uptime.
Row guest(std::int64_t uptime, std::int64_t rate = 500) {
  Row row;
  row.set(GuestColumn::cpu, uptime % 97);
  row.set(GuestColumn::net_in, uptime * rate);
  row.set(GuestColumn::uptime, uptime);
  row.set(GuestColumn::status, 0);
  return row;
}

/// pvestatd looks four seconds after each full ten.
Rows looked_at(std::int64_t from, std::int64_t to, std::int64_t clock_off = 0) {
  Rows rows(kGuestSet);
  for (std::int64_t t = from / 10 * 10 + 4; t < to; t += 10) push_row(rows, t + clock_off, guest(t - kHour + 1000));
  settle(rows);
  return rows;
}

/// A poll at `t` tells the newest of these.
void poll(Rows& rows, std::int64_t t) { push_row(rows, t, guest((t - 4) / 10 * 10 + 4 - kHour + 1000)); }

std::vector<std::int64_t> uptimes(const Rows& rows) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(row_of(rows, i).values[GuestColumn::uptime]);
  return out;
}

}  // namespace

TEST_CASE("between polls every half minute stand the rows that a poll every ten seconds would have recorded") {
  Rows polled(kGuestSet), expected(kGuestSet);
  for (std::int64_t t = kHour + 7; t < kHour + 600; t += 30) poll(polled, t);
  for (std::int64_t t = kHour + 7; t <= kHour + 577; t += 10) poll(expected, t);
  settle(polled);
  settle(expected);
  const Completed done = completed(polled, looked_at(kHour, kHour + 600), {kHour + 8, kHour + 578});
  CHECK(done.rows == expected);
  CHECK(done.changed.size() == expected.size() - polled.size());
  const Completed again = completed(done.rows, looked_at(kHour, kHour + 600), {kHour + 8, kHour + 578});
  CHECK(again.rows == expected);
  CHECK(again.changed.empty());
}

TEST_CASE("an owner whose clock is off is put right by the uptimes that both have seen") {
  for (const std::int64_t off : {-240, -35, 50, 300}) {
    CAPTURE(off);
    Rows polled(kGuestSet);
    for (std::int64_t t = kHour + 7; t < kHour + 600; t += 30) poll(polled, t);
    settle(polled);
    const Completed done = completed(polled, looked_at(kHour, kHour + 600, off), {kHour + 8, kHour + 578});
    CHECK(done.rows.size() == 58);
    const auto its = uptimes(done.rows);
    CHECK(std::is_sorted(its.begin(), its.end()));
    CHECK(std::adjacent_find(its.begin(), its.end()) == its.end());
  }
}

TEST_CASE("a row that we have is never replaced: it learns what it did not know") {
  Rows polled(kNodeSet), late(kNodeSet);
  for (std::int64_t t = kHour; t < kHour + 100; t += 10) {
    Row row, more;
    row.set(NodeColumn::uptime, t - kHour + 50);
    row.set(NodeColumn::cpu, 7);
    more.set(NodeColumn::uptime, t - kHour + 50);
    more.set(NodeColumn::cpu, 9);
    more.set(NodeColumn::net_in, t);
    push_row(polled, t, row);
    push_row(late, t - 3, more);
  }
  settle(polled);
  settle(late);
  const Completed done = completed(polled, late, {kHour + 20, kHour + 80});
  REQUIRE(done.rows.size() == polled.size());
  CHECK(done.changed.size() == 6);
  for (std::size_t i = 0; i < done.rows.size(); ++i) {
    const Row row = row_of(done.rows, i);
    CHECK(row.values[NodeColumn::cpu] == 7);
    CHECK(row.has(NodeColumn::net_in) == (i >= 2 && i < 8));
    if (row.has(NodeColumn::net_in)) CHECK(row.values[NodeColumn::net_in] == done.rows.t()[i]);
  }
}

TEST_CASE("a restart between two polls leaves no row that goes back within one life") {
  Rows polled(kGuestSet), late(kGuestSet);
  push_row(polled, kHour, guest(1000));
  push_row(polled, kHour + 60, guest(20));
  for (std::int64_t t = kHour - 10; t <= kHour + 30; t += 10) push_row(late, t, guest(t - kHour + 1000));
  for (std::int64_t t = kHour + 40; t <= kHour + 60; t += 10) push_row(late, t, guest(t - kHour - 40));
  settle(polled);
  settle(late);
  const Completed done = completed(polled, late, {kHour + 1, kHour + 60});
  CHECK(uptimes(done.rows) == std::vector<std::int64_t>{1000, 1010, 1020, 1030, 0, 10, 20});
}

TEST_CASE("an outage is filled from its first second to its last, and nothing beyond what is known is made up") {
  Rows polled(kGuestSet);
  poll(polled, kHour + 300);
  poll(polled, kHour + 1503);
  settle(polled);
  const Completed done = completed(polled, looked_at(kHour + 280, kHour + 1510), {kHour + 301, kHour + 1503});
  for (std::size_t i = 1; i < done.rows.size(); ++i) CHECK(done.rows.t()[i] - done.rows.t()[i - 1] <= 15);
  const Completed half = completed(polled, looked_at(kHour + 900, kHour + 1510), {kHour + 301, kHour + 1503});
  CHECK(half.rows.t()[1] >= kHour + 900);
  CHECK(completed(polled, Rows(kGuestSet), {kHour, kHour + 1503}).rows == polled);
  CHECK(completed(Rows(kGuestSet), looked_at(kHour, kHour + 100), {kHour, kHour + 100}).rows.size() == 9);
}

TEST_CASE("two readings of one hour unite by cell, and the first has the word") {
  Rows a(kGuestSet), b(kGuestSet);
  push_row(a, 10, guest(10));
  push_row(a, 30, guest(30));
  Row more = guest(99);
  more.set(GuestColumn::disk, 5);
  push_row(b, 20, guest(20));
  push_row(b, 30, more);
  settle(a);
  settle(b);
  const Rows all = united(a, b);
  CHECK(all.t() == std::vector<std::int64_t>{10, 20, 30});
  CHECK(row_of(all, 2).values[GuestColumn::uptime] == 30);
  CHECK(row_of(all, 2).values[GuestColumn::disk] == 5);
}

TEST_CASE("a sum that begins anew with a start of ours has no growth for a second, not for a whole step") {
  const auto sum = [](Rows& rows, std::int64_t t, std::int64_t flown) {
    Row row;
    row.set(TotalColumn::net_in, flown);
    row.set(TotalColumn::members, 3);
    push_row(rows, t, row);
  };
  Rows kept(kTotalSet), late(kTotalSet);
  for (const std::int64_t t : {0, 10}) sum(kept, kHour + t, 1000 + 50 * t);
  for (const std::int64_t t : {97, 107}) sum(kept, kHour + t, 50 * (t - 97));
  for (const std::int64_t t : {17, 27, 37, 47, 57, 67, 77, 87, 96}) sum(late, kHour + t, 1000 + 50 * t);
  settle(kept);
  settle(late);
  const Completed done = completed(kept, late, {kHour, kHour + 108});
  std::vector<std::int64_t> unknown;
  for (std::size_t i = 1; i < done.rows.size(); ++i) {
    const auto grown = growth_between(kTotalSet, TotalColumn::net_in, {done.rows.t()[i - 1], row_of(done.rows, i - 1)},
                                      {done.rows.t()[i], row_of(done.rows, i)});
    if (!grown) unknown.push_back(done.rows.t()[i] - done.rows.t()[i - 1]);
  }
  CHECK(unknown == std::vector<std::int64_t>{1});
  CHECK(completed(done.rows, late, {kHour, kHour + 108}).changed.empty());
}

}  // namespace monitorix::history
