// The recorder and the reader on real keepers, both engines: what was recorded is read back, through sealing, folding,
// crashes and an absent database.

#include "history/recorder.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "history/reader.h"
#include "history/retention.h"
#include "store/store_suite.h"

namespace monitorix::history {

using namespace store;  // the stands

namespace {

constexpr std::int64_t kDay = 20'612 * kDaySeconds;

WallTime at(std::int64_t seconds) { return from_ms(seconds * 1000); }

/// A fleet whose every value is known in advance.
Row truth(SeriesId series, std::int64_t t) {
  Row row;
  row.set(1, (series * 977 + t / 10 * 31) % 100'000);
  row.set(2, 4096 * ((series + t / 10) % 1000));
  row.set(6, (t - kDay + 100'000) * 1024 * series);
  row.set(10, t - kDay + 500'000);
  row.set(11, 0);
  return row;
}

struct House {
  explicit House(const auto& stand) : store(stand.open()), keeper(must(open_keeper(stand.options()))) {}
  std::unique_ptr<Store> store;
  std::unique_ptr<Keeper> keeper;
};

std::vector<SeriesId> make_series(Recorder& recorder, int count, std::int64_t now) {
  std::vector<SeriesId> out;
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    out.push_back(
        recorder.series_for(SeriesKind::guest, "c1/qemu/" + std::to_string(100 + i) + "/1", kGuestSet, 10, at(now)));
  return out;
}

void record(Recorder& recorder, const std::vector<SeriesId>& series, std::int64_t from, std::int64_t to) {
  for (std::int64_t t = from; t < to; t += 10) {
    std::vector<Sample> samples;
    samples.reserve(series.size());
    for (const SeriesId id : series) samples.push_back({id, truth(id, t)});
    recorder.record(1, kGuestSet, at(t), samples);
  }
}

void seal_all(Recorder& recorder, std::int64_t now) {
  while (must(recorder.seal_some(at(now)))) {}
}
void fold_all(Recorder& recorder, std::int64_t now) {
  while (must(recorder.fold_some(at(now)))) {}
}
void recover_all(Recorder& recorder) {
  while (must(recorder.recover_one())) {}
}

void check_raw(Keeper& keeper, Recorder& recorder, SeriesId series, std::int64_t from, std::int64_t to) {
  Reader reader(keeper, recorder);
  const auto chunk = must(reader.rows(*recorder.info(series), Resolution::raw, from, to));
  REQUIRE(chunk.rows.size() == static_cast<std::size_t>((to - from) / 10));
  for (std::size_t i = 0; i < chunk.rows.size(); ++i) {
    REQUIRE(chunk.rows.t()[i] == from + static_cast<std::int64_t>(i) * 10);
    REQUIRE(row_of(chunk.rows, i) == truth(series, chunk.rows.t()[i]));
  }
}

}  // namespace

ON_BOTH_ENGINES("what is recorded is read back whole: in memory, while it is sealed, sealed, and folded") {
  const Stand stand;
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay)));
  const auto series = make_series(recorder, 3, kDay);
  for (std::int64_t hour = 0; hour < 26; ++hour) {
    record(recorder, series, kDay + hour * 3600, kDay + (hour + 1) * 3600);
    must(recorder.flush(at(kDay + (hour + 1) * 3600)));
    if (hour == 2) check_raw(*house.keeper, recorder, series[1], kDay, kDay + 3 * 3600);
    seal_all(recorder, kDay + (hour + 1) * 3600 + 89);
    CHECK(recorder.standing().open_hours == 1);
    seal_all(recorder, kDay + (hour + 1) * 3600 + 90);
    CHECK(recorder.standing().open_hours == 0);
    CHECK(must(house.keeper->logs()).empty());
  }
  const std::int64_t end = kDay + 26 * 3600;
  check_raw(*house.keeper, recorder, series[2], kDay, end);
  CHECK(must(house.keeper->chunks(series[0], Resolution::part, kDay, end)).size() == 26);
  Reader reader(*house.keeper, recorder);
  const auto before = must(reader.rows(*recorder.info(series[0]), Resolution::coarse, kDay, end));
  fold_all(recorder, end + 90);
  CHECK(must(house.keeper->chunks(series[0], Resolution::part, kDay, end)).size() == 2);
  CHECK(must(house.keeper->chunks(series[0], Resolution::fine, kDay, end)).size() == 1);
  const auto after = must(reader.rows(*recorder.info(series[0]), Resolution::coarse, kDay, end));
  CHECK(after.rows == before.rows);
  CHECK(after.rows.size() == 26);
  const auto plan = plan_of({kDay, end, 300, 10}, Retention{}, end);
  REQUIRE(plan);
  const auto reading = must(reader.read(series[0], {1, 6}, *plan));
  for (const Point& point : reading.columns[1]) CHECK(point.average == doctest::Approx(1024.0 * 1).epsilon(0.01));
  CHECK(reading.origin == Origin::live);
  const auto exact = must(reader.quantile(series[0], 1, 0.95, kDay, kDay + kDaySeconds));
  const auto sketched = must(reader.quantile(series[0], 1, 0.95, kDay, end));
  CHECK(exact.method == "raw");
  CHECK(sketched.method == "sketch");
  CHECK(std::abs(*sketched.value - *exact.value) <= 0.08 * *exact.value);
  CHECK(sketched.samples == 26 * 360);
  record(recorder, series, end, end + 600);
  CHECK(must(reader.quantile(series[0], 1, 0.95, kDay, end + 600)).samples == 26 * 360 + 60);
}

ON_BOTH_ENGINES("a process that dies loses nothing that was flushed, and the next one seals it") {
  const Stand stand;
  const std::int64_t now = kDay + 3600 + 1200;
  {
    House house(stand);
    Recorder recorder(*house.keeper);
    must(recorder.open(at(kDay)));
    const auto series = make_series(recorder, 4, kDay);
    for (std::int64_t t = kDay; t < now; t += 100) {
      record(recorder, series, t, t + 100);
      must(recorder.flush(at(t + 100)));
    }
  }
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(now)));
  CHECK(recorder.is_recovering());
  CHECK(!must(recorder.seal_some(at(now))));
  const auto series = make_series(recorder, 4, now);
  CHECK(recorder.series().size() == 4);
  record(recorder, series, now, now + 600);  // polling does not wait for the replay
  must(recorder.flush(at(now + 600)));
  recover_all(recorder);
  CHECK(!recorder.is_recovering());
  CHECK(recorder.standing().replayed >= 4 * 480);
  for (const SeriesId id : series) check_raw(*house.keeper, recorder, id, kDay, now + 600);
  seal_all(recorder, kDay + 3 * 3600);
  for (const SeriesId id : series) check_raw(*house.keeper, recorder, id, kDay, now + 600);
  CHECK(must(house.keeper->logs()).empty());
}

ON_BOTH_ENGINES("sealing that was interrupted by a crash is done again, with the same bytes") {
  const Stand stand;
  std::map<SeriesId, std::string> before_crash;
  {
    House house(stand);
    Recorder recorder(*house.keeper);
    must(recorder.open(at(kDay)));
    const auto series = make_series(recorder, 250, kDay);
    record(recorder, series, kDay, kDay + 300);
    must(recorder.flush(at(kDay + 300)));
    CHECK(must(recorder.seal_some(at(kDay + 3690))));
    for (const SeriesId id : series)
      for (const auto& one : must(house.keeper->chunks(id, Resolution::raw, kDay, kDay + 1)))
        before_crash[id] = one.blob;
    CHECK(before_crash.size() == Recorder::kSeriesPerBatch);
    CHECK(must(house.keeper->sealed_hours(0)).empty());
  }
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay + 3700)));
  recover_all(recorder);
  seal_all(recorder, kDay + 3700);
  CHECK(must(house.keeper->sealed_hours(0)) == std::vector<std::int64_t>{kDay / kHourSeconds});
  for (const SeriesInfo& one : recorder.series()) {
    const auto sealed = must(house.keeper->chunks(one.id, Resolution::raw, kDay, kDay + 1));
    REQUIRE(sealed.size() == 1);
    if (before_crash.contains(one.id)) CHECK(sealed[0].blob == before_crash[one.id]);
    check_raw(*house.keeper, recorder, one.id, kDay, kDay + 300);
  }
  // The hour's values were counted once, in the day's sketch, whether its series was sealed once or twice.
  std::vector<SeriesId> all;
  for (const SeriesInfo& one : recorder.series()) all.push_back(one.id);
  record(recorder, all, kDay + 3700, kDay + 3800);
  Reader reader(*house.keeper, recorder);
  for (const SeriesId id : all)
    CHECK(must(reader.quantile(id, 1, 0.5, kDay - 2 * kDaySeconds, kDay + 3800)).samples == 30 + 10);
}

ON_BOTH_ENGINES("duplicates and rows for sealed hours are dropped and counted, and a gap-fill may still bring them") {
  const Stand stand;
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay)));
  const auto series = make_series(recorder, 1, kDay);
  record(recorder, series, kDay, kDay + 1000);
  record(recorder, series, kDay + 500, kDay + 600);
  CHECK(recorder.standing().late == 10);
  must(recorder.flush(at(kDay + 1000)));
  seal_all(recorder, kDay + 3700);
  record(recorder, series, kDay + 1000, kDay + 1100);
  CHECK(recorder.standing().late == 20);
  Rows missing(kGuestSet);
  for (std::int64_t t = kDay + 900; t < kDay + 3600; t += 10) push_row(missing, t, truth(series[0], t));
  settle(missing);
  must(house.keeper->write(must(fill_raw(*house.keeper, series[0], missing, {kDay, kDay + 3600}))));
  check_raw(*house.keeper, recorder, series[0], kDay, kDay + 3600);
  const auto plan = plan_of({kDay, kDay + 3600, 12, 10}, Retention{}, kDay + 3600);
  REQUIRE(plan);
  CHECK(plan->resolution == Resolution::fine);
  Reader reader(*house.keeper, recorder);
  const Reading reading = must(reader.read(series[0], {6}, *plan));
  for (const Point& point : reading.columns[0]) CHECK(point.average == doctest::Approx(1024.0).epsilon(0.02));
}

ON_BOTH_ENGINES("samples that come late are kept through a crash, in open and in sealed hours") {
  const Stand stand;
  House house(stand);
  std::vector<SeriesId> series;
  const auto late_of = [&](std::int64_t from, std::int64_t to) {
    std::vector<LateRows> late;
    for (const SeriesId one : series) {
      Rows rows(kGuestSet);
      for (std::int64_t t = from; t < to; t += 10) push_row(rows, t, truth(one, t));
      settle(rows);
      late.push_back({one, std::move(rows)});
    }
    return late;
  };
  {
    Recorder recorder(*house.keeper);
    must(recorder.open(at(kDay)));
    series = make_series(recorder, 3, kDay);
    record(recorder, series, kDay + 2000, kDay + 3000);  // then away until the next hour
    must(recorder.flush(at(kDay + 3000)));
    seal_all(recorder, kDay + 3700);
    record(recorder, series, kDay + 4200, kDay + 4300);
    must(recorder.fill(1, kGuestSet, late_of(kDay + 2900, kDay + 4310), {kDay + 2991, kDay + 4291}, at(kDay + 4300)));
    record(recorder, series, kDay + 4300, kDay + 4400);
    must(recorder.flush(at(kDay + 4400)));
    for (const SeriesId one : series) check_raw(*house.keeper, recorder, one, kDay + 2000, kDay + 4400);
  }
  Recorder again(*house.keeper);
  must(again.open(at(kDay + 4400)));
  recover_all(again);
  for (const SeriesId one : series) check_raw(*house.keeper, again, one, kDay + 2000, kDay + 4400);
  seal_all(again, kDay + 7300);
  for (const SeriesId one : series) check_raw(*house.keeper, again, one, kDay + 2000, kDay + 4400);
  CHECK(must(house.keeper->logs()).empty());
  // A later start, whose logs are all gone, knows the sealed hours as sealed: late samples join them.
  Recorder later(*house.keeper);
  must(later.open(at(kDay + 9000)));
  must(later.fill(1, kGuestSet, late_of(kDay + 1900, kDay + 2010), {kDay + 1901, kDay + 2000}, at(kDay + 9000)));
  seal_all(later, kDay + 11'000);
  for (const SeriesId one : series) check_raw(*house.keeper, later, one, kDay + 1910, kDay + 4400);
}

ON_BOTH_ENGINES("a start that finds no log knows which hours are sealed, and late samples take nothing from them") {
  const Stand stand;
  House house(stand);
  std::vector<SeriesId> series;
  {
    Recorder recorder(*house.keeper);
    must(recorder.open(at(kDay)));
    series = make_series(recorder, 1, kDay);
    record(recorder, series, kDay + 1000, kDay + 3000);
    must(recorder.flush(at(kDay + 3000)));
    seal_all(recorder, kDay + 3700);
  }
  Recorder again(*house.keeper);
  must(again.open(at(kDay + 4000)));
  CHECK_FALSE(again.is_recovering());
  Rows late(kGuestSet);
  for (std::int64_t t = kDay + 2900; t < kDay + 3900; t += 10) push_row(late, t, truth(series[0], t));
  settle(late);
  must(again.fill(1, kGuestSet, {{series[0], late}}, {kDay + 2900, kDay + 3900}, at(kDay + 4000)));
  check_raw(*house.keeper, again, series[0], kDay + 1000, kDay + 3900);
  seal_all(again, kDay + 7300);
  check_raw(*house.keeper, again, series[0], kDay + 1000, kDay + 3900);
}

ON_BOTH_ENGINES("what Proxmox VE remembers fills what is empty, is marked, and never replaces a sample of ours") {
  const Stand stand;
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay)));
  const auto series = make_series(recorder, 1, kDay);
  record(recorder, series, kDay + 12 * 3600, kDay + 13 * 3600);
  must(recorder.flush(at(kDay)));
  seal_all(recorder, kDay + 14 * 3600);
  fold_all(recorder, kDay + kDaySeconds + 3600);
  Rows remembered(kGuestSet + kRollupOffset);
  const std::size_t average = rollup_column(remembered.set, 1, Part::avg);
  for (std::int64_t t = kDay; t < kDay + kDaySeconds; t += 3600) {
    remembered.columns[0].values.push_back(t);
    push_value(remembered, 1, 1);
    push_value(remembered, average, 7);
  }
  settle(remembered);
  for (int twice = 0; twice < 2; ++twice)
    must(house.keeper->write(must(fill_rollup(*house.keeper, series[0], Resolution::coarse, remembered))));
  Reader reader(*house.keeper, recorder);
  const auto chunk = must(reader.rows(*recorder.info(series[0]), Resolution::coarse, kDay, kDay + kDaySeconds));
  CHECK(chunk.origin == Origin::mixed);
  REQUIRE(chunk.rows.size() == 24);
  for (std::size_t i = 0; i < 24; ++i) CHECK((chunk.rows.columns[average].values[i] == 7) == (i != 12));
}

ON_BOTH_ENGINES("a damaged chunk is a gap in the answer and nothing more") {
  const Stand stand;
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay)));
  const auto series = make_series(recorder, 1, kDay);
  record(recorder, series, kDay, kDay + 2 * 3600);
  must(recorder.flush(at(kDay)));
  seal_all(recorder, kDay + 3 * 3600);
  auto stored = must(house.keeper->chunks(series[0], Resolution::raw, kDay, kDay + 1));
  stored[0].blob[20] = static_cast<char>(stored[0].blob[20] ^ 1);
  Batch batch;
  batch.chunks = stored;
  must(house.keeper->write(batch));
  Reader reader(*house.keeper, recorder);
  const auto chunk = must(reader.rows(*recorder.info(series[0]), Resolution::raw, kDay, kDay + 2 * 3600));
  CHECK(chunk.rows.size() == 360);
  CHECK(chunk.rows.t()[0] == kDay + 3600);
  must(reader.rows(*recorder.info(series[0]), Resolution::raw, kDay, kDay + 2 * 3600));
  CHECK(reader.damage().count() == 1);
  REQUIRE(reader.damage().newest().size() == 1);
  CHECK(reader.damage().newest()[0].object == "c1/qemu/100/1");
  CHECK(reader.damage().newest()[0].start == kDay);
}

ON_BOTH_ENGINES("retention goes through all series in small steps, and what is young enough stays") {
  const Stand stand;
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay)));
  const auto series = make_series(recorder, 120, kDay);
  record(recorder, series, kDay, kDay + 100);
  record(recorder, series, kDay + 2 * kDaySeconds, kDay + 2 * kDaySeconds + 100);
  must(recorder.flush(at(kDay)));
  const std::int64_t now = kDay + 3 * kDaySeconds + 7200;
  seal_all(recorder, now);
  fold_all(recorder, now);
  RetentionWork work(*house.keeper, recorder);
  const Retention kept{2 * kDaySeconds, 0, 10 * kDaySeconds};
  int steps = 1;
  while (must(work.step(at(now), kept))) ++steps;
  CHECK(steps == 3);
  CHECK(!must(work.step(at(now + 60), kept)));
  for (const SeriesId id : series) {
    CHECK(must(house.keeper->chunks(id, Resolution::raw, kDay, now)).size() == 1);
    CHECK(must(house.keeper->chunks(id, Resolution::fine, kDay, now)).size() == 2);
    CHECK(must(house.keeper->chunks(id, Resolution::coarse, kDay, now)).size() == 2);
  }
}

ON_BOTH_ENGINES("many series read at once are what each of them is by itself, at every resolution") {
  const Stand stand;
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay)));
  const auto series = make_series(recorder, 5, kDay);
  const std::int64_t now = kDay + kDaySeconds + 3 * 3600 + 1800;  // a folded day, sealed hours and an open one
  for (std::int64_t hour = kDay; hour < now; hour += 3600) {
    record(recorder, series, hour, std::min(hour + 3600, now));
    must(recorder.flush(at(hour + 3600)));
    seal_all(recorder, std::min(hour + 3600 + 120, now));
  }
  fold_all(recorder, now);
  Reader reader(*house.keeper, recorder);
  std::vector<SeriesInfo> infos;
  for (const SeriesId id : {series[4], series[0], series[2]}) infos.push_back(*recorder.info(id));
  const std::vector<std::size_t> columns{1, 6, 11};
  for (const Resolution resolution : {Resolution::raw, Resolution::fine, Resolution::coarse}) {
    CAPTURE(static_cast<int>(resolution));
    const Plan plan{3600, kDay + 7200, kDay + kDaySeconds + 4 * 3600, resolution};
    const std::int64_t from = resolution == Resolution::raw ? plan.from - 600 : plan.from;
    std::vector<std::size_t> order;
    CHECK(must(reader.rows_of(infos, columns, resolution, from, plan.to, [&](std::size_t place, const Chunk& chunk) {
      order.push_back(place);
      const auto alone = must(reader.read(infos[place].id, columns, plan));
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto points = points_of(plan, chunk.rows, columns[c]);
        for (std::size_t i = 0; i < points.size(); ++i) {
          REQUIRE(points[i].is_gap() == alone.columns[c][i].is_gap());
          if (points[i].is_gap()) continue;
          REQUIRE(points[i].average == alone.columns[c][i].average);
          REQUIRE(points[i].maximum == alone.columns[c][i].maximum);
        }
        REQUIRE(!points.front().is_gap());
        REQUIRE(!points[points.size() - 1].is_gap());
      }
    })));
    CHECK(order == std::vector<std::size_t>{0, 1, 2});
  }
}

TEST_CASE("while the database is away recording goes on, and all of it is stored when it comes back") {
  const PostgresStand stand;
  House house(stand);
  class Away final : public Keeper {  // the real keeper behind a cable that can be pulled
   public:
    explicit Away(Keeper& keeper) : keeper_(keeper) {}
    bool is_away{false}, is_log_in_use{false};
    [[nodiscard]] Status gone() const { return is_away ? Status(fail(Errc::unavailable, "away")) : Status{}; }
    Result<std::vector<SeriesInfo>> series() override { return keeper_.series(); }
    Status save_series(std::span<const SeriesInfo> s) override { return is_away ? gone() : keeper_.save_series(s); }
    Status write(const Batch& b) override { return is_away ? gone() : keeper_.write(b); }
    Result<std::vector<StoredChunk>> chunks(SeriesId s, Resolution r, std::int64_t f, std::int64_t t) override {
      if (is_away) return fail(Errc::unavailable, "away");
      return keeper_.chunks(s, r, f, t);
    }
    Result<std::vector<StoredChunk>> chunks_of(std::span<const SeriesId> s, Resolution r, std::int64_t f,
                                               std::int64_t t) override {
      if (is_away) return fail(Errc::unavailable, "away");
      return keeper_.chunks_of(s, r, f, t);
    }
    Result<std::vector<StoredSketch>> sketches(SeriesId s, std::int64_t f, std::int64_t t) override {
      return keeper_.sketches(s, f, t);
    }
    Status erase(std::span<const SeriesId> s, const Cutoffs& c) override { return keeper_.erase(s, c); }
    Result<std::vector<std::int64_t>> sealed_hours(std::int64_t f) override { return keeper_.sealed_hours(f); }
    Result<std::vector<FrameDone>> frames_done() override { return keeper_.frames_done(); }
    Result<std::int64_t> size_bytes() override { return keeper_.size_bytes(); }
    Status append_log(LogHour h, std::string_view f) override { return is_away ? gone() : keeper_.append_log(h, f); }
    Status sync_log() override { return keeper_.sync_log(); }
    Result<std::vector<LogHour>> logs() override { return keeper_.logs(); }
    Status read_log(LogHour h, const std::function<void(std::string_view)>& t) override {
      return keeper_.read_log(h, t);
    }
    Status drop_log(std::int64_t h) override {
      return is_log_in_use ? Status(fail(Errc::unavailable, "in use")) : keeper_.drop_log(h);
    }

   private:
    Keeper& keeper_;
  } keeper(*house.keeper);
  Recorder recorder(keeper);
  must(recorder.open(at(kDay)));
  keeper.is_away = true;
  const auto series = make_series(recorder, 2, kDay);
  record(recorder, series, kDay, kDay + 2 * 3600);
  CHECK(!recorder.flush(at(kDay + 2 * 3600)));
  CHECK(!recorder.seal_some(at(kDay + 3 * 3600)));
  CHECK(recorder.standing().last_error == "away");
  CHECK(recorder.standing().backlog_bytes + recorder.standing().memory_bytes > 0);
  keeper.is_away = false;
  must(recorder.flush(at(kDay + 3 * 3600)));
  seal_all(recorder, kDay + 3 * 3600);
  check_raw(keeper, recorder, series[1], kDay, kDay + 2 * 3600);
  CHECK(recorder.standing().last_error.empty());
  CHECK(recorder.standing().lost_rows == 0);
  // Six hours without it: memory is bounded, and the three oldest hours keep their 5-minute rows.
  keeper.is_away = true;
  for (std::int64_t hour = 3; hour < 9; ++hour) {
    record(recorder, series, kDay + hour * 3600, kDay + (hour + 1) * 3600);
    CHECK(!recorder.seal_some(at(kDay + (hour + 1) * 3600 + 100)));
  }
  CHECK(recorder.standing().open_hours == 3);
  CHECK(recorder.standing().lost_rows == 3 * 2 * 360);
  keeper.is_away = false;
  must(recorder.flush(at(kDay + 10 * 3600)));
  seal_all(recorder, kDay + 10 * 3600);
  Reader reader(keeper, recorder);
  const auto fine = must(reader.rows(*recorder.info(series[0]), Resolution::fine, kDay + 3 * 3600, kDay + 9 * 3600));
  CHECK(fine.rows.size() == 72);
  // A log that somebody is reading stays when its hour is sealed. That stops neither the next hours nor the next start.
  const auto has_log = [&] {
    const auto logs = must(keeper.logs());
    return std::ranges::count(logs, kDay / 3600 + 10, &LogHour::hour) == 1;
  };
  keeper.is_log_in_use = true;
  record(recorder, series, kDay + 10 * 3600, kDay + 11 * 3600);
  must(recorder.flush(at(kDay + 11 * 3600)));
  CHECK(!recorder.seal_some(at(kDay + 11 * 3600 + 100)));
  CHECK(has_log());
  must(Recorder(keeper).open(at(kDay + 12 * 3600)));
  CHECK(has_log());
  keeper.is_log_in_use = false;
  must(Recorder(keeper).open(at(kDay + 12 * 3600)));
  CHECK(!has_log());
}

ON_BOTH_ENGINES("a series whose object is better known keeps its past under the new name") {
  const Stand stand;
  SeriesId id = 0;
  {
    House house(stand);
    Recorder recorder(*house.keeper);
    must(recorder.open(at(kDay)));
    id = recorder.series_for(SeriesKind::guest, "c1/guest/100/1", kGuestSet, 60, at(kDay));
    must(recorder.flush(at(kDay)));
    recorder.rename("c1/guest/100/1", "c1/lxc/100/1");
    CHECK(recorder.series_for(SeriesKind::guest, "c1/lxc/100/1", kGuestSet, 10, at(kDay)) == id);
    recorder.rename("c1/guest/999/1", "c1/lxc/999/1");
    CHECK_FALSE(recorder.find("c1/lxc/999/1"));
    must(recorder.flush(at(kDay + 1)));
  }
  House house(stand);
  Recorder recorder(*house.keeper);
  must(recorder.open(at(kDay + 2)));
  CHECK(recorder.find("c1/lxc/100/1")->id == id);
  CHECK_FALSE(recorder.find("c1/guest/100/1"));
}

}  // namespace monitorix::history
