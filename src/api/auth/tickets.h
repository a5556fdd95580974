#pragma once
// Single-use tickets of 30 s that open a WebSocket (S31): the access token itself never stands in a URL.

#include <optional>
#include <string>
#include <unordered_map>

#include "api/auth/session.h"

namespace monitorix::api {

class Tickets {
 public:
  explicit Tickets(const Clock& clock) : clock_(clock) {}
  std::string issue(const Caller& caller);
  std::optional<Caller> redeem(const std::string& ticket);

 private:
  struct Waiting {
    Caller caller{};
    SteadyTime expires_at{};
  };
  const Clock& clock_;
  std::unordered_map<std::string, Waiting> waiting_{};  ///< bounded: expired ones leave at each issue
};

}  // namespace monitorix::api
