#include "store/series/cold_files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

namespace monitorix::store {
namespace {

Error system_failure(const std::string& what) {
  const bool may_pass = errno == ENOSPC || errno == EDQUOT || errno == EMFILE || errno == ENFILE;
  return {may_pass ? Errc::unavailable : Errc::io, what + ": " + std::strerror(errno)};
}

class UnnamedFile final : public history::ColdFile {
 public:
  UnnamedFile(int descriptor, std::string directory) : descriptor_(descriptor), directory_(std::move(directory)) {}
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;
  ~UnnamedFile() override { ::close(descriptor_); }

  Result<std::int64_t> append(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    std::int64_t at = end_;
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), at);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        Error error = system_failure("a file without a name in " + directory_);
        // What was half written takes no room on a full disk.
        if (::ftruncate(descriptor_, end_) != 0) error.text += "; what was half written stays";
        return fail(std::move(error));
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
      at += written;
    }
    return std::exchange(end_, at);
  }

 protected:
  [[nodiscard]] Status read_at(std::int64_t at, std::span<char> out) const override {
    while (!out.empty()) {
      const ssize_t read = ::pread(descriptor_, out.data(), out.size(), at);
      if (read < 0 && errno == EINTR) continue;
      if (read < 0) return fail(system_failure("a file without a name in " + directory_));
      if (read == 0) return fail(Errc::io, "a file without a name in " + directory_ + " ends early");
      out = out.subspan(static_cast<std::size_t>(read));
      at += read;
    }
    return {};
  }

 private:
  int descriptor_;
  std::string directory_;
  std::mutex mutex_{};
  std::int64_t end_{0};
};

}  // namespace

history::MakeColdFile cold_files(std::string directory) {
  return [directory = std::move(directory)]() -> Result<std::shared_ptr<history::ColdFile>> {
    int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) {  // not every file system has them
      std::string name = directory + "/cold-XXXXXX";
      descriptor = ::mkostemp(name.data(), O_CLOEXEC);
      if (descriptor < 0) return fail(system_failure(directory));
      (void)::unlink(name.c_str());
    }
    return std::make_shared<UnnamedFile>(descriptor, directory);
  };
}

}  // namespace monitorix::store
