#pragma once
// Who may start when not all may (checks C12); pure. What waits goes by due time, requests before all. Places are
// counted over all, for checks that were not UP (they never get the last quarter), and by address: what waits for its
// address alone stands aside and holds nobody up.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "model/ids.h"
#include "poll/check_plan.h"

namespace monitorix::poll {

struct RunLimits {
  std::size_t in_flight{512};
  std::size_t per_address{4};
  std::size_t kept_for_healthy{128};
};

/// A run that waits; once it has started, the place it holds.
struct Waiting {
  ServiceId service{};
  SteadyTime due{};
  std::string address{};  ///< empty = nobody's, not counted
  bool was_up{false};
  bool is_request{false};
  CheckMark* mark{};
};

class RunQueue {
  struct Rank {
    bool is_regular{};  // requests first
    SteadyTime due{};
    std::uint64_t number{};
    auto operator<=>(const Rank&) const = default;
  };

 public:
  /// Where a run waits: a handle, good until the run starts or is dropped.
  class Place {
    friend RunQueue;
    Place(Waiting what, Rank where, bool stands_aside) : run(std::move(what)), rank(where), is_aside(stands_aside) {}
    Waiting run;
    Rank rank;
    bool is_aside;
  };

  explicit RunQueue(RunLimits limits) : limits_(limits) {}

  /// Its place is taken if nobody waits before it and there is one; else it is to be enqueued.
  bool start_at_once(const Waiting& run);
  Place* enqueue(Waiting run);
  /// Makes a run that waits a request.
  void hurry(Place& place);
  enum class From { all, requests };
  /// The next that may start, with its place taken.
  std::optional<Waiting> start(From from = From::all);
  void finish(const Waiting& run);
  /// Forgets a run that waits.
  void drop(Place& place);

  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] std::size_t running() const { return running_; }

 private:
  using Line = std::map<Rank, Place>;  // a place keeps its address when it goes into another line

  [[nodiscard]] static bool has(const Line& line, From from);
  [[nodiscard]] bool has_place_for_others() const;
  void take_place(const Waiting& run);
  Line& line_of(const Waiting& run) { return run.was_up ? healthy_ : others_; }
  [[nodiscard]] bool is_address_full(const std::string& address) const;
  std::optional<Waiting> start_from(Line& line);
  Line::node_type take_out(const Place& place);
  void bring_back(const std::string& address);

  RunLimits limits_;
  Line healthy_{}, others_{};
  std::unordered_map<std::string, Line> aside_{};
  std::unordered_map<std::string, std::size_t> by_address_{};
  std::size_t waiting_{0}, running_{0}, running_others_{0};
  std::uint64_t number_{0};
};

}  // namespace monitorix::poll
