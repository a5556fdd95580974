#include "store/sql/sqlite_database.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>

#include "store/store_suite.h"

namespace monitorix::store {
namespace {

/// A child adds settings one after another and writes each number to the pipe once it is acknowledged.
template <class Stand>
int acknowledged_before_kill(const Stand& stand, std::int64_t start, int kill_after) {
  int pipe_ends[2];
  REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
  const OpenOptions options = stand.options();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto store = open_store(options, test_keyring());
    for (std::int64_t n = start; store; ++n) {
      if (!(*store)->put_setting({"k" + std::to_string(n), "v", 0, from_ms(n), {}}, 0)) break;
      if (::write(pipe_ends[1], "+", 1) != 1) break;
    }
    ::_exit(1);
  }
  ::close(pipe_ends[1]);
  int acknowledged = 0;
  char mark = 0;
  while (acknowledged < kill_after && ::read(pipe_ends[0], &mark, 1) == 1) ++acknowledged;
  ::kill(child, SIGKILL);
  while (::read(pipe_ends[0], &mark, 1) == 1) ++acknowledged;
  ::close(pipe_ends[0]);
  int state = 0;
  ::waitpid(child, &state, 0);
  CHECK(WIFSIGNALED(state));
  return acknowledged;
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
}

}  // namespace

ON_BOTH_ENGINES("kill -9 in the middle of writing loses nothing that was acknowledged") {
  const Stand stand;
  (void)stand.open();
  std::int64_t expected = 0;
  for (int cycle = 0; cycle < 10; ++cycle) {
    const std::int64_t start = (cycle + 1) * 1'000'000;
    const int acknowledged = acknowledged_before_kill(stand, start, 3 + cycle * 7);
    CHECK(acknowledged >= 3 + cycle * 7);
    expected += acknowledged;
    const auto settings = must(stand.open()->settings());
    std::int64_t found = 0;
    for (int n = 0; n < acknowledged; ++n)
      for (const auto& setting : settings) found += setting.key == "k" + std::to_string(start + n) ? 1 : 0;
    CHECK(found == acknowledged);
    CHECK(static_cast<std::int64_t>(settings.size()) >= expected);
  }
}

TEST_CASE("files are private, and state.db is in WAL mode") {
  const SqliteStand stand;
  const auto store = stand.open();
  const std::string data = stand.options().data_directory;
  CHECK(mode_of(data) == 0700);
  for (const char* name : {"/state.db", "/lock", "/state.db-wal"}) CHECK(mode_of(data + name) == 0600);
}

TEST_CASE("a second opener of a data directory is told who has it") {
  const SqliteStand stand;
  auto store = stand.open();
  const auto second = open_store(stand.options(), test_keyring());
  REQUIRE(!second);
  CHECK(second.error().code == Errc::unavailable);
  CHECK(second.error().text.find("another process") != std::string::npos);
  store.reset();
  CHECK(open_store(stand.options(), test_keyring()));
}

TEST_CASE("a damaged state.db refuses to open and names the way back") {
  const SqliteStand stand;
  const std::string state = stand.options().data_directory + "/state.db";
  {
    const auto store = stand.open();
    for (int i = 0; i < 300; ++i)
      must(store->put_setting({"k" + std::to_string(i), std::string(500, 'x'), 0, {}, {}}, 0));
  }
  {
    std::fstream file(state, std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 20; page < 40; ++page) {
      file.seekp(page * 4096);
      file << std::string(4096, '\xA5');
    }
    std::ofstream(state + "-wal") << std::string(64, 'w');  // as an unclean stop leaves one
  }
  const auto opened = open_store(stand.options(), test_keyring());
  REQUIRE(!opened);
  CAPTURE(opened.error().text);
  CHECK(opened.error().text.find("restore") != std::string::npos);
}

TEST_CASE("a full disk refuses writes, answers reads, and takes writes again when there is space") {
  const TempDirectory directory;
  if (::geteuid() != 0 || ::mount("none", directory.path().c_str(), "tmpfs", 0, "size=2m,mode=700") != 0) {
    MESSAGE("skipped: needs root and the right to mount a tmpfs");
    return;
  }
  {
    const OpenOptions options{directory.path() + "/data", "", false};
    const auto store = must(open_store(options, test_keyring()));
    must(store->migrate());
    int stored = 0;
    Status last;
    for (int i = 0; i < 1000 && last; ++i) {
      last =
          store->put_setting({"k" + std::to_string(i), std::string(8000, 'x'), 0, {}, {}}, 0).map([](const Setting&) {
          });
      if (last) ++stored;
    }
    REQUIRE(!last);
    const bool says_so = last.error().code == Errc::unavailable || last.error().code == Errc::io;
    CHECK_MESSAGE(says_so, last.error().text);
    CHECK(static_cast<int>(must(store->settings()).size()) == stored);
    REQUIRE(::mount("none", directory.path().c_str(), "tmpfs", MS_REMOUNT, "size=32m,mode=700") == 0);
    must(store->put_setting({"after", "x", 0, {}, {}}, 0));
    CHECK(static_cast<int>(must(store->settings()).size()) == stored + 1);
  }
  ::umount2(directory.path().c_str(), MNT_DETACH);
}

}  // namespace monitorix::store
