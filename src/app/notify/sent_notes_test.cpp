#include "app/notify/sent_notes.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace monitorix::app {

TEST_CASE("what was taken is known after a kill, until it is marked") {
  const auto path = (std::filesystem::temp_directory_path() / ("notes-" + std::to_string(::getpid()))).string();
  {
    SentNotes notes(path);
    notes.clear();
    notes.add({.id = 7, .dedup_key = "abc", .fence = 2});
    notes.add({.id = 8, .dedup_key = "def", .fence = 1});
    notes.settled();  // of the two one is still outstanding: both lines stay, which harms nobody
  }
  std::ofstream(path, std::ios::app) << "9 1 cut";
  SentNotes after(path);
  const auto read = after.read();
  REQUIRE(read.size() == 2);
  CHECK(read[0].id == 7);
  CHECK(read[0].fence == 2);
  CHECK(read[1].dedup_key == "def");
  after.clear();
  CHECK(after.read().empty());
  after.add({.id = 9, .dedup_key = "ghi", .fence = 1});
  CHECK(after.read().size() == 1);
  after.settled();
  CHECK(after.read().empty());
  std::filesystem::remove(path);
}

}  // namespace monitorix::app
