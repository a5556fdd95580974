#pragma once
// Why a call to somebody failed, exactly enough to tell their fault from ours. `local`, `resolver`, `permission`,
// `denied` and `cancelled` are ours: whoever was to be called is not to blame.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace monitorix::net {

enum class Phase : std::uint8_t { dns, connect, tls, send, first_byte, transfer };

enum class Trouble : std::uint8_t {
  name_unknown,
  name_failed,  ///< SERVFAIL
  name_without_address,
  refused,
  timed_out,  ///< by the deadline; `number` is ETIMEDOUT when the kernel gave up first
  reset,
  closed,  ///< orderly, but too early
  net_unreachable,
  host_unreachable,
  untrusted,
  expired,
  not_yet_valid,
  other_name,
  alert,  ///< `number` says which
  version,
  protocol,
  too_large,
  denied,      ///< by the outbound policy
  local,       ///< no descriptors, no memory, no route of ours, settings that cannot be used
  resolver,    ///< ours does not answer or refuses
  permission,  ///< a privilege of ours is missing
  cancelled,
};

struct Fault {
  Trouble trouble{Trouble::local};
  Phase phase{Phase::connect};
  std::string text{};
  int number{0};
};

template <class T>
using Outcome = tl::expected<T, Fault>;

inline tl::unexpected<Fault> broken(Trouble trouble, Phase phase, std::string text, int number = 0) {
  return tl::unexpected<Fault>(Fault{trouble, phase, std::move(text), number});
}
inline tl::unexpected<Fault> broken(Fault fault) { return tl::unexpected<Fault>(std::move(fault)); }

/// For an errno of a socket call. `at_once`: the call itself failed, no packet came back, so a missing route is ours.
enum class Heard { at_once, later };
Fault fault_of_errno(int error, Phase phase, Heard heard, const std::string& whom);

}  // namespace monitorix::net
