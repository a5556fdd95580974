#include "series/simulated.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace monitorix::bench {

using std::int64_t;

SimulatedGuest::SimulatedGuest(std::uint64_t seed) : random_(seed) {
  container_ = uniform() < 0.4;
  stopped_ = uniform() < 0.08;
  base_ = 0.005 + 0.3 * std::pow(uniform(), 4);
  busy_ = std::pow(uniform(), 3);
  cpu_ = base_;
  most_memory_ = int64_t{1} << (29 + random_() % 5);
  memory_ = most_memory_ / 4096 * 3 / 5 * 4096;
  most_disk_ = int64_t{1} << (33 + random_() % 5);
  disk_ = container_ ? most_disk_ / 8192 * 4096 : 0;
  uptime_ = static_cast<int64_t>(random_() % 10'000'000);
}

history::Row SimulatedGuest::tick(int64_t t) {
  history::Row row;
  row.set(3, most_memory_);
  row.set(5, most_disk_);
  if (stopped_) {
    row.set(11, 3);
    return row;
  }
  const double wave = 1 + 0.6 * std::sin(2 * std::numbers::pi * static_cast<double>(t % 86'400) / 86'400);
  cpu_ += 0.05 * (base_ * wave - cpu_) + 0.15 * base_ * normal();
  double seen = cpu_ * (1 + 0.08 * normal());
  if (uniform() < 0.01) seen += 0.3 * uniform();
  row.set(1, static_cast<int64_t>(std::clamp(seen, 0.0, 1.0) * 1e5));
  if (uniform() < 0.7) memory_ += 4096 * static_cast<int64_t>(normal() * 64);
  memory_ = std::clamp<int64_t>(memory_, 1 << 24, most_memory_);
  row.set(2, memory_);
  if (container_ && uniform() < 0.25) disk_ = std::min(disk_ + 4096 * static_cast<int64_t>(uniform() * 32), most_disk_);
  row.set(4, disk_);
  double in = (300 + 40'000 * busy_ * wave) * 10 * (0.5 + uniform());
  if (uniform() < 0.02) in *= 10;
  net_in_ += static_cast<int64_t>(in);
  net_out_ += static_cast<int64_t>(0.6 * in * (0.5 + uniform()));
  if (uniform() < 0.3) disk_read_ += 512 * static_cast<int64_t>(200 * busy_ * uniform() + 8 * uniform());
  if (uniform() < 0.9) disk_write_ += 512 * static_cast<int64_t>(400 * busy_ * uniform() + 64 * uniform());
  uptime_ += 10;
  if (uniform() < 2e-6) uptime_ = net_in_ = net_out_ = disk_read_ = disk_write_ = 0;
  row.set(6, net_in_);
  row.set(7, net_out_);
  row.set(8, disk_read_);
  row.set(9, disk_write_);
  row.set(10, uptime_);
  row.set(11, 0);
  return row;
}

}  // namespace monitorix::bench
