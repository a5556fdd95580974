#pragma once
// A guest as storage benchmarks see it: 10-s samples with the load of a day, bursts, noise, pages of memory, bytes in
// and out, and now and then a restart. Seeded; the same seed gives the same guest.

#include <cstdint>
#include <random>

#include "history/head.h"

namespace monitorix::bench {

/// When simulated time begins, seconds since 1970 UTC: a whole day.
inline constexpr std::int64_t kSimulatedStart = 1'780'876'800;

class SimulatedGuest {
 public:
  explicit SimulatedGuest(std::uint64_t seed);
  /// The next 10 s.
  history::Row tick(std::int64_t t);
  [[nodiscard]] bool is_stopped() const { return stopped_; }

 private:
  double uniform() { return std::uniform_real_distribution<>(0, 1)(random_); }
  double normal() { return std::normal_distribution<>(0, 1)(random_); }

  std::mt19937_64 random_;
  bool container_, stopped_;
  double base_, busy_, cpu_;
  std::int64_t memory_, most_memory_, disk_, most_disk_;
  std::int64_t net_in_{0}, net_out_{0}, disk_read_{0}, disk_write_{0}, uptime_;
};

}  // namespace monitorix::bench
