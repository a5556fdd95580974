#include "model/service/check_result.h"

namespace monitorix {

bool is_timeout(const CheckResult& result) {
  return result.reason == "timeout_phase" || result.reason == "conn_timeout" || result.reason == "icmp_loss" ||
         (result.reason == "exec_killed" && result.parameter == "timeout");
}

}  // namespace monitorix
