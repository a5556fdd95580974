#pragma once
// What is said of the inside of guests, and what it means when nothing is. Pure.

#include "proxmox/parse.h"

namespace monitorix::proxmox {

Result<GuestConfig> parse_config(GuestType type, const Json& data, Findings& findings);
Result<std::vector<GuestInterface>> parse_lxc_interfaces(const Json& data, Findings& findings);

/// Of an answer of an agent that is none, by the words of Proxmox VE: agent_not_running, agent_not_configured,
/// guest_not_running, or what it said.
Reason agent_silence(int status, std::string_view said);
/// An error that the agent itself reports inside of a good answer, as old ones do of what they do not know.
std::optional<Reason> agent_refusal(const Json& data);

/// Real ones only: no CD, no squashfs, no overlay, none that holds nothing; a device once (X16).
Result<std::vector<FileSystem>> parse_file_systems(const Json& data, Findings& findings);
Result<std::vector<GuestInterface>> parse_agent_interfaces(const Json& data, Findings& findings);
Result<GuestOs> parse_os(const Json& data, Findings& findings);
std::optional<std::string> parse_host_name(const Json& data, Findings& findings);

}  // namespace monitorix::proxmox
