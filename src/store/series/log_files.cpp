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

constexpr unsigned kMostSegments = 100'000;  // of an hour: a process that restarts 27 times a second

tl::unexpected<Error> system_failure(const std::string& path) {
  const Errc code = errno == ENOSPC || errno == EDQUOT || errno == EMFILE ? Errc::unavailable : Errc::io;
  return fail(code, path + ": " + std::strerror(errno));
}

// "495123-0.log"
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

class Descriptor {  // of a file to be read, closed at the end
 public:
  explicit Descriptor(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

Result<std::unique_ptr<LogFiles>> LogFiles::open(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return system_failure(directory);
  return std::make_unique<LogFiles>(directory);
}

LogFiles::~LogFiles() {
  for (const auto& [hour, file] : files_) ::close(file.descriptor);
}

Result<LogFiles::File> LogFiles::create(std::int64_t hour) {
  for (unsigned segment = 0; segment < kMostSegments; ++segment) {
    const std::string path = directory_ + "/" + std::to_string(hour) + "-" + std::to_string(segment) + ".log";
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor < 0) return system_failure(path);
    has_new_names_ = true;
    const std::string header = segment_header(hour);
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
  auto at = files_.find(hour.hour);
  if (at == files_.end()) {
    auto made = create(hour.hour);
    if (!made) return fail(std::move(made).error());
    at = files_.emplace(hour.hour, *made).first;
  }
  File& file = at->second;
  if (file.is_torn && ::ftruncate(file.descriptor, file.good) != 0) return system_failure(directory_);
  file.is_torn = true;
  const std::string block = block_head(hour.shard, frames.size()).append(frames);
  if (auto done = write_all(file.descriptor, block, file.good, directory_); !done) {
    if (::ftruncate(file.descriptor, file.good) == 0) file.is_torn = false;
    return done;
  }
  file.is_torn = false;
  file.is_dirty = true;
  file.good += static_cast<std::int64_t>(block.size());
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
    if (!take_number(text, one.hour, '-') || !take_number(text, one.segment, '.') || text != "log") continue;
    std::error_code missing;
    one.bytes = static_cast<std::int64_t>(entry.file_size(missing));
    if (missing) continue;
    one.path = entry.path().string();
    out.push_back(std::move(one));
  }
  if (error) return fail(Errc::io, directory_ + ": " + error.message());
  std::sort(out.begin(), out.end(),
            [](const Found& a, const Found& b) { return std::tie(a.hour, a.segment) < std::tie(b.hour, b.segment); });
  return out;
}

Result<const SegmentContent*> LogFiles::content_of(const Found& file, int descriptor) {
  const auto before = known_.find(file.path);
  if (before != known_.end() && before->second.bytes == file.bytes) return &before->second.content;
  auto content = look_through(descriptor, file.hour);
  if (!content) return fail(std::move(content).error().within(file.path));
  if (!*content) {
    log::warn("a log of history has no good beginning and is left out", {{"file", file.path}});
    return nullptr;
  }
  if ((*content)->bytes_passed_over > 0)
    log::warn("a part of a log of history is damaged and is left out",
              {{"file", file.path}, {"bytes", (*content)->bytes_passed_over}});
  Known& known = known_[file.path];
  known = {file.bytes, std::move(**content)};
  return &known.content;
}

Result<std::vector<history::LogHour>> LogFiles::list() {
  auto all = found();
  if (!all) return fail(std::move(all).error());
  const std::lock_guard looking(looking_);
  std::set<history::LogHour> hours;
  for (const Found& one : *all) {
    const Descriptor file(one.path);
    if (file.get() < 0 && errno == ENOENT) continue;
    if (file.get() < 0) return system_failure(one.path);
    auto content = content_of(one, file.get());
    if (!content) return fail(std::move(content).error());
    // Without a block it still is the log of an hour, which goes when the hour does.
    if (*content != nullptr && (*content)->blocks.empty()) hours.insert({0, one.hour});
    if (*content != nullptr)
      for (const Block& block : (*content)->blocks) hours.insert({block.shard, one.hour});
  }
  std::vector<history::LogHour> out(hours.begin(), hours.end());
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.hour > b.hour; });
  return out;
}

Status LogFiles::read(history::LogHour hour, const std::function<void(std::string_view frames)>& take) {
  auto all = found();
  if (!all) return fail(std::move(all).error());
  for (const Found& one : *all) {
    if (one.hour != hour.hour) continue;
    std::string frames;
    {
      const std::lock_guard looking(looking_);
      const Descriptor file(one.path);
      if (file.get() < 0) return system_failure(one.path);
      auto content = content_of(one, file.get());
      if (!content) return fail(std::move(content).error());
      if (*content == nullptr) continue;
      if (auto read = read_blocks(file.get(), **content, hour.shard, frames); !read)
        return fail(std::move(read).error().within(one.path));
    }
    if (!frames.empty()) take(frames);
  }
  return {};
}

std::int64_t LogFiles::size_bytes() const {
  const auto all = found();
  if (!all) return 0;
  std::int64_t sum = 0;
  for (const Found& one : *all) sum += one.bytes;
  return sum;
}

Status LogFiles::drop(std::int64_t hour) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = files_.find(hour); at != files_.end()) {
      ::close(at->second.descriptor);
      files_.erase(at);
    }
  }
  auto all = found();
  if (!all) return fail(std::move(all).error());
  const std::lock_guard looking(looking_);
  for (const Found& one : *all) {
    if (one.hour != hour) continue;
    if (::unlink(one.path.c_str()) != 0 && errno != ENOENT) return system_failure(one.path);
    known_.erase(one.path);
  }
  return sync_directory(directory_);
}

}  // namespace monitorix::store
