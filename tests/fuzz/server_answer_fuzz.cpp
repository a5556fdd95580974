// Whatever a backup server says: each reader of its answers makes objects of it or refuses it, and what came out may
// stand in a path again.

#include <cmath>

#include "proxmox/server/parse_server.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

void look_at(const Datastore& store) {
  require(is_datastore_name(store.name), "a datastore has a name that fits");
  require(store.used_bytes.value_or(0) >= 0 && store.total_bytes.value_or(0) >= 0, "sizes are not negative");
  require(store.history.size() <= 64, "the history is thinned out");
  for (const auto& share : store.history)
    require(!share || (std::isfinite(*share) && *share >= 0), "a share is a share");
  require(!store.full_at || store.trend == UsageTrend::growing, "only what grows will be full");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const auto text = text_of(bytes, size);
  if (is_namespace(text))
    require(datastore_path("main", "/groups", std::string(text)).find(' ') == std::string::npos, "a path");
  const auto data = parse_envelope(text);
  if (!data) return 0;
  Findings findings;
  if (const auto usage = parse_datastore_usage(*data, findings))
    for (const auto& store : usage->datastores) look_at(store);
  for (const auto kind : {ServerJobKind::sync, ServerJobKind::verify, ServerJobKind::prune, ServerJobKind::gc})
    if (const auto jobs = parse_server_jobs(kind, *data, findings))
      for (const auto& job : jobs->jobs) require(!job.id.empty(), "a job has a name");
  if (const auto spaces = parse_namespaces("main", *data, findings))
    for (const auto& name : spaces->names) require(is_namespace(name), "a namespace fits");
  if (const auto groups = parse_groups("main", "", *data, findings))
    for (const auto& group : groups->groups) require(is_group_name(group.name) && group.count >= 0, "a group fits");
  if (const auto snapshots = parse_snapshots("main", "", *data, findings))
    for (const auto& row : snapshots->rows) {
      require(is_group_name(row.group), "a snapshot is of a group");
      require(row.snapshot.size_bytes.value_or(0) >= 0, "a size is not negative");
    }
  if (const auto storages = parse_server_storages(*data, findings))
    for (const auto& one : storages->storages) require(one.port >= 1 && one.port <= 65'535, "a port is a port");
  (void)parse_server_version(*data, findings);
  return 0;
}
