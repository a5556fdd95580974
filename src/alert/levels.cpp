#include "alert/levels.h"

namespace monitorix::alert {
namespace {

bool is_beyond(Comparison comparison, double value, double bound) {
  switch (comparison) {
    case Comparison::above: return value > bound;
    case Comparison::at_least: return value >= bound;
    case Comparison::below: return value < bound;
    case Comparison::at_most: return value <= bound;
  }
  return false;
}

bool is_upward(Comparison comparison) { return comparison == Comparison::above || comparison == Comparison::at_least; }

}  // namespace

Reached up_to(const Pair& pair, Severity severity) {
  Reached reached{};
  for (std::size_t i = 0; i <= static_cast<std::size_t>(severity); ++i) reached[i] = pair.bounds[i].exists;
  return reached;
}

Reached levels_of(const Pair& pair, double value, double min_delta) {
  Reached reached{};
  const bool upward = is_upward(pair.comparison);
  for (std::size_t i = 0; i < kSeverityCount; ++i) {
    const Pair::Bound& bound = pair.bounds[i];
    if (!bound.exists) continue;
    reached[i] = is_beyond(pair.comparison, value, bound.threshold);
    if (reached[i] || !pair.true_since[i]) continue;
    // Between trigger and clear it stays; with a milder level below it, the severity falls only well past its clear.
    const bool has_milder = i > 0 && reached[i - 1];
    const double clear = bound.clear + (has_milder ? (upward ? -min_delta : min_delta) : 0.0);
    reached[i] = upward ? value > clear : value < clear;
  }
  return reached;
}

}  // namespace monitorix::alert
