#include "proxmox/past/export.h"

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <random>

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

std::string recorded_body(const std::string& file) {
  std::ifstream in(std::string(MONITORIX_TEST_DATA) + "/pve/" + file);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto recording = Json::parse(whole);
  REQUIRE_MESSAGE(recording, file);
  return recording->find("body")->dump();
}

std::string line(const std::string& id, const std::string& metric, std::int64_t time, const std::string& value) {
  return R"({"id":")" + id + R"(","metric":")" + metric + R"(","timestamp":)" + std::to_string(time) +
         R"(,"type":"gauge","value":)" + value + "}";
}
std::string body(const std::string& lines) { return R"({"data":{"data":[)" + lines + "]}}"; }

}  // namespace

TEST_CASE("the recorded answers of both versions are read whole, and nothing is invented") {
  for (const std::string version : {"pve-8.4.1", "pve-9.2.11"}) {
    CAPTURE(version);
    const std::string text = recorded_body(version + "/ok_metrics_export.json");
    const auto exported = parse_export(text);
    REQUIRE(exported);
    CHECK(exported->size() == 9);
    const Sampled& node = exported->at("node/pve1").front();
    CHECK(node[Metric::mem_total] == 25'274'793'984);
    CHECK(node[Metric::net_in] == 0);
    CHECK(node[Metric::cpu_avg1] == (version == "pve-8.4.1" ? 0.35 : 0.45));
    CHECK_FALSE(node.has(Metric::disk_read));
    const Sampled& guest = exported->at("qemu/100").front();
    CHECK(guest[Metric::uptime] == (version == "pve-8.4.1" ? 19 : 11));
    CHECK(guest[Metric::net_out] == (version == "pve-8.4.1" ? 656 : 586));
    CHECK_FALSE(guest.has(Metric::disk_used));
    CHECK_FALSE(exported->at("lxc/201").front().has(Metric::cpu_current));
    std::size_t values = 0, lines = 0;
    for (const auto& [id, samples] : *exported)
      for (const Sampled& one : samples)
        for (const double value : one.values) values += std::isnan(value) ? 0u : 1u;
    const auto all = Json::parse(text);
    for (const Json& row : *all->find("data")->find("data")->as_array()) {
      const std::string& metric = *row.find("metric")->as_string();
      lines += metric == "cpu_max" || metric == "cpu_avg5" || metric == "cpu_avg15" ? 0u : 1u;  // those we do not take
    }
    CHECK(values == lines);
  }
}

TEST_CASE("metrics of one moment find together wherever they stand, and the samples are in order") {
  const auto exported =
      parse_export(body(line("node/a", "uptime", 20, "120") + "," + line("qemu/7", "uptime", 10, "\"5\"") + " ,\n" +
                        line("node/a", "net_in", 10, "1e3") + "," + line("node/a", "uptime", 10, "110") + "," +
                        line("node/a", "net_in", 20, "2.5e3")));
  REQUIRE(exported);
  const auto& node = exported->at("node/a");
  REQUIRE(node.size() == 2);
  CHECK(node[0].time == 10);
  CHECK(node[0][Metric::net_in] == 1000);
  CHECK(node[1][Metric::uptime] == 120);
  CHECK(node[1][Metric::net_in] == 2500);
  CHECK(exported->at("qemu/7")[0][Metric::uptime] == 5);
}

TEST_CASE("what is unknown or odd is left out and the rest is read") {
  const auto exported = parse_export(
      R"({"errors":{"a":[1,{}]},"data":{"more":null,"data":[7,[],"x",)" + line("sdn/x", "uptime", 10, "1") + "," +
      line("node/a", "temperature", 10, "1") + "," + line("node/a", "uptime", 10, "-1") + "," +
      line("node/a", "uptime", -3, "1") + "," + line("node/a", "cpu_current", 10, "\"nan\"") + "," +
      line("node/a", "mem_used", 10, "{\"deep\":[1]}") + "," + line("node/\\u0041", "uptime", 10, "1") + "," +
      R"({"id":7,"metric":null,"timestamp":[],"value":true,"extra":{"a":{}}},)" + line("node/a", "mem_total", 10, "4") +
      R"(]},"total":1})");
  REQUIRE(exported);
  REQUIRE(exported->size() == 1);
  const Sampled& node = exported->at("node/a").front();
  CHECK(node[Metric::mem_total] == 4);
  CHECK_FALSE(node.has(Metric::uptime));
  CHECK_FALSE(node.has(Metric::cpu_current));
  CHECK_FALSE(node.has(Metric::mem_used));
}

TEST_CASE("garbage is refused with a reason") {
  const std::string whole = body(line("node/a", "uptime", 10, "1"));
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK(parse_export(std::string_view(whole).substr(0, length)).error().code == Errc::protocol);
  for (const auto* bad : {"", "<html>", "[]", "{}", R"({"data":null})", R"({"data":{}})", R"({"data":{"data":7}})",
                          R"({"data":{"data":[]}} x)"})
    CHECK(parse_export(bad).error().code == Errc::protocol);
  CHECK(parse_export(std::string(100'000, '[')).error().code == Errc::protocol);
  CHECK(parse_export(R"({"data":{"x":)" + std::string(100'000, '[')).error().code == Errc::protocol);
}

TEST_CASE("an answer without end takes bounded memory") {
  std::string lines;
  for (int i = 0; i < 3000; ++i) lines += (i == 0 ? "" : ",") + line("node/a", "uptime", 10'000 - i, "1");
  const auto backwards = parse_export(body(lines));
  REQUIRE(backwards);
  CHECK(backwards->at("node/a").size() == kMostSampledTimes);
  lines.clear();
  for (int guest = 0; guest < 2100; ++guest)
    for (int time = 1; time <= 200; ++time)
      lines += (lines.empty() ? "" : ",") + line("qemu/" + std::to_string(guest), "uptime", time, "1");
  CHECK(parse_export(body(lines)).error().code == Errc::too_large);
}

TEST_CASE("mutated answers never crash the reader") {
  const std::string whole = recorded_body("pve-9.2.11/ok_metrics_export.json");
  const std::uint64_t seed = 17;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int turn = 0; turn < 3000; ++turn) {
    std::string text = whole;
    for (std::uint64_t edits = 1 + random() % 8; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0)
        text[at] = static_cast<char>(random());
      else
        text.erase(at, 1 + random() % 40);
    }
    (void)parse_export(text);
  }
}

TEST_CASE("one member gathers for a token from 9.0.13 on") {
  for (const auto* yes : {"9.0.13", "9.0.14", "9.1", "9.2.11", "10"}) CHECK(gathers_for_tokens(yes));
  for (const auto* no : {"", "8.4.1", "9", "9.0.12", "9.0.5", "x"}) CHECK_FALSE(gathers_for_tokens(no));
}
