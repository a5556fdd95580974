#pragma once
// Whom a check calls, as far as that can be told before asking; pure. Runs are counted by it.

#include <string>
#include <string_view>

#include "model/service/service.h"

namespace monitorix::poll {

/// The address a service dials as far as it can be told before asking: its override, or the host of its target; empty
/// for those that dial nobody. Pure.
std::string address_of(const Service& service);
/// The host of a URL, of `host:port`, or of an address alone; an IPv6 address without its brackets.
std::string host_in(std::string_view url);

}  // namespace monitorix::poll
