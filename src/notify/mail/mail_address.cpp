#include "notify/mail/mail_address.h"

#include <algorithm>

#include "base/text.h"

// address = local "@" domain, of printable ASCII without blanks, quotes, brackets, commas, colons and semicolons
namespace monitorix::notify {
namespace {

constexpr std::size_t kMostAddress = 254, kMostLocal = 64, kMostAddresses = 50;

bool is_fine(char letter) {
  return letter > ' ' && letter <= '~' && std::string_view("\"<>(),:;[]\\").find(letter) == std::string_view::npos;
}

}  // namespace

Result<MailAddress> parse_mail_address(std::string_view text) {
  MailAddress out;
  std::string_view bare = trim(text);
  if (bare.ends_with('>')) {
    const auto open = bare.rfind('<');
    if (open == std::string_view::npos) return fail(Errc::invalid, "not an address of mail");
    out.name = std::string(trim(bare.substr(0, open)));
    std::erase_if(out.name, [](char letter) { return letter == '"' || letter == '\r' || letter == '\n'; });
    bare = trim(bare.substr(open + 1, bare.size() - open - 2));
  }
  const auto at = bare.find('@');
  const bool is_address = at != std::string_view::npos && at > 0 && at <= kMostLocal && at + 1 < bare.size() &&
                          bare.find('@', at + 1) == std::string_view::npos && bare.size() <= kMostAddress &&
                          bare[at + 1] != '-' && std::ranges::all_of(bare, is_fine);
  if (!is_address) return fail(Errc::invalid, "not an address of mail");
  out.address = std::string(bare);
  return out;
}

Result<std::vector<MailAddress>> parse_mail_addresses(std::string_view text) {
  std::vector<MailAddress> out;
  for (;;) {
    const auto comma = text.find_first_of(",;");
    const std::string_view part = trim(text.substr(0, comma));
    if (!part.empty()) {
      auto address = parse_mail_address(part);
      if (!address) return fail(std::move(address).error());
      if (out.size() == kMostAddresses) return fail(Errc::invalid, "more than 50 addresses");
      out.push_back(std::move(*address));
    }
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (out.empty()) return fail(Errc::invalid, "not an address of mail");
  return out;
}

}  // namespace monitorix::notify
