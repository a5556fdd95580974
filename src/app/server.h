#pragma once
// `monitorix serve`: builds the house, runs it, takes it down in reverse.

#include "app/config.h"

namespace monitorix::app {

/// Returns the exit code: 0 after a signal, 1 when it could not start.
int serve(const Config& config);

}  // namespace monitorix::app
