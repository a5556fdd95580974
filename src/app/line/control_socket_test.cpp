#include "app/line/control_socket.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/line/remote.h"

using namespace monitorix;
using namespace monitorix::app;

namespace {
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "monitorix-control-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};
}  // namespace

TEST_CASE("an order reaches the running server and its outcome comes back") {
  const Folder folder;
  const std::string path = folder.path / "control.sock";
  ControlServer server(path, [](const std::string& text) {
    const auto order = decode_order(text);
    return encode(Outcome{order ? 0 : 1, order ? order->invocation.name + "/" + order->input.reveal() : "", "note"});
  });
  REQUIRE(server.start());
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  Order order{};
  order.invocation.command = CommandName::user_add;
  order.invocation.name = "kåre \"x\"";
  order.input = Secret("pass");
  for (int again = 0; again < 3; ++again) {
    const auto answer = ask_server(path, encode(order));
    REQUIRE(answer);
    REQUIRE(answer->has_value());
    const auto outcome = decode_outcome(**answer);
    REQUIRE(outcome);
    CHECK(outcome->out == "kåre \"x\"/pass");
    CHECK(outcome->err == "note");
  }
  CHECK(decode_outcome(**ask_server(path, "{}"))->exit_code == 1);
  server.stop();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("where no server listens the answer is nothing, not an error") {
  const Folder folder;
  const auto answer = ask_server(folder.path / "control.sock", "x");
  REQUIRE(answer);
  CHECK_FALSE(answer->has_value());
}
