#pragma once
// Open hours as files (SQLite): <data>/log/<shard>-<hour>-<segment>.log, mode 0600, one segment per process that wrote.
// append() is in the system's hands when it returns, and survives our end; sync() puts it on the disk. Thread-safe.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "history/keeper.h"

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
  Status drop(history::LogHour hour);
  [[nodiscard]] std::int64_t size_bytes() const;  ///< of all files there

 private:
  struct File {
    int descriptor{-1};
    std::int64_t good{0};  ///< bytes
    bool is_torn{false}, is_dirty{false};
  };
  struct Found {
    history::LogHour hour{};
    unsigned segment{};
    std::string path{};
  };
  Result<std::vector<Found>> found() const;  ///< oldest segment first
  Result<File> create(history::LogHour hour);

  std::string directory_;
  std::mutex mutex_{};
  std::map<history::LogHour, File> files_{};
  bool has_new_names_{false};
};

}  // namespace monitorix::store
