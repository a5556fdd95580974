#include "app/config.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <unistd.h>

using namespace monitorix;
using namespace monitorix::app;

namespace {
struct TomlFile {
  std::filesystem::path path;
  explicit TomlFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "monitorix-toml-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path = name;
    std::ofstream(path) << text;
  }
  TomlFile(const TomlFile&) = delete;
  TomlFile& operator=(const TomlFile&) = delete;
  ~TomlFile() { std::filesystem::remove(path); }
};

std::string source_of(const LoadedConfig& loaded, const std::string& key) {
  return std::ranges::find(loaded.values, key, &EffectiveValue::key)->source;
}
}  // namespace

TEST_CASE("a flag beats the environment, which beats the file, which beats the default") {
  const TomlFile file("listen = \"127.0.0.1:1111\"\nweb = \"/from/file\"\ndata = \"/from/file\"\n");
  const auto loaded = load_config(file.path, {{"listen", "127.0.0.1:3333"}},
                                  {{"MONITORIX_LISTEN", "127.0.0.1:2222"}, {"MONITORIX_DATA", "/from/environment"}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.listen_port == 3333);
  CHECK(loaded.config.data_directory == "/from/environment");
  CHECK(loaded.config.web_directory == "/from/file");
  CHECK(loaded.config.log_level == log::Level::info);
  CHECK(source_of(loaded, "listen") == "flag");
  CHECK(source_of(loaded, "data") == "environment MONITORIX_DATA");
  CHECK(source_of(loaded, "web") == "file " + file.path.string() + ":2");
  CHECK(loaded.config.master_key_file == "/from/environment/master.key");
}

TEST_CASE("the original's names are accepted") {
  const auto loaded = load_config("/dev/null", {},
                                  {{"DATABASE_URL", "postgresql+asyncpg://m:pw@db/monitorix"},
                                   {"CORS_ORIGINS", "https://a.example, http://b.example:3000"},
                                   {"SECRET_KEY", "0123456789abcdef0123456789abcdef"},
                                   {"ADMIN_USERNAME", "root"},
                                   {"ADMIN_PASSWORD", "long enough 12"}});
  CHECK(loaded.problems.empty());
  CHECK(loaded.config.database_url == "postgresql://m:pw@db/monitorix");
  CHECK(loaded.config.cors_origins == std::vector<std::string>{"https://a.example", "http://b.example:3000"});
  for (const auto& value : loaded.values) {
    CHECK(value.value.find("pw@db") == std::string::npos);
    CHECK(value.value.find("long enough") == std::string::npos);
  }
}

TEST_CASE("all errors come at once, each with its place") {
  const TomlFile file(
      "listen = \"nowhere\"\n\ncolour = \"blue\"\ntrusted_proxies = [\"10.0.0.0/33\"]\nlog_level = 3.5\n");
  const auto loaded =
      load_config(file.path, {{"cors_origins", "*"}}, {{"SECRET_KEY", "changeme"}, {"DATABASE_URL", "mysql://x"}});
  const auto has = [&](const std::string& place) {
    return std::ranges::any_of(loaded.problems, [&](const ConfigProblem& problem) { return problem.place == place; });
  };
  CHECK(has(file.path.string() + ":1"));
  CHECK(has(file.path.string() + ":3"));
  CHECK(has(file.path.string() + ":4"));
  CHECK(has(file.path.string() + ":5"));
  CHECK(has("--cors-origins"));
  CHECK(has("SECRET_KEY"));
  CHECK(has("DATABASE_URL"));
  CHECK(loaded.problems.size() == 7);
}

TEST_CASE("a broken file names its line") {
  const TomlFile file("a = 1\nb = = 2\n");
  const auto loaded = load_config(file.path, {}, {});
  REQUIRE_FALSE(loaded.problems.empty());
  CHECK(loaded.problems.front().place == file.path.string() + ":2");
}

TEST_CASE("a file on which the TOML library gives up is a problem like any other") {
  for (const char* text : {"[%]\n", "[,\n", "listen = \"127.0.0.1:1111\"\n[#", "listen = 0\"\xD1\x83"}) {
    CAPTURE(text);
    const TomlFile file(text);
    CHECK_FALSE(load_config(file.path, {}, {}).problems.empty());
  }
}

TEST_CASE("plain HTTP beyond loopback needs the owner's word") {
  CHECK(load_config("/dev/null", {{"listen", "0.0.0.0:8000"}}, {}).problems.size() == 1);
  CHECK(load_config("/dev/null", {{"listen", "0.0.0.0:8000"}, {"insecure_http", "true"}}, {}).problems.empty());
  CHECK(load_config("/dev/null", {{"listen", "[::1]:8000"}}, {}).problems.empty());
  CHECK(load_config("/dev/null", {{"tls_cert", "/dev/null"}}, {}).problems.size() == 1);
}

TEST_CASE("averages for SQL users are usual on PostgreSQL, and anything but off, 5m and 1h is refused") {
  const auto mirror = [](Flags flags) { return load_config("/dev/null", flags, {}).config.sql_mirror; };
  CHECK(mirror({}) == std::chrono::seconds{0});
  CHECK(mirror({{"database", "postgresql://u@/m"}}) == std::chrono::hours{1});
  CHECK(mirror({{"database", "postgresql://u@/m"}, {"sql_mirror", "off"}}) == std::chrono::seconds{0});
  CHECK(mirror({{"sql_mirror", "5m"}}) == std::chrono::minutes{5});
  const auto wrong = load_config("/dev/null", {{"sql_mirror", "1d"}}, {});
  REQUIRE(wrong.problems.size() == 1);
  CHECK(wrong.problems[0].place == "--sql-mirror");
  CHECK(wrong.problems[0].text == "'1d' is none of off, 5m, 1h");
}
