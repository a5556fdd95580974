#pragma once
// The rules of a new installation (alerts §12), as far as the product knows the facts. Data: people change, switch off
// or delete them like their own. Values marked P in the design are those of Pulse, so that who comes from it meets the
// same numbers. `key` names a rule for ever; ids count from 1 in this order and are given anew when it is stored.

#include <vector>

#include "model/alert/rule.h"

namespace monitorix::alert {

std::vector<Rule> default_rules();
/// How many there were before the store noted how many it was given.
inline constexpr std::size_t kFirstDefaultRules = 31;

}  // namespace monitorix::alert
