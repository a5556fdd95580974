#pragma once
// Who asks: the API tokens of a cluster and what each may do. Secrets come from the seed, so they are the same after a
// restart.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/world/world.h"

namespace monitorix::sim {

/// Administrator; PVEAuditor on /; nothing.
enum class Rights { all, audit, none };

struct Token {
  enum class State { valid, expired, user_disabled };
  std::string label{};  ///< what the endpoint line calls it
  std::string user{};
  std::string name{};
  std::string secret{};
  Rights rights{Rights::none};
  State state{State::valid};

  [[nodiscard]] std::string id() const { return user + "!" + name; }
  [[nodiscard]] std::string text() const { return id() + "=" + secret; }
};

[[nodiscard]] std::vector<Token> tokens_of(const Cluster& cluster);

struct Refused {
  std::string reason{};
};
/// The rights behind an Authorization header, or the reason phrase of the 401.
[[nodiscard]] std::variant<Rights, Refused> authenticate(const std::vector<Token>& tokens, Version version,
                                                         std::optional<std::string_view> authorization);

[[nodiscard]] const std::vector<std::string_view>& privileges_of(Rights rights, Version version);
[[nodiscard]] bool may(Rights rights, Version version, std::string_view privilege);

}  // namespace monitorix::sim
