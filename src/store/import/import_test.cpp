// What an import is made of; the whole of it is tested on a real original by tests/import_test.py.

#include <fstream>
#include <set>

#include "history/chunk/columns.h"
#include "store/import/import_queries.h"
#include "store/import/original.h"
#include "store/import/sample_days.h"
#include "store/sql/migrate.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

OldRow row(const std::string& json) { return {1, must(Json::parse(json))}; }

}  // namespace

ON_BOTH_ENGINES("every statement of an import can be prepared") {
  const Stand stand;
  const auto database = stand.database();
  must(migrate(*database, all_migrations()));
  must(database->write([](Link& link) -> Status {
    for (const Query* query : queries::kImport) must(link.prepare(*query));
    if (link.section() == "postgres")
      for (const Query& query : queries::kImportCounters) must(link.prepare(query));
    return {};
  }));
}

TEST_CASE("the list of an import's statements holds all of them, each under a name of its own") {
  std::ifstream file(std::string(MONITORIX_SOURCE_DIR) + "/src/store/import/import_queries.h");
  std::size_t written = 0;
  for (std::string line; std::getline(file, line);) written += line.starts_with("inline constexpr Query ") ? 1 : 0;
  std::set<std::string_view> names;
  for (const Query* query : queries::kImport) names.insert(query->name);
  CHECK(written == queries::kImport.size());
  CHECK(names.size() == queries::kImport.size());
}

TEST_CASE("a field of the original reads as what it means, whatever its column's type was") {
  const OldRow one = row(
      R"({"a": "12", "b": 12.6, "c": null, "d": "NaN", "t": "2026-01-02T03:04:05.678901", "z": "2026-01-02T03:04:05+02:00",
          "yes": true, "one": 1, "list": ["x", "y"], "text": "[\"x\"]", "commas": "x, y ,", "object": {"k": 1}})");
  CHECK(one.integer("a") == 12);
  CHECK(one.integer("b") == 13);
  for (const char* unknown : {"c", "d", "t", "absent"}) CHECK_FALSE(one.integer(unknown));
  CHECK(one.time("t") == from_ms(1'767'323'045'678));
  CHECK(one.time("z") == from_ms(1'767'323'045'000 - 7'200'000));
  CHECK_FALSE(one.time("a"));
  CHECK(one.flag("yes") == true);
  CHECK(one.flag("one") == true);
  CHECK_FALSE(one.flag("absent"));
  CHECK(one.list("list") == std::vector<std::string>{"x", "y"});
  CHECK(one.list("text") == std::vector<std::string>{"x"});
  CHECK(one.list("commas") == std::vector<std::string>{"x", "y"});
  CHECK(one.text("object") == "{\"k\":1}");
  CHECK_FALSE(one.text("c"));
}

TEST_CASE("a guest's zeros stand for unknown; an idle processor's do not") {
  constexpr std::int64_t kDay = 1'780'876'800;
  const SampleDays::Object guest{"c1/guest/100/1", true, 4'096'000, 1'000'000};
  SampleDays days;
  const auto add = [&](std::int64_t id, std::int64_t second, const char* type, double value) {
    days.add(guest, {id, (kDay + second) * 1000 + 400, {}, 1, type, value}, SampleDays::Counted::imported);
  };
  add(1, 0, "cpu", 0);
  add(2, 0, "memory", 50);
  add(3, 0, "disk", 0);
  add(4, 3600, "cpu", 0);
  add(5, 3600, "memory", 0);
  std::map<std::string, history::Remembered> rows;
  const auto zeros = days.take(kDay, rows);
  CHECK(zeros.imported == 3);
  CHECK(zeros.first_id == 3);
  const history::Rows& hours = rows.at("c1/guest/100/1").coarse;
  // The totals of the second hour are known, and nothing else is.
  const auto has = [&](std::size_t column, history::Part part, std::size_t at) {
    return hours.columns[history::rollup_column(hours.set, column, part)].has(at);
  };
  CHECK(has(history::GuestColumn::cpu, history::Part::avg, 0));
  CHECK(has(history::GuestColumn::memory, history::Part::avg, 0));
  CHECK_FALSE(has(history::GuestColumn::disk, history::Part::last, 0));
  for (std::size_t at = 1; at < hours.size(); ++at) CHECK_FALSE(has(history::GuestColumn::cpu, history::Part::avg, at));
  CHECK(SampleDays::kind_of("cpu_usage", false));
  CHECK_FALSE(SampleDays::kind_of("colour", true));
}

}  // namespace monitorix::store
