#include "store/series/sql_keeper.h"

#include <chrono>

namespace monitorix::store {
namespace {

constexpr Query kSeriesAll{"series_all", "SELECT id, kind, object, cols, step, created FROM series ORDER BY id"};
constexpr Query kSeriesSave{"series_save", R"(
INSERT INTO series(id, kind, object, cols, step, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT(id) DO UPDATE SET kind = excluded.kind, object = excluded.object, cols = excluded.cols,
  step = excluded.step)"};
constexpr Query kSealedHours{"sealed_hours", "SELECT hour FROM seal_mark WHERE hour >= ?1 ORDER BY hour"};
constexpr Query kSealMark{"seal_mark", R"(
INSERT INTO seal_mark(hour, done) VALUES (?1, ?2) ON CONFLICT(hour) DO UPDATE SET done = excluded.done)"};

constexpr Query kFramesDone{"frames_done", "SELECT series, frame FROM backfill ORDER BY series, frame"};
constexpr Query kFrameMark{"frame_mark", R"(
INSERT INTO backfill(series, frame, done) VALUES (?1, ?2, ?3)
ON CONFLICT(series, frame) DO UPDATE SET done = excluded.done)"};

}  // namespace

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Result<Rows> SqlKeeper::ask(const Query& query, const Values& values) {
  Result<Rows> rows = Rows{};
  auto done = database().read([&](Link& link) -> Status {
    rows = link.run(query, values);
    if (!rows) return fail(rows.error());
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return rows;
}

Result<std::vector<history::SeriesInfo>> SqlKeeper::series() {
  auto rows = ask(kSeriesAll, {});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::SeriesInfo> out;
  out.reserve(rows->size());
  for (const Row& row : *rows)
    out.push_back({row.integer(0), static_cast<history::SeriesKind>(row.integer(1)), row.text(2),
                   static_cast<unsigned>(row.integer(3)), row.integer(4), row.integer(5)});
  return out;
}

Status SqlKeeper::save_series(std::span<const history::SeriesInfo> series) {
  return database().write([&](Link& link) -> Status {
    for (const history::SeriesInfo& one : series) {
      auto done = to_status(link.run(kSeriesSave, {one.id, static_cast<std::int64_t>(one.kind), one.object,
                                                   static_cast<std::int64_t>(one.set), one.step, one.created_ms}));
      if (!done) return done;
    }
    return {};
  });
}

Result<std::vector<std::int64_t>> SqlKeeper::sealed_hours(std::int64_t from) {
  auto rows = ask(kSealedHours, {from});
  if (!rows) return fail(std::move(rows).error());
  std::vector<std::int64_t> out;
  for (const Row& row : *rows) out.push_back(row.integer(0));
  return out;
}

Status SqlKeeper::mark_sealed(Link& link, std::int64_t hour) {
  return to_status(link.run(kSealMark, {hour, now_ms()}));
}

Status SqlKeeper::mark_frames(Link& link, const std::vector<history::FrameDone>& frames) {
  for (const history::FrameDone& one : frames) {
    const Values values{one.series, static_cast<std::int64_t>(one.frame), now_ms()};
    if (auto done = to_status(link.run(kFrameMark, values)); !done) return done;
  }
  return {};
}

Result<std::vector<history::FrameDone>> SqlKeeper::frames_done() {
  auto rows = ask(kFramesDone, {});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::FrameDone> out;
  for (const Row& row : *rows) out.push_back({row.integer(0), static_cast<int>(row.integer(1))});
  return out;
}

}  // namespace monitorix::store
