#pragma once
// The address of an HTTP resource taken apart, and where a redirect leads. http and https only (security S50).

#include <string>
#include <string_view>

#include "base/result.h"

namespace monitorix::net {

struct Url {
  bool is_https{false};
  std::string host{};  ///< in ASCII (IDNA); no brackets around an IPv6 address
  int port{80};
  std::string path{"/"};                     ///< with the query
  std::string user{}, password{};            ///< decoded
  [[nodiscard]] std::string text() const;    ///< without user and password
  [[nodiscard]] std::string origin() const;  ///< https://host:port
  [[nodiscard]] bool same_origin(const Url& other) const { return origin() == other.origin(); }
};

Result<Url> parse_url(std::string_view text);
/// `location` may be relative. A user or password in it is not taken over.
Result<Url> follow(const Url& from, std::string_view location);

}  // namespace monitorix::net
