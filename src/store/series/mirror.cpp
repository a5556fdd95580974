#include "store/series/mirror.h"

#include <charconv>

#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

constexpr Query kDropGuest{"mirror_drop_guest",
                           "DELETE FROM metrics WHERE vm_id = ?1 AND recorded_at >= ?2 AND recorded_at < ?3"};
constexpr Query kDropNode{"mirror_drop_node",
                          "DELETE FROM metrics WHERE node_id = ?1 AND recorded_at >= ?2 AND recorded_at < ?3"};
constexpr Query kPut{"mirror_put", R"(
INSERT INTO metrics(node_id, vm_id, metric_type, value, unit, recorded_at)
SELECT CAST(?1 AS bigint), CAST(?2 AS bigint), metric, value, unit, CAST(?3 AS bigint) FROM (
  SELECT 'cpu' AS metric, CAST(?4 AS double precision) AS value, '%' AS unit
  UNION ALL SELECT 'memory', CAST(?5 AS double precision), '%'
  UNION ALL SELECT 'disk', CAST(?6 AS double precision), '%'
  UNION ALL SELECT 'network_in', CAST(?7 AS double precision), 'bytes/s'
  UNION ALL SELECT 'network_out', CAST(?8 AS double precision), 'bytes/s'
  UNION ALL SELECT 'disk_read', CAST(?9 AS double precision), 'bytes/s'
  UNION ALL SELECT 'disk_write', CAST(?10 AS double precision), 'bytes/s') AS point
WHERE value IS NOT NULL)"};
constexpr Query kErase{"mirror_erase", R"(
DELETE FROM metrics WHERE id IN (SELECT id FROM metrics WHERE recorded_at < ?1 ORDER BY recorded_at LIMIT ?2)
RETURNING id)"};

constexpr const char* kMirroredSetting = "internal.sql_mirror";  // the last hour that is done
constexpr std::int64_t kHourMs = 3'600'000;

Value maybe_id(const auto& id) { return id.exists() ? Value{id.value} : Value{}; }

Status replace_object(Link& link, const MirrorObject& object, std::int64_t hour) {
  const bool is_guest = object.guest.exists();
  const Values whose{is_guest ? object.guest.value : object.node.value, hour * kHourMs, (hour + 1) * kHourMs};
  if (auto gone = link.run(is_guest ? kDropGuest : kDropNode, whose); !gone) return fail(std::move(gone).error());
  for (const MirrorPoint& point : object.points) {
    auto put = link.run(
        kPut, {maybe_id(object.node), maybe_id(object.guest), ms(point.at), value_or_null(point.cpu),
               value_or_null(point.memory), value_or_null(point.disk), value_or_null(point.network_in),
               value_or_null(point.network_out), value_or_null(point.disk_read), value_or_null(point.disk_write)});
    if (!put) return fail(std::move(put).error());
  }
  return {};
}

}  // namespace

Result<std::optional<std::int64_t>> SqlStore::mirrored_hour() {
  using Hour = std::optional<std::int64_t>;
  return read_value<Hour>(*database_, [](Link& link) -> Result<Hour> {
    auto rows = link.run(queries::setting_one, {std::string(kMirroredSetting)});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return Hour{};
    const std::string text = rows->front().text(0);
    std::int64_t hour = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hour);
    if (error != std::errc{} || end != text.data() + text.size()) return Hour{};
    return Hour{hour};
  });
}

Status SqlStore::write_mirror(const MirrorBatch& batch) {
  return database_->write([&](Link& link) -> Status {
    for (const MirrorObject& object : batch.objects)
      if (auto done = replace_object(link, object, batch.hour); !done) return done;
    if (!batch.ends_hour) return {};
    auto marked = link.run(queries::setting_put, {std::string(kMirroredSetting), std::to_string(batch.hour),
                                                  (batch.hour + 1) * kHourMs, Value{}});
    if (!marked) return fail(std::move(marked).error());
    return {};
  });
}

Result<std::size_t> SqlStore::erase_mirror(WallTime before, std::size_t most) {
  return write_value<std::size_t>(*database_, [&](Link& link) -> Result<std::size_t> {
    auto rows = link.run(kErase, {ms(before), static_cast<std::int64_t>(most)});
    if (!rows) return fail(std::move(rows).error());
    return rows->size();
  });
}

}  // namespace monitorix::store
