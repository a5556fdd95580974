#pragma once
// What a mail server says, taken apart as it comes (RFC 5321 §4.2). Pure; never trusts sizes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace monitorix::notify {

struct SmtpReply {
  int code{};
  std::vector<std::string> lines{};  ///< without code and line end
  [[nodiscard]] bool is(int family) const { return code / 100 == family; }
  [[nodiscard]] std::string text() const;
  /// The words behind a keyword of EHLO: "AUTH" of "AUTH PLAIN LOGIN"; nothing when the server does not know it.
  [[nodiscard]] std::optional<std::string> capability(std::string_view keyword) const;
};

class SmtpReplies {
 public:
  /// Errc::protocol for what is no reply, Errc::too_large beyond 64 KiB in one.
  Status take(std::string_view bytes);
  std::optional<SmtpReply> next();
  /// Bytes that nobody has read yet. Before TLS begins there must be none: they would be somebody's injection.
  [[nodiscard]] bool has_more() const { return !buffer_.empty() || !ready_.empty(); }

 private:
  Status take_line(std::string_view line);

  std::string buffer_{};
  std::size_t bytes_{0};
  SmtpReply growing_{};
  std::vector<SmtpReply> ready_{};
};

}  // namespace monitorix::notify
