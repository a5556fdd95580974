#include "store/alert/alert_doc.h"
#include "store/alert/alert_store.h"
#include "store/fact/reason_doc.h"
#include "store/outbox/outbox_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

template <class Enum>
std::int64_t number(Enum value) {
  return static_cast<std::int64_t>(value);
}
/// A number that is none of the enumeration's, from a damaged row, is its first.
template <class Enum>
Enum value_of(const Row& row, std::size_t column, Enum last) {
  const std::int64_t value = row.integer(column);
  return value < 0 || value > number(last) ? Enum{} : static_cast<Enum>(value);
}
Value maybe_ms(const std::optional<WallTime>& at) { return at ? Value{to_ms(*at)} : Value{}; }

Values values_of(const KeptAlert& kept) {
  const Alert& row = kept.row;
  return {row.id.value,
          row.rule.value,
          number(row.target.entity.kind),
          row.target.entity.id,
          row.target.part,
          number(row.state),
          number(row.severity),
          to_ms(row.opened_at),
          maybe_ms(row.resolved_at),
          row.incident.exists() ? Value{row.incident.value} : Value{},
          row.version,
          doc_of(row),
          kept.plan};
}

KeptAlert alert_of(const Row& row) {
  KeptAlert kept;
  Alert& alert = kept.row;
  alert.id = AlertId{row.integer(0)};
  alert.rule = RuleId{row.integer(1)};
  alert.target = {{value_of(row, 2, EntityKind::service), row.integer(3)}, row.text(4)};
  alert.state = value_of(row, 5, AlertState::resolved);
  alert.severity = value_of(row, 6, Severity::critical);
  alert.opened_at = row.time(7);
  alert.resolved_at = row.maybe_time(8);
  alert.incident = IncidentId{row.maybe_integer(9).value_or(0)};
  alert.version = row.integer(10);
  read_doc(row.text(11), alert);
  kept.plan = row.text(12);
  return kept;
}

Incident incident_of(const Row& row) {
  Incident incident;
  incident.id = IncidentId{row.integer(0)};
  incident.route = RouteId{row.integer(1)};
  incident.scope = {value_of(row, 2, EntityKind::service), row.integer(3)};
  incident.root = AlertId{row.integer(4)};
  incident.state = value_of(row, 5, IncidentState::resolved);
  incident.severity = value_of(row, 6, Severity::critical);
  incident.opened_at = row.time(7);
  incident.resolved_at = row.maybe_time(8);
  incident.version = row.integer(9);
  return incident;
}

Status run(Link& link, const Query& query, const Values& values) {
  auto done = link.run(query, values);
  if (!done) return fail(std::move(done).error());
  return {};
}

Status save_incident(Link& link, const Incident& one) {
  // Its alerts joined another one's before anybody heard of it.
  if (one.alerts.empty()) return run(link, queries::incident_delete, {one.id.value});
  return run(link, queries::incident_save,
             {one.id.value, one.route.value, number(one.scope.kind), one.scope.id, one.root.value, number(one.state),
              number(one.severity), to_ms(one.opened_at), maybe_ms(one.resolved_at), one.version});
}

template <class T, class Read>
Result<std::vector<T>> read_all(Database& database, const Query& query, const Values& values, Read read) {
  return read_value<std::vector<T>>(database, [&](Link& link) -> Result<std::vector<T>> {
    auto rows = link.run(query, values);
    if (!rows) return fail(std::move(rows).error());
    std::vector<T> all;
    all.reserve(rows->size());
    for (const Row& row : *rows) all.push_back(read(row));
    return all;
  });
}

std::int64_t below(std::int64_t id) { return id == 0 ? std::numeric_limits<std::int64_t>::max() : id; }
Alert row_of(const Row& row) { return alert_of(row).row; }

/// A reason with a code stands in the place of the text, as an object; nobody but a note's author writes freely there.
std::string detail_of(const Happening& one) {
  if (!one.why.code.empty()) return reason_text(one.why);
  return one.detail.empty() ? one.why.text : one.detail;
}

Happening happening_of(Happening row) {
  if (row.kind == HappeningKind::note || !row.detail.starts_with("{\"code\":")) return row;
  row.why = reason_in(row.detail);
  row.detail.clear();
  return row;
}

Status save_rows(Link& link, const AlertBatch& batch) {
  // What ended first: the pair of an alert that begins is free then.
  for (const bool is_over : {true, false})
    for (const KeptAlert& one : batch.alerts)
      if ((one.row.state == AlertState::resolved) == is_over)
        if (auto done = run(link, queries::alert_save, values_of(one)); !done)
          return fail(std::move(done).error().within("alert " + one.row.id.text()));
  for (const AlertId id : batch.vanished)
    if (auto done = run(link, queries::alert_vanish, {id.value}); !done) return done;
  for (const Incident& one : batch.incidents)
    if (auto done = save_incident(link, one); !done) return done;
  for (const Happening& one : batch.happenings)
    if (auto done = run(link, queries::happening_add,
                        {one.incident.value, one.alert.value, number(one.kind), to_ms(one.at), detail_of(one)});
        !done)
      return done;
  return {};
}

}  // namespace

Status AlertStore::save(const AlertBatch& batch, const Telling& telling) {
  if (batch.is_empty() && telling.wanted.empty() && telling.cancelled.empty()) return {};
  return database_.write([&](Link& link) -> Status {
    if (auto done = save_rows(link, batch); !done) return done;
    if (auto queued = enqueue(link, telling.wanted, telling.at); !queued) return fail(std::move(queued).error());
    for (const AlertId id : telling.cancelled)
      if (auto gone = cancel_deliveries(link, id.text(), telling.at); !gone) return fail(std::move(gone).error());
    return {};
  });
}

Result<KeptAlerts> AlertStore::kept(WallTime ended_since) {
  return read_value<KeptAlerts>(database_, [&](Link& link) -> Result<KeptAlerts> {
    KeptAlerts kept;
    auto alerts = link.run(queries::alerts_kept, {to_ms(ended_since)});
    if (!alerts) return fail(std::move(alerts).error());
    auto incidents = link.run(queries::incidents_kept, {to_ms(ended_since)});
    if (!incidents) return fail(std::move(incidents).error());
    auto ids = link.run(queries::alert_ids, {});
    if (!ids) return fail(std::move(ids).error());
    for (const Row& row : *alerts) kept.alerts.push_back(alert_of(row));
    for (const Row& row : *incidents) kept.incidents.push_back(incident_of(row));
    for (Incident& incident : kept.incidents)
      for (const KeptAlert& one : kept.alerts)
        if (one.row.incident == incident.id) incident.alerts.push_back(one.row.id);
    kept.next_alert = ids->front().integer(0) + 1;
    kept.next_incident = ids->front().integer(1) + 1;
    return kept;
  });
}

Result<std::vector<Alert>> AlertStore::alerts(AlertId before, int limit) {
  return read_all<Alert>(database_, queries::alerts_page, {below(before.value), std::int64_t{limit}}, row_of);
}

Result<std::vector<Incident>> AlertStore::incidents(IncidentId before, int limit) {
  return read_all<Incident>(database_, queries::incidents_page, {below(before.value), std::int64_t{limit}},
                            incident_of);
}

Result<std::vector<Alert>> AlertStore::alerts_of(IncidentId id) {
  return read_all<Alert>(database_, queries::alerts_of_incident, {id.value}, row_of);
}

Result<std::vector<Happening>> AlertStore::timeline(IncidentId id, int limit) {
  return read_all<Happening>(database_, queries::happenings_of, {id.value, std::int64_t{limit}}, [](const Row& row) {
    return happening_of({IncidentId{row.integer(0)},
                         AlertId{row.integer(1)},
                         value_of(row, 2, HappeningKind::note),
                         row.time(3),
                         row.text(4),
                         {}});
  });
}

Result<std::size_t> AlertStore::erase(WallTime ended_before, int most) {
  return write_value<std::size_t>(database_, [&](Link& link) -> Result<std::size_t> {
    const Values values{to_ms(ended_before), std::int64_t{most}};
    auto incidents = link.run(queries::incidents_erase, values);
    if (!incidents) return fail(std::move(incidents).error());
    for (const Row& row : *incidents)
      if (auto done = run(link, queries::happenings_erase, {row.integer(0)}); !done)
        return fail(std::move(done).error());
    auto alerts = link.run(queries::alerts_erase, values);
    if (!alerts) return fail(std::move(alerts).error());
    return incidents->size() + alerts->size();
  });
}

}  // namespace monitorix::store
