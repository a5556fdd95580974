#pragma once
// How the running of checks goes, counted since the program started.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace monitorix {

/// From when a check was due to when it started.
struct StartDelays {
  /// The upper bounds of the counts; one more count is for all that is above.
  static constexpr std::array kBounds{std::chrono::milliseconds{10},   std::chrono::milliseconds{20},
                                      std::chrono::milliseconds{50},   std::chrono::milliseconds{100},
                                      std::chrono::milliseconds{200},  std::chrono::milliseconds{500},
                                      std::chrono::milliseconds{1000}, std::chrono::milliseconds{5000}};
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  std::chrono::microseconds sum{}, longest{};

  void add(std::chrono::microseconds delay) {
    std::size_t at = 0;
    while (at < kBounds.size() && delay > kBounds[at]) ++at;
    ++counts[at];
    sum += delay;
    longest = delay > longest ? delay : longest;
  }
};

struct RunCounters {
  std::uint64_t started{0};  ///< requests among them
  std::uint64_t overrun{0};  ///< turns that came while the run before was on its way
  std::uint64_t cut{0};      ///< runs that did not keep to their time limit
  std::uint64_t paused{0};   ///< times this program itself stood still
  std::size_t running{0}, waiting{0};
  std::size_t most_at_once{0};  ///< most starts within a tenth of a second, of this minute and the last
  StartDelays delays{};         ///< without requests
};

}  // namespace monitorix
