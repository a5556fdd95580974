#pragma once
// From ticks to kept history: open hours compressed in memory, their log, sealing, folding of days. record() and the
// reads touch memory only and may be called from the event loop; what says "worker" blocks on the keeper and is called
// from one worker now and then (docs/architecture.md has the rhythm). Thread-safe. Time is an argument.
// When the keeper is away, samples stay in memory: log bytes up to 64 MiB, closed hours up to three; beyond that the
// oldest raw hour goes after its 5-minute rows were made. Everything lost is counted in standing().
// Large open hours leave their finished blocks to a file (cold/cold_file.h) when there is one; a read of these is one
// of the page cache, and never under the lock that record() needs.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>

#include "base/clock.h"
#include "history/seal.h"

namespace monitorix::history {

struct Sample {
  SeriesId series{};
  Row row{};
};

/// Samples of a series that come late (fill.h), with their owner's times.
struct LateRows {
  SeriesId series{};
  Rows rows{};
};

struct RecorderStanding {
  std::uint64_t rows{0}, late{0}, lost_log_bytes{0}, lost_rows{0}, replayed{0}, damaged{0};
  std::size_t series{0}, open_hours{0}, memory_bytes{0}, backlog_bytes{0};
  std::optional<std::int64_t> oldest_unsealed{};  ///< hour since 1970
  bool is_recovering{false};
  std::string last_error{};  ///< of the keeper; empty when the last call went well
};

class Recorder {
 public:
  static constexpr std::int64_t kGrace = 90;           ///< seconds after its end that an hour still takes rows
  static constexpr std::size_t kSeriesPerBatch = 200;  ///< of one transaction

  /// Finished blocks of an open hour that stay in memory, and so in no file: 1,000 guests at 10 s and fewer never
  /// write one.
  static constexpr std::size_t kMostSettled = 8u << 20;

  /// `keeper` outlives the recorder.
  explicit Recorder(Keeper& keeper, MakeColdFile make_cold_file = {}, std::size_t most_settled = kMostSettled)
      : keeper_(keeper),
        make_cold_file_(std::move(make_cold_file)),
        most_settled_(most_settled) {}

  /// Worker, before all else: the known series and which hours have logs to replay.
  Status open(WallTime now);
  /// Worker: replays the log of one hour, newest first; true while there are more.
  Result<bool> recover_one();

  /// The series of an object, made when it is new. The set of an existing one does not change.
  SeriesId series_for(SeriesKind kind, const std::string& object, unsigned set, std::int64_t step, WallTime now);
  /// The object of a series is better known now; nothing when there is no series of `from`, or one of `to`.
  void rename(const std::string& from, const std::string& to);
  [[nodiscard]] std::optional<SeriesInfo> info(SeriesId series) const;
  [[nodiscard]] std::optional<SeriesInfo> find(const std::string& object) const;
  [[nodiscard]] std::vector<SeriesInfo> series() const;

  /// One tick of a shard (a cluster connection): rows of one set, all at `at`.
  void record(std::uint32_t shard, unsigned set, WallTime at, const std::vector<Sample>& samples);

  /// Worker, every second or two: new series and the log of what was recorded.
  Status flush(WallTime now);
  /// Worker, now and then: when the open hours have many finished blocks in memory, they go to a file.
  void cool(WallTime now);
  /// Worker: seals at most kSeriesPerBatch series of the oldest closed hour; true when more is due.
  Result<bool> seal_some(WallTime now);
  /// Worker: late samples of one shard and set into [window) seconds, whether their hours are open or sealed.
  Status fill(std::uint32_t shard, unsigned set, const std::vector<LateRows>& late, Window window, WallTime now);
  /// Worker: folds the 5-minute parts of past days of some series; true when more is due.
  Result<bool> fold_some(WallTime now);

  /// Rows in memory with t in [from, to) (the set's unit), settled, of the columns in `want` (a bit each); empty for an
  /// unknown series.
  [[nodiscard]] Rows rows(SeriesId series, std::int64_t from, std::int64_t to, std::uint32_t want = kEveryColumn) const;
  /// From here on raw rows lie in memory only, and none is stored; seconds. Nothing while that is not known.
  [[nodiscard]] std::optional<std::int64_t> open_from() const;
  [[nodiscard]] bool is_recovering() const;  ///< a log is still to be replayed
  [[nodiscard]] RecorderStanding standing() const;

 private:
  using Head = std::shared_ptr<HourHead>;
  struct Hour {
    std::unordered_map<SeriesId, Head> heads{};
    std::set<SeriesId> unsealed{};  // filled when it closes
    std::shared_ptr<ColdFile> cold_file{};
    bool is_closed{false};  // from then on its heads do not change: one is replaced, or read without the lock
  };
  struct Pending {
    LogHour log{};
    std::int64_t t{}, at_ms{};
    unsigned set{};
    std::vector<SeriesRow> rows{};
  };
  struct LogState {
    FrameWriter writer{};
    std::string backlog{};
  };

  void take_pending(std::vector<Pending> pending);
  Status append_backlogs();
  void adopt(std::int64_t hour, std::unordered_map<SeriesId, Head> replayed);
  [[nodiscard]] Head head_at(std::int64_t hour, SeriesId series) const;
  bool fill_open(const LateRows& late, std::int64_t hour, Window window,
                 std::map<std::int64_t, std::vector<SeriesRow>>& by_time);
  [[nodiscard]] std::vector<std::int64_t> hours_to_cool() const;
  Status cool_hour(std::int64_t hour);
  Status finish_hour(std::int64_t hour);
  void shed();
  Result<Batch> sealed(const std::vector<std::pair<SeriesId, Head>>& heads, std::int64_t hour);
  Status noted(Status done);

  Keeper& keeper_;
  MakeColdFile make_cold_file_;
  std::size_t most_settled_;
  std::mutex flushing_{};  // one flush at a time; guards logs_
  std::map<LogHour, LogState> logs_{};
  std::mutex sealing_{};  // one seal, fold or replay at a time; guards the six below
  std::vector<LogHour> to_replay_{};
  std::vector<StoredChunk> shed_parts_{};
  std::vector<SeriesId> to_fold_{};
  std::int64_t folded_before_{INT64_MIN};  // seconds
  WallTime cooled_at_{};
  bool is_cooling_{true};       // the file takes what it is given
  mutable std::mutex mutex_{};  // guards all below; held for memory work only
  std::map<std::int64_t, Hour> hours_{};
  std::int64_t sealed_through_{INT64_MIN};  // hours up to this take no more rows
  std::unordered_map<SeriesId, SeriesInfo> series_{};
  std::unordered_map<std::string, SeriesId> by_object_{};
  std::vector<SeriesId> unsaved_{};
  SeriesId highest_{0};
  std::vector<Pending> pending_{};
  RecorderStanding standing_{};
};

}  // namespace monitorix::history
