#pragma once
// What has outlived its tier is erased in small steps, so that neither writer nor screens wait. Any step may be lost or
// done twice. One worker.

#include "history/plan.h"
#include "history/recorder.h"

namespace monitorix::history {

/// What one more day of history takes on the disk, by tier, in bytes: a tier that is kept n days takes n times its own.
struct DayCost {
  double raw{0}, fine{0}, coarse{0};
  DayCost& operator+=(const DayCost& other);
};
/// Of a series of `set` with a row each `step` seconds. Where nothing happens (a stopped guest) a row says only that.
/// By the measured bytes a value of sealed chunks (bench/codec, bench/ingest): right to about a fifth.
DayCost day_cost(unsigned set, std::int64_t step, bool is_at_work = true);

class RetentionWork {
 public:
  static constexpr std::size_t kSeriesPerStep = 50;
  static constexpr std::int64_t kPause = 3600;  ///< seconds between the rounds

  /// Both outlive this.
  RetentionWork(Keeper& keeper, const Recorder& recorder) : keeper_(keeper), recorder_(recorder) {}

  /// Worker: the next series of the round; true while there are more.
  Result<bool> step(WallTime now, const Retention& retention);

 private:
  Keeper& keeper_;
  const Recorder& recorder_;
  std::vector<SeriesId> left_{};
  std::int64_t next_round_{INT64_MIN};
};

}  // namespace monitorix::history
