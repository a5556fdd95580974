#include "history/chunk/damage.h"

#include <doctest/doctest.h>

using namespace monitorix::history;

TEST_CASE("a chunk that is damaged counts once, however often it is asked for") {
  DamageBook book;
  for (int times = 0; times < 3; ++times) {
    book.note({"c1/qemu/100/1", 3'600, "wrong crc"}, 0);
    book.note({"c1/qemu/100/1", 3'600, "wrong crc"}, 3);  // the 5-minute rows of the same hour
    book.note({"c1/qemu/101/1", 7'200, "truncated"}, 0);
  }
  CHECK(book.count() == 3);
  REQUIRE(book.newest().size() == 3);
  CHECK(book.newest().front().object == "c1/qemu/101/1");
  CHECK(book.newest().front().error == "truncated");
}

TEST_CASE("of many damaged chunks the newest are told, and what is known stays bounded") {
  DamageBook book;
  for (std::int64_t i = 0; i < 12'000; ++i) book.note({"fleet", i * 3'600, "wrong crc"}, 0);
  CHECK(book.count() == DamageBook::kMostKnown);
  REQUIRE(book.newest().size() == DamageBook::kMostTold);
  CHECK(book.newest().front().start == (DamageBook::kMostKnown - 1) * 3'600);
}
