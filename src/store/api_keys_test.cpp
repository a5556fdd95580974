#include "store/store_suite.h"

namespace monitorix::store {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds{1'700'000'100'000}};

ApiKey some_key(UserId user, const std::string& name) {
  ApiKey key;
  key.user = user;
  key.name = name;
  key.prefix = "mx_0a1b2c3d";
  const Digest digest = sha256(name);
  key.key_hash.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  key.scopes = {KeyScope::read, KeyScope::metrics};
  key.created_at = kNow;
  key.expires_at = kNow + std::chrono::hours(24);
  return key;
}

ON_BOTH_ENGINES("an API key comes back whole, by its hash and by its owner") {
  const Stand stand;
  const auto store = stand.open();
  const User kari = must(store->create_user(some_user("kari")));
  const User ola = must(store->create_user(some_user("ola")));
  const ApiKey made = must(store->create_api_key(some_key(kari.id, "backup script")));
  must(store->create_api_key(some_key(ola.id, "grafana")));
  const ApiKey found = must(store->api_key_by_hash(made.key_hash));
  CHECK(found.id == made.id);
  CHECK(found.user == kari.id);
  CHECK(found.name == "backup script");
  CHECK(found.prefix == "mx_0a1b2c3d");
  CHECK(found.key_hash == made.key_hash);
  CHECK(found.scopes == std::vector{KeyScope::read, KeyScope::metrics});
  CHECK(found.created_at == kNow);
  CHECK(found.expires_at == kNow + std::chrono::hours(24));
  CHECK_FALSE(found.last_used_at);
  CHECK(must(store->api_keys(kari.id)).size() == 1);
  CHECK(must(store->api_keys(std::nullopt)).size() == 2);
  CHECK(store->api_key_by_hash(std::string(32, 'x')).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("no two API keys have one hash") {
  const Stand stand;
  const auto store = stand.open();
  const User kari = must(store->create_user(some_user("kari")));
  must(store->create_api_key(some_key(kari.id, "one")));
  CHECK(store->create_api_key(some_key(kari.id, "one")).error().code == Errc::conflict);
}

ON_BOTH_ENGINES("the use of an API key is noted, a revoked one is gone, and all go with their owner") {
  const Stand stand;
  const auto store = stand.open();
  must(store->create_user(some_user("admin")));
  const User kari = must(store->create_user(some_user("kari", Role::viewer)));
  const ApiKey one = must(store->create_api_key(some_key(kari.id, "one")));
  const ApiKey two = must(store->create_api_key(some_key(kari.id, "two")));
  must(store->note_api_key_use(one.id, kNow + std::chrono::minutes(5)));
  CHECK(must(store->api_key_by_hash(one.key_hash)).last_used_at == kNow + std::chrono::minutes(5));
  must(store->delete_api_key(one.id));
  CHECK(store->delete_api_key(one.id).error().code == Errc::not_found);
  CHECK(store->api_key_by_hash(one.key_hash).error().code == Errc::not_found);
  must(store->delete_user(kari.id));
  CHECK(store->api_key_by_hash(two.key_hash).error().code == Errc::not_found);
  CHECK(must(store->api_keys(std::nullopt)).empty());
}

}  // namespace
}  // namespace monitorix::store
