#pragma once
// Who watches the watcher: an address outside is called as long as we are well, and raises its voice when we are silent
// (alerts:A20). Well means that the loop turns, the database takes what we write, and no message waits for long. On the
// loop.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "check/prober.h"
#include "model/service/service.h"
#include "net/task.h"
#include "store/store.h"

namespace monitorix::app {

class DeadMan {
 public:
  static constexpr std::chrono::milliseconds kMostLag{2'000};
  static constexpr std::chrono::seconds kOldestMessage{60};
  struct Parts {
    net::Loop& loop;
    const Clock& clock;
    store::Store& store;
    std::function<std::chrono::milliseconds()> lag{};
    std::function<bool()> is_storing{};  ///< do alerts reach the store?
  };
  /// An empty address: nobody is called.
  DeadMan(Parts parts, check::ProberSettings settings, const std::string& url, std::chrono::seconds period);

  void begin();
  void stop();
  [[nodiscard]] bool is_on() const { return call_ != nullptr; }
  /// The last call that was answered well.
  [[nodiscard]] std::optional<WallTime> called_at() const { return called_at_; }

 private:
  net::Task<> look();
  /// Why we are not well; "" when we are.
  net::Task<std::string> fault();
  void note(const std::string& why);

  Parts parts_;
  check::Prober prober_;
  std::shared_ptr<const Service> call_{};
  std::chrono::seconds period_;
  std::optional<WallTime> called_at_{};
  std::string why_{};  ///< it is not called, or did not answer
  bool is_busy_{false}, is_stopping_{false};
  net::WorkerPool pool_{"dead man", 1, 4};  // ends first
};

}  // namespace monitorix::app
