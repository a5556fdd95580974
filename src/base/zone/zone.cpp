#include "base/zone/zone.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/zone/yearly_rule.h"

// TZif: header "TZif" version(1) reserved(15) six counts(4 each, big-endian): isut, isstd, leap, time, type, char.
// Block: times, index of a type for each, types (offset 4, is-summer 1, name 1), names, leap seconds, two lists of
// flags. From version 2 on a second header and block follow, whose times have 8 bytes, and then "\n" rule "\n".

namespace monitorix {

using std::chrono::seconds;
using std::chrono::sys_seconds;

struct Zone::Table {
  std::vector<std::int64_t> times{};
  std::vector<std::int32_t> offsets{};  // from the time at the same place on
  std::int32_t first_offset{0};         // before all times
  std::optional<YearlyRule> later{};    // after the last time
};

namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kHeader = 44;
constexpr std::int32_t kMostOffset = 26 * 3600;
constexpr std::int64_t kMostTime = std::int64_t{1}
                                   << 59;  // before the Big Bang some files begin; what is beyond is noise

std::int64_t big_endian(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  if (width == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
  return static_cast<std::int64_t>(value);
}

struct Block {
  std::size_t isut{}, isstd{}, leap{}, time{}, type{}, chars{};
  [[nodiscard]] std::size_t size(std::size_t width) const {
    return time * (width + 1) + type * 6 + chars + leap * (width + 4) + isstd + isut;
  }
};

/// The counts of the header at the front, if the block they promise is there in full.
std::optional<Block> read_header(std::string_view bytes, std::size_t width) {
  if (bytes.size() < kHeader || bytes.substr(0, 4) != "TZif") return std::nullopt;
  std::array<std::size_t, 6> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t count = big_endian(bytes, 20 + 4 * i, 4);
    if (count < 0 || static_cast<std::size_t>(count) > bytes.size()) return std::nullopt;
    counts[i] = static_cast<std::size_t>(count);
  }
  const Block block{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
  if (block.size(width) > bytes.size() - kHeader) return std::nullopt;
  return block;
}

/// The block behind a header; Zone::Table's private name is why this is a template.
template <class Table>
bool read_block(std::string_view bytes, const Block& block, std::size_t width, Table& table) {
  if (block.type == 0 || block.type > 256 || block.leap != 0) return false;  // no clock of people counts leap seconds
  const std::size_t kinds = block.time * width;
  const std::size_t types = kinds + block.time;
  std::vector<std::int32_t> offsets;
  for (std::size_t i = 0; i < block.type; ++i) {
    const std::int64_t offset = big_endian(bytes, types + 6 * i, 4);
    if (offset < -kMostOffset || offset > kMostOffset) return false;
    offsets.push_back(static_cast<std::int32_t>(offset));
  }
  table.first_offset = offsets.front();
  for (std::size_t i = 0; i < block.time; ++i) {
    const std::int64_t time = big_endian(bytes, i * width, width);
    const auto kind = static_cast<unsigned char>(bytes[kinds + i]);
    if (kind >= offsets.size() || time < -kMostTime - 1 || time > kMostTime) return false;
    if (!table.times.empty() && time <= table.times.back()) return false;
    table.times.push_back(time);
    table.offsets.push_back(offsets[kind]);
  }
  return true;
}

}  // namespace

Zone::Zone() : table_(std::make_shared<const Table>()) {}

Result<Zone> Zone::parse(std::string_view tzif) {
  const auto refuse = [] { return fail(Errc::invalid, "time zone: not a sound TZif file"); };
  if (tzif.size() > kMostBytes) return fail(Errc::too_large, "time zone: more than 1 MiB");
  const auto first = read_header(tzif, 4);
  if (!first) return refuse();
  Table table;
  if (tzif[4] < '2') {
    if (!read_block(tzif.substr(kHeader), *first, 4, table)) return refuse();
  } else {
    tzif.remove_prefix(kHeader + first->size(4));
    const auto second = read_header(tzif, 8);
    if (!second || !read_block(tzif.substr(kHeader), *second, 8, table)) return refuse();
    std::string_view footer = tzif.substr(kHeader + second->size(8));
    if (footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') return refuse();
    footer = footer.substr(1, footer.size() - 2);
    if (!footer.empty()) {
      auto rule = parse_yearly_rule(footer);
      if (!rule) return fail(std::move(rule).error());
      table.later = *rule;
    }
  }
  Zone zone;
  zone.table_ = std::make_shared<const Table>(std::move(table));
  return zone;
}

seconds Zone::offset_at(sys_seconds at) const {
  const auto& times = table_->times;
  const std::int64_t second = at.time_since_epoch().count();
  if (table_->later && (times.empty() || second >= times.back())) return table_->later->offset_at(at);
  const auto after = std::upper_bound(times.begin(), times.end(), second);
  if (after == times.begin()) return seconds{table_->first_offset};
  return seconds{table_->offsets[static_cast<std::size_t>(after - times.begin()) - 1]};
}

LocalSeconds Zone::to_local(WallTime at) const {
  const auto second = std::chrono::floor<seconds>(at);
  return LocalSeconds{second.time_since_epoch() + offset_at(second)};
}

WallTime Zone::to_wall(LocalSeconds local) const {
  const sys_seconds as_utc{local.time_since_epoch()};
  const sys_seconds by_earlier = as_utc - offset_at(as_utc - std::chrono::days{1});
  const sys_seconds by_later = as_utc - offset_at(as_utc + std::chrono::days{1});
  const auto shows_it = [&](sys_seconds at) { return at + offset_at(at) == as_utc; };
  const auto [low, high] = std::minmax(by_earlier, by_later);
  if (shows_it(low)) return low;
  if (shows_it(high)) return high;
  // The clock jumps over it, between the two.
  sys_seconds before = low;
  sys_seconds at = high;
  while (at - before > seconds{1}) {
    const sys_seconds middle = before + (at - before) / 2;
    (middle + offset_at(middle) >= as_utc ? at : before) = middle;
  }
  return at;
}

namespace {

using std::chrono::local_days;

LocalPeriod between(const Zone& zone, local_days begin, local_days end) {
  return {zone.to_wall(LocalSeconds{begin}), zone.to_wall(LocalSeconds{end})};
}

}  // namespace

LocalPeriod day_of(const Zone& zone, WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(zone.to_local(at));
  return between(zone, day, day + std::chrono::days{1});
}

LocalPeriod month_of(const Zone& zone, WallTime at) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(zone.to_local(at))};
  return month_of(zone, date.year() / date.month());
}

LocalPeriod month_of(const Zone& zone, std::chrono::year_month month) {
  return between(zone, local_days{month / 1}, local_days{(month + std::chrono::months{1}) / 1});
}

}  // namespace monitorix
