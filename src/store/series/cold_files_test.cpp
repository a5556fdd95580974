#include "store/series/cold_files.h"

#include <filesystem>

#include "history/chunk/checksum.h"
#include "store/series/full_disk.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using history::ColdBlock;

ColdBlock block_at(std::int64_t at, std::string_view bytes) {
  return {0, at, static_cast<std::uint32_t>(bytes.size()), history::crc32c(bytes)};
}
bool is_there(const history::ColdFile& file, std::int64_t at, std::string_view bytes) {
  std::string read;
  return file.read(block_at(at, bytes), read) && read == bytes;
}

}  // namespace

TEST_CASE("a cold file gives back what it was given, and nobody sees it in the folder") {
  const TempDirectory directory;
  const auto file = must(cold_files(directory.path())());
  const std::string large(3u << 20, 'm');
  CHECK(must(file->append("first")) == 0);
  CHECK(must(file->append(large)) == 5);
  CHECK(must(file->append("last")) == 5 + (3 << 20));
  CHECK(is_there(*file, 5 + (3 << 20), "last"));
  CHECK(is_there(*file, 0, "first"));
  CHECK(is_there(*file, 5, large));
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("what a cold file does not have, or has otherwise, is not read") {
  const TempDirectory directory;
  const auto file = must(cold_files(directory.path())());
  must(file->append("twelve bytes"));
  CHECK(!is_there(*file, 0, "twelve bites"));
  CHECK(!is_there(*file, 6, " bytes and more"));
  CHECK(!is_there(*file, 1 << 20, "far away"));
  CHECK(!is_there(*file, -1, "before"));
  CHECK(is_there(*file, 0, "twelve bytes"));
}

TEST_CASE("a cold file that the disk takes half of has what it had, and takes the same bytes later") {
  const TempDirectory directory;
  const auto file = must(cold_files(directory.path())());
  must(file->append("whole"));
  {
    const FullDisk full(10);
    CHECK(!file->append("not whole"));
    CHECK(is_there(*file, 0, "whole"));
  }
  CHECK(must(file->append("not whole")) == 5);
  CHECK(is_there(*file, 5, "not whole"));
}

TEST_CASE("a folder that is not there gives no cold file") { CHECK(!cold_files("/nonexistent/folder")()); }

}  // namespace monitorix::store
