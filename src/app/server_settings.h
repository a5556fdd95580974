#pragma once
// What the configuration means to the rooms of a running server.

#include "alert/state.h"
#include "api/dependencies.h"
#include "app/config.h"

namespace monitorix::app {

api::Settings api_settings(const Config& config);
check::ProberSettings check_settings(const Config& config);
alert::Tuning tuning_of(const Config& config);

}  // namespace monitorix::app
