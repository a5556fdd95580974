#include "verdict/timeline/buckets.h"

#include <algorithm>

namespace monitorix::verdict {
namespace {

/// As compose(), with the time before creation as PAUSED.
std::vector<Interval> composed_from_birth(const std::vector<Interval>& recorded, const Overlays& overlays, Span window,
                                          WallTime created) {
  std::vector<Interval> list;
  append(list, {window.begin, std::min(window.end, created), Shown::paused});
  for (const Interval& one : compose(recorded, overlays, window, created)) append(list, one);
  return list;
}

}  // namespace

WallTime bucket_begin(WallTime at) {
  return WallTime{std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<900>>>(at.time_since_epoch())};
}

std::vector<Bucket> buckets_of(const std::vector<Interval>& recorded, const Overlays& overlays, Span window,
                               WallTime created) {
  WallTime begin = bucket_begin(window.begin);
  if (begin < window.begin) begin += kBucketLength;
  const WallTime end = bucket_begin(window.end);
  std::vector<Bucket> buckets;
  if (end <= begin) return buckets;
  buckets.resize(static_cast<std::size_t>((end - begin) / kBucketLength));
  for (std::size_t i = 0; i < buckets.size(); ++i)
    buckets[i].begin = begin + kBucketLength * static_cast<std::int64_t>(i);
  for (const Interval& one : composed_from_birth(recorded, overlays, {begin, end}, created)) {
    const std::size_t column = static_cast<std::size_t>(one.state) + (one.in_maintenance ? kShownCount : 0);
    for (WallTime at = one.begin; at < one.end;) {
      Bucket& bucket = buckets[static_cast<std::size_t>((at - begin) / kBucketLength)];
      const WallTime until = std::min(one.end, bucket.begin + kBucketLength);
      bucket.ms[column] += static_cast<std::int32_t>((until - at).count());
      at = until;
    }
  }
  return buckets;
}

Totals totals_of(const Bucket& bucket) {
  Totals totals;
  std::copy_n(bucket.ms.begin(), kShownCount, totals.outside.begin());
  std::copy_n(bucket.ms.begin() + kShownCount, kShownCount, totals.inside.begin());
  return totals;
}

Totals totals_between(const std::vector<Bucket>& buckets, const std::vector<Interval>& recorded,
                      const Overlays& overlays, Span window, WallTime created) {
  Totals totals;
  const auto add_edge = [&](WallTime begin, WallTime end) {
    if (begin < end) totals.add(totals_of(composed_from_birth(recorded, overlays, {begin, end}, created)));
  };
  WallTime cursor = window.begin;
  for (const Bucket& bucket : buckets) {
    const WallTime end = bucket.begin + kBucketLength;
    if (bucket.begin < cursor || end > window.end) continue;
    add_edge(cursor, bucket.begin);
    totals.add(totals_of(bucket));
    cursor = end;
  }
  add_edge(cursor, window.end);
  return totals;
}

}  // namespace monitorix::verdict
