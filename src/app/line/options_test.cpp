#include "app/line/options.h"

#include <doctest/doctest.h>
#include <vector>

using namespace monitorix::app;

namespace {
std::variant<Invocation, EndNow> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "monitorix");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}
}  // namespace

TEST_CASE("options may stand before or after the command") {
  const auto call = parse({"serve", "--data", "/srv/m", "--insecure-http", "--listen", "0.0.0.0:80"});
  REQUIRE(std::holds_alternative<Invocation>(call));
  const auto& invocation = std::get<Invocation>(call);
  CHECK(invocation.command == CommandName::serve);
  CHECK(invocation.flags.at("data") == "/srv/m");
  CHECK(invocation.flags.at("insecure_http") == "true");
  CHECK(std::get<Invocation>(parse({"--data", "/srv/m", "user", "list", "--json"})).json);
}

TEST_CASE("every command is understood with what it needs") {
  const auto command = [](std::vector<const char*> words) {
    return std::get<Invocation>(parse(std::move(words))).command;
  };
  CHECK(command({"config"}) == CommandName::config);
  CHECK(command({"migrate"}) == CommandName::migrate);
  CHECK(command({"version"}) == CommandName::version);
  CHECK(command({"user", "add", "kari", "--role", "viewer", "--password-stdin"}) == CommandName::user_add);
  CHECK(command({"user", "reset-password", "kari"}) == CommandName::user_reset_password);
  CHECK(command({"user", "disable", "kari"}) == CommandName::user_disable);
  CHECK(command({"connect", "--name", "oslo", "--url", "https://h:8006", "--token", "a@pve!b=c"}) ==
        CommandName::connect);
  CHECK(command({"doctor"}) == CommandName::doctor);
  CHECK(command({"doctor", "oslo"}) == CommandName::doctor);
  CHECK(command({"backup", "/tmp/x"}) == CommandName::backup);
  CHECK(command({"restore", "/tmp/x"}) == CommandName::restore);
  CHECK(command({"import", "monitorix", "postgresql://h/d", "--yes"}) == CommandName::import_monitorix);
  const auto import = std::get<Invocation>(
      parse({"import", "monitorix", "-", "--dry-run", "--together", "a,b", "--together", "c,d", "--source", "old"}));
  CHECK(import.dry_run);
  CHECK(import.role == "viewer");
  CHECK(import.together == std::vector<std::string>{"a,b", "c,d"});
}

TEST_CASE("a wrong line ends with 2 and says why; help ends with 0") {
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"fly"},
      {"user"},
      {"user", "add"},
      {"user", "add", "x", "--role", "king"},
      {"serve", "--no-such-option"},
      {"import"},
      {"import", "monitorix"},
      {"import", "monitorix", "-", "--role", "admin"},
      {"connect", "--name", "x"},
      {"connect", "--name", "x", "--url", "u", "--token", "t", "--fingerprint", "f", "--ca", "c"}};
  for (const auto& words : wrong) {
    const auto call = parse(words);
    REQUIRE(std::holds_alternative<EndNow>(call));
    CHECK(std::get<EndNow>(call).exit_code == 2);
    CHECK_FALSE(std::get<EndNow>(call).err.empty());
  }
  const auto help = parse({"--help"});
  CHECK(std::get<EndNow>(help).exit_code == 0);
  CHECK(std::get<EndNow>(help).out.find("serve") != std::string::npos);
}
