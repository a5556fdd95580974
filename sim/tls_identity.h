#pragma once
// Certificates: an authority for each cluster, a leaf for each of its nodes, as Proxmox makes them, but with P-256 keys
// so that a thousand endpoints start at once. OpenSSL stays behind this door.

#include <string>
#include <vector>

#include "base/result.h"
#include "sim/world/world.h"

namespace monitorix::sim {

struct Identity {
  std::string key_pem{};
  Certificate certificate{};
};

/// Signed by itself.
[[nodiscard]] Identity make_authority(WallTime now);
/// For a node, with its name, its address, 127.0.0.1, ::1 and localhost as names.
[[nodiscard]] Identity make_leaf(const Identity& authority, const Node& node, WallTime now);

/// From files that an earlier run left: `stem`.pem and `stem`.key.
[[nodiscard]] Result<Identity> load_identity(const std::string& stem);
[[nodiscard]] Status save_identity(const Identity& identity, const std::string& stem);

}  // namespace monitorix::sim
