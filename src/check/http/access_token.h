#pragma once
// Access tokens by OAuth 2.0 client credentials (RFC 6749 §4.4), and those that are still good. A token endpoint that
// fails says nothing of the service: it could not be looked at. Included by this room only.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/secret.h"
#include "model/service/service.h"
#include "net/task.h"

namespace monitorix::check {
struct Attempt;
struct Finding;
struct Tools;

/// Tokens by the service that they were given to. On the loop only.
class AccessTokens {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Absent when there is none, when it was given for other settings than these, and when it may end during a run that
  /// begins now.
  std::optional<Secret> find(const Service& service, Time now);
  /// `life` from `now` on; what ends before it could be used a second time is not kept.
  void keep(const Service& service, Secret token, Time now, std::chrono::seconds life);
  void drop(ServiceId id) { kept_.erase(id); }
  [[nodiscard]] std::size_t count() const { return kept_.size(); }

 private:
  struct Kept {
    Secret token{}, given_for{};
    Time until{};
  };

  std::unordered_map<ServiceId, Kept> kept_{};
  Time next_sweep_{};
};

/// What a token endpoint said.
struct TokenAnswer {
  Secret token{};
  std::optional<std::chrono::seconds> life{};  ///< absent when it does not say
};
/// The reason in words when it gave none that can be used. Pure.
Result<TokenAnswer> read_token(int status, std::string_view body);

/// Asks the token endpoint of the service anew, within the run's time: the token is in `finding` afterwards. False when
/// there is none; `finding` is unknown then and says why. Its time is not the service's (`finding.set_aside`).
net::Task<bool> obtain_token(Tools& tools, Attempt attempt, Finding& finding);

}  // namespace monitorix::check
