#include "proxmox/past/past.h"

#include <doctest/doctest.h>
#include <fstream>

#include "proxmox/parse.h"
#include "proxmox/path.h"

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

std::vector<PastRow> recorded(const std::string& name) {
  std::ifstream in(std::string(MONITORIX_TEST_DATA) + "/pve/" + name);
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto recording = Json::parse(whole);
  REQUIRE(recording);
  const auto data = parse_envelope(recording->find("body")->dump());
  REQUIRE(data);
  auto rows = parse_past(*data);
  REQUIRE(rows);
  return std::move(*rows);
}
std::size_t known(const std::vector<PastRow>& rows) {
  std::size_t count = 0;
  for (const PastRow& row : rows) count += row.knows_nothing() ? 0 : 1;
  return count;
}
bool is_unknown(double value) { return std::isnan(value); }

}  // namespace

TEST_CASE("the past of a recorded node, guest and storage has each number under its own name") {
  const auto node = recorded("pve-9.2.11/later_rrd_node_hour.json");
  CHECK(node.size() == 60);
  CHECK(known(node) == 6);
  const PastRow& last = node.back();
  CHECK(last.time == 1'795'389'180);
  CHECK(last[PastField::cpu] == doctest::Approx(0.126761915));
  CHECK(last[PastField::memory] == 1'854'889'984);
  CHECK(last[PastField::memory_total] == 25'274'793'984);
  CHECK(last[PastField::disk] == doctest::Approx(21'916'463'786.67));
  CHECK(last[PastField::load] == doctest::Approx(0.224166667));
  CHECK(last[PastField::pressure_cpu_some] == doctest::Approx(0.00616667));  // it says per cent
  CHECK(last[PastField::swap_total] == 0);
  CHECK(is_unknown(last[PastField::disk_read]));
  CHECK(node.front().knows_nothing());
  const auto storage = recorded("pve-9.2.11/later_rrd_storage.json");
  CHECK(storage.back()[PastField::disk_total] == 270'553'174'016);
  CHECK(is_unknown(storage.back()[PastField::memory]));
}

TEST_CASE("a guest that did not run has nothing in use that anybody could know, rather than 0") {
  const auto container = recorded("pve-9.2.11/later_rrd_lxc.json");
  CHECK(is_unknown(container.back()[PastField::disk]));
  CHECK(is_unknown(container.back()[PastField::cpu]));
  CHECK(container.back()[PastField::disk_total] == 8'589'934'592);
  const auto machine = recorded("pve-9.2.11/later_rrd_qemu.json");
  CHECK(is_unknown(machine.back()[PastField::memory]));
  CHECK(machine.back()[PastField::cpu] == doctest::Approx(0.00532146));
}

TEST_CASE("rows of the past that are odd are unknown, and come in order once each") {
  const auto data = parse_envelope(
      R"({"data":[{"time":120,"cpu":"0.5"},{"time":60,"cpu":"NaN","mem":-1},{"cpu":1},7,{"time":60,"cpu":1},null]})");
  REQUIRE(data);
  const auto rows = parse_past(*data);
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  CHECK(rows->front().knows_nothing());
  CHECK(rows->back()[PastField::cpu] == 0.5);
  CHECK_FALSE(parse_past(*parse_envelope(R"({"data":{}})")));
}

TEST_CASE("a storage's path takes no other name") {
  CHECK(*storage_path("pve1", "local-zfs_2.x") == "/nodes/pve1/storage/local-zfs_2.x");
  for (const char* bad : {"", "..", "-a", "a/b", "a b", "a%2f", "a?b"}) CHECK_FALSE(storage_path("pve1", bad));
}
