#pragma once
// One series' open hour, compressed as it comes: about 10 bytes a row of 11 values (storage.md §10). What is finished
// may lie in a file (cold/cold_file.h), and all reads take it from there. A row is what one tick says of one series.
// Not thread-safe; its owner guards it.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/chunk/codec.h"
#include "history/cold/cold_file.h"

namespace monitorix::history {

/// Values by column of a raw set, in units of the columns' quanta; column 0 (t) is not used.
struct Row {
  std::array<std::int64_t, kMostRawColumns> values{};
  std::uint32_t known{0};  ///< bit per column

  void set(std::size_t column, std::int64_t value) {
    values[column] = value;
    known |= 1u << column;
  }
  [[nodiscard]] bool has(std::size_t column) const { return (known >> column & 1u) != 0; }
  bool operator==(const Row&) const = default;
};

struct TimedRow {
  std::int64_t t{};
  Row row{};
};

/// A ratio, seconds, bytes ... as the nearest multiple of the column's quantum; nothing for NaN and what does not fit.
std::optional<std::int64_t> quantised(const Column& column, double value);

/// The known values of row `row` of `rows`.
Row row_of(const Rows& rows, std::size_t row);
/// Appends; t must be later than the last. `rows` is settled by the caller in the end.
void push_row(Rows& rows, std::int64_t t, const Row& row);

inline constexpr std::uint32_t kEveryColumn = ~0u;

class HourHead {
 public:
  explicit HourHead(unsigned raw_set);

  /// False, and nothing changes, for a t that is not later than the last, or for a full head.
  bool append(std::int64_t t, const Row& row);

  [[nodiscard]] Rows rows() const;  ///< all of them, settled
  /// Adds the rows with t in [from, to) to `out`, of the same set; the caller settles it in the end. `want` has a bit
  /// per column; the others stay unknown, which is most of the time of a short window. Blocks that the file does not
  /// give back are a gap.
  void add_rows(std::int64_t from, std::int64_t to, Rows& out, std::uint32_t want = kEveryColumn) const;
  [[nodiscard]] unsigned set() const { return set_; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] std::int64_t last_t() const { return last_t_; }  ///< meaningless when empty
  [[nodiscard]] Row last_row() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  /// Takes back the row at `t` and all after it, and then takes those of `rows` from there on. What lies before stays
  /// where it is.
  void replace_from(std::int64_t t, const Rows& rows);

  /// True when rows from `from` on lie in the file.
  [[nodiscard]] bool is_cold_after(std::int64_t from) const;
  /// Bytes in memory of blocks that hardly change any more: late samples belong to the last minutes.
  [[nodiscard]] std::size_t settled_bytes() const;
  /// Appends them to `bytes`, and to `blocks` where each lies there; how many they are. Checksums are the caller's.
  std::size_t copy_settled(std::string& bytes, std::vector<ColdBlock>& blocks) const;
  /// The first ones in memory, as copy_settled gave them, lie in the file now, as all of this head that are cold.
  void leave_to(const std::shared_ptr<ColdFile>& file, std::span<const ColdBlock> blocks);

 private:
  // Five minutes of 10-s rows, which stand by themselves: a short window is not read from the hour's beginning, and no
  // block is ever moved to make room for a longer one.
  // Per row: 0 when the two that follow are as in the row before; else 1, varint (known xor known before), varint
  // (which of the values differ; bit 0 = t's step). Then zigzag varints of the differences to the last known value of
  // each of these (head.cpp has their form for bytes); t's is the difference of its steps, and uptime is expected to
  // grow with t.
  struct Block {
    std::int64_t from{};  ///< t of the first row
    std::vector<std::uint8_t> bytes{};
  };
  static constexpr std::uint32_t kRowsPerBlock = 30;
  void begin_block(std::int64_t t);
  [[nodiscard]] std::size_t settled_blocks() const;
  [[nodiscard]] std::size_t block_count() const { return cold_.size() + blocks_.size(); }
  [[nodiscard]] std::int64_t begin_of(std::size_t block) const;
  void decode(std::string_view bytes, std::int64_t from, std::int64_t to, Rows& out, std::uint32_t want) const;

  unsigned set_;
  std::uint32_t paged_{0};  // columns that move in pages or sectors
  std::uint8_t uptime_;     // column, 0 = none
  std::uint32_t known_{0}, changed_{0}, differing_{0}, count_{0};
  std::int64_t last_t_{0}, step_{0};
  std::vector<std::int64_t> before_{};  // last known value by column
  std::shared_ptr<ColdFile> file_{};
  std::vector<ColdBlock> cold_{};  // come before blocks_
  std::vector<Block> blocks_{};    // all but the last are full
};

std::shared_ptr<HourHead> head_of(const Rows& rows);

}  // namespace monitorix::history
