#include <algorithm>

#include "store/object_doc.h"
#include "store/service/service_doc.h"
#include "store/service/service_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

std::string place_of(ServiceId id) { return "services/" + id.text() + "/secret"; }

template <class IdType>
Value id_or_null(const std::optional<IdType>& id) {
  return id ? Value{id->value} : Value{};
}
template <class IdType>
std::optional<IdType> read_id(const Row& row, std::size_t column) {
  const auto id = row.maybe_integer(column);
  return id ? std::optional(IdType{*id}) : std::nullopt;
}

/// Whole seconds and one status for who reads the table; the exact ones are in `doc`.
std::int64_t seconds_of(std::chrono::milliseconds span) { return std::max<std::int64_t>(1, span.count() / 1000); }

Values columns_of(const Service& s) {
  return {id_or_null(s.guest),
          id_or_null(s.node),
          id_or_null(s.cluster),
          id_or_null(s.storage),
          s.name,
          type_number(s.type),
          s.target,
          s.port ? Value{std::int64_t{*s.port}} : Value{},
          s.is_active,
          s.maintenance_mode,
          list_text(s.tags),
          doc_of(s),
          seconds_of(s.interval),
          seconds_of(s.timeout),
          s.http.expected_status.empty() ? std::int64_t{200} : std::int64_t{s.http.expected_status.front().first},
          s.custom.command.empty() ? Value{} : Value{s.custom.command},
          ms(s.created_at)};
}

Result<ServiceRecord> read_service(const Row& row, const Keyring& keyring) {
  ServiceRecord out;
  Service& s = out.service;
  s.id = ServiceId{row.integer(0)};
  s.ordinal = s.id.value;
  s.guest = read_id<GuestId>(row, 1);
  s.node = read_id<NodeId>(row, 2);
  s.cluster = read_id<ClusterId>(row, 3);
  s.storage = read_id<StorageId>(row, 4);
  s.name = row.text(5);
  s.type = type_of_number(row.integer(6));
  s.target = row.text(7);
  if (const auto port = row.maybe_integer(8)) s.port = static_cast<int>(*port);
  s.is_active = row.flag(9);
  s.maintenance_mode = row.flag(10);
  s.tags = read_list(row.text(11));
  // A row of an import has nothing but its columns.
  s.interval = std::chrono::seconds{row.integer(17)};
  s.timeout = std::chrono::seconds{row.integer(18)};
  s.retry_interval = std::min<std::chrono::milliseconds>(s.retry_interval, s.interval);
  const int status = static_cast<int>(row.integer(19));
  if (row.is_null(13)) s.http.expected_status = {StatusRange{status, status}};
  read_doc(row.text(12), s);
  if (!row.is_null(13)) {
    auto secrets = keyring.open(row.text(13), place_of(s.id));
    if (!secrets) return fail(std::move(secrets).error().within("service " + s.name + ": secrets"));
    read_secrets(*secrets, s);
  }
  out.version = row.integer(14);
  s.created_at = row.time(15);
  out.updated_at = row.time(16);
  out.has_push_token = !row.is_null(20);
  return out;
}

Status put_secrets(Link& link, const Keyring& keyring, ServiceId id, const Service& service) {
  auto done = link.run(queries::service_secret, {id.value, Blob{keyring.seal(secrets_of(service), place_of(id))}});
  if (!done) return fail(std::move(done).error());
  return {};
}

Status put_token(Link& link, ServiceId id, const std::string& hash, WallTime at) {
  auto done = link.run(queries::push_token_put, {id.value, Blob{hash}, ms(at)});
  if (!done) return fail(std::move(done).error());
  return {};
}

}  // namespace

Result<ServiceRecord> ServiceStore::one(Link& link, ServiceId id) {
  auto rows = link.run(queries::service_one, {id.value});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return fail(Errc::not_found, "there is no such service");
  return read_service(rows->front(), keyring_);
}

Result<ServiceRecord> ServiceStore::create(const Service& service, const std::string& push_token_hash) {
  return write_value<ServiceRecord>(database_, [&](Link& link) -> Result<ServiceRecord> {
    Values values = columns_of(service);
    values.push_back(ms(service.created_at));
    auto rows = link.run(queries::service_insert, values);
    if (!rows) return fail(std::move(rows).error());
    const ServiceId id{rows->front().integer(0)};
    if (auto sealed = put_secrets(link, keyring_, id, service); !sealed) return fail(std::move(sealed).error());
    if (!push_token_hash.empty()) {
      if (auto put = put_token(link, id, push_token_hash, service.created_at); !put)
        return fail(std::move(put).error());
    }
    return one(link, id);
  });
}

Result<ServiceRecord> ServiceStore::update(const Service& service, std::int64_t expected_version, WallTime now) {
  return write_value<ServiceRecord>(database_, [&](Link& link) -> Result<ServiceRecord> {
    Values values = columns_of(service);
    values.push_back(ms(now));
    values.emplace_back(service.id.value);
    values.emplace_back(expected_version);
    auto rows = link.run(queries::service_update, values);
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) {
      auto there = link.run(queries::service_exists, {service.id.value});
      if (!there) return fail(std::move(there).error());
      if (there->empty()) return fail(Errc::not_found, "there is no such service");
      return fail(Errc::conflict, "the service was changed meanwhile");
    }
    if (auto sealed = put_secrets(link, keyring_, service.id, service); !sealed) return fail(std::move(sealed).error());
    return one(link, service.id);
  });
}

Result<std::vector<ServiceRecord>> ServiceStore::all() {
  return read_value<std::vector<ServiceRecord>>(database_, [&](Link& link) -> Result<std::vector<ServiceRecord>> {
    auto rows = link.run(queries::services_all);
    if (!rows) return fail(std::move(rows).error());
    std::vector<ServiceRecord> out;
    for (const Row& row : *rows) {
      auto service = read_service(row, keyring_);
      if (!service) return fail(std::move(service).error());
      out.push_back(std::move(*service));
    }
    return out;
  });
}

Status ServiceStore::remove(ServiceId id) {
  return database_.write([&](Link& link) -> Status {
    auto rows = link.run(queries::service_delete, {id.value});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such service");
    return {};
  });
}

Status ServiceStore::put_push_token(ServiceId id, const std::string& hash, WallTime at) {
  return database_.write([&](Link& link) -> Status { return put_token(link, id, hash, at); });
}

}  // namespace monitorix::store
