#pragma once
// The log of the open hour as bytes (storage.md §8; grammar in frame.cpp): what makes the rows of a tick survive a
// crash before their hour is sealed. A segment is what one process wrote for one shard and hour. Pure. Reading takes
// any bytes: it stops at the first frame that is torn, damaged or hostile, and says how much it left.

#include <array>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/head.h"

namespace monitorix::history {

using SeriesId = std::int64_t;  ///< of table series; > 0

struct SeriesRow {
  SeriesId series{};
  std::int64_t t{};  ///< in the set's unit
  Row row{};
};

/// By how much the counters of each slot grew last: a steady rate makes the next difference to that a small number.
class CounterSteps {
 public:
  void restart(unsigned set, std::size_t slots);
  /// Null for a column that is no counter.
  [[nodiscard]] std::int64_t* of(std::size_t column, std::size_t slot);

 private:
  std::size_t slots_{0};
  std::array<std::int8_t, kMostRawColumns> place_{};  ///< of the column among the counters; -1 for others
  std::vector<std::int64_t> steps_{};                 ///< by counter and slot
};

/// Writes a shard's frames; keeps what the differences refer to. One writer per segment, frames in order.
class FrameWriter {
 public:
  /// All rows of one set and tick (the same t), into `out`. Rows with a t of their own cost more bytes.
  void write(std::int64_t now_ms, unsigned set, std::span<const SeriesRow> rows, std::string& out);
  /// After frames were lost, or in a new segment: the next frame stands by itself.
  void restart() { sets_.clear(); }

 private:
  struct Set {
    std::vector<SeriesId> slots{};
    std::vector<Row> before{};
    CounterSteps steps{};
    int until_key{0};
  };
  std::map<unsigned, Set> sets_{};
};

struct LogReading {
  std::size_t frames{0}, rows{0}, bytes_left{0};  ///< bytes_left: after the last good frame
};

/// `take` gets every row, in the order of writing.
LogReading read_frames(std::string_view bytes, const std::function<void(unsigned set, const SeriesRow&)>& take);

}  // namespace monitorix::history
