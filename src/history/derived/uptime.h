#pragma once
// The share of a window in which an object was up, from its status column. Time of which nothing is known, and time in
// which the object could not be reached from here, is neither up nor down: it is told apart (docs/guide/history.md).
// Pure.

#include <optional>

#include "history/chunk/codec.h"

namespace monitorix::history {

struct Uptime {
  std::int64_t up{0}, down{0}, unknown{0};  ///< seconds; together the window
  std::int64_t checks{0}, up_checks{0};     ///< samples that said which
  [[nodiscard]] std::optional<double> share() const {
    return up + down > 0 ? std::optional(static_cast<double>(up) / static_cast<double>(up + down)) : std::nullopt;
  }
};

struct UptimeWindow {
  std::int64_t from{}, to{};     ///< seconds since 1970 UTC
  std::int64_t sample_step{10};  ///< usual seconds between two samples
  std::int64_t bucket{0};        ///< seconds of a rollup's row; 0 = raw rows
};

/// Raw rows are exact: a status holds until the next sample, and where that is missing for `sample_step`. They may
/// begin before the window. Rollup rows are exact to within one bucket at each change.
Uptime uptime_of(const Rows& rows, const UptimeWindow& window);

}  // namespace monitorix::history
