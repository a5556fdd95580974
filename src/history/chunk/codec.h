#pragma once
// The bytes of one series chunk (grammar in codec.cpp): columns of int64, each constant, a line, deltas or deltas of
// deltas, as zigzag varints, mostly in a zstd frame, under a version byte and a CRC-32C. Pure and thread-safe.
// The decoder takes any bytes: it returns an Error that names the broken rule, never throws on them, never reads past
// their end, and takes memory only after the sizes were checked (at most 4 MiB of body and n * columns * 8 bytes).
// The encoder refuses to write what the decoder refuses to read.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "history/chunk/columns.h"

namespace monitorix::history {

/// One column of a chunk. No values at all means that every one is unknown.
struct Cells {
  std::vector<std::int64_t> values{};
  std::vector<std::uint8_t> known{};  ///< empty = all known; else one 0 or 1 per value, and unknown values are 0

  [[nodiscard]] bool has(std::size_t row) const { return row < values.size() && (known.empty() || known[row] != 0); }
  bool operator==(const Cells&) const = default;
};

/// Rows of one set, column by column; columns[0] is t, strictly rising and always known.
struct Rows {
  unsigned set{0};
  std::vector<Cells> columns{};

  Rows() = default;
  explicit Rows(unsigned its_set) : set(its_set), columns(column_count(its_set)) {}
  [[nodiscard]] std::size_t size() const { return columns.empty() ? 0 : columns[0].values.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const std::vector<std::int64_t>& t() const { return columns[0].values; }
  bool operator==(const Rows&) const = default;
};

/// Puts a value into the last row (t must be there already) / says that it is unknown.
void push_value(Rows& rows, std::size_t column, std::int64_t value);
/// Gives every column the length of t, and the form that the decoder gives (see Cells).
void settle(Rows& rows);

/// Where t may lie: [from, to), in the set's unit of t.
struct Window {
  std::int64_t from{}, to{};
};

enum class Origin : std::uint8_t { live, mixed };         ///< mixed: holds values read back from RRD, or imported
enum class Packing : std::uint8_t { compressed, plain };  ///< plain for parts of a dozen rows

inline constexpr std::size_t kMostBlobBytes = 1u << 20, kMostBodyBytes = 4u << 20, kMostRows = 16'384;

struct Chunk {
  Rows rows{};
  Origin origin{Origin::live};
};

/// `rows` must be settled.
Result<std::string> encode_chunk(const Rows& rows, Window window, Origin origin, Packing packing);

/// Only columns whose bit is in `want` are built (t always); others are left empty.
Result<Chunk> decode_chunk(std::string_view blob, Window window, std::uint64_t want = ~std::uint64_t{0});

}  // namespace monitorix::history
