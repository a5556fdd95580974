#pragma once
// The container of a backup: a tar of a few flat files, zstd-compressed. Written under a name of its own and then
// renamed, never over another file, mode 0600. Reading accepts only plain names and refuses everything else.

#include <cstdint>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "store/sql/sql.h"

namespace monitorix::store {

/// Returns the size of the new file. Refuses an existing one with Errc::conflict.
Result<std::uint64_t> write_archive(const std::string& file, const std::vector<Part>& parts);
/// Unpacks into an existing directory.
Result<std::vector<Part>> read_archive(const std::string& file, const std::string& directory);

Result<Digest> file_digest(const std::string& path);
Result<std::string> read_file(const std::string& path, std::size_t most_bytes);
Status write_private_file(const std::string& path, std::string_view bytes);
Status sync_directory(const std::string& directory);

/// A directory (0700) made beside others in `parent`, removed with all that is in it when done.
class SideDirectory {
 public:
  static Result<SideDirectory> make(const std::string& parent, const std::string& purpose);
  SideDirectory(SideDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SideDirectory& operator=(SideDirectory&&) = delete;
  ~SideDirectory();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit SideDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace monitorix::store
