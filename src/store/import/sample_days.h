#pragma once
// The original's samples of one day, gathered by series until the day is whole. Pure.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "history/keeper.h"
#include "history/remembered.h"
#include "store/import/original.h"

namespace monitorix::store {

class SampleDays {
 public:
  /// Whose sample it is: the key of its series, and the totals that its percentages are of.
  struct Object {
    std::string series{};
    bool is_guest{false};
    std::optional<std::int64_t> memory_total{}, disk_total{};
  };
  /// As what a sample was counted.
  enum class Counted { no, there, imported };
  /// Left out after all, for they are a 0 that stood for unknown.
  struct Zeros {
    std::int64_t there{0}, imported{0}, first_id{0};
  };
  /// The columns that a kind of sample fills; total: 0 for a ratio. Nothing for a kind that we do not know.
  struct Kind {
    std::size_t value{}, total{};
  };
  [[nodiscard]] static std::optional<Kind> kind_of(std::string_view type, bool is_guest);
  [[nodiscard]] static bool has_total(const std::optional<std::int64_t>& memory,
                                      const std::optional<std::int64_t>& disk, std::string_view type) {
    return (type.starts_with("mem") ? memory : disk).has_value();
  }

  /// A sample of a known kind, between 0 and 100 %, whose total is known.
  void add(const Object& object, const OldMetric& metric, Counted counted);
  /// The rows of the day that begins at `day`, by series; forgets them.
  Zeros take(std::int64_t day, std::map<std::string, history::Remembered>& rows);

 private:
  struct Day {
    bool is_guest{false};
    struct Sample {
      history::ForeignSample sample{};
      std::int64_t id{};  // 0 for a total
      Counted counted{};
    };
    std::vector<Sample> samples{};
    std::set<std::int64_t> silent{};  // minutes in which memory was 0
  };
  std::map<std::string, Day> objects_{};
};

}  // namespace monitorix::store
