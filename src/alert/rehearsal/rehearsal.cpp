#include "alert/rehearsal/rehearsal.h"

#include <algorithm>
#include <cmath>

namespace monitorix::alert {
namespace {

constexpr RuleId kRule{1};
constexpr double kSlack = 0.02;

/// Only differences count; the engine's clock runs with the calendar of that time.
Now moment(WallTime at) {
  return {RunTime{std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch())}, at};
}

}  // namespace

Rehearsal::Rehearsal(Rule rule, Entity entity, Labels labels, WallTime begin) : entity_(entity), metric_(rule.metric) {
  rule.id = kRule;
  rule.is_active = true;
  rule.absent = Absent::ignore;  // whoever leaves out calm hours is not to be taken for silence
  step(state_, PutRule{std::move(rule)}, moment(begin));
  step(state_, Placed{entity, std::move(labels), {}}, moment(begin));
}

bool Rehearsal::is_upward() const {
  const Comparison comparison = state_.rules.at(kRule).comparison;
  return comparison == Comparison::above || comparison == Comparison::at_least;
}

bool Rehearsal::is_calm() const {
  const Pair& pair = state_.pairs.front();
  return !pair.open.exists() && !pair.flapping.exists() &&
         std::ranges::none_of(pair.true_since, [](const auto& since) { return since.has_value(); });
}

bool Rehearsal::is_near(double value) const {
  const bool upward = is_upward();
  return std::ranges::any_of(state_.pairs.front().bounds, [&](const Pair::Bound& bound) {
    if (!bound.exists) return false;
    const double edge = upward ? std::min(bound.threshold, bound.clear) : std::max(bound.threshold, bound.clear);
    const double slack = std::abs(edge) * kSlack;
    return upward ? value >= edge - slack : value <= edge + slack;
  });
}

std::chrono::milliseconds Rehearsal::least_span() const {
  auto least = std::chrono::milliseconds::max();
  for (const Pair::Bound& bound : state_.pairs.front().bounds)
    if (bound.exists) least = std::min(least, bound.confirm_for);
  return least;
}

void Rehearsal::take(WallTime at, std::optional<double> value) {
  const Now now = moment(at);
  for (auto due = next_due(state_); due && *due <= now.run; due = next_due(state_)) {
    const WallTime then = at - (now.run - *due);
    advance(state_, {*due, then});
    follow(then);
  }
  step(state_, Sample{entity_, metric_, value}, now);
  if (value && state_.pairs.front().open.exists() && (!peak_ || (is_upward() ? *value > *peak_ : *value < *peak_)))
    peak_ = value;
  follow(at);
}

void Rehearsal::follow(WallTime at) {
  const AlertId open = state_.pairs.front().open;
  const auto found = state_.alerts.find(open);
  const bool is_firing = found != state_.alerts.end() && (found->second.row.state == AlertState::firing ||
                                                          found->second.row.state == AlertState::recovering);
  if (is_firing && !is_firing_) episodes_.push_back({.severity = found->second.row.severity, .began = at});
  if (is_firing) {
    Episode& now = episodes_.back();
    now.severity = std::max(now.severity, found->second.row.severity);
    now.peak = peak_;
  } else if (is_firing_) {
    episodes_.back().ended = at;
    forget_settled(state_);
  }
  if (!open.exists()) peak_.reset();
  is_firing_ = is_firing;
}

}  // namespace monitorix::alert
