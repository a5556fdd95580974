#pragma once
// Looks every few seconds whether Monitorix itself is well, and says so to the alerts. What blocks is asked on a
// worker; as long as no answer comes, that is what is wrong. On the loop.

#include <atomic>
#include <functional>

#include "app/self/own_troubles.h"
#include "net/task.h"
#include "state/snapshot.h"
#include "store/store.h"

namespace monitorix::app {

class OwnWatch {
 public:
  static constexpr std::chrono::seconds kPeriod{5}, kAskPeriod{15}, kPatience{20};
  /// What was given up longer ago is not news any more.
  static constexpr std::chrono::hours kGivenUpCounts{24};
  struct Parts {
    net::Loop& loop;
    const Clock& clock;
    store::Store& store;
    std::string folder{};  ///< of our data
    std::function<state::SnapshotPtr()> world{};
    std::function<std::string()> storing_fault{};
    std::function<void(const std::vector<alert::Condition>&)> tell{};
  };
  explicit OwnWatch(Parts parts) : parts_(std::move(parts)) {}

  void begin(std::function<OwnMeasure()> measure);
  void stop() { is_stopping_ = true; }
  /// A person has seen what was given up until now.
  void forgive();

 private:
  struct Asked {
    std::optional<DiskRoom> disk{};
    std::optional<std::vector<store::ChannelQueue>> queues{};
    std::optional<std::vector<store::GivenUp>> given_up{};
    std::optional<WallTime> forgiven_at{};
    std::string fault{};
  };
  void look();
  void ask();
  [[nodiscard]] Asked answer(WallTime now, std::optional<WallTime> forgiven_at) const;
  void take(Asked asked);

  Parts parts_;
  std::function<OwnMeasure()> measure_{};
  OwnTroubles troubles_{};
  Asked known_{};
  std::optional<SteadyTime> asked_at_{};  ///< and not answered
  SteadyTime next_{};
  std::optional<WallTime> forgiven_at_{};
  bool is_stopping_{false};
  net::WorkerPool pool_{"own watch", 1, 4};  // ends first
};

}  // namespace monitorix::app
