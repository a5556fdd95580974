#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"

namespace monitorix {
namespace {

constexpr std::size_t kKeySize = 32;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> refused(const std::string& path, const std::string& why) {
  return fail(Errc::denied, "master key " + path + ": " + why);
}

/// Written beside and linked into place, so that a cut at any moment leaves either no key or a whole one.
Result<Secret> make_key(const std::string& path) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());
  std::string key = random_bytes(kKeySize);
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.number() < 0 || ::write(file.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) ||
        ::fsync(file.number()) != 0)
      return refused(path, std::strerror(errno));
  }
  if (::link(beside.c_str(), path.c_str()) != 0) return refused(path, std::strerror(errno));
  ::unlink(beside.c_str());
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0 || ::fsync(directory.number()) != 0) return refused(path, std::strerror(errno));
  return Secret(std::move(key));
}

}  // namespace

Result<Secret> load_master_key(const std::string& path, bool may_create) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.number() < 0 && errno == ENOENT) {
    if (may_create) return make_key(path);
    return refused(path, "is missing, and there are secrets sealed with it: put the file back");
  }
  if (file.number() < 0) return refused(path, errno == ELOOP ? "is a symbolic link" : std::strerror(errno));
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return refused(path, std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) return refused(path, "is not a regular file");
  if (facts.st_uid != ::geteuid()) return refused(path, "belongs to another user");
  if ((facts.st_mode & 077u) != 0) return refused(path, "is readable by others: chmod 600 it");
  if (facts.st_size != static_cast<off_t>(kKeySize)) return refused(path, "is not 32 bytes long");
  std::string key(kKeySize, '\0');
  if (::read(file.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
    return refused(path, std::strerror(errno));
  return Secret(std::move(key));
}

}  // namespace monitorix
