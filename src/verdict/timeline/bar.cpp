#include "verdict/timeline/bar.h"

#include <algorithm>

namespace monitorix::verdict {
namespace {

/// Colours a cell by what it holds outside maintenance, or inside when there is nothing else.
void judge(Cell& cell) {
  const auto worst_of = [&](const std::array<std::int64_t, kShownCount>& side) {
    std::int64_t whole = 0;
    for (std::size_t i = 0; i < kShownCount; ++i) {
      whole += side[i];
      const auto state = static_cast<Shown>(i);
      if (side[i] > 0 && (!cell.worst || badness(state) > badness(*cell.worst))) cell.worst = state;
    }
    if (cell.worst) cell.share = Share{side[static_cast<std::size_t>(*cell.worst)], whole};
  };
  worst_of(cell.totals.outside);
  if (cell.worst) return;
  worst_of(cell.totals.inside);
  cell.in_maintenance = cell.worst.has_value();
}

}  // namespace

int badness(Shown state) {
  switch (state) {
    case Shown::down: return 5;
    case Shown::unreachable: return 4;
    case Shown::degraded: return 3;
    case Shown::unknown: return 2;
    case Shown::up: return 1;
    case Shown::paused: return 0;
  }
  return 0;
}

Span bar_span(WallTime now, std::chrono::milliseconds width, int count) {
  const std::int64_t wide = width.count();
  std::int64_t last = to_ms(now) / wide;
  if (to_ms(now) % wide < 0) --last;
  return {from_ms((last + 1 - count) * wide), from_ms((last + 1) * wide)};
}

std::vector<Cell> bar(const std::vector<Interval>& composed, Span span, int count) {
  std::vector<Cell> cells(static_cast<std::size_t>(std::max(count, 0)));
  if (cells.empty() || span.end <= span.begin) return cells;
  const std::int64_t width = span.length().count() / count;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i);
    const WallTime begin = span.begin + std::chrono::milliseconds{place * width};
    cells[i].span = {begin, i + 1 == cells.size() ? span.end : begin + std::chrono::milliseconds{width}};
  }
  std::size_t at = 0;
  for (const Interval& one : composed) {
    while (at < cells.size() && cells[at].span.end <= one.begin) ++at;
    for (std::size_t i = at; i < cells.size() && cells[i].span.begin < one.end; ++i) {
      Interval part = one;
      part.begin = std::max(one.begin, cells[i].span.begin);
      part.end = std::min(one.end, cells[i].span.end);
      if (part.begin < part.end) cells[i].totals.add(part);
    }
  }
  for (Cell& cell : cells) judge(cell);
  return cells;
}

}  // namespace monitorix::verdict
