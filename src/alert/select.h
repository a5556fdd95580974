#pragma once
// Whom selectors and silences fit. Pure.

#include <string_view>

#include "alert/state.h"

namespace monitorix::alert {

bool fits(const Selector& selector, const Member& member);
/// Its selector fits, and no exception says otherwise.
bool is_judged(const Rule& rule, const Member& member);
/// Of a silence without an alert of its own: all matchers fit.
bool fits(const Silence& silence, const Alert& alert, const Member& member, const Rule& rule);
/// `*` in the pattern stands for any text, also none.
bool fits_text(std::string_view pattern, std::string_view text);

}  // namespace monitorix::alert
