#pragma once
// The reasons that calls to a cluster give. Each code has its words in web/src/i18n/*/fleet.json ("reason").

#include <string_view>

#include "base/result.h"
#include "model/reason.h"

namespace monitorix::proxmox {

/// By the kind of failure: timeout, unreachable, tls_mismatch, too_large, garbage, token_refused ...
Reason reason_of(const Error& error);
/// An answer whose status says that it is none: status, or unknown_call.
Reason reason_of_status(int status, std::string_view said);
Reason token_refused(std::string_view said);
/// 403: the token lacks a privilege.
Reason privilege_missing(std::string_view privilege);
/// 501 or 404 to a call that not every version knows.
Reason unsupported();
/// It answers, but knows nothing of datastores: a Proxmox VE, most likely.
Reason not_a_backup_server();
/// The node has no program for it, ZFS say.
Reason not_installed(std::string_view said);

}  // namespace monitorix::proxmox
