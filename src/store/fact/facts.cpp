#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {

Result<std::vector<KeptFact>> SqlStore::facts() {
  return read_value<std::vector<KeptFact>>(*database_, [](Link& link) -> Result<std::vector<KeptFact>> {
    auto rows = link.run(queries::facts_all);
    if (!rows) return fail(std::move(rows).error());
    std::vector<KeptFact> out;
    out.reserve(rows->size());
    for (const Row& row : *rows)
      out.push_back({ClusterId{row.integer(0)}, row.text(1), row.text(2), row.maybe_time(3), row.text(4)});
    return out;
  });
}

Status SqlStore::save_facts(const FactBatch& batch) {
  if (batch.facts.empty() && batch.gone.empty()) return {};
  return database_->write([&](Link& link) -> Status {
    for (const auto& [cluster, subject] : batch.gone)
      if (auto done = link.run(queries::fact_forget, {cluster.value, subject}); !done)
        return fail(std::move(done).error().within("facts of " + subject));
    for (const KeptFact& fact : batch.facts) {
      auto done =
          link.run(queries::fact_save, {fact.cluster.value, fact.subject, fact.topic, ms(fact.heard_at), fact.doc});
      if (!done) return fail(std::move(done).error().within(fact.topic + " of " + fact.subject));
    }
    return {};
  });
}

}  // namespace monitorix::store
