#pragma once
// What can be wrong with Monitorix itself, as conditions for the alerts (alerts:A21). Pure but for the memory that
// keeps a disk at the edge from coming and going. The evidence is numbers and names, which need no language; the words
// around them are those of whoever shows them.

#include <optional>
#include <string>
#include <vector>

#include "alert/event.h"
#include "state/services/service_view.h"
#include "store/outbox/outbox_store.h"

namespace monitorix::app {

/// Of a file system, as a process without privileges has it.
struct DiskRoom {
  std::uint64_t free_bytes{}, total_bytes{};
  std::uint64_t free_files{}, total_files{};  ///< none of none: it does not count them
};
Result<DiskRoom> room_at(const std::string& folder);  ///< blocks

/// What is absent was not measured, and says nothing.
struct OwnMeasure {
  WallTime at{};
  std::string storing_fault{};  ///< why what changes is not stored; "" when it is
  std::chrono::milliseconds lag{};
  std::string uplink_denied{};  ///< a place that tells whether we are cut off, and may not be asked
  std::optional<DiskRoom> disk{};
  std::optional<std::vector<store::ChannelQueue>> queues{};
  std::optional<std::vector<store::GivenUp>> given_up{};
};

class OwnTroubles {
 public:
  static constexpr std::chrono::milliseconds kMostLag{2'000};
  static constexpr std::chrono::seconds kOldestMessage{60};
  /// Shares of a disk that are free: where it begins, and where it is over.
  static constexpr double kLittle = 0.10, kEnough = 0.12, kHardly = 0.03, kSome = 0.05;

  std::vector<alert::Condition> judge(const OwnMeasure& measure, const state::ServiceBook& services);

 private:
  [[nodiscard]] alert::Condition about_disk(const DiskRoom& room);

  std::optional<Severity> disk_{};  ///< how bad it was the last time
};

}  // namespace monitorix::app
