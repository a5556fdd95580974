#pragma once
// Which of a check's headers carry secrets, and proxies without theirs: what is never answered.

#include <string>
#include <string_view>

#include "model/service/service.h"

namespace monitorix::live {

bool is_secret_header(std::string_view name);
/// "http://user:***@proxy:3128"
std::string without_password(const std::string& url);
inline bool uses_http(ServiceType type) { return type == ServiceType::http || type == ServiceType::https; }

}  // namespace monitorix::live
