#pragma once
// What an editor may look at after a failure: at most 4 KiB of a body, and no secret of the service (security S56).

#include <string>

#include "check/finding.h"

namespace monitorix::check {

Evidence evidence_of(const Service& service, const Finding& finding);
/// Every secret of the service in it, and the token it was asked with, is replaced by dots.
std::string without_secrets(const Service& service, const Finding& finding, std::string text);

}  // namespace monitorix::check
