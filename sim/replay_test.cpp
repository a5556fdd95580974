#include "sim/replay.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace monitorix::sim {

namespace {

Json read(const std::filesystem::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return Json::parse(text.str()).value();
}

std::string text_of(const Json& json, std::string_view key) {
  const auto* member = json.find(key);
  return member != nullptr && member->as_string() != nullptr ? *member->as_string() : std::string();
}

Request request_for(const Json& recording) {
  auto request =
      parse_head(text_of(recording, "method") + " /api2/json" + text_of(recording, "path") + " HTTP/1.1").value();
  const auto* sent = recording.find("request_headers");
  const auto header = sent == nullptr ? "PVEAPIToken=root@pam!full=00000000-0000-4000-8000-000000000001"
                                      : text_of(*sent, "Authorization");
  if (!header.empty()) request.headers.emplace_back("Authorization", header);
  return request;
}

int replay_folder(const std::string& folder) {
  const auto path = std::string(MONITORIX_TEST_DATA "/pve/") + folder;
  const auto recordings = Recordings::load(path);
  REQUIRE(recordings);
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const auto name = entry.path().stem().string();
    // A call recorded twice gives the later answer; the other formatter is not served.
    if (name.starts_with("ext_") || name == "ok_rrd_node_hour" || name == "ok_rrd_node_decade" ||
        name == "ok_rrd_lxc" || name == "ok_rrd_storage")
      continue;
    const auto recording = read(entry.path());
    CAPTURE(folder);
    CAPTURE(name);
    const auto answer = recordings->answer(request_for(recording));
    CHECK(answer.status == *recording.find("status")->as_int());
    if (recording.find("reason") != nullptr) CHECK(answer.reason == text_of(recording, "reason"));
    const auto& body = *recording.find("body");
    if (body.find("_text") == nullptr) {
      REQUIRE(answer.body != nullptr);
      CHECK(Json::parse(answer.body->plain()).value().dump() == body.dump());
    } else {
      CHECK(answer.body == nullptr);
    }
    REQUIRE(answer.exact_headers);
    for (const auto& [header, value] : *answer.exact_headers) {
      // Byte for byte as long as the original: the recording left nothing out, and nor do we.
      // Only the kernel's version text was replaced, by one of another length.
      if (name.ends_with("node_status")) continue;
      if (header == "Content-Length" && answer.body) CHECK(std::to_string(answer.body->plain().size()) == value);
    }
    ++seen;
  }
  return seen;
}

}  // namespace

TEST_CASE("every recording of 9.2.11 is served as it was") { CHECK(replay_folder("pve-9.2.11") > 100); }
TEST_CASE("every recording of 8.4.1 is served as it was") { CHECK(replay_folder("pve-8.4.1") > 60); }

TEST_CASE("what was not recorded is 501, and who was never heard is 401") {
  const auto recordings = Recordings::load(MONITORIX_TEST_DATA "/pve/pve-9.2.11").value();
  CHECK(recordings.node() == "pve1");
  REQUIRE_FALSE(recordings.tokens().empty());
  CHECK(recordings.tokens().front().starts_with("root@pam!full="));
  auto request = parse_head("GET /api2/json/nodes/pve7/status HTTP/1.1").value();
  CHECK(recordings.answer(request).status == 401);
  request.headers.emplace_back("Authorization", "PVEAPIToken=" + recordings.tokens().front());
  CHECK(recordings.answer(request).status == 501);
  request.headers[0].second = "PVEAPIToken=root@pam!stranger=1";
  CHECK(recordings.answer(request).reason == "Authentication failed!");
}

TEST_CASE("a folder without recordings is refused") {
  CHECK_FALSE(Recordings::load(MONITORIX_SOURCE_DIR "/sim"));
  CHECK_FALSE(Recordings::load("/nonexistent"));
}

}  // namespace monitorix::sim
