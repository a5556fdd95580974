#include "model/names.h"

#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace monitorix;

namespace {
template <class Enum>
void is_total(Enum last) {
  std::set<std::string> seen;
  for (int at = 0; at <= static_cast<int>(last); ++at) {
    const auto value = static_cast<Enum>(at);
    CHECK_FALSE(name_of(value).empty());
    CHECK(seen.insert(std::string(name_of(value))).second);
    CHECK(parse_name<Enum>(name_of(value)) == value);
  }
  CHECK_FALSE(parse_name<Enum>("no such name"));
}
}  // namespace

TEST_CASE("every enumerator has a name of its own that reads back") {
  is_total(NodeStatus::unreachable);
  is_total(NodeReason::stale_statistics);
  is_total(GuestType::unknown);
  is_total(GuestStatus::deleted);
  is_total(StoppedBy::unexpected);
  is_total(MemorySource::host);
  is_total(BackupPolicy::archived);
  is_total(BackupState::ambiguous);
  is_total(BackupResult::failed);
  is_total(Coverage::archived);
  is_total(Readable::failing);
  is_total(StorageState::inactive);
  is_total(ClusterState::paused);
  is_total(EndpointState::wrong_cluster);
  is_total(TlsMode::ca);
  is_total(FingerprintSource::renewal_confirmed);
  is_total(Role::admin);
  is_total(KeyScope::hooks);
  is_total(EventKind::notice);
  is_total(EventSeverity::error);
  is_total(Severity::critical);
  is_total(ConnectionKind::pbs);
  is_total(VerifyState::failed);
  is_total(ServerJobKind::gc);
  is_total(UsageTrend::growing);
  is_total(ServerJoin::ambiguous);
}
