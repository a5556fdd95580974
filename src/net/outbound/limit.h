#pragma once
// One absolute deadline for everything that a run does, and the way to end it early. Whoever waits registers how its
// waiting is broken off. On the loop only.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "net/outbound/fault.h"
#include "net/task.h"

namespace monitorix::net {

class Limit : public std::enable_shared_from_this<Limit> {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static std::shared_ptr<Limit> until(Loop& loop, Time at);
  /// Ends no later than `outer`, and with it.
  static std::shared_ptr<Limit> within(Loop& loop, const std::shared_ptr<Limit>& outer, std::chrono::milliseconds most);

  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] bool was_cancelled() const { return cancelled_; }
  [[nodiscard]] Time at() const { return at_; }
  [[nodiscard]] std::chrono::milliseconds left() const;  ///< at least 1 ms
  void cancel();
  [[nodiscard]] Fault fault(Phase phase, const std::string& whom) const;

  /// While it lives, `end` is called when the time is over.
  class Watch {
   public:
    Watch(Limit& limit, std::function<void()> end) : limit_(limit), outer_(limit.end_) {
      limit.end_ = &end_, end_ = std::move(end);
    }
    ~Watch() { limit_.end_ = outer_; }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Limit& limit_;
    std::function<void()>* outer_;
    std::function<void()> end_{};
  };

  explicit Limit(Loop& loop, Time at) : timer_(loop.context()), at_(at) {}

 private:
  void arm();
  void finish();

  boost::asio::steady_timer timer_;
  Time at_;
  bool over_{false}, cancelled_{false};
  std::function<void()>* end_{nullptr};
  std::weak_ptr<Limit> inner_{};
};

/// Waits until a descriptor is ready; false when the limit was reached first.
Task<bool> until_ready(boost::asio::posix::stream_descriptor& descriptor, bool to_write, Limit& limit);
/// Sleeps; false when the limit was reached first.
Task<bool> pause(std::chrono::milliseconds duration, Limit& limit);

}  // namespace monitorix::net
