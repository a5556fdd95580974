#pragma once
// The body of POST /api/v2/alerts, as Prometheus, Grafana and Alertmanager write it. Pure.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/alert/outside.h"

namespace monitorix::api {

inline constexpr std::size_t kMostOutsideAlerts = 1000;

/// Errc::invalid with the place and what is wrong there; one wrong alert refuses the whole, as Alertmanager does.
Result<std::vector<OutsideAlert>> read_outside_alerts(std::string_view body);

}  // namespace monitorix::api
