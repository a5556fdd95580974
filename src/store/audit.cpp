// The chain: hash(n) = HMAC-SHA-256(key "audit", hash(n-1) + fields of n), hash(0) = "". A field is written as its
// length and text, or '-' when null, joined by nothing: no two different entries give the same bytes. audit_head
// keeps the number of entries and the last hash, so that cutting off the end shows too.

#include <algorithm>
#include <limits>

#include "base/crypto.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

constexpr std::string_view kPurpose = "audit";

AuditEntry read_entry(const Row& row) {
  AuditEntry entry;
  entry.id = row.integer(0);
  if (const auto user = row.maybe_integer(1)) entry.user = UserId{*user};
  entry.username = row.text(2);
  entry.action = row.text(3);
  entry.resource_type = row.text(4);
  entry.resource_id = row.maybe_text(5);
  entry.resource_name = row.maybe_text(6);
  entry.changes = row.maybe_text(7);
  entry.ip_address = row.maybe_text(8);
  entry.user_agent = row.maybe_text(9);
  entry.success = row.flag(10);
  entry.error_message = row.maybe_text(11);
  entry.created_at = row.time(12);
  return entry;
}

std::string chained(const Secret& key, const std::string& before, const AuditEntry& entry) {
  std::string bytes = before;
  const auto add = [&](const std::optional<std::string>& field) {
    bytes += field ? std::to_string(field->size()) + ":" + *field : "-";
  };
  add(std::to_string(entry.id));
  add(entry.user ? std::optional(entry.user->text()) : std::nullopt);
  for (const auto* field : {&entry.username, &entry.action, &entry.resource_type}) add(*field);
  for (const auto* field : {&entry.resource_id, &entry.resource_name, &entry.changes, &entry.ip_address,
                            &entry.user_agent, &entry.error_message})
    add(*field);
  add(entry.success ? "1" : "0");
  add(std::to_string(to_ms(entry.created_at)));
  return hmac_sha256(key.reveal(), bytes);
}

Values entry_values(const AuditEntry& entry, const std::string& hash) {
  return {entry.id,
          entry.user ? Value{entry.user->value} : Value{},
          entry.username,
          entry.action,
          entry.resource_type,
          value_or_null(entry.resource_id),
          value_or_null(entry.resource_name),
          value_or_null(entry.changes),
          value_or_null(entry.ip_address),
          value_or_null(entry.user_agent),
          entry.success,
          value_or_null(entry.error_message),
          ms(entry.created_at),
          Blob{hash}};
}

}  // namespace

Status insert_audit(Link& link, const Keyring& keyring, const AuditEntry& given) {
  const Secret key = keyring.subkey(kPurpose);
  auto head = link.run(queries::audit_claim);
  if (!head) return fail(std::move(head).error());
  if (head->empty()) return fail(Errc::io, "the end of the audit chain is missing");
  AuditEntry entry = given;
  entry.id = head->front().integer(0);
  const std::string hash = chained(key, head->front().text(1), entry);
  if (auto done = link.run(queries::audit_insert, entry_values(entry, hash)); !done)
    return fail(std::move(done).error());
  if (auto done = link.run(queries::audit_close, {Blob{hash}}); !done) return fail(std::move(done).error());
  return {};
}

Status SqlStore::append_audit(const AuditEntry& given) {
  return database_->write([&](Link& link) { return insert_audit(link, keyring_, given); });
}

Result<std::vector<AuditEntry>> SqlStore::audit(const AuditFilter& filter) {
  const auto before = filter.before_id > 0 ? filter.before_id : std::numeric_limits<std::int64_t>::max();
  const Values values{filter.user ? Value{filter.user->value} : Value{},
                      value_or_null(filter.action),
                      value_or_null(filter.resource_type),
                      value_or_null(filter.resource_id),
                      value_or_null(filter.success),
                      ms(filter.since),
                      before,
                      std::int64_t{std::clamp(filter.limit, 1, 10'000)}};
  return read_value<std::vector<AuditEntry>>(*database_, [&](Link& link) -> Result<std::vector<AuditEntry>> {
    auto rows = link.run(queries::audit_page, values);
    if (!rows) return fail(std::move(rows).error());
    std::vector<AuditEntry> out;
    for (const Row& row : *rows) out.push_back(read_entry(row));
    return out;
  });
}

Result<std::int64_t> SqlStore::verify_audit() {
  const Secret key = keyring_.subkey(kPurpose);
  return read_value<std::int64_t>(*database_, [&](Link& link) -> Result<std::int64_t> {
    std::string hash;
    std::int64_t count = 0;
    while (true) {
      auto rows = link.run(queries::audit_after, {count});
      if (!rows) return fail(std::move(rows).error());
      if (rows->empty()) break;
      for (const Row& row : *rows) {
        const AuditEntry entry = read_entry(row);
        if (entry.id != count + 1)
          return fail(Errc::invalid, "audit entry " + std::to_string(count + 1) + " is missing");
        hash = chained(key, hash, entry);
        if (!equal_constant_time(hash, row.text(13)))
          return fail(Errc::invalid, "audit entry " + std::to_string(entry.id) + " was altered");
        count = entry.id;
      }
    }
    auto head = link.run(queries::audit_head);
    if (!head) return fail(std::move(head).error());
    if (head->empty() || head->front().integer(0) != count || !equal_constant_time(head->front().text(1), hash))
      return fail(Errc::invalid, "audit entries after " + std::to_string(count) + " were cut off");
    return count;
  });
}

}  // namespace monitorix::store
