#pragma once
// Time zones, read from the system's TZif files (RFC 8536) because the standard library of this compiler has none.
// Pure: bytes in, offsets out. Hostile bytes are refused. Cheap to copy; shared data never changes.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace monitorix {

using LocalSeconds = std::chrono::local_seconds;

class Zone {
 public:
  Zone();  ///< UTC
  static Result<Zone> parse(std::string_view tzif);

  /// Local time minus UTC.
  [[nodiscard]] std::chrono::seconds offset_at(std::chrono::sys_seconds at) const;
  [[nodiscard]] LocalSeconds to_local(WallTime at) const;
  /// The first moment at which clocks show `local`; when the clock jumps over it, the moment it jumps.
  [[nodiscard]] WallTime to_wall(LocalSeconds local) const;

  struct Table;

 private:
  std::shared_ptr<const Table> table_;
};

/// The first moment of the local day or month that holds `at`, and of the one after it.
struct LocalPeriod {
  WallTime begin{}, end{};
};
LocalPeriod day_of(const Zone& zone, WallTime at);
LocalPeriod month_of(const Zone& zone, WallTime at);
LocalPeriod month_of(const Zone& zone, std::chrono::year_month month);

}  // namespace monitorix
