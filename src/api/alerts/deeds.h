#pragma once
// Finding an alert that the caller may see, and reading what is ordered about alerts and incidents.

#include "api/alerts/alert_json.h"

namespace monitorix::api {

struct FoundAlert {
  Backdrop backdrop{};
  WatchedAlert alert{};
};
/// As it stands now; not_found when there is none or it is out of scope.
net::Task<Result<FoundAlert>> find_alert(Desk& desk, const Call& call, std::string id);

/// What is wrong with the body, or nothing. An empty body is fine.
std::optional<Answer> read_ack(const Desk& desk, const Call& call, Acknowledgement& into);

struct Snooze {
  WallTime until{};
  std::string note{};
};
std::optional<Answer> read_snooze(const Desk& desk, const Call& call, Snooze& into);
/// A silence of this alert only.
net::Task<Status> snooze_one(Desk& desk, const Call& call, AlertId alert, Snooze snooze);

}  // namespace monitorix::api
