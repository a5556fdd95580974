// Recorder's part that leaves finished blocks of open hours to files, and reads rows from wherever they are.

#include <algorithm>

#include "base/log.h"
#include "history/chunk/checksum.h"
#include "history/recorder.h"

namespace monitorix::history {
namespace {

constexpr std::chrono::seconds kCoolPeriod{20};
constexpr std::size_t kHeadsAtOnce = 500;  // under the lock: a fraction of a millisecond

}  // namespace

// Closed hours are about to be sealed, and their heads are read without the lock.
std::vector<std::int64_t> Recorder::hours_to_cool() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::int64_t> out;
  std::size_t settled = 0;
  for (const auto& [hour, one] : hours_) {
    if (one.is_closed) continue;
    out.push_back(hour);
    for (const auto& [series, head] : one.heads) settled += head->settled_bytes();
  }
  if (settled <= most_settled_) out.clear();
  return out;
}

void Recorder::cool(WallTime now) {
  const std::lock_guard sealing(sealing_);
  if (!make_cold_file_ || (now >= cooled_at_ && now - cooled_at_ < kCoolPeriod)) return;
  cooled_at_ = now;
  for (const std::int64_t hour : hours_to_cool()) {
    const Status done = cool_hour(hour);
    if (!done && is_cooling_)
      log::warn("finished parts of the open hour stay in memory: their file cannot be written",
                {{"error", done.error()}});
    if (done && !is_cooling_) log::info("finished parts of the open hour go to their file again");
    is_cooling_ = done.has_value();
    if (!done) return;
  }
}

// Copied under the lock, written without it, and given up under it again: meanwhile a head only grows at its end.
Status Recorder::cool_hour(std::int64_t hour) {
  std::vector<SeriesId> series;
  std::shared_ptr<ColdFile> file;
  {
    const std::lock_guard lock(mutex_);
    const Hour& its = hours_.at(hour);
    file = its.cold_file;
    for (const auto& [id, head] : its.heads)
      if (head->settled_bytes() > 0) series.push_back(id);
  }
  if (series.empty()) return {};
  if (!file) {
    auto made = make_cold_file_();
    if (!made) return fail(std::move(made).error());
    file = std::move(*made);
    const std::lock_guard lock(mutex_);
    hours_.at(hour).cold_file = file;
  }
  struct Copied {
    Head head{};
    std::size_t first{}, count{};  // of blocks
  };
  std::string bytes;
  std::vector<ColdBlock> blocks;
  std::vector<Copied> parts;
  for (std::size_t next = 0; next < series.size();) {
    bytes.clear();
    blocks.clear();
    parts.clear();
    {
      const std::lock_guard lock(mutex_);
      for (const std::size_t end = std::min(next + kHeadsAtOnce, series.size()); next < end; ++next) {
        const Head& head = hours_.at(hour).heads.at(series[next]);
        const std::size_t first = blocks.size();
        parts.push_back({head, first, head->copy_settled(bytes, blocks)});
      }
    }
    const auto begin = file->append(bytes);
    if (!begin) return fail(begin.error());
    for (ColdBlock& block : blocks) {
      block.checksum = crc32c(std::string_view(bytes).substr(static_cast<std::size_t>(block.at), block.bytes));
      block.at += *begin;
    }
    const std::lock_guard lock(mutex_);
    for (const Copied& part : parts) part.head->leave_to(file, std::span(blocks).subspan(part.first, part.count));
  }
  return {};
}

Rows Recorder::rows(SeriesId series, std::int64_t from, std::int64_t to, std::uint32_t want) const {
  std::vector<Head> apart;  // closed, and so never changed, or a copy: read without the lock
  Rows open;
  {
    const std::lock_guard lock(mutex_);
    const auto known = series_.find(series);
    if (known == series_.end()) return {};
    open = Rows(known->second.set);
    const std::int64_t ticks = ticks_per_second(open.set) * kHourSeconds;
    for (auto hour = hours_.lower_bound(from / ticks); hour != hours_.end() && hour->first * ticks < to; ++hour) {
      const auto found = hour->second.heads.find(series);
      if (found == hour->second.heads.end()) continue;
      if (hour->second.is_closed)
        apart.push_back(found->second);
      else if (found->second->is_cold_after(from))
        apart.push_back(std::make_shared<HourHead>(*found->second));  // little of it is in memory
      else
        found->second->add_rows(from, to, open, want);  // some 20 us for a whole hour, less than a copy of it
    }
  }
  Rows out(open.set);
  for (const Head& head : apart) head->add_rows(from, to, out, want);
  settle(out);
  settle(open);
  return apart.empty() ? open : merge_rows(out, open, Precedence::kept);
}

}  // namespace monitorix::history
