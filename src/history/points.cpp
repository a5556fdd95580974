#include "history/points.h"

#include <algorithm>
#include <span>

#include "base/steps.h"
#include "history/rate.h"

namespace monitorix::history {
namespace {

struct Bucket {
  double sum{0}, weight{0}, minimum{0}, maximum{0}, last{0};
  bool has_minimum{false}, has_maximum{false};

  void low(double value) {
    minimum = has_minimum ? std::min(minimum, value) : value;
    has_minimum = true;
  }
  void high(double value) {
    maximum = has_maximum ? std::max(maximum, value) : value;
    has_maximum = true;
  }
  void add(double value, double its_weight) {
    sum += value * its_weight;
    weight += its_weight;
    last = value;
  }
};

class Buckets {
 public:
  explicit Buckets(const Plan& plan) : plan_(plan), buckets_(plan.count()) {}
  Bucket* at(std::int64_t seconds) {
    if (seconds < plan_.from || seconds >= plan_.to) return nullptr;
    return &buckets_[static_cast<std::size_t>((seconds - plan_.from) / plan_.step)];
  }
  [[nodiscard]] std::vector<Point> points(const Column& column, double quantum) const {
    std::vector<Point> out(buckets_.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Bucket& bucket = buckets_[i];
      out[i].t = plan_.from + static_cast<std::int64_t>(i) * plan_.step;
      if (bucket.weight <= 0) continue;
      const double average = column.fold == Fold::last     ? bucket.last
                             : column.fold == Fold::status ? bucket.maximum
                                                           : bucket.sum / bucket.weight;
      out[i].average = average * quantum;
      if (bucket.has_minimum) out[i].minimum = bucket.minimum * quantum;
      if (bucket.has_maximum) out[i].maximum = bucket.maximum * quantum;
    }
    return out;
  }

 private:
  const Plan& plan_;
  std::vector<Bucket> buckets_;
};

std::vector<Point> from_raw(const Plan& plan, const Rows& rows, std::size_t column) {
  const Column& its = raw_columns(rows.set)[column];
  const std::int64_t ticks = ticks_per_second(rows.set);
  Buckets buckets(plan);
  Readings readings(rows.set);
  const auto put = [](Bucket* bucket, double value, double weight) {
    bucket->low(value);
    bucket->high(value);
    bucket->add(value, weight);
  };
  // A counter's first reading has no growth behind it: that moment shows how it went on. Else the past that was read
  // back, whose rates end there, and our own rows would be a point apart.
  Bucket* first = nullptr;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Bucket* bucket = buckets.at(rows.t()[i] / ticks);
    if (its.fold != Fold::counter) {
      if (bucket != nullptr && rows.columns[column].has(i))
        put(bucket, static_cast<double>(rows.columns[column].values[i]), 1);
      continue;
    }
    const TimedRow now{rows.t()[i], row_of(rows, i)};
    const auto& before = readings.before();
    const auto growth = before ? growth_between(rows.set, column, *before, now) : std::nullopt;
    if (growth) {
      const auto seconds = static_cast<double>(seconds_between(rows.set, *before, now));
      const double rate = static_cast<double>(*growth) / seconds;
      if (bucket != nullptr) put(bucket, rate, seconds);
      if (first != nullptr && first->weight <= 0) put(first, rate, 1);
    }
    first = !growth && rows.columns[column].has(i) ? bucket : nullptr;
    readings.pass(now);
  }
  return buckets.points(its, its.quantum);
}

std::vector<Point> from_rollup(const Plan& plan, const Rows& rows, std::size_t raw) {
  const Column& its = raw_columns(rows.set - kRollupOffset)[raw];
  const auto part = [&](Part which) -> const Cells* {
    const std::size_t column = rollup_column(rows.set, raw, which);
    return column == 0 ? nullptr : &rows.columns[column];
  };
  const auto number = [](const Cells* cells, std::size_t row) { return static_cast<double>(cells->values[row]); };
  const auto has = [](const Cells* cells, std::size_t row) { return cells != nullptr && cells->has(row); };
  const Cells *average = part(Part::avg), *low = part(Part::min), *high = part(Part::max), *last = part(Part::last),
              *sum = part(Part::sum), *worst = part(Part::worst);
  if (its.fold == Fold::counter) {
    low = part(Part::rate_min);
    high = part(Part::rate_max);
  }
  const Cells *samples = &rows.columns[1], *covered = &rows.columns[2];
  Buckets buckets(plan);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Bucket* bucket = buckets.at(rows.t()[i]);
    if (bucket == nullptr) continue;
    if (has(average, i)) bucket->add(number(average, i), has(samples, i) ? std::max(1.0, number(samples, i)) : 1);
    if (has(sum, i) && has(covered, i) && number(covered, i) > 0)
      bucket->add(number(sum, i) / number(covered, i), number(covered, i));
    if (has(low, i)) bucket->low(number(low, i));
    if (has(high, i)) bucket->high(number(high, i));
    for (const Cells* one : {last, worst}) {
      if (!has(one, i)) continue;
      bucket->add(number(one, i), 1);
      bucket->low(number(one, i));
      bucket->high(number(one, i));
    }
  }
  return buckets.points(its, rollup_quantum(its));
}

/// The points whose buckets begin in [start, start + span).
std::span<Point> within(const Plan& plan, std::vector<Point>& points, std::int64_t start, std::int64_t span) {
  const auto place = [&](std::int64_t t) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>((t - plan.from + plan.step - 1) / plan.step, 0,
                                                             static_cast<std::int64_t>(points.size())));
  };
  const std::size_t low = start <= plan.from ? 0 : place(start), high = place(start + span);
  return {points.data() + low, high > low ? high - low : 0};
}

}  // namespace

void fill_from(const Plan& plan, const Rows& coarser, std::int64_t span, std::size_t raw_column,
               std::vector<Point>& points) {
  if (coarser.empty()) return;
  const Plan wide{span, step_down(plan.from, span), step_up(plan.to, span), plan.resolution};
  for (const Point& whole : points_of(wide, coarser, raw_column)) {
    if (whole.is_gap()) continue;
    const auto its = within(plan, points, whole.t, span);
    if (!std::ranges::all_of(its, &Point::is_gap)) continue;
    for (Point& point : its) point = {point.t, whole.average, whole.minimum, whole.maximum};
  }
}

bool has_hole(const Plan& plan, const std::vector<Point>& points, std::int64_t span) {
  std::int64_t unknown = 0;
  for (const Point& point : points) {
    unknown = point.is_gap() ? unknown + plan.step : 0;
    if (unknown >= span) return true;
  }
  return false;
}

std::vector<Point> points_of(const Plan& plan, const Rows& rows, std::size_t raw_column) {
  if (rows.columns.empty()) {
    std::vector<Point> gaps(plan.count());
    for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i].t = plan.from + static_cast<std::int64_t>(i) * plan.step;
    return gaps;
  }
  return is_rollup(rows.set) ? from_rollup(plan, rows, raw_column) : from_raw(plan, rows, raw_column);
}

}  // namespace monitorix::history
