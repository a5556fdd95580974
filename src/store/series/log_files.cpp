#include "store/series/log_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <utility>

#include "base/log.h"
#include "store/archive.h"

namespace monitorix::store {
namespace {

constexpr std::size_t kMostLogBytes = 1u << 30;
constexpr unsigned kMostSegments = 100'000;  // of an hour: a process that restarts 27 times a second

tl::unexpected<Error> system_failure(const std::string& path) {
  const Errc code = errno == ENOSPC || errno == EDQUOT || errno == EMFILE ? Errc::unavailable : Errc::io;
  return fail(code, path + ": " + std::strerror(errno));
}

// "3-495123-0.log"
template <class Number>
bool take_number(std::string_view& text, Number& out, char after) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end == text.data() + text.size() || *end != after) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

Status write_all(int descriptor, std::string_view bytes, std::int64_t at, const std::string& what) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor, bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return system_failure(what);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += written;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LogFiles>> LogFiles::open(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return system_failure(directory);
  return std::make_unique<LogFiles>(directory);
}

LogFiles::~LogFiles() {
  for (const auto& [hour, file] : files_) ::close(file.descriptor);
}

Result<LogFiles::File> LogFiles::create(history::LogHour hour) {
  for (unsigned segment = 0; segment < kMostSegments; ++segment) {
    const std::string path = directory_ + "/" + std::to_string(hour.shard) + "-" + std::to_string(hour.hour) + "-" +
                             std::to_string(segment) + ".log";
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor < 0) return system_failure(path);
    has_new_names_ = true;
    const std::string header = history::log_header(hour.shard, hour.hour);
    if (auto done = write_all(descriptor, header, 0, path); !done) {
      ::close(descriptor);
      (void)::unlink(path.c_str());
      return fail(std::move(done).error());
    }
    return File{descriptor, static_cast<std::int64_t>(header.size()), false, true};
  }
  return fail(Errc::io, directory_ + ": too many segments of one hour");
}

Status LogFiles::append(history::LogHour hour, std::string_view frames) {
  const std::lock_guard lock(mutex_);
  auto at = files_.find(hour);
  if (at == files_.end()) {
    auto made = create(hour);
    if (!made) return fail(std::move(made).error());
    at = files_.emplace(hour, *made).first;
  }
  File& file = at->second;
  if (file.is_torn && ::ftruncate(file.descriptor, file.good) != 0) return system_failure(directory_);
  file.is_torn = true;
  if (auto done = write_all(file.descriptor, frames, file.good, directory_); !done) {
    if (::ftruncate(file.descriptor, file.good) == 0) file.is_torn = false;
    return done;
  }
  file.is_torn = false;
  file.is_dirty = true;
  file.good += static_cast<std::int64_t>(frames.size());
  return {};
}

Status LogFiles::sync() {
  std::vector<int> dirty;
  {  // copies of the descriptors, so that appends go on while the disk works
    const std::lock_guard lock(mutex_);
    for (auto& [hour, file] : files_) {
      if (!std::exchange(file.is_dirty, false)) continue;
      if (const int copy = ::fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0); copy >= 0) {
        dirty.push_back(copy);
      } else {
        file.is_dirty = true;
      }
    }
  }
  Status done;
  for (const int descriptor : dirty) {
    if (::fdatasync(descriptor) != 0 && done) done = system_failure(directory_);
    ::close(descriptor);
  }
  const bool has_new_names = [&] {
    const std::lock_guard lock(mutex_);
    return std::exchange(has_new_names_, false);
  }();
  if (done && has_new_names) done = sync_directory(directory_);
  return done;
}

Result<std::vector<LogFiles::Found>> LogFiles::found() const {
  std::error_code error;
  std::vector<Found> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename().string();
    std::string_view text = name;
    Found one;
    if (!take_number(text, one.hour.shard, '-') || !take_number(text, one.hour.hour, '-') ||
        !take_number(text, one.segment, '.') || text != "log")
      continue;
    one.path = entry.path().string();
    out.push_back(std::move(one));
  }
  if (error) return fail(Errc::io, directory_ + ": " + error.message());
  std::sort(out.begin(), out.end(),
            [](const Found& a, const Found& b) { return std::tie(a.hour, a.segment) < std::tie(b.hour, b.segment); });
  return out;
}

Result<std::vector<history::LogHour>> LogFiles::list() {
  auto all = found();
  if (!all) return fail(std::move(all).error());
  std::set<history::LogHour> hours;
  for (const Found& one : *all) hours.insert(one.hour);
  std::vector<history::LogHour> out(hours.begin(), hours.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.hour > b.hour; });
  return out;
}

Status LogFiles::read(history::LogHour hour, const std::function<void(std::string_view frames)>& take) {
  auto all = found();
  if (!all) return fail(std::move(all).error());
  for (const Found& one : *all) {
    if (one.hour != hour) continue;
    auto bytes = read_file(one.path, kMostLogBytes);
    if (!bytes) return fail(std::move(bytes).error());
    if (!history::is_log_header(*bytes, hour.shard, hour.hour)) {
      log::warn("a log of history has no good beginning and is left out", {{"file", one.path}});
      continue;
    }
    take(std::string_view(*bytes).substr(history::kLogHeaderBytes));
  }
  return {};
}

std::int64_t LogFiles::size_bytes() const {
  const auto all = found();
  if (!all) return 0;
  std::int64_t sum = 0;
  for (const Found& one : *all) {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(one.path, missing);
    if (!missing) sum += static_cast<std::int64_t>(bytes);
  }
  return sum;
}

Status LogFiles::drop(history::LogHour hour) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = files_.find(hour); at != files_.end()) {
      ::close(at->second.descriptor);
      files_.erase(at);
    }
  }
  auto all = found();
  if (!all) return fail(std::move(all).error());
  for (const Found& one : *all)
    if (one.hour == hour && ::unlink(one.path.c_str()) != 0 && errno != ENOENT) return system_failure(one.path);
  return sync_directory(directory_);
}

}  // namespace monitorix::store
