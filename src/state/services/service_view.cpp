#include "state/services/service_view.h"

namespace monitorix::state {

std::string_view name_of(ServiceStatus status) {
  switch (status) {
    case ServiceStatus::up: return "up";
    case ServiceStatus::warning: return "warning";
    case ServiceStatus::down: return "down";
    case ServiceStatus::unreachable: return "unreachable";
    case ServiceStatus::unknown: return "unknown";
    case ServiceStatus::paused: return "paused";
  }
  return "";
}

}  // namespace monitorix::state
