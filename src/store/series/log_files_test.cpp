#include "store/series/log_files.h"

#include <fstream>
#include <sys/stat.h>

#include "store/series/full_disk.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using history::LogHour;

constexpr LogHour kHour{3, 494'688};

std::string content(LogFiles& logs, LogHour hour) {
  std::string out;
  must(logs.read(hour, [&](std::string_view frames) { out += std::string(frames) + "|"; }));
  return out;
}

}  // namespace

TEST_CASE("an append that the disk takes half of leaves nothing, and the same bytes go in later") {
  const TempDirectory directory;
  auto logs = must(LogFiles::open(directory.path() + "/log"));
  must(logs->append(kHour, "whole."));
  {
    const FullDisk full(70);
    CHECK(!logs->append(kHour, std::string(100, 'x')));
    CHECK(content(*logs, kHour) == "whole.|");
    must(logs->append(kHour, "small."));
  }
  must(logs->append(kHour, std::string(100, 'x')));
  must(logs->sync());
  CHECK(content(*logs, kHour) == "whole.small." + std::string(100, 'x') + "|");
}

TEST_CASE("each process writes a segment of its own, private files, oldest first") {
  const TempDirectory directory;
  const std::string path = directory.path() + "/log";
  for (int process = 0; process < 12; ++process) {
    auto logs = must(LogFiles::open(path));
    must(logs->append(kHour, std::to_string(process)));
    must(logs->append(kHour, ";"));
  }
  auto logs = must(LogFiles::open(path));
  CHECK(content(*logs, kHour) == "0;|1;|2;|3;|4;|5;|6;|7;|8;|9;|10;|11;|");
  struct stat found {};
  REQUIRE(::stat((path + "/494688-11.log").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("a log with a foreign beginning and files of other names are left alone") {
  const TempDirectory directory;
  const std::string path = directory.path() + "/log";
  auto logs = must(LogFiles::open(path));
  must(logs->append(kHour, "mine"));
  std::ofstream(path + "/494688-7.log") << "this is not a log of history";
  const std::ofstream empty(path + "/494688-8.log");
  std::ofstream(path + "/notes.txt") << "keep";
  std::ofstream(path + "/x-1.log") << "keep";
  CHECK(content(*logs, kHour) == "mine|");
  CHECK(must(logs->list()) == std::vector<LogHour>{kHour});
  must(logs->drop(kHour.hour));
  CHECK(must(logs->list()).empty());
  CHECK(std::filesystem::exists(path + "/notes.txt"));
  CHECK(std::filesystem::exists(path + "/x-1.log"));
}

TEST_CASE("shards share a file, and damage in the middle costs what it hit") {
  const TempDirectory directory;
  const std::string path = directory.path() + "/log";
  const LogHour other{4, kHour.hour};
  {
    auto logs = must(LogFiles::open(path));
    must(logs->append(kHour, "three,"));
    must(logs->append(other, std::string(100'000, 'b')));
    must(logs->append(other, "four,"));
    must(logs->append(kHour, "again"));
    CHECK(content(*logs, other) == std::string(100'000, 'b') + "four,|");
  }
  const std::string file = path + "/494688-0.log";
  const auto overwrite = [&](std::streamoff at, std::size_t bytes) {
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(at) << std::string(bytes, '\0');
  };
  overwrite(16 + 12 + 6, 12);  // the head of the long block: all after it is searched for
  auto logs = must(LogFiles::open(path));
  CHECK(content(*logs, kHour) == "three,again|");
  CHECK(content(*logs, other) == "four,|");
  CHECK(must(logs->list()) == std::vector<LogHour>{kHour, other});
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 2);  // torn: what is there is handed on
  CHECK(content(*logs, kHour) == "three,aga|");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 3);
  CHECK(content(*logs, kHour) == "three,|");
}

}  // namespace monitorix::store
