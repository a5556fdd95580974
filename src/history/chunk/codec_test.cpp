#include "history/chunk/codec.h"

#include <doctest/doctest.h>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/compress.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kHour = 1'780'876'800;
constexpr Window kWindow{kHour, kHour + 3600};
constexpr Window kAnyTime{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
constexpr auto kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();

using Random = std::mt19937_64;

std::int64_t nasty(Random& random) {
  switch (random() % 6) {
    case 0: return kMin;
    case 1: return kMax;
    case 2: return static_cast<std::int64_t>(random());
    case 3: return static_cast<std::int64_t>(random() % 5) - 2;
    case 4: return static_cast<std::int64_t>(random() % 1'000) * 4096;
    default: return std::int64_t{1} << (random() % 63);
  }
}

// Some shapes that real columns have and some that no real column has.
std::int64_t value_of(unsigned shape, std::size_t i, std::int64_t before, Random& random) {
  switch (shape) {
    case 0: return 42;
    case 1: return static_cast<std::int64_t>(i) * 10 + 7;
    case 2: return nasty(random);
    case 3: return static_cast<std::int64_t>(random() % 100'000);
    case 4: return before / 2 + static_cast<std::int64_t>(random() % 50'000) * 512;
    case 5: return i % 2 == 0 ? kMin : kMax;
    default: return random() % 10 == 0 ? 0 : before / 2 + 1;
  }
}

Rows random_rows(unsigned set, std::size_t n, Random& random) {
  Rows rows(set);
  std::vector<unsigned> shapes(rows.columns.size()), holes(rows.columns.size());
  for (auto& shape : shapes) shape = static_cast<unsigned>(random() % 7);
  for (auto& hole : holes) hole = static_cast<unsigned>(random() % 4);  // 0 none, 1 few, 2 most, 3 all unknown
  std::vector<std::int64_t> before(rows.columns.size(), 0);
  std::int64_t t = static_cast<std::int64_t>(random() % 1000);
  const bool regular = random() % 2 == 0;
  for (std::size_t i = 0; i < n; ++i) {
    rows.columns[0].values.push_back(t);
    t += regular ? 10 : 1 + static_cast<std::int64_t>(random() % 100);
    for (std::size_t c = 1; c < rows.columns.size(); ++c) {
      if (holes[c] == 3 || (holes[c] == 2 && random() % 10 != 0) || (holes[c] == 1 && random() % 20 == 0)) continue;
      before[c] = value_of(shapes[c], i, before[c], random);
      push_value(rows, c, before[c]);
    }
  }
  settle(rows);
  return rows;
}

Rows guest_rows(std::size_t n) {
  Rows rows(kGuestSet);
  for (std::size_t i = 0; i < n; ++i) {
    rows.columns[0].values.push_back(kHour + static_cast<std::int64_t>(i) * 10);
    push_value(rows, 1, static_cast<std::int64_t>(1000 + i % 7));
    push_value(rows, 2, 4096 * static_cast<std::int64_t>(100'000 + i));
    push_value(rows, 6, static_cast<std::int64_t>(i) * 31'337);
  }
  settle(rows);
  return rows;
}

std::string sealed_again(std::string blob) {  // with the checksum that fits the altered bytes
  const std::uint32_t crc = crc32c(std::string_view(blob).substr(6), crc32c(std::string_view(blob).substr(0, 2)));
  for (unsigned i = 0; i < 4; ++i) blob[2 + i] = static_cast<char>(crc >> (8 * i) & 0xFF);
  return blob;
}
std::string chunk_of_body(const std::string& body) { return sealed_again(std::string("\x01\0\0\0\0\0", 6) + body); }

std::string body_of(std::initializer_list<std::uint64_t> numbers) {
  std::string body;
  for (const std::uint64_t number : numbers) put_varint(body, number);
  return body;
}
void check_refused(const std::string& blob, const std::string& rule, Window window = kAnyTime) {
  const auto chunk = decode_chunk(blob, window);
  REQUIRE(!chunk);
  CHECK_MESSAGE(chunk.error().text.find(rule) != std::string::npos, chunk.error().text);
}

}  // namespace

TEST_CASE("the checksum is CRC-32C") {
  CHECK(crc32c("123456789") == 0xE3069283u);
  CHECK(crc32c("") == 0);
  CHECK(crc32c("456789", crc32c("123")) == 0xE3069283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
}

TEST_CASE("varints take every number and refuse forms that are not the shortest") {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) {
    std::string bytes;
    put_varint(bytes, number);
    CHECK(bytes.size() == varint_size(number));
    ByteReader in(bytes);
    std::uint64_t back = 1;
    CHECK(in.varint(back));
    CHECK(back == number);
    CHECK(in.left() == 0);
  }
  for (const std::string& bad : {std::string("\x80\0", 2), std::string("\x80"), std::string(10, '\xFF') + "\x01",
                                 std::string(9, '\xFF') + "\x02", std::string()}) {
    ByteReader in(bad);
    std::uint64_t number = 0;
    CHECK(!in.varint(number));
    CHECK(in.left() == bad.size());
  }
  for (const std::int64_t number : {kMin, std::int64_t{-1}, std::int64_t{0}, kMax})
    CHECK(unzigzag(zigzag(number)) == number);
}

TEST_CASE("any rows of any set come back exactly, nasty ones too") {
  const std::uint64_t seed = 20'260'101;
  CAPTURE(seed);
  Random random(seed);
  const std::vector<unsigned> sets{kGuestSet,
                                   kNodeSet,
                                   kStorageSet,
                                   kTotalSet,
                                   kCheckSet,
                                   kRollupOffset + kGuestSet,
                                   kRollupOffset + kNodeSet,
                                   kRollupOffset + kCheckSet};
  for (int turn = 0; turn < 1500; ++turn) {
    CAPTURE(turn);
    const unsigned set = sets[random() % sets.size()];
    const std::size_t n = 1 + (random() % 10 == 0 ? random() % 2000 : random() % 40);
    const Rows rows = random_rows(set, n, random);
    const Origin origin = random() % 2 == 0 ? Origin::live : Origin::mixed;
    const auto blob = encode_chunk(rows, kAnyTime, origin, random() % 2 == 0 ? Packing::plain : Packing::compressed);
    REQUIRE(blob);
    const auto chunk = decode_chunk(*blob, kAnyTime);
    REQUIRE(chunk);
    REQUIRE(chunk->rows == rows);
    CHECK(chunk->origin == origin);
    const auto again = encode_chunk(chunk->rows, kAnyTime, origin, Packing::plain);
    REQUIRE(again);
  }
}

TEST_CASE("columns nobody wants are passed over and the others are the same") {
  Random random(7);
  const Rows rows = random_rows(kGuestSet, 360, random);
  const auto blob = encode_chunk(rows, kAnyTime, Origin::live, Packing::compressed);
  REQUIRE(blob);
  for (std::size_t wanted = 1; wanted < rows.columns.size(); ++wanted) {
    const auto chunk = decode_chunk(*blob, kAnyTime, std::uint64_t{1} << wanted);
    REQUIRE(chunk);
    for (std::size_t c = 1; c < rows.columns.size(); ++c)
      CHECK(chunk->rows.columns[c] == (c == wanted ? rows.columns[c] : Cells{}));
    CHECK(chunk->rows.columns[0] == rows.columns[0]);
  }
}

TEST_CASE("the same rows give the same bytes, and pages of 4 KiB cost no more than small steps") {
  const auto blob = encode_chunk(guest_rows(360), kWindow, Origin::live, Packing::compressed);
  REQUIRE(blob);
  CHECK(*blob == *encode_chunk(guest_rows(360), kWindow, Origin::live, Packing::compressed));
  CHECK(blob->size() < 100);  // lines and a short cycle
}

TEST_CASE("every cut and every flipped bit of a chunk is refused") {
  const auto blob = encode_chunk(guest_rows(60), kWindow, Origin::live, Packing::compressed);
  REQUIRE(blob);
  for (std::size_t size = 0; size < blob->size(); ++size) CHECK(!decode_chunk(blob->substr(0, size), kWindow));
  for (std::size_t i = 0; i < blob->size() * 8; ++i) {
    std::string bent = *blob;
    bent[i / 8] = static_cast<char>(bent[i / 8] ^ (1 << i % 8));
    CHECK(!decode_chunk(bent, kWindow));
  }
  CHECK(!decode_chunk(*blob + "x", kWindow));
}

TEST_CASE("hostile chunks with a fitting checksum are refused by name, and random ones never break the decoder") {
  check_refused(chunk_of_body(""), "truncated body");
  check_refused(chunk_of_body(body_of({9, 1, 1, 0, 0, 0})), "unknown set");
  check_refused(chunk_of_body(body_of({~std::uint64_t{0}, 1, 1, 0, 0, 0})), "unknown set");
  check_refused(chunk_of_body(body_of({1, 0, 1, 0, 0, 0})), "number of rows");
  check_refused(chunk_of_body(body_of({1, kMostRows + 1, 1, 0, 0, 0})), "number of rows");
  check_refused(chunk_of_body(body_of({1, 1, 2, 0, 0, 0})), "no t");
  check_refused(chunk_of_body(body_of({1, 1, 1u << 12 | 1, 0, 0, 0})), "does not have");
  check_refused(chunk_of_body(body_of({1, 1, 1, 2, 0, 0})), "gaps in a column");
  check_refused(chunk_of_body(body_of({1, 1, 1, 1, 0, 0})), "gaps in a column");
  check_refused(chunk_of_body(body_of({1, 1, 1, 0, 1 << 2, 0})), "shift of a constant");
  check_refused(chunk_of_body(body_of({1, 1, 1, 0, 0})), "truncated column");
  check_refused(chunk_of_body(body_of({1, 1, 1, 0, 0, 0, 0})), "bytes after");
  check_refused(chunk_of_body(body_of({1, 2, 1, 0, 0, 0})), "not rising");
  check_refused(chunk_of_body(body_of({1, 1, 1, 0, 0, 0})), "t outside", kWindow);
  check_refused(chunk_of_body(body_of({1, 2, 3, 2, 3, 0, 2, 1, 2, 0})), "number of runs");
  check_refused(chunk_of_body(body_of({1, 2, 3, 2, 3, 0, 2, 2, 1, 2, 0, 0})), "length of a run");
  check_refused(chunk_of_body(body_of({1, 2, 3, 2, 3, 0, 2, 2, 1, 0, 0, 0})), "length of a run");
  check_refused(chunk_of_body(body_of({1, 3, 3, 2, 3, 0, 2, 2, 1, 1, 0, 0})), "sum of runs");
  check_refused(chunk_of_body(body_of({1, 2, 3, 2, 3, 0, 2, 2, 0, 2, 0, 0})), "without values");
  check_refused(sealed_again(std::string("\x02\0\0\0\0\0", 6)), "unknown version");
  check_refused(sealed_again(std::string("\x01\x04\0\0\0\0", 6)), "unknown flags");
  check_refused(sealed_again(std::string("\x01\x01\0\0\0\0", 6) + "no frame"), "zstd");
  const std::string frame = compress(body_of({1, 1, 1, 0, 0, 0}), 3);
  CHECK(decode_chunk(sealed_again(std::string("\x01\x01\0\0\0\0", 6) + frame), kAnyTime));
  check_refused(sealed_again(std::string("\x01\x01\0\0\0\0", 6) + frame + frame), "after the zstd frame");
  check_refused(sealed_again(std::string("\x01\x01\0\0\0\0", 6) + compress(std::string(kMostBodyBytes + 1, 'x'), 1)),
                "too large");
  Random random(99);
  for (int turn = 0; turn < 20'000; ++turn) {
    std::string body = body_of({1 + random() % 5, 1 + random() % 5, random() % 4096, random() % 64});
    for (std::size_t i = random() % 60; i > 0; --i)
      body.push_back(static_cast<char>(random() % 3 == 0 ? random() : random() % 4));
    (void)decode_chunk(chunk_of_body(body), kAnyTime);
  }
}

TEST_CASE("the encoder refuses what the decoder would refuse") {
  Rows rows = guest_rows(3);
  CHECK(!encode_chunk(Rows(kGuestSet), kWindow, Origin::live, Packing::plain));
  CHECK(!encode_chunk(rows, {kHour + 1, kHour + 3600}, Origin::live, Packing::plain));
  CHECK(!encode_chunk(rows, {kHour, kHour + 20}, Origin::live, Packing::plain));
  rows.columns[0].values[2] = rows.columns[0].values[1];
  CHECK(!encode_chunk(rows, kWindow, Origin::live, Packing::plain));
  CHECK(!encode_chunk(guest_rows(kMostRows + 1), kAnyTime, Origin::live, Packing::plain));
  Rows shorter = guest_rows(3);
  shorter.columns[1].values.pop_back();
  CHECK(!encode_chunk(shorter, kWindow, Origin::live, Packing::plain));
  Rows strange = guest_rows(3);
  strange.set = 31;
  CHECK(!encode_chunk(strange, kWindow, Origin::live, Packing::plain));
}

TEST_CASE("chunks written by earlier versions are read for ever") {
  std::ifstream file(std::string(MONITORIX_TEST_DATA) + "/chunks/guest_60_rows_v1.chunk", std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  const auto chunk = decode_chunk(bytes.str(), kWindow);
  REQUIRE(chunk);
  Rows expected = guest_rows(60);
  CHECK(chunk->rows == expected);
}

TEST_CASE("every set has names, a rollup and a place for each part of its columns") {
  for (unsigned set = kGuestSet; set <= kCheckSet; ++set) {
    const auto raw = raw_columns(set);
    REQUIRE(!raw.empty());
    CHECK(raw[0].fold == Fold::time);
    const unsigned rollup = kRollupOffset + set;
    CHECK(column_count(rollup) <= kMostColumns);
    CHECK(rollup_columns(rollup)[1].part == Part::samples);
    for (std::size_t c = 1; c < raw.size(); ++c) {
      CHECK(column_named(set, raw[c].name) == c);
      CHECK(column_of_metric(set, raw[c].metric) == c);
      if (raw[c].fold == Fold::gauge)
        CHECK(rollup_column(rollup, c, Part::max) == rollup_column(rollup, c, Part::min) + 2);
      if (raw[c].fold == Fold::counter) CHECK(rollup_column(rollup, c, Part::sum) != 0);
    }
  }
  CHECK(column_count(0) == 0);
  CHECK(column_count(31) == 0);
  CHECK(column_count(32) == 0);
  CHECK(column_count(63) == 0);
}

}  // namespace monitorix::history
