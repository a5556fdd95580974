#pragma once
// The house's memory: the keeper, what records into it and what reads from it, and the worker that keeps its rhythm
// (docs/architecture.md). Samples never wait for it, and it never waits for a screen.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "app/history/sql_mirror.h"
#include "base/clock.h"
#include "history/reader.h"
#include "history/recorder.h"
#include "history/retention.h"
#include "net/task.h"

namespace monitorix::app {

class Archive {
 public:
  /// `clock` outlives the archive. With `make_cold_file` large open hours lie in files but for their last minutes.
  Archive(std::unique_ptr<history::Keeper> keeper, const Clock& clock, history::MakeColdFile make_cold_file = {});

  /// Before begin(): averages over `step` seconds for SQL users (sql_mirror.h). `world` is asked on the loop.
  void mirror_into(store::Store& store, std::int64_t step, std::function<state::SnapshotPtr()> world);
  Status open();                                  ///< blocks; before the loop runs
  void begin(net::Loop& loop);                    ///< from now on rounds of work, every two seconds
  void close();                                   ///< blocks; after the loop: the last rows onto the disk
  void retain(const history::Retention& wanted);  ///< from the next round on

  /// Writes that read first (merge): on the archive's own worker, between its rounds, so that two never meet.
  net::Task<Status> edit(std::function<Status()> work);

  /// The last row of a series before this start, of the last two weeks; 0 when there is none. Asked once and
  /// remembered, for what was missed may have been filled since. On the loop.
  net::Task<Result<std::int64_t>> last_before_start(net::WorkerPool& pool, history::SeriesInfo series);
  [[nodiscard]] WallTime started() const { return started_; }

  [[nodiscard]] history::Retention retention() const;
  [[nodiscard]] history::Keeper& keeper() { return *keeper_; }
  [[nodiscard]] history::Recorder& recorder() { return recorder_; }
  [[nodiscard]] history::Reader& reader() { return reader_; }

 private:
  void round();
  void write_log(WallTime now);
  void do_chores(WallTime now);

  const Clock& clock_;
  std::unique_ptr<history::Keeper> keeper_;
  history::Recorder recorder_;
  history::Reader reader_{*keeper_, recorder_};
  history::RetentionWork retention_work_{*keeper_, recorder_};
  std::unique_ptr<SqlMirror> mirror_{};
  std::function<state::SnapshotPtr()> world_{};
  mutable std::mutex mutex_{};  // guards retention_
  history::Retention retention_{};
  WallTime started_{clock_.wall()};
  std::map<history::SeriesId, std::int64_t> last_before_start_{};  // loop
  WallTime synced_at_{};                                           // worker
  bool is_storing_{true};                                          // worker
  std::atomic<bool> is_busy_{false};
  net::WorkerPool worker_{"history", 1, 256, net::WorkerPool::Priority::lowered};  // ends first
};

}  // namespace monitorix::app
