#include "store/import/intake.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "store/import/import_queries.h"

namespace monitorix::store {
namespace {

constexpr std::string_view kProgress = "progress";

std::int64_t number(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  const std::int64_t* found = member ? member->as_int() : nullptr;
  return found ? *found : 0;
}

bool is_about_a_row(const Error& error) {
  return error.code == Errc::conflict || error.code == Errc::invalid || error.code == Errc::not_found;
}

std::int64_t number_of(const std::string& table) {
  for (std::size_t at = 0; at < kOldTables; ++at)
    if (name_of(static_cast<OldTable>(at)) == table) return static_cast<std::int64_t>(at) + 1;
  return 0;
}

}  // namespace

void TableReport::remark(const std::string& text, std::int64_t id, std::int64_t rows) {
  ImportRemark& one = remarks[text];
  one.rows += rows;
  if (one.ids.size() < ImportRemark::kMostIds) one.ids.push_back(id);
}

void TableReport::add(const TableReport& page) {
  read += page.read;
  imported += page.imported;
  there += page.there;
  aside += page.aside;
  left_out += page.left_out;
  for (const auto& [text, remark] : page.remarks) {
    ImportRemark& one = remarks[text];
    one.rows += remark.rows;
    for (const std::int64_t id : remark.ids)
      if (one.ids.size() < ImportRemark::kMostIds) one.ids.push_back(id);
  }
}

Intake::Intake(Parts parts) : parts_(std::move(parts)) {
  const ImportOptions& options = parts_.options;
  report_.database = parts_.original.database();
  report_.source = options.source.empty() ? report_.database : options.source;
  report_.dry_run = options.dry_run;
  for (std::size_t at = 0; at < kOldTables; ++at) {
    const auto table = static_cast<OldTable>(at);
    TableReport& one = report_.tables.emplace_back();
    one.name = std::string(name_of(table));
    one.is_present = parts_.original.has(table);
    const auto missing = one.is_present ? parts_.original.missing_columns(table) : std::vector<std::string>{};
    for (const std::string& column : missing) one.remarks["has no column " + column];
  }
}

Result<ImportReport> Intake::run() {
  const auto with = [this](Status (Intake::*take)(Link&, const OldRow&, TableReport&)) {
    return
        [this, take](Link& link, const OldRow& row, TableReport& report) { return (this->*take)(link, row, report); };
  };
  const auto kept = [this](OldTable table) {
    return take_small(table, [this, table](Link& link, const OldRow& row, TableReport& report) {
      return take_kept(table, link, row, report);
    });
  };
  const auto& counters = queries::kImportCounters;
  Status done = check_source();
  if (done) done = take_small(OldTable::users, with(&Intake::take_user), {&counters[0], nullptr});
  if (done) done = take_small(OldTable::nodes, with(&Intake::take_node));
  if (done) done = learn_places();
  if (done) done = take_small(OldTable::vms, with(&Intake::take_guest));
  if (done) done = learn_places();
  if (done) done = take_small(OldTable::services, with(&Intake::take_service), {&counters[1], nullptr});
  if (done) done = learn_places();
  if (done)
    done = take_long(OldTable::health_checks, with(&Intake::take_check), {&counters[2], &queries::import_check_range});
  if (done) done = take_long(OldTable::alerts, with(&Intake::take_alert), {&counters[3], &queries::import_alert_range});
  for (const OldTable table : {OldTable::webhooks, OldTable::notification_channels, OldTable::alert_rules})
    if (done) done = kept(table);
  if (done) done = take_long(OldTable::audit_logs, with(&Intake::take_audit));
  if (done) done = take_samples();
  if (!done) return fail(std::move(done).error());
  list_what_is_to_do();
  return report_;
}

TableReport& Intake::report_of(OldTable table) { return report_.tables[static_cast<std::size_t>(table)]; }

void Intake::tell(OldTable table, std::int64_t done) {
  if (parts_.options.progress)
    parts_.options.progress(std::string(name_of(table)), done, parts_.original.extent(table).rows);
}

// Two originals of one name would be taken for one, and the rows of the second for those that are here already.
Status Intake::check_source() {
  auto nodes = parts_.original.has(OldTable::nodes) ? parts_.original.page(OldTable::nodes, 0)
                                                    : Result<std::vector<OldRow>>(std::vector<OldRow>{});
  if (!nodes) return fail(std::move(nodes).error());
  for (const auto& group : parts_.options.together)
    for (const std::string& name : group)
      if (std::ranges::none_of(*nodes, [&](const OldRow& row) { return trim(row.text("name").value_or("")) == name; }))
        return fail(Errc::invalid, "--together: the original has no node '" + name + "'");
  return parts_.write([&](Link& link) -> Status {
    auto known_mark = known(link, "source", 0);
    if (!known_mark) return fail(std::move(known_mark).error());
    if (*known_mark && **known_mark != parts_.original.mark())
      return fail(Errc::conflict, "another database was imported as '" + report_.source +
                                      "': give this one a name of its own with --source");
    auto kept = link.run(queries::imported_put,
                         {report_.source, std::string("source"), std::int64_t{0}, parts_.original.mark()});
    return kept ? Status{} : Status(fail(std::move(kept).error()));
  });
}

Status Intake::take_small(OldTable table, const Take& take, Numbered numbered) {
  if (!parts_.original.has(table)) return {};
  for (std::int64_t after = 0;;) {
    auto rows = parts_.original.page(table, after);
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return {};
    after = rows->back().id();
    if (auto done = take_page(table, *rows, take, numbered, nullptr, report_of(table)); !done) return done;
    tell(table, report_of(table).read);
  }
}

Status Intake::take_long(OldTable table, const Take& take, Numbered numbered) {
  if (!parts_.original.has(table)) return {};
  TableReport& report = report_of(table);
  auto progress = progress_of(report.name);
  if (!progress) return fail(std::move(progress).error());
  report.there = progress->imported;
  report.aside = progress->aside;
  report.left_out = progress->left_out;
  for (;;) {
    auto rows = parts_.original.page(table, progress->last);
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return {};
    if (auto done = take_page(table, *rows, take, numbered, &*progress, report); !done) return done;
    tell(table, report.there + report.read);
  }
}

// `progress`, where there is one, is kept in the same transaction as the rows.
Status Intake::take_page(OldTable table, const std::vector<OldRow>& rows, const Take& take, Numbered numbered,
                         Progress* progress, TableReport& report) {
  TableReport page;
  Progress next;
  const auto take_all = [&](Link& link, bool one_by_one) -> Status {
    page = {};
    next = progress ? *progress : Progress{};
    page_is_free_ = false;
    if (numbered.range != nullptr) {
      auto taken = link.run(*numbered.range, {rows.front().id(), rows.back().id()});
      if (!taken) return fail(std::move(taken).error());
      page_is_free_ = taken->front().integer(0) == 0;
    }
    for (const OldRow& row : rows) {
      ++page.read;
      if (row.fields().as_object() == nullptr) {
        if (auto kept = keep_aside(link, table, row, "it could not be read", page); !kept) return kept;
        continue;
      }
      if (!one_by_one) {
        if (auto taken = take(link, row, page); !taken) return taken;
        continue;
      }
      const TableReport before = page;
      if (auto began = link.script("SAVEPOINT monitorix_row"); !began) return began;
      Status taken = take(link, row, page);
      if (!taken && !is_about_a_row(taken.error())) return taken;
      if (!taken) {
        page = before;
        if (auto back = link.script("ROLLBACK TO monitorix_row"); !back) return back;
        if (auto kept = keep_aside(link, table, row, "the database refuses it", page); !kept) return kept;
      }
      if (auto ended = link.script("RELEASE monitorix_row"); !ended) return ended;
    }
    if (numbered.counter != nullptr && page.imported > 0 && link.section() == "postgres")
      if (auto counted = link.run(*numbered.counter); !counted) return fail(std::move(counted).error());
    if (progress == nullptr) return {};
    next.last = rows.back().id();
    next.imported += page.imported;
    next.aside += page.aside;
    next.left_out += page.left_out;
    return keep_progress(link, report.name, next);
  };
  Status done = parts_.write([&](Link& link) { return take_all(link, false); });
  if (!done && is_about_a_row(done.error())) done = parts_.write([&](Link& link) { return take_all(link, true); });
  if (!done) return fail(std::move(done.error()).within(report.name));
  report.add(page);
  if (progress) *progress = next;
  return {};
}

Result<Intake::Progress> Intake::progress_of(const std::string& table) {
  Progress out;
  auto looked = parts_.write([&](Link& link) -> Status {
    auto doc = known(link, kProgress, number_of(table));
    if (!doc) return fail(std::move(doc).error());
    if (!*doc) return {};
    const Json json = Json::parse(**doc).value_or(Json{});
    out = {number(json, "last"), number(json, "imported"), number(json, "aside"), number(json, "left_out")};
    return {};
  });
  if (!looked) return fail(std::move(looked).error());
  return out;
}

Status Intake::keep_progress(Link& link, const std::string& table, const Progress& progress) {
  JsonWriter doc;
  doc.begin_object().member("table", table).member("last", progress.last).member("imported", progress.imported);
  doc.member("aside", progress.aside).member("left_out", progress.left_out).end_object();
  auto kept = link.run(queries::imported_put, {report_.source, std::string(kProgress), number_of(table), doc.take()});
  return kept ? Status{} : Status(fail(std::move(kept).error()));
}

Result<std::optional<std::string>> Intake::known(Link& link, std::string_view kind, std::int64_t old_id) {
  auto rows = link.run(queries::imported_one, {report_.source, std::string(kind), old_id});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return std::optional<std::string>{};
  return std::optional(rows->front().text(0));
}

std::string Intake::sealed(const Secret& secret, std::string_view kind, std::int64_t old_id) const {
  return parts_.keyring.seal(
      secret, "imported/" + report_.source + "/" + std::string(kind) + "/" + std::to_string(old_id) + "/secret");
}

Status Intake::know(Link& link, std::string_view kind, std::int64_t old_id, std::int64_t id, const Secret& secret) {
  JsonWriter doc;
  doc.begin_object().member("id", id).end_object();
  auto kept = link.run(queries::imported_add, {report_.source, std::string(kind), old_id, doc.take(),
                                               secret.empty() ? Value{} : Value{Blob{sealed(secret, kind, old_id)}}});
  return kept ? Status{} : Status(fail(std::move(kept).error()));
}

Result<Intake::Ids> Intake::known_ids(Link& link, std::string_view kind) {
  auto rows = link.run(queries::imported_all, {report_.source, std::string(kind)});
  if (!rows) return fail(std::move(rows).error());
  Ids out;
  for (const Row& row : *rows) out[row.integer(0)] = number(Json::parse(row.text(1)).value_or(Json{}), "id");
  return out;
}

// The whole row is sealed: what cannot be understood may hold a secret.
Status Intake::keep_aside(Link& link, OldTable table, const OldRow& row, const std::string& why, TableReport& report) {
  const std::string kind = "aside/" + std::string(name_of(table));
  JsonWriter doc;
  doc.begin_object().member("why", why).end_object();
  auto kept = link.run(queries::imported_add, {report_.source, kind, row.id(), doc.take(),
                                               Blob{sealed(Secret(row.fields().dump()), kind, row.id())}});
  if (!kept) return fail(std::move(kept).error());
  ++report.aside;
  report.remark("kept aside: " + why, row.id());
  return {};
}

Result<std::int64_t> Intake::free_id(Link& link, const Query& ids, OldTable table, std::int64_t wanted,
                                     TableReport& report) {
  if (page_is_free_ && wanted > 0) return wanted;
  auto rows = link.run(ids, {wanted});
  if (!rows) return fail(std::move(rows).error());
  if (rows->front().integer(0) == 0 && wanted > 0) return wanted;
  report.remark("its number is taken here: it has a new one, old links do not lead to it", wanted);
  return std::max(rows->front().integer(1), parts_.original.extent(table).highest_id) + 1;
}

}  // namespace monitorix::store
