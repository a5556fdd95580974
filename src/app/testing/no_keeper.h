#pragma once
// For tests of what is recorded, without a database.

#include <functional>
#include <span>
#include <vector>

#include "history/keeper.h"

namespace monitorix::app {

/// A keeper that has nothing and takes nothing: what is recorded stays in memory, where these tests read it.
class NoKeeper final : public history::Keeper {
 public:
  Result<std::vector<history::SeriesInfo>> series() override { return std::vector<history::SeriesInfo>{}; }
  Status save_series(std::span<const history::SeriesInfo>) override { return away(); }
  Status write(const history::Batch&) override { return away(); }
  Result<std::vector<history::StoredChunk>> chunks(history::SeriesId, history::Resolution, std::int64_t,
                                                   std::int64_t) override {
    return std::vector<history::StoredChunk>{};
  }
  Result<std::vector<history::StoredChunk>> chunks_of(std::span<const history::SeriesId>, history::Resolution,
                                                      std::int64_t, std::int64_t) override {
    return std::vector<history::StoredChunk>{};
  }
  Result<std::vector<history::StoredSketch>> sketches(history::SeriesId, std::int64_t, std::int64_t) override {
    return std::vector<history::StoredSketch>{};
  }
  Status erase(std::span<const history::SeriesId>, const history::Cutoffs&) override { return away(); }
  Result<std::vector<std::int64_t>> sealed_hours(std::int64_t) override { return std::vector<std::int64_t>{}; }
  Result<std::vector<history::FrameDone>> frames_done() override { return std::vector<history::FrameDone>{}; }
  Result<std::int64_t> size_bytes() override { return 0; }
  Status append_log(history::LogHour, std::string_view) override { return away(); }
  Status sync_log() override { return away(); }
  Result<std::vector<history::LogHour>> logs() override { return std::vector<history::LogHour>{}; }
  Status read_log(history::LogHour, const std::function<void(std::string_view)>&) override { return away(); }
  Status drop_log(std::int64_t) override { return away(); }

 private:
  static Status away() { return fail(Errc::unavailable, "there is no database"); }
};

}  // namespace monitorix::app
