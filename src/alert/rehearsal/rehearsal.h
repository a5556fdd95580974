#pragma once
// What a rule about a number would have said of one object, sample by sample as they were once: the engine itself, with
// this one rule and this one object, and nobody to tell. Pure.

#include "alert/engine.h"

namespace monitorix::alert {

/// From when it fired until it was over.
struct Episode {
  Severity severity{};  ///< the worst of it
  WallTime began{};
  std::optional<WallTime> ended{};  ///< absent: the samples end before it does
  std::optional<double> peak{};     ///< the worst value, from when it was about to fire
};

class Rehearsal {
 public:
  Rehearsal(Rule rule, Entity entity, Labels labels, WallTime begin);

  /// False when the rule is not about the object: an exception takes it out.
  [[nodiscard]] bool is_watched() const { return !state_.pairs.empty(); }
  /// Nothing holds, and nothing is remembered that would make the next samples count otherwise.
  [[nodiscard]] bool is_calm() const;
  /// Could a value so far from this one that it differs by a fiftieth reach a level or keep one?
  [[nodiscard]] bool is_near(double value) const;
  /// The least time that a level must hold.
  [[nodiscard]] std::chrono::milliseconds least_span() const;
  [[nodiscard]] bool is_upward() const;

  /// Later than all before; without a value it could not be read.
  void take(WallTime at, std::optional<double> value);
  [[nodiscard]] const std::vector<Episode>& episodes() const { return episodes_; }

 private:
  void follow(WallTime at);

  State state_{};
  Entity entity_{};
  Metric metric_{};
  std::vector<Episode> episodes_{};
  std::optional<double> peak_{};  ///< of what is pending or fires
  bool is_firing_{false};
};

}  // namespace monitorix::alert
