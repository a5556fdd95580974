#include "history/sketch.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <random>

#include "history/chunk/checksum.h"
#include "history/head.h"

namespace monitorix::history {

TEST_CASE("a quantile is off by at most 6.25 percent, and below 8 units not at all") {
  const std::uint64_t seed = 3;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int turn = 0; turn < 200; ++turn) {
    Sketch sketch;
    std::vector<std::int64_t> values(1 + random() % 2000);
    const auto octaves = 1 + random() % 62;
    for (auto& one : values) {
      one = static_cast<std::int64_t>(random() >> (1 + random() % octaves) >> (62 - octaves));
      sketch.add(one);
    }
    std::sort(values.begin(), values.end());
    for (const double q : {0.0, 0.5, 0.95, 0.99, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * static_cast<double>(values.size()))));
      const auto exact = static_cast<double>(values[rank - 1]);
      const double found = sketch.quantile(q).value();
      CHECK(std::abs(found - exact) <= (exact < 8 ? 0.0 : exact * 0.0625));
    }
  }
  CHECK(!Sketch().quantile(0.5));
}

TEST_CASE("sketches of parts add up to the sketch of the whole") {
  std::mt19937_64 random(4);
  Sketch whole, left, right;
  for (int i = 0; i < 5000; ++i) {
    const auto value = static_cast<std::int64_t>(random() % 100'000) - 100;
    whole.add(value);
    (i % 3 == 0 ? left : right).add(value);
  }
  left.merge(right);
  CHECK(left == whole);
  CHECK(whole.count() == 5000);
}

TEST_CASE("sketches come back from their bytes, and damaged or hostile bytes are refused") {
  std::mt19937_64 random(5);
  DaySketches day;
  for (int i = 0; i < 3000; ++i) day[1].add(static_cast<std::int64_t>(random() % 100'000));
  day[2].add(INT64_MAX);
  day[2].add(0, 7);
  const std::string blob = encode_sketches(day);
  const auto back = decode_sketches(blob);
  REQUIRE(back);
  CHECK(*back == day);
  for (std::size_t i = 0; i < blob.size(); ++i) {
    CHECK(!decode_sketches(blob.substr(0, i)));
    std::string bent = blob;
    bent[i] = static_cast<char>(bent[i] ^ 4);
    CHECK(!decode_sketches(bent));
  }
  for (int turn = 0; turn < 20'000; ++turn) {
    std::string body;
    for (std::size_t i = random() % 30; i > 0; --i) body.push_back(static_cast<char>(random() % 3 == 0 ? random() : 1));
    std::string hostile(1, '\x01');
    const std::uint32_t crc = crc32c(body, crc32c(hostile));
    for (unsigned i = 0; i < 4; ++i) hostile.push_back(static_cast<char>(crc >> (8 * i) & 0xFF));
    const auto read = decode_sketches(hostile + body);
    if (read) CHECK(encode_sketches(*read) == hostile + body);
  }
}

TEST_CASE("sketches are made of processor and memory, and unknown values are not in them") {
  Rows rows(kGuestSet);
  Row running, stopped;
  running.set(1, 250);
  running.set(2, 10'240);
  stopped.set(11, 3);
  push_row(rows, 1, running);
  push_row(rows, 2, stopped);
  settle(rows);
  const DaySketches day = sketches_of(rows);
  CHECK(day.size() == 2);
  CHECK(day.at(1).count() == 1);
  CHECK(std::abs(day.at(2).quantile(0.5).value() - 10) < 1);
}

}  // namespace monitorix::history
