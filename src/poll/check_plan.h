#pragma once
// When each check is due, on the monotonic clock; pure (checks.md §4). Every check has a fixed place in its interval,
// spread by the golden ratio (C9), so neither a start nor a reload bursts and nothing drifts. While its state is soft
// it comes `retry_interval` after its last run ended (C10). A change costs O(log n) and a look at those that are due
// within the same few milliseconds.

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix::poll {

struct CheckTiming {
  std::int64_t ordinal{};  ///< of creation
  std::chrono::milliseconds interval{60'000}, retry_interval{10'000};
  bool operator==(const CheckTiming&) const = default;
};

/// frac(ordinal x 0.6180339887) x interval.
std::chrono::nanoseconds phase_of(std::int64_t ordinal, std::chrono::milliseconds interval);
/// The first k x interval + phase after `now`.
SteadyTime next_in_phase(const CheckTiming& timing, SteadyTime now);
/// The last one that is not after `now`.
SteadyTime last_in_phase(const CheckTiming& timing, SteadyTime now);

/// What the owner of a plan or a queue ties to a check; it is handed back and not looked at.
struct CheckMark {};

struct DueCheck {
  ServiceId service{};
  SteadyTime due{};
  CheckMark* mark{};
};

class CheckPlan {
 public:
  /// Adds a check, or edits it: it keeps its place in the interval, and its turn when the timing is the same.
  void put(ServiceId service, const CheckTiming& timing, SteadyTime now, CheckMark* mark = nullptr);
  void remove(ServiceId service);
  [[nodiscard]] bool holds(ServiceId service) const { return entries_.contains(service); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Starts each second, as things stand: soft checks count with their retry interval.
  [[nodiscard]] double rate() const { return static_cast<double>(rate_) / kRateUnit; }

  [[nodiscard]] std::optional<SteadyTime> next_due() const;
  /// The check that is longest due at `now`, with its next turn already planned; nothing when none is due. Keep asking
  /// until there is none. More than two seconds without a question are a pause of our own: what was missed then is not
  /// caught up with in a burst, every check waits for its next place, or five minutes at most (C13).
  std::optional<DueCheck> take(SteadyTime now);
  /// A run has ended: a soft check comes again after its retry interval, any other at its next place.
  void ended(ServiceId service, SteadyTime now, bool is_soft);
  /// Comes at `due` instead, if that is sooner.
  void pull(ServiceId service, SteadyTime due);
  /// A new check comes within a second; of many that are new at once, one after the other, or at its place if that is
  /// sooner.
  void begin_soon(ServiceId service, SteadyTime now);

 private:
  struct Entry {
    CheckTiming timing{};
    SteadyTime due{};
    bool in_phase{true};
    CheckMark* mark{};
  };
  /// Of the line: `entry` is that of the service.
  struct Turn {
    SteadyTime due{};
    ServiceId service{};
    Entry* entry{};
  };
  /// All turns, by slices of time. A slice is looked into when it comes: nearly all turns are put far ahead and end
  /// where they were put, so there is no order to be kept until then.
  class Line {
   public:
    void put(const Turn& turn);
    void remove(const Turn& turn);
    /// The earliest, of two that are due at once the one of the smaller number; null when there is none.
    [[nodiscard]] const Turn* first() const { return first_.empty() ? nullptr : &first_.back(); }
    Turn take_first();

   private:
    using Slice = std::vector<Turn>;
    void open_next();

    Slice first_{};          ///< the earliest one, opened: in order, its first turn last; empty when there is no turn
    std::int64_t number_{};  ///< of that slice
    std::map<std::int64_t, Slice> later_{};  ///< by number; none is empty
  };
  void wake_up(SteadyTime now);
  void move(ServiceId service, Entry& entry, SteadyTime due, bool in_phase);
  void settle(ServiceId service, Entry& entry, SteadyTime due, bool in_phase);
  [[nodiscard]] static std::int64_t rate_of(const Entry& entry);

  static constexpr double kRateUnit{1e9};  // whole numbers, so that what is added and taken away stays exact
  std::unordered_map<ServiceId, Entry> entries_{};
  Line line_{};
  std::optional<SteadyTime> last_question_{};
  std::int64_t rate_{0};
  SteadyTime last_begun_{};
};

}  // namespace monitorix::poll
