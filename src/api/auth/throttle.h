#pragma once
// Who may ask how often (S8, C12). Counts in memory, bounded; all calls on the loop. `RateLimits::enabled` speaks of
// calls only: sign-ins are throttled always.

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/dependencies.h"

namespace monitorix::api {

/// The address a request comes from: the socket's, or what trusted proxies say (the last hop that is not one of them).
std::string client_address(std::string_view peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted_proxies);
/// /32 of IPv4, /64 of IPv6: what one attacker can hold.
std::string network_of(const std::string& address);

struct Allowance {
  bool allowed{true};
  int limit{}, remaining{}, reset_seconds{};
};

class Throttle {
 public:
  Throttle(const Clock& clock, RateLimits limits) : clock_(clock), limits_(limits) {}
  void set_limits(const RateLimits& limits) { limits_ = limits; }
  [[nodiscard]] const RateLimits& limits() const { return limits_; }

  Allowance count_user_call(UserId user);
  Allowance count_anonymous_call(const std::string& address);
  /// Of a kind that is dear, limited also where calls are not; `key` says whose.
  Allowance count_deed(const std::string& key, int per_minute);

  /// Seconds to wait before this sign-in may be tried; 0 = now (and it is counted).
  int begin_login(const std::string& address, const std::string& account);
  void login_failed(const std::string& account);
  void login_succeeded(const std::string& account);

  /// Windows and accounts kept now. Of windows never more than 50 000 and a few.
  [[nodiscard]] std::size_t kept() const { return windows_.size() + accounts_.size(); }

 private:
  struct Window {
    SteadyTime start{}, end{};
    int count{0};
    bool is_full{false};
  };
  struct Account {
    int failures{0};
    SteadyTime failed_at{}, free_at{};
  };
  Allowance count(const std::string& key, int limit, std::chrono::seconds length);
  std::string place_for(const std::string& key);
  void make_room_for_account();

  const Clock& clock_;
  RateLimits limits_;
  std::unordered_map<std::string, Window> windows_{};
  std::unordered_map<std::string, Account> accounts_{};
  SteadyTime prune_again_{};
};

}  // namespace monitorix::api
