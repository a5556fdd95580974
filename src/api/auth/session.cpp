#include "api/auth/session.h"

#include <algorithm>

#include "api/answer.h"
#include "api/auth/api_key.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::chrono::milliseconds kReload{500};
constexpr std::chrono::milliseconds kStale{1000};
constexpr std::size_t kMostVerified = 4096;
constexpr std::chrono::minutes kUseNoted{1};

std::string hash_of(const std::string& token) {
  const auto digest = sha256(token);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

live::Scope scope_of(const User& user) { return {user.scope_clusters, user.scope_pools, user.scope_tags}; }

Caller caller_of(const User& user, const AccessClaims& claims) {
  return {true,           user.id,        user.username,      user.role,
          scope_of(user), claims.session, user.token_version, claims.expires_at};
}

/// A key never opens more than its owner may do now.
Caller caller_of(const User& user, const ApiKey& key) {
  const auto role = role_of(key.scopes);
  Caller caller;
  caller.signed_in = true;
  caller.user = user.id;
  caller.username = user.username + " by key " + key.prefix;
  caller.role = std::min(user.role, role.value_or(Role::viewer));
  caller.scope = scope_of(user);
  caller.expires_at = key.expires_at.value_or(WallTime::max());
  caller.key = key.id;
  const auto has = [&key](KeyScope scope) { return std::ranges::find(key.scopes, scope) != key.scopes.end(); };
  caller.may_read = role.has_value();
  caller.may_scrape = caller.may_read || has(KeyScope::metrics);
  caller.may_report = has(KeyScope::hooks) && user.role >= role_for(KeyScope::hooks);
  return caller;
}

}  // namespace

Sessions::Sessions(const Dependencies& house)
    : house_(house),
      key_(house.settings.jwt_key.empty() ? house.keyring.subkey("jwt") : house.settings.jwt_key) {}

net::Task<Result<Sessions::Known>> Sessions::load(UserId user) {
  auto* store = &house_.store;
  std::function<Result<Known>()> job = [store, user, now = house_.clock.wall()]() -> Result<Known> {
    auto found = store->user_by_id(user);
    if (!found) return fail(found.error());
    auto sessions = store->live_sessions(user, now);
    if (!sessions) return fail(sessions.error());
    Known known;
    known.user = std::move(*found);
    for (const auto& session : *sessions) known.sessions.insert(session.family);
    auto keys = store->api_keys(user);
    if (!keys) return fail(keys.error());
    known.keys = std::move(*keys);
    return known;
  };
  co_return co_await net::offload<Known>(house_.readers, std::move(job));
}

net::Task<const Sessions::Known*> Sessions::know(UserId user) {
  auto found = known_.find(user);
  if (found != known_.end()) {
    const auto age = house_.clock.steady() - found->second.loaded_at;
    if (age < kReload || (found->second.is_loading && age < kStale)) co_return &found->second;
    found->second.is_loading = true;
  }
  auto loaded = co_await load(user);
  found = known_.find(user);
  if (loaded) {
    loaded->loaded_at = house_.clock.steady();
    co_return &known_.insert_or_assign(user, std::move(*loaded)).first->second;
  }
  if (loaded.error().code == Errc::not_found) {
    known_.erase(user);
    co_return nullptr;
  }
  if (found == known_.end()) co_return nullptr;
  found->second.is_loading = false;
  found->second.loaded_at = house_.clock.steady();  // the database is away: ask again in half a second
  co_return &found->second;
}

net::Task<std::optional<UserId>> Sessions::owner_of(std::string key_hash) {
  if (const auto known = owners_.find(key_hash); known != owners_.end()) co_return known->second;
  std::function<Result<ApiKey>()> job = [store = &house_.store, key_hash] { return store->api_key_by_hash(key_hash); };
  const auto found = co_await net::offload<ApiKey>(house_.readers, std::move(job));
  if (!found) co_return std::nullopt;
  if (owners_.size() >= kMostVerified) owners_.clear();
  owners_.emplace(std::move(key_hash), found->user);
  co_return found->user;
}

net::Task<Sessions::Identity> Sessions::identify_key(std::string key) {
  Identity identity;
  if (!is_api_key(key)) co_return identity;
  const std::string hash = api_key_hash(key);
  const auto owner = co_await owner_of(hash);
  if (!owner) co_return identity;
  const Known* known = co_await know(*owner);
  if (!known || !known->user.is_active) co_return identity;
  const auto held =
      std::ranges::find_if(known->keys, [&](const ApiKey& one) { return equal_constant_time(one.key_hash, hash); });
  if (held == known->keys.end()) co_return identity;
  const auto now = house_.clock.wall();
  if (held->expires_at && now >= *held->expires_at) {
    identity.fault = TokenFault::expired;
    co_return identity;
  }
  identity.fault = TokenFault::none;
  identity.caller = caller_of(known->user, *held);
  if (!held->last_used_at || now - *held->last_used_at >= kUseNoted) {
    auto& mine = known_[*owner].keys[static_cast<std::size_t>(held - known->keys.begin())];
    mine.last_used_at = now;
    house_.loop.spawn("note the use of an API key", note_use(mine.id));
  }
  co_return identity;
}

net::Task<> Sessions::note_use(ApiKeyId key) {
  std::function<Status()> job = [store = &house_.store, key, now = house_.clock.wall()] {
    return store->note_api_key_use(key, now);
  };
  const auto done = co_await net::offload<void>(house_.readers, std::move(job));
  if (!done) log::warn("the use of an API key was not noted", {{"error", done.error()}});
}

net::Task<Sessions::Identity> Sessions::identify(std::string access_token) {
  if (access_token.starts_with(kApiKeyMark)) co_return co_await identify_key(std::move(access_token));
  Identity identity;
  const auto now = house_.clock.wall();
  auto seen = verified_.find(access_token);
  AccessClaims claims;
  if (seen != verified_.end()) {
    claims = seen->second;
    identity.fault = now < claims.expires_at ? TokenFault::none : TokenFault::expired;
  } else {
    const auto verified = verify(key_, access_token, now);
    identity.fault = verified.fault;
    claims = verified.claims;
  }
  if (identity.fault != TokenFault::none) co_return identity;
  if (seen == verified_.end()) {
    if (verified_.size() >= kMostVerified) verified_.clear();
    verified_.emplace(std::move(access_token), claims);
  }
  const Known* known = co_await know(claims.user);
  const bool valid = known && known->user.is_active && known->user.token_version == claims.token_version &&
                     known->sessions.contains(claims.session);
  if (valid)
    identity.caller = caller_of(known->user, claims);
  else
    identity.fault = TokenFault::expired;
  co_return identity;
}

net::Task<Standing> Sessions::standing(Caller caller) {
  if (house_.clock.wall() >= caller.expires_at) co_return Standing::token_expired;
  const Known* known = co_await know(caller.user);
  if (!known || !known->user.is_active) co_return Standing::user_disabled;
  if (caller.key) {
    const auto held = std::ranges::find(known->keys, *caller.key, &ApiKey::id);
    if (held == known->keys.end()) co_return Standing::signed_out;
    const Caller now = caller_of(known->user, *held);
    co_return now.role == caller.role&& now.scope == caller.scope ? Standing::valid : Standing::role_changed;
  }
  if (known->user.role != caller.role || scope_of(known->user) != caller.scope) co_return Standing::role_changed;
  const bool same = known->user.token_version == caller.token_version && known->sessions.contains(caller.session);
  co_return same ? Standing::valid : Standing::signed_out;
}

Tokens Sessions::issue(const User& user, const std::string& session, std::string refresh) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(house_.clock.wall());
  const AccessClaims claims{user.id, session, user.token_version, now, now + kAccessLife};
  return {user, sign(key_, claims), std::move(refresh), session};
}

net::Task<Result<Tokens>> Sessions::open(User user, std::string ip, std::string user_agent) {
  const auto now = house_.clock.wall();
  const std::string refresh = base64url(random_bytes(32));
  Session session;
  session.user = user.id;
  session.family = base64url(random_bytes(16));
  session.token_hash = hash_of(refresh);
  session.created_at = session.last_used_at = now;
  session.expires_at = now + kRefreshIdle;
  session.ip = std::move(ip);
  session.user_agent = valid_utf8(user_agent, 256);
  std::function<Result<Session>()> job = [store = &house_.store, session] { return store->create_session(session); };
  const auto made = co_await net::offload<Session>(house_.readers, std::move(job));
  if (!made) co_return fail(unstored(made.error()));
  forget(user.id);
  co_return issue(user, session.family, refresh);
}

net::Task<Result<Tokens>> Sessions::refresh(std::string refresh_token, std::string ip, std::string user_agent) {
  struct Outcome {
    User user{};
    std::string session{};
    bool reused{false};
  };
  const std::string next_token = base64url(random_bytes(32));
  Session next;
  next.token_hash = hash_of(next_token);
  next.ip = std::move(ip);
  next.user_agent = valid_utf8(user_agent, 256);
  std::function<Result<Outcome>()> job = [store = &house_.store, now = house_.clock.wall(), next,
                                          hash = hash_of(refresh_token)]() mutable -> Result<Outcome> {
    auto old = store->session_by_token(hash);
    if (!old) return fail(old.error().code == Errc::not_found ? Error{Errc::denied, "unknown"} : old.error());
    if (old->revoked_at || now >= old->expires_at) return fail(Errc::denied, "unknown");
    auto user = store->user_by_id(old->user);
    if (!user || !user->is_active) return fail(Errc::denied, "unknown");
    const bool too_late = old->rotated_at && now - *old->rotated_at > kReuseGrace;
    if (too_late) {
      if (auto revoked = store->revoke_family(old->family, now); !revoked) return fail(revoked.error());
      return Outcome{*user, old->family, true};
    }
    next.user = old->user;
    next.family = old->family;
    next.created_at = old->created_at;  // of the sign-in: thirty days in all
    next.last_used_at = now;
    next.expires_at = std::min(now + kRefreshIdle, old->created_at + kRefreshLife);
    if (next.expires_at <= now) return fail(Errc::denied, "unknown");
    // Within the grace another tab has rotated it already: this tab gets a token of its own in the same family.
    auto made = old->rotated_at ? store->create_session(next) : store->rotate_session(old->id, next);
    if (!made && made.error().code == Errc::conflict) made = store->create_session(next);
    if (!made) return fail(made.error());
    return Outcome{*user, old->family, false};
  };
  auto outcome = co_await net::offload<Outcome>(house_.readers, std::move(job));
  if (!outcome) co_return fail(unstored(outcome.error()));
  forget(outcome->user.id);
  if (outcome->reused) co_return fail(Errc::denied, "reused:" + outcome->user.id.text() + ":" + outcome->user.username);
  co_return issue(outcome->user, outcome->session, next_token);
}

net::Task<Status> Sessions::close(UserId user, std::string session) {
  std::function<Status()> job = [store = &house_.store, session, now = house_.clock.wall()] {
    return store->revoke_family(session, now);
  };
  const auto done = co_await net::offload<void>(house_.readers, std::move(job));
  if (!done) co_return fail(unstored(done.error()));
  if (auto known = known_.find(user); known != known_.end()) known->second.sessions.erase(session);
  co_return Status{};
}

net::Task<Status> Sessions::close_all(UserId user, std::string except_session) {
  std::function<Status()> job = [store = &house_.store, user, except_session, now = house_.clock.wall()] {
    return store->revoke_sessions_of(user, except_session, now);
  };
  const auto done = co_await net::offload<void>(house_.readers, std::move(job));
  forget(user);
  if (!done) co_return fail(unstored(done.error()));
  co_return Status{};
}

}  // namespace monitorix::api
