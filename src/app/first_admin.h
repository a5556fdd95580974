#pragma once
// The administrator that the configuration names, made while there are no users yet.

#include "app/config.h"
#include "base/clock.h"
#include "net/task.h"
#include "store/store.h"

namespace monitorix::app {

/// All of these outlive the task.
net::Task<Status> make_configured_admin(const Config& config, store::Store& store, net::WorkerPool& readers,
                                        const Clock& clock);

}  // namespace monitorix::app
