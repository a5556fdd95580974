#pragma once
// rrddata: what Proxmox VE remembers of a node, guest or storage (proxmox §6).

#include <string>
#include <vector>

#include "model/past.h"
#include "proxmox/client.h"

namespace monitorix::proxmox {

enum class PastFrame : std::uint8_t { day = 1, week = 2, month = 3, year = 4, hour = 5 };  // numbers are stored
enum class PastFunction : std::uint8_t { average, maximum };

/// Rows by time, without those that know nothing. Odd fields are unknown (R3).
Result<std::vector<PastRow>> parse_past(const Json& data);

/// `object_path`: as of node_path or guest_path, or a storage's below its node. Errc::not_found when there is no past
/// (a guest that never ran, a storage that was never active), unavailable when trying again may help.
net::Task<Result<std::vector<PastRow>>> ask_past(Client& client, std::string object_path, PastFrame frame,
                                                 PastFunction function);

}  // namespace monitorix::proxmox
