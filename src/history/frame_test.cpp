#include "history/frame.h"

#include <doctest/doctest.h>
#include <random>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/compress.h"

namespace monitorix::history {
namespace {

using Taken = std::vector<std::pair<unsigned, SeriesRow>>;

Taken read_all(std::string_view bytes, LogReading* reading = nullptr) {
  Taken out;
  const LogReading done = read_frames(bytes, [&](unsigned set, const SeriesRow& row) { out.emplace_back(set, row); });
  if (reading != nullptr) *reading = done;
  return out;
}

std::vector<SeriesRow> tick(std::int64_t t, std::size_t series, std::mt19937_64& random) {
  std::vector<SeriesRow> rows;
  for (std::size_t i = 1; i <= series; ++i) {
    SeriesRow one{static_cast<SeriesId>(i), t, {}};
    for (std::size_t c = 1; c < 12; ++c)
      if (random() % 6 != 0)
        one.row.set(c, random() % 50 == 0 ? INT64_MIN : static_cast<std::int64_t>(random() % 9000));
    rows.push_back(one);
  }
  return rows;
}

void check_same(const Taken& taken, const Taken& given) {
  REQUIRE(taken.size() == given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    CHECK(taken[i].first == given[i].first);
    CHECK(taken[i].second.series == given[i].second.series);
    CHECK(taken[i].second.t == given[i].second.t);
    CHECK(taken[i].second.row.known == given[i].second.row.known);
    for (std::size_t c = 1; c < 12; ++c)
      if (given[i].second.row.has(c)) CHECK(taken[i].second.row.values[c] == given[i].second.row.values[c]);
  }
}

}  // namespace

TEST_CASE("a log gives back every row of every tick, through new series, stragglers and key frames") {
  const std::uint64_t seed = 5;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  FrameWriter writer;
  std::string bytes;
  Taken given;
  for (int i = 0; i < 150; ++i) {
    const auto rows = tick(1000 + i * 10, 20 + static_cast<std::size_t>(i / 40), random);
    writer.write(i * 10'000, kGuestSet, rows, bytes);
    for (const auto& row : rows) given.emplace_back(kGuestSet, row);
    if (i % 7 == 0) {
      std::vector<SeriesRow> few(rows.begin(), rows.begin() + 2);
      few[0].t += 3;
      writer.write(i * 10'000, kGuestSet, few, bytes);
      for (const auto& row : few) given.emplace_back(kGuestSet, row);
      SeriesRow check{900, i * 10'000 + 7, {}};
      check.row.set(1, 2);
      writer.write(i * 10'000, kCheckSet, std::span(&check, 1), bytes);
      given.emplace_back(kCheckSet, check);
    }
  }
  LogReading reading;
  check_same(read_all(bytes, &reading), given);
  CHECK(reading.bytes_left == 0);
  CHECK(reading.rows == given.size());
}

TEST_CASE("after a cut at any byte all whole frames before it are read, and nothing else") {
  std::mt19937_64 random(8);
  FrameWriter writer;
  std::string bytes;
  Taken given;
  std::vector<std::pair<std::size_t, std::size_t>> ends;  // bytes and rows so far
  for (int i = 0; i < 12; ++i) {
    const auto rows = tick(i * 10, 5, random);
    writer.write(i, kGuestSet, rows, bytes);
    for (const auto& row : rows) given.emplace_back(kGuestSet, row);
    ends.emplace_back(bytes.size(), given.size());
  }
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    std::size_t expected = 0;
    for (const auto& [end, rows] : ends)
      if (end <= cut) expected = rows;
    CHECK(read_all(std::string_view(bytes).substr(0, cut)).size() == expected);
  }
}

TEST_CASE("damage ends the reading at its frame, and hostile frames with a fitting checksum do not break it") {
  std::mt19937_64 random(9);
  FrameWriter writer;
  std::string bytes;
  for (int i = 0; i < 3; ++i) writer.write(i, kGuestSet, tick(i * 10, 5, random), bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 3) {
    std::string bent = bytes;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << bit % 8));
    LogReading reading;
    CHECK(read_all(bent, &reading).size() < 15);
    CHECK(reading.bytes_left > 0);
  }
  for (int turn = 0; turn < 20'000; ++turn) {
    std::string covered(8, 'x');
    covered.push_back(static_cast<char>(1 + random() % 5));
    covered.push_back(static_cast<char>(random() % 6));
    for (std::size_t i = random() % 40; i > 0; --i)
      covered.push_back(static_cast<char>(random() % 3 == 0 ? random() : 1));
    std::string hostile;
    put_u32(hostile, static_cast<std::uint32_t>(covered.size()));
    put_u32(hostile, crc32c(covered));
    (void)read_all(hostile + covered);
  }
}

TEST_CASE("counters of steady rates cost little, and a gap, a reset and a new guest among them are given back") {
  std::mt19937_64 random(11);
  FrameWriter writer;
  std::string bytes;
  Taken given;
  std::vector<SeriesRow> rows(100);
  std::size_t before = 0, most = 0;
  for (int i = 0; i < 130; ++i) {
    if (i == 50) rows.emplace_back();
    for (std::size_t slot = 0; slot < rows.size(); ++slot) {
      SeriesRow& one = rows[slot];
      one.series = static_cast<SeriesId>(slot + 1);
      one.t = i * 10;
      const auto rate = static_cast<std::int64_t>((slot + 1) * 1'234'567);
      for (std::size_t c = GuestColumn::net_in; c <= GuestColumn::disk_write; ++c)
        one.row.set(c, one.row.values[c] + rate + static_cast<std::int64_t>(random() % 50));
    }
    if (i == 20) rows[3].row.known = 0;
    if (i == 30) rows[4].row.set(GuestColumn::net_in, 0);
    writer.write(i * 10'000, kGuestSet, rows, bytes);
    for (const auto& row : rows) given.emplace_back(kGuestSet, row);
    if (i > 100 && i < 110) most = std::max(most, bytes.size() - before);
    before = bytes.size();
  }
  check_same(read_all(bytes), given);
  CHECK(most < 500);  // four counters of a hundred guests: a byte each and the frame
}

TEST_CASE("a log of an earlier version, which had no second differences, is read as it was meant") {
  const auto frame = [](unsigned char type, const std::string& payload) {
    const std::string covered = std::string(8, '\0') + static_cast<char>(type) + payload;
    std::string out;
    put_u32(out, static_cast<std::uint32_t>(covered.size()));
    put_u32(out, crc32c(covered));
    return out + covered;
  };
  const auto tick_of = [](std::int64_t t, std::int64_t netin) {
    std::string body, payload;
    for (std::size_t c = 1; c < column_count(kGuestSet); ++c) {
      body.push_back(c == GuestColumn::net_in ? 1 : 0);
      if (c == GuestColumn::net_in) put_varint(body, zigzag(netin));
    }
    put_varint(payload, kGuestSet);
    put_varint(payload, zigzag(t));
    return payload + compress(body, 1);
  };
  std::string map;
  for (const std::uint64_t value : {std::uint64_t{kGuestSet}, std::uint64_t{1}, std::uint64_t{7}})
    put_varint(map, value);
  const auto taken = read_all(frame(1, map) + frame(2, tick_of(10, 1000)) + frame(3, tick_of(20, 50)) +
                              frame(3, tick_of(30, 60)) + frame(5, tick_of(40, 5)));
  REQUIRE(taken.size() == 4);
  std::vector<std::int64_t> values;
  for (const auto& [set, one] : taken) values.push_back(one.row.values[GuestColumn::net_in]);
  CHECK(values == std::vector<std::int64_t>{1000, 1050, 1110, 1175});
}

TEST_CASE("a writer that was restarted stands by itself") {
  std::mt19937_64 random(10);
  FrameWriter writer;
  std::string lost, bytes;
  writer.write(0, kGuestSet, tick(0, 5, random), lost);
  writer.restart();
  writer.write(1, kGuestSet, tick(10, 5, random), bytes);
  CHECK(read_all(bytes).size() == 5);
}

}  // namespace monitorix::history
