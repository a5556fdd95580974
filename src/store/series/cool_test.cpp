// Open hours that lie in a file but for their last minutes, on real keepers: they are read, filled and sealed as if all
// of them were in memory.

#include <atomic>
#include <thread>

#include "history/reader.h"
#include "history/recorder.h"
#include "store/series/cold_files.h"
#include "store/series/full_disk.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using namespace history;

constexpr std::int64_t kDay = 20'612 * kDaySeconds;

WallTime at(std::int64_t seconds) { return from_ms(seconds * 1000); }

history::Row truth(SeriesId series, std::int64_t t) {
  history::Row row;
  row.set(GuestColumn::cpu, (series * 977 + t / 10 * 31) % 100'000);
  row.set(GuestColumn::memory, 4096 * ((series + t / 10) % 1000));
  row.set(GuestColumn::net_in, (t - kDay + 100'000) * 1024 * series);
  row.set(GuestColumn::uptime, t - kDay + 500'000);
  row.set(GuestColumn::status, 0);
  return row;
}

/// A recorder that keeps nothing in memory that may go.
struct House {
  explicit House(const auto& stand, MakeColdFile files, int guests = 3)
      : store(stand.open()),
        keeper(must(open_keeper(stand.options()))),
        recorder(*keeper, std::move(files), 0) {
    must(recorder.open(at(kDay)));
    for (int i = 0; i < guests; ++i)
      series.push_back(
          recorder.series_for(SeriesKind::guest, "c1/qemu/" + std::to_string(100 + i) + "/1", kGuestSet, 10, at(kDay)));
  }
  void record(std::int64_t from, std::int64_t to, std::int64_t step = 10) {
    for (std::int64_t t = from; t < to; t += step) {
      std::vector<Sample> samples;
      for (const SeriesId id : series) samples.push_back({id, truth(id, t)});
      recorder.record(1, kGuestSet, at(t), samples);
      must(recorder.flush(at(t)));
      recorder.cool(at(t));
    }
  }
  void seal(std::int64_t now) {
    while (must(recorder.seal_some(at(now)))) {}
  }
  void check(std::int64_t from, std::int64_t to) {
    Reader reader(*keeper, recorder);
    for (const SeriesId id : series) {
      const auto chunk = must(reader.rows(*recorder.info(id), Resolution::raw, from, to));
      REQUIRE(chunk.rows.size() == static_cast<std::size_t>((to - from) / 10));
      for (std::size_t i = 0; i < chunk.rows.size(); ++i) {
        REQUIRE(chunk.rows.t()[i] == from + static_cast<std::int64_t>(i) * 10);
        REQUIRE(row_of(chunk.rows, i) == truth(id, chunk.rows.t()[i]));
      }
    }
  }
  std::unique_ptr<Store> store;
  std::unique_ptr<Keeper> keeper;
  Recorder recorder;
  std::vector<SeriesId> series{};
};

/// The real files, counted, and as bad as a test wants them.
struct Watched {
  std::atomic<int> made{0}, alive{0};
  std::atomic<std::int64_t> bytes{0};
  bool is_torn{false};

  class File final : public ColdFile {
   public:
    File(Watched& owner, std::shared_ptr<ColdFile> file) : owner_(owner), file_(std::move(file)) { ++owner_.alive; }
    ~File() override { --owner_.alive; }
    Result<std::int64_t> append(std::string_view written) override {
      auto begin = file_->append(written);
      if (begin) owner_.bytes += static_cast<std::int64_t>(written.size());
      if (begin) content_.append(written);
      return begin;
    }

   protected:
    [[nodiscard]] Status read_at(std::int64_t at, std::span<char> out) const override {
      if (owner_.is_torn) return fail(Errc::io, "torn");
      std::copy_n(content_.begin() + at, out.size(), out.begin());
      return {};
    }

   private:
    Watched& owner_;
    std::shared_ptr<ColdFile> file_;
    std::string content_{};
  };

  MakeColdFile files(const std::string& directory) {
    return [this, make = cold_files(directory)]() -> Result<std::shared_ptr<ColdFile>> {
      auto file = make();
      if (!file) return fail(std::move(file).error());
      ++made;
      return std::make_shared<File>(*this, std::move(*file));
    };
  }
};

}  // namespace

ON_BOTH_ENGINES("an hour in a file is read whole while it is open, closed and sealed, and its file goes") {
  const Stand stand;
  const TempDirectory directory;
  Watched watched;
  House house(stand, watched.files(directory.path()));
  house.record(kDay, kDay + 3600);
  const std::size_t in_memory = house.recorder.standing().memory_bytes;
  house.check(kDay, kDay + 3600);
  CHECK(watched.made == 1);
  CHECK(watched.bytes > 0);
  house.record(kDay + 3600, kDay + 3600 + 1200);
  CHECK(watched.made == 2);
  house.check(kDay + 1800, kDay + 3600 + 1200);
  CHECK(in_memory + static_cast<std::size_t>(watched.bytes) > 2 * in_memory);
  house.seal(kDay + 3600 + 1200);
  CHECK(watched.alive == 1);
  house.check(kDay, kDay + 3600 + 1200);
  house.seal(kDay + 2 * 3600 + 90);
  CHECK(watched.alive == 0);
  CHECK(house.recorder.standing().lost_rows == 0);
  house.check(kDay, kDay + 3600 + 1200);
}

ON_BOTH_ENGINES("late samples join an hour that lies in a file, and are sealed with it") {
  const Stand stand;
  const TempDirectory directory;
  Watched watched;
  House house(stand, watched.files(directory.path()));
  std::vector<std::int64_t> written;
  for (std::int64_t t = kDay; t < kDay + 3600; t += 60) {
    house.record(t, t + 60, 30);
    std::vector<LateRows> late;
    for (const SeriesId id : house.series) {
      history::Rows rows(kGuestSet);
      for (std::int64_t its = t; its < t + 60; its += 10) push_row(rows, its, truth(id, its));
      settle(rows);
      late.push_back({id, rows});
    }
    must(house.recorder.fill(1, kGuestSet, late, {t, t + 60}, at(t + 60)));
    written.push_back(watched.bytes);
  }
  CHECK(written.back() > 0);
  house.check(kDay, kDay + 3600);
  const std::int64_t in_file = watched.bytes;
  house.seal(kDay + 3600 + 90);
  house.check(kDay, kDay + 3600);
  std::size_t once = 0;
  for (const SeriesId id : house.series) {
    HourHead head(kGuestSet);
    for (std::int64_t t = kDay; t < kDay + 3600; t += 10) REQUIRE(head.append(t, truth(id, t)));
    once += head.settled_bytes();
  }
  CHECK(static_cast<std::size_t>(in_file) < once + once / 10);  // no block goes to the file again and again
}

TEST_CASE("a disk that is full leaves everything in memory, and takes it when there is room again") {
  const SqliteStand stand;
  const TempDirectory directory;
  House house(stand, cold_files(directory.path()), 40);
  {
    house.record(kDay, kDay + 10);
    const FullDisk full(0);
    std::vector<Sample> samples;
    for (std::int64_t t = kDay + 10; t < kDay + 1800; t += 10) {
      samples.clear();
      for (const SeriesId id : house.series) samples.push_back({id, truth(id, t)});
      house.recorder.record(1, kGuestSet, at(t), samples);
      house.recorder.cool(at(t));
    }
  }
  house.check(kDay, kDay + 1800);
  const std::size_t before = house.recorder.standing().memory_bytes;
  house.record(kDay + 1800, kDay + 1830);
  CHECK(house.recorder.standing().memory_bytes < before);
  house.check(kDay, kDay + 1830);
  house.seal(kDay + 3690);
  CHECK(house.recorder.standing().lost_rows == 0);
  house.check(kDay, kDay + 1830);
}

TEST_CASE("no file at all leaves everything in memory") {
  const SqliteStand stand;
  House house(stand, cold_files("/nonexistent/folder"));
  house.record(kDay, kDay + 3600);
  house.check(kDay, kDay + 3600);
  house.seal(kDay + 3690);
  house.check(kDay, kDay + 3600);
}

TEST_CASE("what a file does not give back is a gap, counted when its hour is sealed; the rest is there") {
  const SqliteStand stand;
  const TempDirectory directory;
  Watched watched;
  House house(stand, watched.files(directory.path()), 2);
  house.record(kDay, kDay + 3600);
  watched.is_torn = true;
  Reader reader(*house.keeper, house.recorder);
  const auto open = must(reader.rows(*house.recorder.info(house.series[0]), Resolution::raw, kDay, kDay + 3600));
  CHECK(open.rows.size() == 30);
  CHECK(open.rows.t().front() == kDay + 3300);
  house.seal(kDay + 3690);
  CHECK(house.recorder.standing().lost_rows == 2 * 330);
  house.check(kDay + 3300, kDay + 3600);
}

TEST_CASE("small open hours write no file") {
  const SqliteStand stand;
  const auto store = stand.open();
  const auto keeper = must(open_keeper(stand.options()));
  int made = 0;
  Recorder recorder(*keeper, [&]() -> Result<std::shared_ptr<ColdFile>> {
    ++made;
    return fail(Errc::io, "none");
  });
  must(recorder.open(at(kDay)));
  const SeriesId id = recorder.series_for(SeriesKind::guest, "c1/qemu/100/1", kGuestSet, 10, at(kDay));
  for (std::int64_t t = kDay; t < kDay + 3600; t += 10) {
    recorder.record(1, kGuestSet, at(t), {{id, truth(id, t)}});
    recorder.cool(at(t));
  }
  CHECK(made == 0);
}

TEST_CASE("an hour is read whole by others while it is recorded, goes to its file, and is sealed") {
  const SqliteStand stand;
  const TempDirectory directory;
  House house(stand, cold_files(directory.path()), 20);
  house.record(kDay, kDay + 600);
  std::atomic<bool> is_over{false};
  std::atomic<int> faults{0};
  std::thread other([&] {
    while (!is_over) {
      for (const SeriesId id : house.series) {
        const history::Rows rows = house.recorder.rows(id, kDay, kDay + 600);
        if (rows.empty()) continue;  // sealed meanwhile
        if (rows.size() != 60) ++faults;
        for (std::size_t i = 0; i < rows.size(); ++i)
          if (row_of(rows, i) != truth(id, rows.t()[i])) ++faults;
      }
    }
  });
  house.record(kDay + 600, kDay + 3600);
  house.seal(kDay + 3690);
  is_over = true;
  other.join();
  CHECK(faults == 0);
}

}  // namespace monitorix::store
