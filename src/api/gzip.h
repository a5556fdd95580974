#pragma once
// The door of zlib: level 1, because a poll-driven list is compressed once a second and read by many.

#include <string>
#include <string_view>

namespace monitorix::api {

/// Deterministic (no time stamp), so equal texts give equal bytes. "" when zlib refuses.
std::string gzip(std::string_view text, int level = 1);

}  // namespace monitorix::api
