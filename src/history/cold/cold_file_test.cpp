#include "history/cold/cold_file.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "history/chunk/checksum.h"
#include "history/head.h"

namespace monitorix::history {
namespace {

/// In memory, and as bad as a test wants it.
class Paper final : public ColdFile {
 public:
  Result<std::int64_t> append(std::string_view bytes) override {
    const auto at = static_cast<std::int64_t>(content.size());
    content += bytes;
    return at;
  }
  std::string content{};

 protected:
  [[nodiscard]] Status read_at(std::int64_t at, std::span<char> out) const override {
    if (static_cast<std::size_t>(at) + out.size() > content.size()) return fail(Errc::io, "ends early");
    std::copy_n(content.begin() + at, out.size(), out.begin());
    return {};
  }
};

Row row_at(std::int64_t i) {
  Row row;
  row.set(GuestColumn::cpu, i * 37 % 1'000);
  row.set(GuestColumn::memory, 4096 * (i * 7 % 100));
  row.set(GuestColumn::uptime, 10 * i + 500);
  return row;
}
void fill(HourHead& head, std::int64_t from, std::int64_t to) {
  for (std::int64_t i = from; i < to; ++i) REQUIRE(head.append(10 * i, row_at(i)));
}
Rows rows_between(std::int64_t from, std::int64_t to) {
  Rows rows(kGuestSet);
  for (std::int64_t i = from; i < to; ++i) push_row(rows, 10 * i, row_at(i));
  settle(rows);
  return rows;
}

std::size_t cool(HourHead& head, const std::shared_ptr<Paper>& paper) {
  std::string bytes;
  std::vector<ColdBlock> blocks;
  const std::size_t count = head.copy_settled(bytes, blocks);
  const std::int64_t begin = *paper->append(bytes);
  for (ColdBlock& block : blocks) {
    block.checksum = crc32c(std::string_view(bytes).substr(static_cast<std::size_t>(block.at), block.bytes));
    block.at += begin;
  }
  head.leave_to(paper, blocks);
  return count;
}

}  // namespace

TEST_CASE("an hour that lies in a file but for its last minutes is read as if it were in memory") {
  const auto paper = std::make_shared<Paper>();
  HourHead head(kGuestSet);
  fill(head, 0, 105);
  const std::size_t before = head.memory_bytes();
  CHECK(cool(head, paper) == 3);
  CHECK(head.memory_bytes() < before);
  CHECK(head.settled_bytes() == 0);
  fill(head, 105, 360);
  CHECK(cool(head, paper) == 8);
  CHECK(head.rows() == rows_between(0, 360));
  CHECK(head.last_row() == row_at(359));
  CHECK(head.size() == 360);
  const std::vector<std::pair<std::int64_t, std::int64_t>> windows{{0, 1},     {59, 61},   {100, 130},
                                                                   {119, 350}, {329, 331}, {340, 360}};
  for (const auto& [from, to] : windows) {
    Rows some(kGuestSet);
    head.add_rows(10 * from, 10 * to, some);
    settle(some);
    CHECK(some == rows_between(from, to));
  }
  CHECK(head.is_cold_after(10 * 100));
  CHECK(!head.is_cold_after(10 * 330));
}

TEST_CASE("blocks that late samples may still change stay in memory") {
  HourHead head(kGuestSet);
  fill(head, 0, 42);
  CHECK(head.settled_bytes() == 0);
  fill(head, 42, 43);
  CHECK(head.settled_bytes() > 0);
}

TEST_CASE("late samples leave what lies before them where it is") {
  const auto paper = std::make_shared<Paper>();
  HourHead head(kGuestSet);
  fill(head, 0, 300);
  CHECK(cool(head, paper) == 9);
  for (const std::int64_t first : {280l, 271l, 270l, 200l, 120l, 3l, 0l}) {
    HourHead changed = head;
    Rows rows(kGuestSet);
    for (std::int64_t i = 0; i < 300; ++i) {
      push_row(rows, 10 * i, row_at(i));
      if (i >= first) push_row(rows, 10 * i + 5, row_at(i));
    }
    settle(rows);
    changed.replace_from(10 * first + 5, rows);
    CHECK(changed.rows() == rows);
    CHECK(changed.size() == rows.size());
    CHECK(changed.append(10 * 300, row_at(300)));
    CHECK(!changed.append(10 * 300, row_at(300)));
  }
  CHECK(head.rows() == rows_between(0, 300));
}

TEST_CASE("what is given anew may begin within a block") {
  const auto paper = std::make_shared<Paper>();
  HourHead head(kGuestSet);
  fill(head, 0, 300);
  CHECK(cool(head, paper) == 9);
  for (const std::int64_t first : {280l, 250l, 40l, 7l}) {
    HourHead changed = head;
    Rows rows(kGuestSet);
    for (std::int64_t i = first - 5; i < 300; ++i) {
      push_row(rows, 10 * i, row_at(i));
      if (i == first) push_row(rows, 10 * i + 5, row_at(i));
    }
    settle(rows);
    changed.replace_from(10 * first + 5, rows);
    CHECK(changed.size() == 301);
    Rows all = rows_between(0, first - 5);
    for (std::size_t i = 0; i < rows.size(); ++i) push_row(all, rows.t()[i], row_of(rows, i));
    settle(all);
    CHECK(changed.rows() == all);
  }
}

TEST_CASE("late samples from before an hour's first row make it anew") {
  HourHead head(kGuestSet);
  fill(head, 100, 200);
  const Rows rows = rows_between(50, 200);
  head.replace_from(10 * 50, rows);
  CHECK(head.rows() == rows);
  CHECK(head.size() == 150);
  HourHead empty(kGuestSet);
  empty.replace_from(10 * 50, rows);
  CHECK(empty.rows() == rows);
}

TEST_CASE("a block that the file does not give back as it was is a gap, and the others are read") {
  const auto paper = std::make_shared<Paper>();
  HourHead head(kGuestSet);
  fill(head, 0, 300);
  CHECK(cool(head, paper) == 9);
  Rows without_second = rows_between(0, 30);
  for (std::int64_t i = 60; i < 300; ++i) push_row(without_second, 10 * i, row_at(i));
  settle(without_second);
  const std::string good = paper->content;
  const std::size_t second = good.size() / 9 + good.size() / 18;
  for (const char other : {'\0', '\x7f', '\xff'}) {
    if (good[second] == other) continue;
    paper->content[second] = other;
    CHECK(head.rows() == without_second);
  }
  paper->content = good.substr(0, good.size() - 1);
  CHECK(head.rows().size() == 270);
  paper->content.clear();
  CHECK(head.rows() == rows_between(270, 300));
  CHECK(head.size() == 300);
}

}  // namespace monitorix::history
