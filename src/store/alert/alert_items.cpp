// What people make: rules, silences, windows. Each a document with a version.

#include "store/alert/alert_doc.h"
#include "store/alert/alert_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

struct ItemQueries {
  const Query &insert, &update, &remove, &all;
  const char* missing;
};
constexpr ItemQueries kRules{queries::alert_rule_insert, queries::alert_rule_update, queries::alert_rule_delete,
                             queries::alert_rules_all, "there is no such rule"};
constexpr ItemQueries kSilences{queries::silence_insert, queries::silence_update, queries::silence_delete,
                                queries::silences_all, "there is no such silence"};
constexpr ItemQueries kWindows{queries::window_insert, queries::window_update, queries::window_delete,
                               queries::windows_all, "there is no such maintenance window"};

template <class T>
Result<std::vector<Versioned<T>>> read_items(Link& link, const ItemQueries& queries) {
  auto rows = link.run(queries.all);
  if (!rows) return fail(std::move(rows).error());
  std::vector<Versioned<T>> all;
  for (const Row& row : *rows) {
    Versioned<T> one;
    one.item.id.value = row.integer(0);
    read_doc(row.text(1), one.item);
    one.version = row.integer(2);
    one.updated_at = row.time(3);
    if constexpr (std::is_same_v<T, Rule>) one.item.key = row.text(4);
    all.push_back(std::move(one));
  }
  return all;
}

template <class T>
Result<std::vector<Versioned<T>>> all_items(Database& database, const ItemQueries& queries) {
  return read_value<std::vector<Versioned<T>>>(database, [&](Link& link) { return read_items<T>(link, queries); });
}

/// Of a rule: what it names is there.
template <class T>
Status check_names([[maybe_unused]] Link& link, [[maybe_unused]] const T& item) {
  if constexpr (std::is_same_v<T, Rule>) {
    if (!item.route.exists()) return {};
    auto rows = link.run(queries::route_known, {item.route.value});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::invalid, "there is no such route");
  }
  return {};
}

template <class T>
Result<Versioned<T>> create_item(Database& database, const ItemQueries& queries, const T& item, WallTime now) {
  return write_value<Versioned<T>>(database, [&](Link& link) -> Result<Versioned<T>> {
    if (auto known = check_names(link, item); !known) return fail(std::move(known).error());
    Values values{doc_of(item), to_ms(now)};
    if constexpr (std::is_same_v<T, Rule>) values.insert(values.begin(), item.key.empty() ? Value{} : Value{item.key});
    auto rows = link.run(queries.insert, values);
    if (!rows) return fail(std::move(rows).error());
    Versioned<T> made{item, 1, now};
    made.item.id.value = rows->front().integer(0);
    return made;
  });
}

template <class T>
Result<Versioned<T>> update_item(Database& database, const ItemQueries& queries, const T& item, std::int64_t expected,
                                 WallTime now) {
  return write_value<Versioned<T>>(database, [&](Link& link) -> Result<Versioned<T>> {
    if (auto known = check_names(link, item); !known) return fail(std::move(known).error());
    auto rows = link.run(queries.update, {doc_of(item), to_ms(now), item.id.value, expected});
    if (!rows) return fail(std::move(rows).error());
    auto all = read_items<T>(link, queries);
    if (!all) return fail(std::move(all).error());
    for (Versioned<T>& one : *all) {
      if (one.item.id != item.id) continue;
      if (rows->empty()) return fail(Errc::conflict, "it was changed meanwhile");
      return std::move(one);
    }
    return fail(Errc::not_found, queries.missing);
  });
}

Status remove_item(Database& database, const ItemQueries& queries, std::int64_t id) {
  return database.write([&](Link& link) -> Status {
    auto rows = link.run(queries.remove, {id});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, queries.missing);
    return {};
  });
}

}  // namespace

Result<std::vector<Versioned<Rule>>> AlertStore::rules() { return all_items<Rule>(database_, kRules); }
Result<Versioned<Rule>> AlertStore::create(const Rule& rule, WallTime now) {
  return create_item(database_, kRules, rule, now);
}
Result<Versioned<Rule>> AlertStore::update(const Rule& rule, std::int64_t expected_version, WallTime now) {
  return update_item(database_, kRules, rule, expected_version, now);
}
Status AlertStore::remove(RuleId id) { return remove_item(database_, kRules, id.value); }

Result<std::vector<Versioned<Silence>>> AlertStore::silences() { return all_items<Silence>(database_, kSilences); }
Result<Versioned<Silence>> AlertStore::create(const Silence& silence, WallTime now) {
  return create_item(database_, kSilences, silence, now);
}
Result<Versioned<Silence>> AlertStore::update(const Silence& silence, std::int64_t expected_version, WallTime now) {
  return update_item(database_, kSilences, silence, expected_version, now);
}
Status AlertStore::remove(SilenceId id) { return remove_item(database_, kSilences, id.value); }

Result<std::vector<Versioned<Window>>> AlertStore::windows() { return all_items<Window>(database_, kWindows); }
Result<Versioned<Window>> AlertStore::create(const Window& window, WallTime now) {
  return create_item(database_, kWindows, window, now);
}
Result<Versioned<Window>> AlertStore::update(const Window& window, std::int64_t expected_version, WallTime now) {
  return update_item(database_, kWindows, window, expected_version, now);
}
Status AlertStore::remove(WindowId id) { return remove_item(database_, kWindows, id.value); }

}  // namespace monitorix::store
