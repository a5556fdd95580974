#pragma once
// API tokens as people paste them (proxmox A1-A3). A backup server's has its secret behind a colon in the header.

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "model/cluster.h"

namespace monitorix::proxmox {

struct Token {
  std::string id{};  ///< user@realm!name
  Secret secret{};
};

/// "user@realm!name=secret", "PVEAPIToken=...", or the whole header line. Split at the last '='; what follows
/// "PBSAPIToken=" at the last ':' when there is no other '='.
Result<Token> parse_token(std::string_view text);
/// Refuses an id without '@' and '!' or with foreign characters.
Status check_token_id(std::string_view id);
/// The value of the Authorization header.
Secret authorization(ConnectionKind kind, const std::string& token_id, const Secret& secret);

}  // namespace monitorix::proxmox
