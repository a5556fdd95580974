#pragma once
// API tokens as people paste them (proxmox A1-A3).

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace monitorix::proxmox {

struct Token {
  std::string id{};  ///< user@realm!name
  Secret secret{};
};

/// "user@realm!name=secret", "PVEAPIToken=...", or the whole header line. Split at the last '='.
Result<Token> parse_token(std::string_view text);
/// Refuses an id without '@' and '!' or with foreign characters.
Status check_token_id(std::string_view id);
/// The value of the Authorization header.
Secret authorization(const std::string& token_id, const Secret& secret);

}  // namespace monitorix::proxmox
