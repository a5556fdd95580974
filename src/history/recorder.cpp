#include "history/recorder.h"

#include <algorithm>

#include "base/log.h"
#include "base/steps.h"
#include "history/fill.h"

namespace monitorix::history {
namespace {

constexpr std::size_t kMostBacklog = 64u << 20, kMostClosedHours = 3, kFoldsPerBatch = 50;
constexpr std::int64_t kFillsBack = 2;         // hours that late samples may belong to
constexpr std::size_t kMostPending = 100'000;  // rows not yet in the log

}  // namespace

Status Recorder::noted(Status done) {
  const std::lock_guard lock(mutex_);
  standing_.last_error = done ? "" : done.error().text;
  return done;
}

Status Recorder::open(WallTime now) {
  const std::lock_guard sealing(sealing_);
  auto known = keeper_.series();
  if (!known) return noted(fail(std::move(known).error()));
  auto logs = keeper_.logs();
  if (!logs) return noted(fail(std::move(logs).error()));
  const std::int64_t hour = to_seconds(now) / kHourSeconds;
  // Late samples reach back a while: their hours must be known as sealed, or they would be sealed anew without the
  // rest.
  auto sealed = keeper_.sealed_hours(std::min(hour - kFillsBack, logs->empty() ? hour : logs->back().hour));
  if (!sealed) return noted(fail(std::move(sealed).error()));
  std::optional<std::int64_t> looked_at;
  for (const LogHour& log : *logs) {
    if (std::find(sealed->begin(), sealed->end(), log.hour) == sealed->end()) {
      to_replay_.push_back(log);
    } else if (std::exchange(looked_at, log.hour) == log.hour) {  // one of its shards was here before
    } else if (auto dropped = keeper_.drop_log(log.hour); !dropped) {
      log::warn("the log of a sealed hour stays for now", {{"hour", log.hour}, {"error", dropped.error()}});
    }
  }
  const std::lock_guard lock(mutex_);
  for (SeriesInfo& one : *known) {
    highest_ = std::max(highest_, one.id);
    by_object_[one.object] = one.id;
    series_[one.id] = std::move(one);
  }
  for (const std::int64_t done : *sealed) sealed_through_ = std::max(sealed_through_, done);
  standing_.is_recovering = !to_replay_.empty();
  return {};
}

Result<bool> Recorder::recover_one() {
  const std::lock_guard sealing(sealing_);
  if (to_replay_.empty()) return false;
  const LogHour log = to_replay_.front();
  std::unordered_map<SeriesId, Head> heads;
  LogReading all;
  auto read = keeper_.read_log(log, [&](std::string_view frames) {
    const LogReading reading = read_frames(frames, [&](unsigned set, const SeriesRow& one) {
      if (one.t / ticks_per_second(set) / kHourSeconds != log.hour) return;
      Head& head = heads[one.series];
      if (!head) head = std::make_shared<HourHead>(set);
      if (head->set() == set) (void)head->append(one.t, one.row);
    });
    all.rows += reading.rows;
    all.bytes_left += reading.bytes_left;
  });
  if (!read) return fail(std::move(read).error());
  if (all.bytes_left > 0)
    log::warn("the end of an open hour's log could not be read",
              {{"shard", log.shard}, {"hour", log.hour}, {"bytes", all.bytes_left}});
  adopt(log.hour, std::move(heads));
  to_replay_.erase(to_replay_.begin());
  const std::lock_guard lock(mutex_);
  standing_.replayed += all.rows;
  standing_.is_recovering = !to_replay_.empty();
  return !to_replay_.empty();
}

// What was replayed mostly comes before what was recorded since the start; late samples have a log of their own.
void Recorder::adopt(std::int64_t hour, std::unordered_map<SeriesId, Head> replayed) {
  const std::lock_guard lock(mutex_);
  Hour& its = hours_[hour];
  for (auto& [series, head] : replayed) {
    if (!series_.contains(series)) continue;
    Head& present = its.heads[series];
    present = present ? head_of(united(present->rows(), head->rows())) : std::move(head);
    if (its.is_closed) its.unsealed.insert(series);
  }
}

SeriesId Recorder::series_for(SeriesKind kind, const std::string& object, unsigned set, std::int64_t step,
                              WallTime now) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_object_.find(object); found != by_object_.end()) return found->second;
  const SeriesId id = ++highest_;
  series_[id] = {id, kind, object, set, step, to_ms(now)};
  by_object_[object] = id;
  unsaved_.push_back(id);
  return id;
}

void Recorder::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = by_object_.find(from);
  if (found == by_object_.end() || by_object_.contains(to)) return;
  const SeriesId id = found->second;
  by_object_.erase(found);
  by_object_[to] = id;
  series_[id].object = to;
  unsaved_.push_back(id);
}

std::optional<SeriesInfo> Recorder::info(SeriesId series) const {
  const std::lock_guard lock(mutex_);
  const auto found = series_.find(series);
  return found == series_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<SeriesInfo> Recorder::find(const std::string& object) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_object_.find(object);
  return found == by_object_.end() ? std::nullopt : std::optional(series_.at(found->second));
}

std::vector<SeriesInfo> Recorder::series() const {
  const std::lock_guard lock(mutex_);
  std::vector<SeriesInfo> out;
  out.reserve(series_.size());
  for (const auto& [id, one] : series_) out.push_back(one);
  return out;
}

void Recorder::record(std::uint32_t shard, unsigned set, WallTime at, const std::vector<Sample>& samples) {
  const std::int64_t seconds = to_seconds(at), hour = seconds / kHourSeconds;
  const std::int64_t t = set == kCheckSet ? to_ms(at) : seconds;
  const std::lock_guard lock(mutex_);
  if (const auto open = hours_.find(hour);
      hour <= sealed_through_ || (open != hours_.end() && open->second.is_closed)) {
    standing_.late += samples.size();
    return;
  }
  Hour& its = hours_[hour];
  Pending pending{{shard, hour}, t, to_ms(at), set, {}};
  pending.rows.reserve(samples.size());
  for (const Sample& sample : samples) {
    const auto known = series_.find(sample.series);
    if (known == series_.end() || known->second.set != set) continue;
    Head& head = its.heads[sample.series];
    if (!head) head = std::make_shared<HourHead>(set);
    if (!head->append(t, sample.row)) {
      ++standing_.late;
      continue;
    }
    ++standing_.rows;
    pending.rows.push_back({sample.series, t, sample.row});
  }
  std::size_t waiting = pending.rows.size();
  for (const Pending& one : pending_) waiting += one.rows.size();
  if (waiting > kMostPending && !pending_.empty()) {  // the worker hangs: memory keeps the rows, the log will not
    standing_.lost_log_bytes += pending.rows.size() * sizeof(SeriesRow);
    return;
  }
  if (!pending.rows.empty()) pending_.push_back(std::move(pending));
}

void Recorder::take_pending(std::vector<Pending> pending) {
  for (const Pending& one : pending) {
    LogState& log = logs_[one.log];
    if (log.backlog.size() > kMostBacklog) {
      const std::lock_guard lock(mutex_);
      standing_.lost_log_bytes += log.backlog.size();
      log.backlog.clear();
      log.writer.restart();
    }
    log.writer.write(one.at_ms, one.set, one.rows, log.backlog);
  }
}

Status Recorder::append_backlogs() {
  std::size_t waiting = 0;
  Status done;
  for (auto& [hour, log] : logs_) {
    if (!log.backlog.empty() && done) done = keeper_.append_log(hour, log.backlog);
    if (done) log.backlog.clear();
    waiting += log.backlog.size();
  }
  const std::lock_guard lock(mutex_);
  standing_.backlog_bytes = waiting;
  return done;
}

Status Recorder::flush(WallTime now) {
  const std::lock_guard flushing(flushing_);
  std::vector<SeriesInfo> fresh;
  std::vector<Pending> pending;
  {
    const std::lock_guard lock(mutex_);
    for (const SeriesId id : unsaved_) fresh.push_back(series_.at(id));
    pending.swap(pending_);
  }
  take_pending(std::move(pending));
  if (!fresh.empty()) {  // a log must not name a series that the next start does not know
    if (auto saved = keeper_.save_series(fresh); !saved) return noted(std::move(saved));
    const std::lock_guard lock(mutex_);
    unsaved_.erase(unsaved_.begin(), unsaved_.begin() + static_cast<std::ptrdiff_t>(fresh.size()));
  }
  auto done = append_backlogs();
  const std::int64_t past = (to_seconds(now) - kGrace) / kHourSeconds - 1;
  std::erase_if(logs_, [&](const auto& log) { return log.first.hour < past && log.second.backlog.empty(); });
  return noted(std::move(done));
}

Result<Batch> Recorder::sealed(const std::vector<std::pair<SeriesId, Head>>& heads, std::int64_t hour) {
  Batch batch;
  for (const auto& [series, head] : heads) {
    if (head->size() == 0) continue;
    auto before = row_before(keeper_, series, hour);
    if (!before) return fail(std::move(before).error());
    const Rows rows = head->rows();
    if (rows.size() < head->size()) {  // cold blocks that could not be read back
      const std::lock_guard lock(mutex_);
      standing_.lost_rows += head->size() - rows.size();
    }
    if (rows.empty()) continue;
    auto sketch = grown_sketch(keeper_, series, rows, hour);
    if (!sketch) return fail(std::move(sketch).error());
    auto chunks = seal_hour(series, rows, hour, *before);
    if (!chunks) {  // our own rows break a rule of the codec: this series' hour is lost, the others are not
      log::error("an hour could not be sealed", {{"series", series}, {"hour", hour}, {"error", chunks.error()}});
      const std::lock_guard lock(mutex_);
      standing_.lost_rows += head->size();
      continue;
    }
    for (StoredChunk& chunk : *chunks) batch.chunks.push_back(std::move(chunk));
    if (*sketch) batch.sketches.push_back(std::move(**sketch));
  }
  return batch;
}

Result<bool> Recorder::seal_some(WallTime now) {
  const std::lock_guard sealing(sealing_);
  std::int64_t hour = 0;
  std::vector<std::pair<SeriesId, Head>> heads;
  bool is_last = false;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [its_hour, one] : hours_) {
      if (one.is_closed || to_seconds(now) < (its_hour + 1) * kHourSeconds + kGrace) continue;
      one.is_closed = true;
      for (const auto& [series, head] : one.heads) one.unsealed.insert(series);
    }
    // Hours are sealed in order, and none before its log was replayed.
    const auto due = hours_.begin();
    if (due == hours_.end() || !due->second.is_closed || standing_.is_recovering) return false;
    hour = due->first;
    for (const SeriesId series : due->second.unsealed) {
      if (heads.size() == kSeriesPerBatch) break;
      heads.emplace_back(series, due->second.heads.at(series));
    }
    is_last = heads.size() == due->second.unsealed.size();
  }
  auto batch = sealed(heads, hour);
  if (batch && is_last) batch->sealed_hour = hour;
  if (batch && is_last) batch->chunks.insert(batch->chunks.begin(), shed_parts_.begin(), shed_parts_.end());
  auto done = batch ? keeper_.write(*batch) : Status(fail(std::move(batch).error()));
  if (auto told = noted(std::move(done)); !told) {
    shed();
    return fail(std::move(told).error());
  }
  if (is_last) {
    shed_parts_.clear();
    if (auto finished = finish_hour(hour); !finished) return fail(std::move(finished).error());
  }
  const std::lock_guard lock(mutex_);
  if (const auto its = hours_.find(hour); its != hours_.end())
    for (const auto& [series, head] : heads) its->second.unsealed.erase(series);
  return !hours_.empty() && hours_.begin()->second.is_closed;
}

Status Recorder::finish_hour(std::int64_t hour) {
  {
    const std::lock_guard lock(mutex_);
    hours_.erase(hour);
    sealed_through_ = std::max(sealed_through_, hour);
  }
  const std::lock_guard flushing(flushing_);
  std::erase_if(logs_, [&](const auto& log) { return log.first.hour <= hour; });
  return keeper_.drop_log(hour);
}

// The keeper is away and hours pile up: of the oldest only the 5-minute rows stay in memory. Its log, where it could be
// written, still has all of it for the next start.
void Recorder::shed() {
  std::unordered_map<SeriesId, Head> heads;
  std::int64_t hour = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto closed =
        std::count_if(hours_.begin(), hours_.end(), [](const auto& one) { return one.second.is_closed; });
    if (static_cast<std::size_t>(closed) <= kMostClosedHours) return;
    hour = hours_.begin()->first;
    heads.swap(hours_.begin()->second.heads);
    hours_.erase(hours_.begin());
  }
  std::size_t rows = 0;
  for (const auto& [series, head] : heads) {
    rows += head->size();
    auto chunks = seal_hour(series, head->rows(), hour, std::nullopt);
    if (chunks) shed_parts_.push_back(std::move((*chunks)[1]));
  }
  log::error("history cannot be stored; the oldest hour keeps its 5-minute values only",
             {{"hour", hour}, {"rows", rows}});
  const std::lock_guard lock(mutex_);
  standing_.lost_rows += rows;
}

Result<bool> Recorder::fold_some(WallTime now) {
  const std::lock_guard sealing(sealing_);
  std::vector<std::pair<SeriesId, unsigned>> turn;
  std::int64_t today = step_down(to_seconds(now), kDaySeconds);
  {
    const std::lock_guard lock(mutex_);
    if (!hours_.empty()) today = std::min(today, step_down(hours_.begin()->first * kHourSeconds, kDaySeconds));
    if (standing_.is_recovering) return false;
    if (to_fold_.empty() && today > folded_before_) {
      for (const auto& [id, one] : series_) to_fold_.push_back(id);
      folded_before_ = today;
    }
    for (std::size_t i = 0; i < kFoldsPerBatch && i < to_fold_.size(); ++i) {
      const SeriesId id = to_fold_[to_fold_.size() - 1 - i];
      turn.emplace_back(id, series_.at(id).set);
    }
  }
  if (turn.empty()) return false;
  Batch batch;
  for (const auto& [series, set] : turn) {
    auto its = fold_days(keeper_, series, set, folded_before_);
    if (!its) return fail(std::move(its).error());
    std::move(its->chunks.begin(), its->chunks.end(), std::back_inserter(batch.chunks));
    std::move(its->sketches.begin(), its->sketches.end(), std::back_inserter(batch.sketches));
    std::move(its->removed.begin(), its->removed.end(), std::back_inserter(batch.removed));
  }
  if (!batch.is_empty()) {
    if (auto done = noted(keeper_.write(batch)); !done) return fail(std::move(done).error());
  }
  to_fold_.resize(to_fold_.size() - turn.size());
  return !to_fold_.empty();
}

std::optional<std::int64_t> Recorder::open_from() const {
  const std::lock_guard lock(mutex_);
  if (standing_.is_recovering || hours_.empty()) return std::nullopt;
  return hours_.begin()->first * kHourSeconds;
}

bool Recorder::is_recovering() const {
  const std::lock_guard lock(mutex_);
  return standing_.is_recovering;
}

RecorderStanding Recorder::standing() const {
  const std::lock_guard lock(mutex_);
  RecorderStanding out = standing_;
  out.series = series_.size();
  out.open_hours = hours_.size();
  for (const auto& [hour, one] : hours_)
    for (const auto& [series, head] : one.heads) out.memory_bytes += head->memory_bytes();
  if (!hours_.empty()) out.oldest_unsealed = hours_.begin()->first;
  return out;
}

}  // namespace monitorix::history
