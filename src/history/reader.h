#pragma once
// The points of a series at any zoom: kept chunks and what is still in memory, as one. A damaged chunk is a gap,
// counted and logged, never an error; while the keeper is away, memory answers alone. Blocks on the keeper; reads run
// side by side.

#include <functional>

#include "history/chunk/damage.h"
#include "history/points.h"
#include "history/recorder.h"

namespace monitorix::history {

struct Reading {
  std::vector<std::vector<Point>> columns{};  ///< one list of plan.count() points per wanted column
  Origin origin{Origin::live};                ///< mixed: some points come from RRD or an import
  bool is_partial{false};                     ///< a log is still being replayed, or the keeper is away
};

struct Quantile {
  std::optional<double> value{};  ///< in the column's wire unit
  std::string_view method{};      ///< "raw" or "sketch"
  std::uint64_t samples{};
};

class Reader {
 public:
  static constexpr std::size_t kMostChunks = 4'000;  ///< of one call

  /// Both outlive the reader.
  Reader(Keeper& keeper, const Recorder& recorder) : keeper_(keeper), recorder_(recorder) {}

  /// `columns`: of the series' raw set. Errc::too_large when the window needs more than kMostChunks chunks.
  Result<Reading> read(SeriesId series, const std::vector<std::size_t>& columns, const Plan& plan);

  /// The rows themselves of a resolution with t in [from, to) seconds; for export and merging.
  Result<Chunk> rows(const SeriesInfo& series, Resolution resolution, std::int64_t from, std::int64_t to,
                     std::uint64_t want = ~std::uint64_t{0});

  /// The same of many series of one set with what is needed of `columns` (of the raw set), a few hundred at a question
  /// of the database; `take` is handed each in the order given. While the keeper is away, what memory has; false then.
  Result<bool> rows_of(std::span<const SeriesInfo> series, const std::vector<std::size_t>& columns,
                       Resolution resolution, std::int64_t from, std::int64_t to,
                       const std::function<void(std::size_t at, Chunk chunk)>& take);

  /// Exact from raw rows up to 24 h, else from daily sketches, whole UTC days but for the last. Columns cpu and mem.
  Result<Quantile> quantile(SeriesId series, std::size_t column, double q, std::int64_t from, std::int64_t to);

  [[nodiscard]] const DamageBook& damage() const { return damage_; }

 private:
  [[nodiscard]] Chunk from_memory(const SeriesInfo& series, const Plan& plan) const;
  Status fill_holes(const SeriesInfo& series, const std::vector<std::size_t>& columns, const Plan& plan,
                    Reading& reading);
  /// What one series has: stored chunks of the resolution, the parts that are not folded yet, rows in memory.
  struct Sources {
    std::span<const StoredChunk> stored{}, parts{};
    Rows open{};
  };
  [[nodiscard]] Rows in_memory(const SeriesInfo& series, Resolution resolution, std::int64_t from, std::int64_t to,
                               std::uint64_t want) const;
  /// Up to where the keeper is to be asked.
  [[nodiscard]] std::int64_t stored_until(Resolution resolution, std::int64_t to) const;
  Chunk assemble(const SeriesInfo& series, Resolution resolution, std::int64_t from, std::int64_t to,
                 std::uint64_t want, Sources sources);
  void add_stored(const SeriesInfo& series, unsigned set, std::span<const StoredChunk> stored, std::int64_t from,
                  std::int64_t to, std::uint64_t want, Chunk& into);

  Keeper& keeper_;
  const Recorder& recorder_;
  DamageBook damage_{};
};

}  // namespace monitorix::history
