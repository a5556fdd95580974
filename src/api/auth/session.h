#pragma once
// Sign-ins: access tokens that are checked against the user's present state, refresh tokens that rotate (S11-S15),
// and API keys, which are checked likewise and sink with their owner (S17).
// What the database says of a user is kept for half a second at most; changes made here count at once (S14).
// While the database is away, those known before stay signed in. All calls on the loop.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "api/auth/jwt.h"
#include "api/dependencies.h"

namespace monitorix::api {

struct Caller {
  bool signed_in{false};
  UserId user{};
  std::string username{};
  Role role{};
  live::Scope scope{};
  std::string session{};  ///< the family
  std::int64_t token_version{};
  WallTime expires_at{};
  std::optional<ApiKeyId> key{};  ///< came with an API key: no person, no session
  bool may_read{true};            ///< false: a key for the exporters or for other systems' alerts only
  bool may_scrape{true};          ///< the exporters
  bool may_report{false};         ///< alerts of other systems; who may operate may do so anyway
};

/// How an admitted caller stands now; the names are the reasons of `bye` (api.md W10).
enum class Standing { valid, token_expired, signed_out, role_changed, user_disabled };

struct Tokens {
  User user{};
  std::string access{};
  std::string refresh{};
  std::string session{};
};

inline constexpr std::chrono::minutes kAccessLife{30};
inline constexpr std::chrono::hours kRefreshIdle{7 * 24}, kRefreshLife{30 * 24};
inline constexpr std::chrono::seconds kReuseGrace{20};

class Sessions {
 public:
  explicit Sessions(const Dependencies& house);

  /// Who holds this token or API key; fault != none when nobody (any more).
  struct Identity {
    TokenFault fault{TokenFault::malformed};
    Caller caller{};
  };
  net::Task<Identity> identify(std::string access_token);
  /// The same question later, for sockets: is this caller still who was admitted, with the same role and scope?
  net::Task<Standing> standing(Caller caller);

  net::Task<Result<Tokens>> open(User user, std::string ip, std::string user_agent);
  /// Errc::denied "reused" when the token was rotated away longer ago than the grace: its family is dead then.
  net::Task<Result<Tokens>> refresh(std::string refresh_token, std::string ip, std::string user_agent);
  net::Task<Status> close(UserId user, std::string session);
  net::Task<Status> close_all(UserId user, std::string except_session);
  void forget(UserId user) { known_.erase(user); }  ///< reads the user afresh at the next call

 private:
  struct Known {
    User user{};
    std::set<std::string> sessions{};
    std::vector<ApiKey> keys{};
    SteadyTime loaded_at{};
    bool is_loading{false};
  };
  net::Task<Identity> identify_key(std::string key);
  net::Task<std::optional<UserId>> owner_of(std::string key_hash);
  net::Task<> note_use(ApiKeyId key);
  net::Task<const Known*> know(UserId user);
  net::Task<Result<Known>> load(UserId user);
  Tokens issue(const User& user, const std::string& session, std::string refresh) const;

  const Dependencies& house_;
  Secret key_;
  std::map<UserId, Known> known_{};
  std::unordered_map<std::string, AccessClaims> verified_{};  ///< tokens whose signature was seen to be right
  std::unordered_map<std::string, UserId> owners_{};          ///< of API keys, by their hash
};

}  // namespace monitorix::api
