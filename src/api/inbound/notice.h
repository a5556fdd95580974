#pragma once
// What the webhook of a Proxmox VE 8.3 or later sends, by the template in docs/guide/inbound.md. Pure.

#include <string_view>

#include "base/result.h"
#include "model/alert/outside.h"

namespace monitorix::api {

/// Errc::invalid for what is no JSON object with a title or a message; members that are missing are empty.
Result<ProxmoxNotice> read_notice(std::string_view body);

}  // namespace monitorix::api
