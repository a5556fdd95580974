#pragma once
// What a running task or a lock explains (proxmox K1, K2).

#include <string_view>

#include "alert/state.h"

namespace monitorix::alert {

/// Within its time: not ended (with its grace), and not longer than such a work may hold anything.
bool is_running(const Work& work, RunTime now);
/// When it stops holding, if nothing else happens.
RunTime holds_until(const Work& work);
/// While it runs nobody can rely on the guest: who stands on it waits.
bool takes_away(std::string_view work);
/// Does it hold this very alert of the guest?
bool explains(std::string_view work, const Pair& pair, const Rule& rule);

}  // namespace monitorix::alert
