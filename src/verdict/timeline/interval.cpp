#include "verdict/timeline/interval.h"

#include <algorithm>

namespace monitorix::verdict {
namespace {

constexpr std::chrono::milliseconds kHeartbeatGap{30'000};

/// `list` with its intervals split at the borders of `spans` (united), and `mark` done to the parts inside.
template <class Mark>
std::vector<Interval> laid_over(const std::vector<Interval>& list, const std::vector<Span>& spans, Mark mark) {
  if (spans.empty()) return list;
  std::vector<Interval> out;
  auto span = spans.begin();
  for (Interval rest : list) {
    while (span != spans.end() && span->end <= rest.begin) ++span;
    for (auto here = span; here != spans.end() && here->begin < rest.end; ++here) {
      Interval part = rest;
      part.end = std::max(rest.begin, here->begin);
      append(out, part);
      part = {part.end, std::min(rest.end, here->end), rest.state, rest.in_maintenance};
      mark(part);
      append(out, part);
      rest.begin = part.end;
    }
    append(out, rest);
  }
  return out;
}

}  // namespace

std::vector<Span> united(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  std::vector<Span> out;
  for (const Span& one : spans) {
    if (one.end <= one.begin) continue;
    if (!out.empty() && one.begin <= out.back().end)
      out.back().end = std::max(out.back().end, one.end);
    else
      out.push_back(one);
  }
  return out;
}

void append(std::vector<Interval>& timeline, const Interval& next) {
  if (next.end <= next.begin) return;
  if (!timeline.empty()) {
    Interval& last = timeline.back();
    if (last.end == next.begin && last.state == next.state && last.in_maintenance == next.in_maintenance) {
      last.end = next.end;
      return;
    }
  }
  timeline.push_back(next);
}

void cut_at(std::vector<Interval>& timeline, WallTime to) {
  while (!timeline.empty() && timeline.back().begin >= to) timeline.pop_back();
  if (!timeline.empty()) timeline.back().end = std::min(timeline.back().end, to);
}

std::vector<Interval> compose(const std::vector<Interval>& recorded, const Overlays& overlays, Span window,
                              WallTime created) {
  WallTime cursor = std::max(window.begin, created);
  std::vector<Interval> list;
  auto one = std::upper_bound(recorded.begin(), recorded.end(), cursor,
                              [](WallTime at, const Interval& interval) { return at < interval.end; });
  for (; one != recorded.end() && one->begin < window.end; ++one) {
    append(list, {cursor, std::min(one->begin, window.end), Shown::unknown});
    cursor = std::max(cursor, one->begin);
    const WallTime end = std::min(one->end, window.end);
    append(list, {cursor, end, one->state, one->in_maintenance});
    cursor = std::max(cursor, end);
  }
  append(list, {cursor, window.end, Shown::unknown});
  list = laid_over(list, united(overlays.unreachable), [](Interval& part) {
    if (part.state == Shown::down) part.state = Shown::unreachable;
  });
  return laid_over(list, united(overlays.maintenance), [](Interval& part) { part.in_maintenance = true; });
}

std::vector<Span> own_outages(const std::vector<WallTime>& heartbeats) {
  std::vector<Span> out;
  for (std::size_t i = 1; i < heartbeats.size(); ++i)
    if (heartbeats[i] - heartbeats[i - 1] > kHeartbeatGap) out.push_back({heartbeats[i - 1], heartbeats[i]});
  return out;
}

}  // namespace monitorix::verdict
