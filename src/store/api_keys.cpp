#include "base/text.h"
#include "model/names.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

constexpr char kBetween = ',';

std::string scopes_text(const std::vector<KeyScope>& scopes) {
  std::string text;
  for (const KeyScope scope : scopes) {
    if (!text.empty()) text += kBetween;
    text += name_of(scope);
  }
  return text;
}

/// A scope that is not understood opens nothing.
std::vector<KeyScope> read_scopes(std::string_view text) {
  std::vector<KeyScope> scopes;
  while (!text.empty()) {
    const auto end = text.find(kBetween);
    if (const auto scope = parse_name<KeyScope>(text.substr(0, end))) scopes.push_back(*scope);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return scopes;
}

ApiKey read_key(const Row& row) {
  ApiKey key;
  key.id = ApiKeyId{row.integer(0)};
  key.user = UserId{row.integer(1)};
  key.name = row.text(2);
  key.prefix = row.text(3);
  key.key_hash = row.text(4);
  key.scopes = read_scopes(row.text(5));
  key.created_at = row.time(6);
  key.expires_at = row.maybe_time(7);
  key.last_used_at = row.maybe_time(8);
  return key;
}

}  // namespace

Result<ApiKey> SqlStore::create_api_key(const ApiKey& key) {
  return write_value<ApiKey>(*database_, [&](Link& link) -> Result<ApiKey> {
    auto rows = link.run(queries::key_insert,
                         {key.user.value, key.name, key.prefix, Blob{key.key_hash}, scopes_text(key.scopes),
                          ms(key.created_at), ms(key.expires_at), ms(key.last_used_at)});
    if (!rows) return fail(std::move(rows).error());
    ApiKey made = key;
    made.id = ApiKeyId{rows->front().integer(0)};
    return made;
  });
}

Result<ApiKey> SqlStore::api_key_by_hash(const std::string& key_hash) {
  return read_value<ApiKey>(*database_, [&](Link& link) -> Result<ApiKey> {
    auto rows = link.run(queries::key_by_hash, {Blob{key_hash}});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such API key");
    return read_key(rows->front());
  });
}

Result<std::vector<ApiKey>> SqlStore::api_keys(std::optional<UserId> of) {
  return read_value<std::vector<ApiKey>>(*database_, [&](Link& link) -> Result<std::vector<ApiKey>> {
    auto rows = link.run(queries::keys_all, {of ? Value(of->value) : Value()});
    if (!rows) return fail(std::move(rows).error());
    std::vector<ApiKey> keys;
    for (const Row& row : *rows) keys.push_back(read_key(row));
    return keys;
  });
}

Status SqlStore::note_api_key_use(ApiKeyId id, WallTime at) {
  return database_->write([&](Link& link) -> Status {
    auto done = link.run(queries::key_used, {id.value, ms(at)});
    if (!done) return fail(std::move(done).error());
    return {};
  });
}

Status SqlStore::delete_api_key(ApiKeyId id) {
  return database_->write([&](Link& link) -> Status {
    auto present = link.run(queries::key_delete, {id.value});
    if (!present) return fail(std::move(present).error());
    if (present->empty()) return fail(Errc::not_found, "there is no such API key");
    return {};
  });
}

}  // namespace monitorix::store
