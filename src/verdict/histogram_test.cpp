#include "verdict/histogram.h"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <random>

namespace monitorix::verdict {
namespace {

std::int64_t random_time(std::mt19937_64& random) {
  std::lognormal_distribution<double> times(9, 0.5);
  return static_cast<std::int64_t>(times(random));
}

}  // namespace

TEST_CASE("every value lies in its bucket, 1.6 percent at most from its middle, and small ones exactly") {
  std::uint32_t last = 0;
  for (std::uint64_t value = 0; value < 100'000; ++value) {
    const auto index = Histogram::index_of(value);
    CHECK((index == last || index == last + 1));
    last = index;
    const auto middle = Histogram::middle_of(index);
    CHECK(Histogram::index_of(middle) == index);
    if (value < 64) CHECK(middle == value);
    const double off = std::abs(static_cast<double>(middle) - static_cast<double>(value));
    CHECK(off <= static_cast<double>(value) / 64);
  }
  CHECK(Histogram::index_of(INT64_MAX) == (57U << 5U) + 63U);
  CHECK(Histogram::index_of(Histogram::middle_of(Histogram::index_of(INT64_MAX))) == Histogram::index_of(INT64_MAX));
}

TEST_CASE("percentiles are off by at most 1.6 percent") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    Histogram histogram;
    std::vector<std::int64_t> values(1 + random() % 3000);
    for (auto& one : values) histogram.add(one = random_time(random));
    std::sort(values.begin(), values.end());
    for (const double q : {0.0, 0.5, 0.95, 0.99, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * static_cast<double>(values.size()))));
      const auto exact = static_cast<double>(values[rank - 1]);
      CHECK(std::abs(static_cast<double>(histogram.percentile(q).value()) - exact) <= exact / 64);
    }
    CHECK(histogram.count() == values.size());
  }
  CHECK(!Histogram().percentile(0.5));
  Histogram one;
  one.add(-5);
  CHECK(one.maximum() == 0);
}

TEST_CASE("histograms merged in any order and grouping are the same to the byte") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    Histogram whole;
    std::vector<Histogram> parts(2 + random() % 12);
    for (int i = 0; i < 2000; ++i) {
      const auto value = random_time(random);
      // Counts near the top, where they stop growing, as well.
      const std::uint64_t times = random() % 50 == 0 ? (std::uint64_t{1} << 47U) : 1 + random() % 3;
      whole.add(value, times);
      parts[random() % parts.size()].add(value, times);
    }
    while (parts.size() > 1) {
      std::shuffle(parts.begin(), parts.end(), random);
      parts[parts.size() - 2].merge(parts.back());
      parts.pop_back();
    }
    CHECK(parts[0] == whole);
    CHECK(parts[0].encode() == whole.encode());
  }
}

TEST_CASE("a histogram comes back from its bytes and is as small as was promised") {
  std::mt19937_64 random(5);
  for (const auto& [samples, most] : {std::pair<int, std::size_t>{60, 110}, {1440, 345}, {43'200, 745}}) {
    Histogram histogram;
    for (int i = 0; i < samples; ++i) histogram.add(random_time(random));
    const std::string bytes = histogram.encode();
    CHECK(bytes.size() <= most);
    const auto back = Histogram::decode(bytes);
    REQUIRE(back);
    CHECK(*back == histogram);
  }
  CHECK(Histogram::decode(Histogram().encode()).value().is_empty());
}

TEST_CASE("bytes that no histogram has are refused") {
  using namespace std::string_literals;
  for (const std::string& bytes :
       {""s, "\x02"s, "\x01\x05"s, "\x01\x05\x00"s, "\x01\x05\x01\x00\x01"s, "\x01\x85\x00\x01"s, "\x01\xff\x7f\x01"s,
        "\x01\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, "\x01\x05\x80"s, "\x01\xff\xff\xff\xff\xff\xff\x7f\x01"s})
    CHECK(!Histogram::decode(bytes));
  std::mt19937_64 random(6);
  for (int turn = 0; turn < 50'000; ++turn) {
    std::string bytes(1, '\x01');
    for (std::size_t i = random() % 20; i > 0; --i)
      bytes.push_back(static_cast<char>(random() % 4 == 0 ? random() : 1));
    const auto read = Histogram::decode(bytes);
    if (read) CHECK(read->encode() == bytes);
  }
}

}  // namespace monitorix::verdict
