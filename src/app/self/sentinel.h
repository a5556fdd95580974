#pragma once
// Is it them or is it us? A few places that an administrator named are asked all the time. When none of them answers in
// one round, it is Monitorix that is cut off, and what it says of others means nothing (alerts:A19). On the loop.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "check/prober.h"
#include "model/service/service.h"
#include "net/task.h"

namespace monitorix::app {

class Sentinel {
 public:
  static constexpr std::chrono::milliseconds kPeriod{10'000}, kTimeout{3'000}, kLeastPause{1'000};
  /// Of each round: whether nobody answered, when it began, and what the places said.
  using Listener = std::function<void(bool is_isolated, SteadyTime began, const std::string& evidence)>;

  /// `targets` are HOST (asked by ping) or HOST:PORT (by TCP); none = nobody is asked, and nothing is ever doubted.
  Sentinel(net::Loop& loop, const Clock& clock, check::ProberSettings settings, const std::vector<std::string>& targets,
           Listener heard);

  void begin();
  void stop();
  /// Something went wrong elsewhere: a round now, if none is under way and the last one is a moment ago.
  void request();
  [[nodiscard]] bool is_watching() const { return !targets_.empty(); }
  [[nodiscard]] bool is_isolated() const { return is_isolated_; }
  /// A place that the operating system does not let us ask; "" when there is none.
  [[nodiscard]] const std::string& denied() const { return denied_; }

 private:
  struct Round {
    SteadyTime began{};
    std::size_t pending{0}, failed{0}, answered{0};
    std::string said{};
  };
  net::Task<> ask(std::shared_ptr<const Service> target, std::shared_ptr<Round> round);
  void take(const Service& target, const CheckResult& result, Round& round);
  void end(const Round& round);

  net::Loop& loop_;
  const Clock& clock_;
  check::Prober prober_;
  std::vector<std::shared_ptr<const Service>> targets_{};
  Listener heard_;
  SteadyTime began_{};
  std::string denied_{};
  bool is_asking_{false}, is_isolated_{false}, is_stopping_{false}, has_warned_{false};
};

}  // namespace monitorix::app
