#include "alert/overlay/flap.h"

#include <cmath>

namespace monitorix::alert {

double decayed(double score, std::chrono::milliseconds passed, std::chrono::milliseconds half_life) {
  if (passed.count() <= 0) return score;
  return score * std::exp2(-static_cast<double>(passed.count()) / static_cast<double>(half_life.count()));
}

std::chrono::milliseconds time_to(double score, double level, std::chrono::milliseconds half_life) {
  if (score <= level) return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{
      static_cast<std::int64_t>(std::ceil(std::log2(score / level) * static_cast<double>(half_life.count())))};
}

}  // namespace monitorix::alert
