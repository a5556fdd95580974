#pragma once
// Set by the build.

#include <string_view>

namespace monitorix::app {

std::string_view version();       ///< "0.1.0"
std::string_view commit();        ///< short hash, or "unknown" outside a checkout
std::string_view openapi_json();  ///< contract/openapi.gen.json

}  // namespace monitorix::app
