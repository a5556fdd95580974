// What waits for features that this version has not: kept whole, what may be secret sealed, nothing of it acts. And
// the whole import as a deed of the store.

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "store/import/import_queries.h"
#include "store/import/intake.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

/// Only what is known to be no secret stays readable; a column that a version added may be one.
constexpr auto kPlain = std::to_array<std::string_view>(
    {"id", "name", "method", "alert_types", "is_active", "type", "severity_filter", "metric_type", "operator",
     "threshold", "severity", "node_id", "vm_id", "service_id", "cooldown_minutes", "last_triggered", "created_at"});

}  // namespace

Status Intake::take_kept(OldTable table, Link& link, const OldRow& row, TableReport& report) {
  const std::string kind(name_of(table));
  JsonWriter doc, secret;
  doc.begin_object();
  secret.begin_object();
  bool has_secret = false;
  for (const auto& [column, value] : *row.fields().as_object()) {
    const bool is_plain = std::ranges::find(kPlain, column) != kPlain.end();
    (is_plain ? doc : secret).key(column).raw(value.dump());
    has_secret = has_secret || !is_plain;
  }
  // Where its objects have other numbers here.
  const auto becomes = [&](const char* column, const auto& places) {
    const auto found = places.find(row.integer(column).value_or(0));
    if (found == places.end()) return;
    if constexpr (std::is_same_v<std::decay_t<decltype(places)>, Ids>)
      doc.member(std::string("our_") + column, found->second);
    else
      doc.member(std::string("our_") + column, found->second.id);
  };
  becomes("node_id", nodes_);
  becomes("vm_id", guests_);
  becomes("service_id", services_);
  doc.end_object();
  secret.end_object();
  auto added = link.run(queries::imported_add,
                        {report_.source, kind, row.id(), doc.take(),
                         has_secret ? Value{Blob{sealed(Secret(secret.take()), kind, row.id())}} : Value{}});
  if (!added) return fail(std::move(added).error());
  ++(added->empty() ? report.there : report.imported);
  return {};
}

void Intake::list_what_is_to_do() {
  const auto rows = [&](OldTable table) {
    const TableReport& one = report_of(table);
    return one.imported + one.there;
  };
  auto& out = report_.to_do;
  if (report_of(OldTable::nodes).imported > 0)
    out.emplace_back(
        "The imported connections are paused. Open each, compare its certificate and confirm it, and switch it on. "
        "Two of them that turn out to be one cluster: keep one, or begin anew with --together.");
  if (report_of(OldTable::users).imported > 0)
    out.emplace_back("Who was no administrator is now " +
                     std::string(parts_.options.role == Role::viewer ? "a viewer" : "of the role asked for") +
                     ". Raise by hand who needs more.");
  if (rows(OldTable::webhooks) + rows(OldTable::notification_channels) + rows(OldTable::alert_rules) > 0)
    out.emplace_back(
        "Webhooks, channels and alert rules are kept, sealed, until a version that has them takes them over. Until "
        "then nothing watches for alerts and nothing is sent.");
  if (rows(OldTable::services) > 0)
    out.emplace_back("Services and their results are kept; this version does not run checks yet.");
  const auto& samples = report_of(OldTable::metrics).remarks;
  if (std::ranges::any_of(samples,
                          [](const auto& one) { return one.first.find("total is not known") != std::string::npos; }))
    out.emplace_back(
        "Memory and disk samples of nodes are percent of a size that the original did not keep. Once the connections "
        "answer, stop the server and import again: that adds them.");
  if (report_.dry_run) out.emplace_back("This was a dry run: nothing was kept.");
}

Result<ImportReport> SqlStore::import_original(const ImportOptions& options, history::Keeper& keeper) {
  auto original = Original::open(options.url);
  if (!original) return fail(std::move(original).error());
  Result<ImportReport> report = fail(Errc::io, "nothing was imported");
  if (!options.dry_run) {
    const auto write = [this](const Unit& unit) { return database_->write(unit); };
    return Intake({**original, keyring_, keeper, options, write}).run();
  }
  // All of it in one transaction that is taken back in the end.
  auto tried = database_->write([&](Link& link) -> Status {
    if (link.section() == "postgres")  // while the original sorts its samples, ours waits
      if (auto set = link.script("SET LOCAL idle_in_transaction_session_timeout = 0"); !set) return set;
    const auto write = [&link](const Unit& unit) -> Status {
      if (auto began = link.script("SAVEPOINT monitorix_page"); !began) return began;
      Status done = unit(link);
      if (!done)
        if (auto back = link.script("ROLLBACK TO monitorix_page"); !back) return back;
      if (auto ended = link.script("RELEASE monitorix_page"); !ended) return ended;
      return done;
    };
    report = Intake({**original, keyring_, keeper, options, write}).run();
    return fail(Errc::cancelled, "a dry run");
  });
  return report;
}

}  // namespace monitorix::store
