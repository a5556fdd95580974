#pragma once
// Response times in microseconds as a log-linear histogram of integers: 32 buckets per octave, so that a percentile is
// off by at most 1.6 % (below 64 not at all; checks C37). Histograms add up in any order to exactly the same. Only what
// was UP or DEGRADED goes in (U13). The decoder refuses damaged and hostile bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fetch_ahead.h"
#include "base/result.h"

namespace monitorix::verdict {

class Histogram {
 public:
  void add(std::int64_t microseconds, std::uint64_t times = 1);  ///< below 0 counts as 0
  void merge(const Histogram& other);
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] bool is_empty() const { return cells_.empty(); }
  /// The value that a share of `q` (0..1) of all values does not exceed; nothing when empty.
  [[nodiscard]] std::optional<std::int64_t> percentile(double q) const;
  [[nodiscard]] std::optional<std::int64_t> maximum() const { return percentile(1); }
  /// The middle of each bucket in use, rising, and how many are in it.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> values() const;
  bool operator==(const Histogram&) const = default;
  /// Something will be added soon.
  void foresee() const { fetch_ahead(cells_.data(), cells_.size() * sizeof(std::uint64_t)); }

  [[nodiscard]] std::string encode() const;
  static Result<Histogram> decode(std::string_view bytes);

  static std::uint32_t index_of(std::uint64_t value);
  static std::uint64_t middle_of(std::uint32_t index);

 private:
  // Sorted; the index in the upper 16 bits, the count in the lower 48, where it stops growing. Ten thousand services
  // have twenty thousand of these open, most with few distinct values: a dense array would take 300 MB.
  std::vector<std::uint64_t> cells_{};
};

}  // namespace monitorix::verdict
