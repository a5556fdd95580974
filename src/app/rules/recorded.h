#pragma once
// The numbers that rules look at, as history has them: which columns of which series, and what a row says.

#include <optional>
#include <vector>

#include "history/recorder.h"
#include "model/alert/rule.h"
#include "state/snapshot.h"

namespace monitorix::app {

/// One column, or a part of what another holds.
struct Recorded {
  history::SeriesInfo series{};
  std::size_t part{};
  std::optional<std::size_t> whole{};  ///< absent: the part is the number
  std::optional<double> fixed_whole{};
  std::size_t status{};

  [[nodiscard]] std::vector<std::size_t> columns() const;
  [[nodiscard]] std::uint64_t raw_columns() const;  ///< a bit each, with t
  /// Whether the object was at work, so that there was something to read; nothing when the row does not say.
  [[nodiscard]] std::optional<bool> was_up(const history::Rows& raw, std::size_t row) const;
  [[nodiscard]] std::optional<double> value(const history::Rows& raw, std::size_t row) const;
  /// Of a 5-minute row: the average, or the last where nothing else is kept.
  [[nodiscard]] std::optional<double> typical(const history::Rows& fine, std::size_t row) const;
  /// The furthest that one sample of a 5-minute row may have gone.
  [[nodiscard]] std::optional<double> furthest(const history::Rows& fine, std::size_t row, bool upward) const;
  /// Rows of five minutes keep how far it went.
  [[nodiscard]] bool has_range() const;
};

/// `never`: no sample of this object ever speaks of that metric. `unrecorded`: samples do, history does not.
enum class Record { never, unrecorded, found };
struct FoundRecord {
  Record how{Record::never};
  Recorded recorded{};
};
FoundRecord find_record(const history::Recorder& recorder, const state::Snapshot& world, Entity entity, Metric metric);

}  // namespace monitorix::app
