// What can be asked of history, through the whole service on a real database.

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

#include "api/history/csv.h"
#include "api/testing/house.h"
#include "base/json.h"
#include "base/steps.h"
#include "base/time_text.h"
#include "history/seal.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;
using namespace monitorix::history;

namespace {

constexpr std::int64_t kDays = kDaySeconds;

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  return settings;
}

Json ask(House& house, const std::string& target, int status = 200) {
  const auto reply = house.as(house.admin(), "GET", target);
  CHECK_MESSAGE(reply.status == status, reply.body);
  auto parsed = Json::parse(reply.body);
  REQUIRE(parsed);
  return *parsed;
}

std::string text(const Json& json, const char* member) {
  const auto* found = json.find(member);
  return found && found->as_string() ? *found->as_string() : "";
}
double number(const Json& json, const char* member) {
  const auto* found = json.find(member);
  REQUIRE(found);
  const auto value = found->as_number();
  return value ? *value : std::nan("");
}

std::vector<std::string> ids(House& house, const std::string& path) {
  const auto list = ask(house, path);
  const auto* items = list.find("items") ? list.find("items")->as_array() : list.as_array();
  std::vector<std::string> out;
  for (const auto& one : *items) out.push_back(text(one, "id"));
  return out;
}

/// The hourly rows of a series over the last days, as if they had been folded long ago.
void keep_hours(House& house, SeriesId series, unsigned raw_set, int days,
                const std::function<void(Rows& rows, double day)>& fill) {
  const std::int64_t today = step_down(to_seconds(house.clock.wall()), kDays);
  Batch batch;
  for (int ago = days; ago >= 1; --ago) {
    Rows rows(raw_set + kRollupOffset);
    for (int hour = 0; hour < 24; ++hour) {
      rows.columns[0].values.push_back(today - ago * kDays + hour * kHourSeconds);
      push_value(rows, 1, 120);
      fill(rows, days - ago + hour / 24.0);
    }
    settle(rows);
    const ChunkKey key{series, Resolution::coarse, today - ago * kDays};
    auto blob = encode_chunk(rows, window_of(key, rows.set), Origin::live, Packing::compressed);
    REQUIRE(blob);
    batch.chunks.push_back({key, *blob});
  }
  REQUIRE(house.keeper->write(batch));
}

void put(Rows& rows, std::size_t raw, Part part, double value) {
  push_value(rows, rollup_column(rows.set, raw, part), std::llround(value));
}

/// Ticks of a guest each 30 s until now, newest last. Before the cluster is connected, whose first poll is now: nothing
/// earlier is taken afterwards.
void record_guest(House& house, const std::string& key, int ticks,
                  const std::function<void(Row& row, int tick)>& fill) {
  const auto series = house.recorder->series_for(SeriesKind::guest, key, kGuestSet, 30, house.clock.wall());
  for (int tick = 0; tick < ticks; ++tick) {
    Row row;
    fill(row, tick);
    const auto at = house.clock.wall() - std::chrono::seconds{30 * (ticks - tick)};
    house.recorder->record(9, kGuestSet, at, {{series, row}});
  }
}

/// In the first cluster.
std::string key_of(int vmid, const char* type = "qemu") {
  return "c1/" + std::string(type) + "/" + std::to_string(vmid) + "/1";
}

}  // namespace

TEST_CASE("a cell that a spreadsheet would take for a formula is a text, and every cell is quoted") {
  std::string out;
  CsvRow row(out);
  row.text("=cmd|'/c calc'!A1").text("+1").text("-1").text("@x").text("\tx").text("a \"b\", c\nd").text("");
  row.number(0.25).number(1e15).number(std::nan("")).end();
  CHECK(out ==
        "\"'=cmd|'/c calc'!A1\",\"'+1\",\"'-1\",\"'@x\",\"'\tx\",\"a \"\"b\"\", c\nd\",\"\",\"0.25\","
        "\"1000000000000000\",\"\"\r\n");
}

TEST_CASE("the files have what the series answer has, with names, as an attachment") {
  House house(generous());
  record_guest(house, key_of(100), 60, [](Row& row, int) { row.set(GuestColumn::cpu, 12'500); });
  REQUIRE(house.cluster() == "1");
  const auto vm = ids(house, "/api/vms").front();
  const std::string question = "?object=vm:" + vm + "&metric=cpu_ratio";
  const auto csv = house.as(house.admin(), "GET", "/api/metrics/export/csv" + question);
  CHECK(csv.status == 200);
  CHECK(csv.header("Content-Type") == "text/csv; charset=utf-8");
  CHECK(csv.header("Content-Disposition") ==
        "attachment; filename=\"monitorix-20231114T211320Z-20231114T221320Z.csv\"");
  CHECK(csv.body.starts_with(R"("time","object","name","metric","unit","avg","min","max")"
                             "\r\n"));
  CHECK(csv.body.find("\"2023-11-14T21:45:00.000Z\",\"vm:" + vm +
                      "\",\"guest-100\",\"cpu_ratio\",\"ratio\",\"0.125\",\"0.125\",\"0.125\"\r\n") !=
        std::string::npos);
  const auto series = ask(house, "/api/metrics/series" + question + "&points=2000");
  const auto file = ask(house, "/api/metrics/export/json" + question);
  const auto& told = file.find("series")->as_array()->front();
  CHECK(text(told, "name") == "guest-100");
  const auto points = told.find("points")->as_array()->size();
  CHECK(points == series.find("series")->as_array()->front().find("points")->as_array()->size());
  CHECK(static_cast<std::size_t>(std::count(csv.body.begin(), csv.body.end(), '\n')) == points + 1);
  // Without a metric, all of them; with fn, that one.
  const auto all = ask(house, "/api/metrics/export/json?object=vm:" + vm + "&fn=max");
  CHECK(all.find("series")->as_array()->size() == 11);
  ask(house, "/api/metrics/export/csv?object=vm:999", 404);
  ask(house, "/api/metrics/export/json?object=vm:" + vm + "&colour=red", 400);
}

TEST_CASE("a file that would be too large is refused before it is made") {
  House house(generous());
  (void)house.cluster();
  std::string question = "/api/metrics/export/csv?points=4000&from=2023-11-14T20:00:00Z";
  for (int i = 0; i < 50; ++i) question += "&object=fleet";
  CHECK(house.as(house.admin(), "GET", question).status == 422);
}

TEST_CASE("the original's samples are percents of what was asked, newest first") {
  House house(generous());
  record_guest(house, key_of(100), 120, [](Row& row, int tick) {
    row.set(GuestColumn::cpu, tick < 100 ? 50'000 : 75'000);
    row.set(GuestColumn::memory, 1 << 20);
    row.set(GuestColumn::memory_total, 4 << 20);
  });
  REQUIRE(house.cluster() == "1");
  const auto vm = ids(house, "/api/vms").front();
  const auto samples = ask(house, "/api/metrics?hours=1&vm_id=" + vm);
  const auto& items = *samples.as_array();
  REQUIRE(items.size() >= 118);
  CHECK(items.size() <= 122);  // a sample a minute, of cpu and of memory; nothing of a disk nobody knows
  CHECK(text(items.front(), "vm_id") == vm);
  CHECK(items.front().find("node_id")->is_null());
  for (std::size_t i = 1; i < items.size(); ++i)
    CHECK(text(items[i - 1], "recorded_at") >= text(items[i], "recorded_at"));
  const auto cpu = ask(house, "/api/metrics?hours=1&metric_type=cpu&vm_id=" + vm);
  CHECK(number((*cpu.as_array())[1], "value") == doctest::Approx(75));  // the first is of the poll
  CHECK(number(cpu.as_array()->back(), "value") == doctest::Approx(50));
  const auto memory = ask(house, "/api/metrics?hours=1&limit=3&metric_type=memory&vm_id=" + vm);
  CHECK(memory.as_array()->size() == 3);
  CHECK(number((*memory.as_array())[1], "value") == doctest::Approx(25));
  CHECK(text(memory.as_array()->front(), "unit") == "%");
  const auto few = ask(house, "/api/metrics?hours=720&aggregate=true&metric_type=cpu&vm_id=" + vm);
  CHECK(few.as_array()->size() >= 1);
  CHECK(few.as_array()->size() <= 4);
  // A node's question is not about its guests, and the one without an object is about all.
  const auto node = ids(house, "/api/nodes").front();
  CHECK(ask(house, "/api/metrics?node_id=" + node).as_array()->empty());
  CHECK(ask(house, "/api/metrics").as_array()->size() >= items.size());
  ask(house, "/api/metrics?vm_id=999999", 404);
  ask(house, "/api/metrics?metric_type=colour", 400);
  ask(house, "/api/metrics?hours=721", 400);
}

TEST_CASE("a storage that grows has a day on which it is full, and one without a past has a reason") {
  House house(generous());
  const auto cluster = house.cluster();
  const auto series = house.recorder->series_for(SeriesKind::storage, "c" + cluster + "/storage/pve1/local",
                                                 kStorageSet, 30, house.clock.wall());
  keep_hours(house, series, kStorageSet, 40, [](Rows& rows, double day) {
    for (const Part part : {Part::min, Part::avg, Part::max}) put(rows, StorageColumn::used, part, 400e6 + 5e6 * day);
    put(rows, StorageColumn::total, Part::last, 1000e6);
  });
  const auto storages = ids(house, "/api/storages?sort=id");
  int known = 0;
  for (const auto& id : storages) {
    const auto seen = ask(house, "/api/metrics/forecast?object=storage:" + id);
    CHECK(text(seen, "method") == "theil_sen_daily");
    if (text(seen, "reason") == "no_capacity") continue;
    ++known;
    CHECK(seen.find("reason")->is_null());
    CHECK(number(seen, "days_left") == doctest::Approx(80).epsilon(0.02));
    CHECK(number(seen, "low_days") == doctest::Approx(80).epsilon(0.02));
    CHECK(number(seen, "basis_days") == 40);
    CHECK(text(seen, "full_at").starts_with("2024-02-0"));
    CHECK(text(seen, "metric") == "used_bytes");
  }
  CHECK(known == 1);
  ask(house, "/api/metrics/forecast", 400);
  ask(house, "/api/metrics/forecast?object=storage:999999", 404);
  ask(house, "/api/metrics/forecast?metric=cpu_ratio&object=vm:" + ids(house, "/api/vms").front(), 422);
}

TEST_CASE("the busiest over a window are those of its average, not those of now") {
  House house(generous());
  record_guest(house, key_of(100), 360, [](Row& row, int tick) {  // three hours; busy at the end only
    row.set(GuestColumn::cpu, tick < 350 ? 1'000 : 99'000);
    row.set(GuestColumn::uptime, 1000 + tick * 30);
    row.set(GuestColumn::net_in, 1'000'000 + tick * 30 * 500);
    row.set(GuestColumn::net_out, 1'000'000 + tick * 30 * 100);
  });
  record_guest(house, key_of(102, "lxc"), 360, [](Row& row, int) {
    row.set(GuestColumn::cpu, 40'000);
    row.set(GuestColumn::memory, 3 << 20);
    row.set(GuestColumn::memory_total, 4 << 20);
  });
  REQUIRE(house.cluster() == "1");
  for (const char* window : {"hours=3", "from=2023-11-14T19:30:00Z"}) {
    const auto top = ask(house, std::string("/api/dashboard/top?metric=cpu&") + window);
    const auto& items = *top.find("items")->as_array();
    REQUIRE(items.size() >= 2);
    CHECK(text(items[0], "name") == "guest-102");
    CHECK(number(items[0], "value") == doctest::Approx(0.4).epsilon(0.01));
    CHECK(text(items[1], "name") == "guest-100");
    CHECK(number(items[1], "value") == doctest::Approx(0.01 + 0.98 * 10 / 360).epsilon(0.02));
    CHECK(items[0].find("recent")->as_array()->size() <= 60);
    CHECK(text(top, "from").starts_with("2023-11-14T19:"));
  }
  const auto net = ask(house, "/api/dashboard/top?metric=net&hours=2");
  CHECK(number(net.find("items")->as_array()->front(), "value") == doctest::Approx(600));
  const auto memory = ask(house, "/api/dashboard/top?metric=memory&hours=2");
  CHECK(text(memory, "unit") == "ratio");
  CHECK(number(memory.find("items")->as_array()->front(), "value") == doctest::Approx(0.75));
  const auto now = ask(house, "/api/dashboard/top?metric=cpu&limit=1");
  CHECK(now.find("from")->is_null());
  CHECK(now.find("items")->as_array()->size() == 1);
  ask(house, "/api/dashboard/top?hours=745", 400);
  ask(house, "/api/dashboard/top?hours=3&from=2023-11-14T19:13:20Z", 400);
}

TEST_CASE("uptime counts known time only, and says how much that is") {
  House house(generous());
  record_guest(house, key_of(100), 120, [](Row& row, int tick) {
    row.set(GuestColumn::status, static_cast<std::int64_t>(tick < 90 ? SeriesStatus::up : SeriesStatus::stopped));
  });
  REQUIRE(house.cluster() == "1");
  const auto vm = ids(house, "/api/vms").front();
  const auto hour = ask(house, "/api/vms/" + vm + "/uptime?hours=1");
  CHECK(number(hour, "uptime_percent") == doctest::Approx(75));
  CHECK(number(hour, "downtime_minutes") == doctest::Approx(15));
  CHECK(number(hour, "total_checks") == 120);
  CHECK(number(hour, "online_checks") == 90);
  CHECK(number(hour, "coverage_ratio") == doctest::Approx(1));
  const auto day = ask(house, "/api/vms/" + vm + "/uptime");
  CHECK(number(day, "uptime_percent") == doctest::Approx(75));
  CHECK(number(day, "period_hours") == 24);
  CHECK(number(day, "unknown_minutes") == doctest::Approx(23 * 60));
  const auto month = ask(house, "/api/vms/" + vm + "/uptime?hours=720");
  CHECK(number(month, "uptime_percent") == doctest::Approx(75).epsilon(0.01));
  // A node of which nothing was ever recorded was not down.
  const auto node = ask(house, "/api/nodes/" + ids(house, "/api/nodes").front() + "/uptime");
  CHECK(node.find("uptime_percent")->is_null());
  CHECK(number(node, "downtime_minutes") == 0);
  CHECK(number(node, "coverage_ratio") == 0);
  ask(house, "/api/vms/999999/uptime", 404);
  ask(house, "/api/vms/" + vm + "/uptime?hours=0", 400);
}

TEST_CASE("how fast an address of a cluster answers can be asked by those who see the cluster") {
  House house(generous());
  REQUIRE(house.cluster() == "1");
  const auto cluster = ask(house, "/api/clusters/1");
  const auto& endpoint = cluster.find("endpoints")->as_array()->front();
  const std::string id = text(endpoint, "id");
  const auto port = std::to_string(static_cast<int>(number(endpoint, "port")));
  const std::string key = "c1/endpoint/" + text(endpoint, "address") + ":" + port;
  const auto series = house.recorder->series_for(SeriesKind::endpoint, key, kCheckSet, 30, house.clock.wall());
  for (int ago = 20; ago > 0; --ago) {
    Row row;
    row.set(CheckColumn::status, static_cast<std::int64_t>(ago == 5 ? SeriesStatus::down : SeriesStatus::up));
    if (ago != 5) row.set(CheckColumn::latency, 250);
    house.recorder->record(1, kCheckSet, house.clock.wall() - std::chrono::seconds{30 * ago}, {{series, row}});
  }
  const auto answer = ask(house, "/api/metrics/series?object=endpoint:" + id + "&metric=latency_seconds&metric=status");
  const auto& all = *answer.find("series")->as_array();
  REQUIRE(all.size() == 2);
  CHECK(text(all[0], "unit") == "seconds");
  const auto& points = *all[0].find("points")->as_array();
  REQUIRE(points.size() >= 19);
  CHECK(points.front().as_array()->at(1).as_number() == 0.025);
  bool was_down = false;
  for (const auto& point : *all[1].find("points")->as_array())
    was_down = was_down || point.as_array()->at(3).as_number() == static_cast<double>(SeriesStatus::down);
  CHECK(was_down);
  ask(house, "/api/metrics/series?object=endpoint:999&metric=latency_seconds", 404);
  ask(house, "/api/metrics/series?object=endpoint:" + id + "&metric=cpu_ratio", 422);
  const auto names = ask(house, "/api/metrics/names");
  const auto is_latency = [](const Json& one) { return text(one, "name") == "latency_seconds"; };
  CHECK(std::ranges::count_if(*names.as_array(), is_latency) == 1);
}

TEST_CASE("the system page tells sizes, load by cluster and what is damaged") {
  House house(generous());
  record_guest(house, key_of(100), 10, [](Row& row, int) { row.set(GuestColumn::cpu, 12'500); });
  REQUIRE(house.cluster() == "1");
  const auto before = ask(house, "/api/system-metrics/current");
  CHECK(number(*before.find("database"), "size_bytes") > 0);
  CHECK(number(*before.find("history"), "size_bytes") > 0);
  CHECK(number(*before.find("history"), "rows_total") >= 10);
  CHECK(number(*before.find("history"), "chunk_errors_total") == 0);
  REQUIRE(before.find("clusters")->as_array()->size() == 1);
  CHECK(text(before.find("clusters")->as_array()->front(), "id") == "1");
  const auto series = house.recorder->find(key_of(100));
  REQUIRE(series);
  const std::int64_t hour = step_down(to_seconds(house.clock.wall()), kHourSeconds) - 2 * kHourSeconds;
  Batch batch;
  batch.chunks.push_back({{series->id, Resolution::raw, hour}, "this is no chunk"});
  REQUIRE(house.keeper->write(batch));
  const auto vm = ids(house, "/api/vms").front();
  for (int times = 0; times < 2; ++times)
    ask(house,
        "/api/metrics/series?object=vm:" + vm + "&metric=cpu_ratio&points=2000&from=" + rfc3339(from_seconds(hour)));
  const auto after = ask(house, "/api/system-metrics/current");
  CHECK(number(*after.find("history"), "chunk_errors_total") == 1);
  const auto& damaged = *after.find("history")->find("chunk_errors")->as_array();
  REQUIRE(damaged.size() == 1);
  CHECK(text(damaged[0], "name") == "guest-100");
  CHECK(text(damaged[0], "start") == rfc3339(from_seconds(hour)));
  CHECK(house.as(house.admin(), "GET", "/metrics").body.find("\nmonitorix_chunk_errors_total 1\n") !=
        std::string::npos);
  // Of the number everybody may know.
  const auto viewer = house.as(house.token_of("viewer"), "GET", "/api/system-metrics/current");
  CHECK(viewer.status == 200);
}
