// What checks found: states, time lines, results that say something, response times.

#include "base/log.h"
#include "store/service/service_doc.h"
#include "store/service/service_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

KeptInterval read_interval(const Row& row) {
  return {ServiceId{row.integer(0)}, row.time(1), row.time(2), static_cast<int>(row.integer(3))};
}
KeptOverlay read_overlay(const Row& row) {
  return {ServiceId{row.integer(0)}, row.integer(1) == 0 ? OverlayKind::maintenance : OverlayKind::unreachable,
          row.time(2), row.maybe_time(3)};
}
KeptHistogram read_histogram(const Row& row) {
  return {ServiceId{row.integer(0)}, row.integer(1) == 0 ? HistogramSpan::hour : HistogramSpan::day, row.time(2),
          row.text(3), row.text(4)};
}

// The numbers of the states in `health_checks`, which imports wrote before: up, warning, down, unreachable, unknown.
std::int64_t number_of(Verdict verdict) { return verdict == Verdict::unknown ? 4 : static_cast<std::int64_t>(verdict); }
Verdict verdict_of(std::int64_t number) {
  if (number >= 4 || number < 0) return Verdict::unknown;
  return number >= 2 ? Verdict::down : static_cast<Verdict>(number);
}

KeptCheck read_check(const Row& row) {
  KeptCheck out;
  out.id = row.integer(0);
  CheckResult& result = out.result;
  result.service = ServiceId{row.integer(1)};
  result.verdict = verdict_of(row.integer(2));
  if (const auto took = row.maybe_real(3))
    result.took = std::chrono::microseconds{static_cast<std::int64_t>(*took * 1000)};
  if (const auto status = row.maybe_integer(4)) result.status_code = static_cast<int>(*status);
  result.detail = row.maybe_text(5).value_or("");
  result.scheduled_at = row.time(6);
  result.started_at = result.scheduled_at;
  read_doc(row.text(7), result);
  out.has_evidence = row.flag(8) || row.integer(8) != 0;
  return out;
}

/// Runs a question and reads every row of its answer.
template <class T>
Result<std::vector<T>> rows_as(Link& link, const Query& query, const Values& values, T (*read)(const Row&)) {
  auto rows = link.run(query, values);
  if (!rows) return fail(std::move(rows).error());
  std::vector<T> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) out.push_back(read(row));
  return out;
}

template <class T>
Result<std::vector<T>> ask(Database& database, const Query& query, const Values& values, T (*read)(const Row&)) {
  return read_value<std::vector<T>>(database, [&](Link& link) { return rows_as<T>(link, query, values, read); });
}

Status put(Link& link, const Query& query, const Values& values) {
  auto done = link.run(query, values);
  if (!done) return fail(std::move(done).error());
  return {};
}

Values values_of(const CheckResult& r) {
  return {r.service.value,
          number_of(r.verdict),
          static_cast<double>(r.took.count()) / 1000,
          r.status_code ? Value{std::int64_t{*r.status_code}} : Value{},
          r.detail.empty() ? Value{} : Value{r.detail},
          ms(r.scheduled_at),
          doc_of(r),
          r.evidence ? Value{evidence_text(*r.evidence)} : Value{}};
}

Status save_times(Link& link, const CheckBatch& batch) {
  for (const auto& [service, from] : batch.rewound) {
    if (auto done = put(link, queries::interval_void, {service.value, ms(from)}); !done) return done;
    if (auto done = put(link, queries::interval_cut, {service.value, ms(from)}); !done) return done;
  }
  for (const KeptInterval& one : batch.intervals) {
    const Values values{one.service.value, ms(one.begin), ms(one.end), std::int64_t{one.state}};
    if (auto done = put(link, queries::interval_put, values); !done) return done;
  }
  for (const KeptBlip& one : batch.blips) {
    const Values values{one.service.value, ms(one.begin), ms(one.end), one.reason, one.parameter};
    if (auto done = put(link, queries::blip_put, values); !done) return done;
  }
  for (const KeptOverlay& one : batch.overlays) {
    const Values values{one.service.value, static_cast<std::int64_t>(one.kind), ms(one.begin), ms(one.end)};
    if (auto done = put(link, queries::overlay_put, values); !done) return done;
  }
  return {};
}

}  // namespace

Status ServiceStore::save(const CheckBatch& batch) {
  if (batch.is_empty()) return {};
  return database_.write([&](Link& link) -> Status {
    if (auto done = save_times(link, batch); !done) return done;
    for (const KeptState& one : batch.states) {
      const Values values{one.service.value, one.state, one.push, ms(one.at)};
      if (auto done = put(link, queries::check_state_put, values); !done) return done;
    }
    for (const CheckResult& one : batch.checks)
      if (auto done = put(link, queries::check_put, values_of(one)); !done) return done;
    for (const KeptHistogram& one : batch.histograms) {
      const Values values{static_cast<std::int64_t>(one.span), ms(one.begin), one.service.value, Blob{one.total},
                          Blob{one.first_byte}};
      if (auto done = put(link, queries::histogram_put, values); !done) return done;
    }
    if (!batch.beat) return {};
    return put(link, queries::beat_put, {ms(batch.beat->at), Blob{batch.beat->pulses}});
  });
}

Result<KeptChecks> ServiceStore::load(WallTime timeline_from, WallTime hours_from) {
  KeptChecks out;
  auto services = all();
  if (!services) return fail(std::move(services).error());
  out.services = std::move(*services);
  auto read = database_.read([&](Link& link) -> Status {
    auto states = link.run(queries::check_states_all);
    if (!states) return fail(std::move(states).error());
    for (const Row& row : *states) out.states.push_back({ServiceId{row.integer(0)}, row.text(1), row.text(2), {}});
    auto intervals = rows_as<KeptInterval>(link, queries::intervals_since, {ms(timeline_from)}, read_interval);
    if (!intervals) return fail(std::move(intervals).error());
    auto overlays = rows_as<KeptOverlay>(link, queries::overlays_since, {ms(timeline_from)}, read_overlay);
    if (!overlays) return fail(std::move(overlays).error());
    auto hours =
        rows_as<KeptHistogram>(link, queries::histograms_since, {std::int64_t{0}, ms(hours_from)}, read_histogram);
    if (!hours) return fail(std::move(hours).error());
    auto tokens = link.run(queries::push_tokens_all);
    if (!tokens) return fail(std::move(tokens).error());
    for (const Row& row : *tokens) out.push_tokens.emplace_back(ServiceId{row.integer(0)}, row.text(1));
    auto beat = link.run(queries::beat_one);
    if (!beat) return fail(std::move(beat).error());
    if (!beat->empty()) out.beat = CheckBeat{beat->front().time(0), beat->front().text(1)};
    out.intervals = std::move(*intervals);
    out.overlays = std::move(*overlays);
    out.histograms = std::move(*hours);
    return {};
  });
  if (!read) return fail(std::move(read).error());
  return out;
}

Result<std::vector<KeptInterval>> ServiceStore::intervals(ServiceId id, WallTime from, WallTime to) {
  return ask<KeptInterval>(database_, queries::intervals_of, {id.value, ms(from), ms(to)}, read_interval);
}

Result<std::vector<KeptBlip>> ServiceStore::blips(ServiceId id, WallTime from, WallTime to) {
  const auto read = +[](const Row& row) {
    return KeptBlip{ServiceId{row.integer(0)}, row.time(1), row.time(2), row.text(3), row.text(4)};
  };
  return ask<KeptBlip>(database_, queries::blips_of, {id.value, ms(from), ms(to)}, read);
}

Result<std::vector<KeptOverlay>> ServiceStore::overlays(ServiceId id, WallTime from, WallTime to) {
  return ask<KeptOverlay>(database_, queries::overlays_of, {id.value, ms(from), ms(to)}, read_overlay);
}

Result<std::vector<KeptHistogram>> ServiceStore::histograms(ServiceId id, HistogramSpan span, WallTime from,
                                                            WallTime to) {
  return ask<KeptHistogram>(database_, queries::histograms_of,
                            {id.value, static_cast<std::int64_t>(span), ms(from), ms(to)}, read_histogram);
}

Result<std::vector<KeptCheck>> ServiceStore::checks(ServiceId id, WallTime from, WallTime to, int limit) {
  if (!id.exists())
    return ask<KeptCheck>(database_, queries::checks_all, {ms(from), ms(to), std::int64_t{limit}}, read_check);
  return ask<KeptCheck>(database_, queries::checks_of, {id.value, ms(from), ms(to), std::int64_t{limit}}, read_check);
}

Result<KeptCheck> ServiceStore::check(std::int64_t id) {
  return read_value<KeptCheck>(database_, [&](Link& link) -> Result<KeptCheck> {
    auto rows = link.run(queries::check_one, {id});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such check");
    KeptCheck out = read_check(rows->front());
    if (const auto text = rows->front().maybe_text(9)) out.result.evidence = read_evidence(*text);
    return out;
  });
}

Result<std::size_t> ServiceStore::erase(const CheckCutoffs& before, int most) {
  return write_value<std::size_t>(database_, [&](Link& link) -> Result<std::size_t> {
    const auto cut = [&](const Query& query, Values values) { return put(link, query, values); };
    for (auto done :
         {cut(queries::intervals_erase, {ms(before.timeline)}), cut(queries::blips_erase, {ms(before.timeline)}),
          cut(queries::overlays_erase, {ms(before.timeline)}),
          cut(queries::histograms_erase, {std::int64_t{0}, ms(before.hours)}),
          cut(queries::histograms_erase, {std::int64_t{1}, ms(before.timeline)})})
      if (!done) return fail(std::move(done).error());
    auto rows = link.run(queries::checks_erase, {ms(before.checks), std::int64_t{most}});
    if (!rows) return fail(std::move(rows).error());
    return rows->size();
  });
}

}  // namespace monitorix::store
