#pragma once
// Expected failure as a value: Result<T> holds a T or an Error that names the place from outside in.
// Never holds a secret. Outcomes ("the node is offline") are data, not errors.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace monitorix {

/// What kind of failure, so that callers decide without reading the text.
enum class Errc {
  invalid,       ///< the input breaks a rule; trying again will not help
  not_found,     ///< there is no such object
  conflict,      ///< it exists already, or has changed meanwhile
  denied,        ///< credentials or rights do not suffice
  timeout,       ///< the deadline passed
  unreachable,   ///< no connection, or it broke
  tls_mismatch,  ///< the certificate is not one we trust; nothing was sent
  too_large,     ///< more bytes, depth or rows than allowed
  protocol,      ///< the other side answered something unexpected
  unavailable,   ///< busy, full or not ready; trying again later can help
  io,            ///< disk or database failure
  cancelled,     ///< we stopped it ourselves
};

struct [[nodiscard]] Error {
  Errc code{Errc::invalid};
  std::string text{};

  /// Puts a place in front: "cluster oslo: /nodes: cpu: not a number".
  [[nodiscard]] Error within(std::string_view place) && { return Error{code, std::string(place) + ": " + text}; }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Errc code, std::string text) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace monitorix
