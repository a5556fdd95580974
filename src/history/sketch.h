#pragma once
// Which values a day had, as a log-linear histogram: 8 buckets per octave, so that a quantile is off by at most 6.25 %
// (below 8 units not at all). Sketches add up, over days and over guests. Averages hide bursts; right-sizing asks
// these. The decoder refuses damaged or hostile bytes with an Error. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "history/chunk/codec.h"

namespace monitorix::history {

class Sketch {
 public:
  void add(std::int64_t value, std::uint64_t times = 1);  ///< values <= 0 count as 0
  void merge(const Sketch& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The value that a share of `q` (0..1) of all values does not exceed; nothing when empty.
  [[nodiscard]] std::optional<double> quantile(double q) const;
  bool operator==(const Sketch&) const = default;

 private:
  friend struct SketchBytes;
  std::vector<std::uint64_t> buckets_{};  // by index; as long as the highest one used
  std::uint64_t count_{0};
};

/// The sketches of one series and day, by raw column. Units: bytes columns in KiB, others in their quantum.
using DaySketches = std::map<std::size_t, Sketch>;

/// Of the columns that right-sizing asks about: cpu and mem.
DaySketches sketches_of(const Rows& raw);
void merge_sketches(DaySketches& into, const DaySketches& other);
/// The unit of a column's sketch values.
double sketch_quantum(const Column& raw);

std::string encode_sketches(const DaySketches& sketches);
Result<DaySketches> decode_sketches(std::string_view blob);

}  // namespace monitorix::history
