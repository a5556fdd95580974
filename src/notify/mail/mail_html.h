#pragma once
// The HTML part of a mail: one narrow column of tables, styles beside each piece, no pictures, nothing that is loaded
// from anywhere: what mail programs agree on. Pure.

#include <string>
#include <string_view>

#include "notify/render.h"

namespace monitorix::notify {

std::string mail_html(const Rendered& rendered, std::string_view language);

}  // namespace monitorix::notify
