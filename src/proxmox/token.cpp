#include "proxmox/token.h"

#include <algorithm>

#include "base/text.h"

namespace monitorix::proxmox {

Status check_token_id(std::string_view id) {
  const auto at = id.find('@');
  const auto mark = id.rfind('!');
  const bool printable =
      std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F && c != '=' && c != ':' && c != '/'; });
  if (at == std::string_view::npos || at == 0 || mark == std::string_view::npos || mark < at + 2 ||
      mark + 2 >= id.size() || !printable || id.size() > 256)
    return fail(Errc::invalid, "a token's id has the form user@realm!name, for example monitorix@pve!main");
  return {};
}

Result<Token> parse_token(std::string_view text) {
  text = trim(text);
  constexpr std::string_view header = "authorization:";
  if (text.size() > header.size() && lower_ascii(text.substr(0, header.size())) == header)
    text = trim(text.substr(header.size()));
  constexpr std::string_view scheme = "PVEAPIToken=";
  constexpr std::string_view server_scheme = "PBSAPIToken=";
  bool has_colon = false;
  if (text.starts_with(scheme)) {
    text.remove_prefix(scheme.size());
  } else if (text.starts_with(server_scheme)) {
    text.remove_prefix(server_scheme.size());
    has_colon = text.find('=') == std::string_view::npos;
  }
  const auto equals = text.rfind(has_colon ? ':' : '=');
  if (equals == std::string_view::npos || equals + 1 == text.size())
    return fail(Errc::invalid, "a token has the form user@realm!name=secret");
  const std::string_view id = text.substr(0, equals);
  const std::string_view secret = text.substr(equals + 1);
  if (auto fits = check_token_id(id); !fits) return fail(fits.error());
  const bool plain = std::ranges::all_of(secret, [](char c) { return c > 0x20 && c < 0x7F; });
  if (!plain || secret.size() > 256) return fail(Errc::invalid, "a token's secret has no spaces or control characters");
  return Token{std::string(id), Secret(std::string(secret))};
}

Secret authorization(ConnectionKind kind, const std::string& token_id, const Secret& secret) {
  if (kind == ConnectionKind::pbs) return Secret("PBSAPIToken=" + token_id + ":" + secret.reveal());
  return Secret("PVEAPIToken=" + token_id + "=" + secret.reveal());
}

}  // namespace monitorix::proxmox
