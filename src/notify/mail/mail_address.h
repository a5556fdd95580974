#pragma once
// Addresses of mail as people write them: "me@example.com" or "The house <me@example.com>", several with commas
// between. What has no place in a conversation of SMTP is refused. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace monitorix::notify {

struct MailAddress {
  std::string name{}, address{};
};
Result<MailAddress> parse_mail_address(std::string_view text);
Result<std::vector<MailAddress>> parse_mail_addresses(std::string_view text);

}  // namespace monitorix::notify
