#pragma once
// What of the kept history could not be read. Each chunk is counted once, however often it is asked for, and one line
// of the log tells of a series and day. Thread-safe; bounded: beyond kMostKnown nothing more is told apart.

#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace monitorix::history {

struct Damage {
  std::string object{};  ///< key of the series
  std::int64_t start{};  ///< of the chunk, seconds since 1970 UTC
  std::string error{};
};

class DamageBook {
 public:
  static constexpr std::size_t kMostKnown = 10'000, kMostTold = 20;

  /// `kind` tells chunks of one series and start apart.
  void note(const Damage& damage, int kind);
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::vector<Damage> newest() const;  ///< at most kMostTold, newest first

 private:
  mutable std::mutex mutex_{};  // guards all below
  std::set<std::tuple<std::string, std::int64_t, int>> known_{};
  std::set<std::pair<std::string, std::int64_t>> told_{};  // series and day
  std::deque<Damage> newest_{};
};

}  // namespace monitorix::history
