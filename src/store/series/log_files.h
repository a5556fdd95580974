#pragma once
// Open hours as files (SQLite): <data>/log/<hour>-<segment>.log, mode 0600, one segment per process that wrote; what is
// in one, see log_segment.h. append() is in the system's hands when it returns, and survives our end; sync() puts it on
// the disk. Thread-safe.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "history/keeper.h"
#include "store/series/log_segment.h"

namespace monitorix::store {

class LogFiles {
 public:
  static Result<std::unique_ptr<LogFiles>> open(const std::string& directory);
  explicit LogFiles(std::string directory) : directory_(std::move(directory)) {}
  LogFiles(const LogFiles&) = delete;
  LogFiles& operator=(const LogFiles&) = delete;
  ~LogFiles();

  /// All or nothing: after a failure what was half written is cut off before the next try.
  Status append(history::LogHour hour, std::string_view frames);
  Status sync();
  Result<std::vector<history::LogHour>> list();
  Status read(history::LogHour hour, const std::function<void(std::string_view frames)>& take);
  /// Of all shards.
  Status drop(std::int64_t hour);
  [[nodiscard]] std::int64_t size_bytes() const;  ///< of all files there

 private:
  struct File {
    int descriptor{-1};
    std::int64_t good{0};  ///< bytes
    bool is_torn{false}, is_dirty{false};
  };
  struct Found {
    std::int64_t hour{};
    unsigned segment{};
    std::string path{};
    std::int64_t bytes{};
  };
  struct Known {  ///< a file that was looked through; it holds while the file does not grow
    std::int64_t bytes{};
    SegmentContent content{};
  };
  Result<std::vector<Found>> found() const;  ///< oldest segment first
  Result<File> create(std::int64_t hour);
  /// Null, and a line in the log, when it begins as no log of that hour does. Under `looking_`.
  Result<const SegmentContent*> content_of(const Found& file, int descriptor);

  std::string directory_;
  std::mutex mutex_{};
  std::map<std::int64_t, File> files_{};  ///< by hour
  bool has_new_names_{false};
  std::mutex looking_{};
  std::map<std::string, Known> known_{};  ///< by path
};

}  // namespace monitorix::store
