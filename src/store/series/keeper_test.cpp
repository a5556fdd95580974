// One suite for history on both engines.

#include <algorithm>
#include <fstream>

#include "history/seal.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using namespace history;

constexpr std::int64_t kDay = 20'612 * kDaySeconds;

struct House {
  std::unique_ptr<Store> store{};
  std::unique_ptr<Keeper> keeper{};
};
template <class Stand>
House open_house(const Stand& stand) {
  House house{stand.open(), nullptr};
  house.keeper = must(open_keeper(stand.options()));
  return house;
}

StoredChunk chunk(SeriesId series, Resolution resolution, std::int64_t start, const std::string& blob) {
  return {{series, resolution, start}, blob};
}

std::string joined(const std::vector<StoredChunk>& chunks) {
  std::string out;
  for (const auto& one : chunks) out += std::to_string(one.key.start - kDay) + "=" + one.blob + " ";
  return out;
}

std::string read_text(Keeper& keeper, LogHour hour) {
  std::string out;
  must(keeper.read_log(hour, [&](std::string_view frames) { out += std::string(frames) + "|"; }));
  return out;
}

}  // namespace

ON_BOTH_ENGINES("series come back as saved, and a second save changes their step only") {
  const Stand stand;
  auto house = open_house(stand);
  const std::vector<SeriesInfo> given{{1, SeriesKind::guest, "c1/qemu/100/1", kGuestSet, 10, 5},
                                      {7, SeriesKind::fleet, "fleet", kTotalSet, 10, 6}};
  must(house.keeper->save_series(given));
  std::vector<SeriesInfo> again{given[0]};
  again[0].step = 30;
  must(house.keeper->save_series(again));
  const auto found = must(house.keeper->series());
  REQUIRE(found.size() == 2);
  CHECK(found[0].object == "c1/qemu/100/1");
  CHECK(found[0].step == 30);
  CHECK(found[1].kind == SeriesKind::fleet);
  CHECK(found[1].set == kTotalSet);
  CHECK(!house.keeper->save_series(std::vector<SeriesInfo>{{9, SeriesKind::fleet, "fleet", kTotalSet, 10, 6}}));
}

ON_BOTH_ENGINES("chunks are found by series, resolution and time, replaced by key, and removed") {
  const Stand stand;
  auto house = open_house(stand);
  Keeper& keeper = *house.keeper;
  Batch batch;
  const std::string bytes("\0\x01\xFFz", 4);
  batch.chunks = {chunk(1, Resolution::raw, kDay, "a"),
                  chunk(1, Resolution::raw, kDay + 3600, "b"),
                  chunk(1, Resolution::raw, kDay + kDaySeconds, "c"),
                  chunk(2, Resolution::raw, kDay, "other"),
                  chunk(1, Resolution::part, kDay, "p"),
                  chunk(1, Resolution::fine, kDay, bytes),
                  chunk(1, Resolution::coarse, kDay, "h")};
  batch.sketches = {{1, 20'612, "s"}, {1, 20'613, "t"}, {2, 20'612, "u"}};
  must(keeper.write(batch));
  CHECK(joined(must(keeper.chunks(1, Resolution::raw, kDay, kDay + 2 * kDaySeconds))) == "0=a 3600=b 86400=c ");
  CHECK(joined(must(keeper.chunks(1, Resolution::raw, kDay + 1, kDay + kDaySeconds))) == "3600=b ");
  CHECK(joined(must(keeper.chunks(1, Resolution::raw, 0, kDay))) == "");
  // The same of several series in one question: by series, then by start.
  const std::vector<SeriesId> both{2, 1, 77};
  auto of_both = must(keeper.chunks_of(both, Resolution::raw, kDay, kDay + kDaySeconds));
  std::ranges::sort(of_both, {}, [](const StoredChunk& one) { return one.key; });
  CHECK(joined(of_both) == "0=a 3600=b 0=other ");
  CHECK(joined(must(keeper.chunks_of(both, Resolution::fine, kDay, kDay + 1))) == "0=" + bytes + " ");
  CHECK(must(keeper.chunks_of({}, Resolution::raw, kDay, kDay + kDaySeconds)).empty());
  CHECK(joined(must(keeper.chunks(1, Resolution::part, 0, kDay + 1))) == "0=p ");
  CHECK(must(keeper.chunks(1, Resolution::fine, kDay, kDay + 1)).at(0).blob == bytes);
  CHECK(must(keeper.sketches(1, 20'612, 20'613)).at(0).blob == "s");
  CHECK(must(keeper.sketches(1, 20'612, 20'614)).size() == 2);
  CHECK(must(keeper.size_bytes()) > 8192);
  history::Batch frames;
  frames.frames = {{1, 4}, {2, 1}};
  for (int twice = 0; twice < 2; ++twice) must(keeper.write(frames));
  CHECK(must(keeper.frames_done()) == frames.frames);
  CHECK(must(keeper.sketches(1, 20'613, 20'614)).at(0).day == 20'613);
  Batch second;
  second.chunks = {chunk(1, Resolution::raw, kDay, "A")};
  second.removed = {{1, Resolution::part, kDay}, {1, Resolution::raw, kDay + 3600}};
  second.sealed_hour = kDay / kHourSeconds;
  must(keeper.write(second));
  CHECK(joined(must(keeper.chunks(1, Resolution::raw, kDay, kDay + 2 * kDaySeconds))) == "0=A 86400=c ");
  CHECK(must(keeper.chunks(1, Resolution::part, 0, kDay + 1)).empty());
  CHECK(must(keeper.sealed_hours(kDay / kHourSeconds)) == std::vector<std::int64_t>{kDay / kHourSeconds});
  CHECK(must(keeper.sealed_hours(kDay / kHourSeconds + 1)).empty());
}

ON_BOTH_ENGINES("what is older than its tier's retention goes, and nothing else") {
  const Stand stand;
  auto house = open_house(stand);
  Keeper& keeper = *house.keeper;
  Batch batch;
  for (std::int64_t day = 0; day < 4; ++day) {
    for (const auto resolution : {Resolution::raw, Resolution::fine, Resolution::coarse})
      batch.chunks.push_back(chunk(5, resolution, kDay + day * kDaySeconds, "x"));
    batch.sketches.push_back({5, 20'612 + day, "s"});
  }
  must(keeper.write(batch));
  const std::vector<SeriesId> series{5};
  must(keeper.erase(series, {kDay + 3 * kDaySeconds, kDay + 2 * kDaySeconds, kDay + kDaySeconds}));
  must(keeper.erase(series, {kDay + 3 * kDaySeconds, kDay + 2 * kDaySeconds, kDay + kDaySeconds}));
  CHECK(must(keeper.chunks(5, Resolution::raw, kDay, kDay + 9 * kDaySeconds)).size() == 1);
  CHECK(must(keeper.chunks(5, Resolution::fine, kDay, kDay + 9 * kDaySeconds)).size() == 2);
  CHECK(must(keeper.chunks(5, Resolution::coarse, kDay, kDay + 9 * kDaySeconds)).size() == 3);
  CHECK(must(keeper.sketches(5, 0, 30'000)).size() == 3);
  must(keeper.erase(series, {}));
  CHECK(must(keeper.chunks(5, Resolution::coarse, kDay, kDay + 9 * kDaySeconds)).size() == 3);
  must(keeper.write(batch));  // a dropped day can be written again
  CHECK(must(keeper.chunks(5, Resolution::raw, kDay, kDay + 9 * kDaySeconds)).size() == 4);
}

ON_BOTH_ENGINES("a log is read as it was appended, also by the next process, until its hour is dropped") {
  const Stand stand;
  const LogHour first{1, 494'688}, second{1, 494'689}, other{2, 494'688};
  {
    auto house = open_house(stand);
    must(house.keeper->append_log(first, "one "));
    must(house.keeper->append_log(other, "else"));
    must(house.keeper->append_log(first, std::string("t\0o ", 4)));
    must(house.keeper->append_log(second, "next"));
    must(house.keeper->sync_log());
    must(house.keeper->sync_log());
  }
  auto house = open_house(stand);
  must(house.keeper->append_log(first, "three"));
  const auto logs = must(house.keeper->logs());
  REQUIRE(logs.size() == 3);
  CHECK(logs[0] == second);
  std::string text = read_text(*house.keeper, first);
  std::erase(text, '|');
  CHECK(text == std::string("one t\0o three", 13));
  const auto seal = [&](LogHour hour) {  // only sealed hours are dropped
    Batch last;
    last.sealed_hour = hour.hour;
    must(house.keeper->write(last));
  };
  CHECK(read_text(*house.keeper, other) == "else|");
  seal(first);
  must(house.keeper->drop_log(first.hour));
  must(house.keeper->drop_log(first.hour));
  CHECK(read_text(*house.keeper, first) == "");
  CHECK(read_text(*house.keeper, other) == "");
  CHECK(must(house.keeper->logs()) == std::vector<LogHour>{second});
  CHECK(read_text(*house.keeper, second) == "next|");
  must(house.keeper->append_log(second, "more"));
  std::string both = read_text(*house.keeper, second);
  std::erase(both, '|');
  CHECK(both == "nextmore");
}

TEST_CASE("a damaged metrics.db is set aside and history begins anew, while the state stays") {
  const SqliteStand stand;
  {
    auto house = open_house(stand);
    Batch batch;
    batch.chunks = {chunk(1, Resolution::raw, kDay, "x")};
    must(house.keeper->write(batch));
    must(house.store->create_first_user(some_user("kari")));
  }
  const std::string path = stand.options().data_directory + "/metrics.db";
  using std::filesystem::perms;
  CHECK(std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write));
  std::ofstream(path, std::ios::binary) << std::string(40'000, '?');
  auto house = open_house(stand);
  CHECK(must(house.keeper->chunks(1, Resolution::raw, kDay, kDay + 1)).empty());
  CHECK(must(house.store->user_count()) == 1);
  bool kept = false;
  for (const auto& entry : std::filesystem::directory_iterator(stand.options().data_directory))
    kept = kept || entry.path().filename().string().starts_with("metrics.db.damaged-");
  CHECK(kept);
}

}  // namespace monitorix::store
