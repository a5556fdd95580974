#pragma once
// The observer's memory of one backup server: observation in, view changed. Absence is not read as "gone" at once: a
// datastore that is no longer named stays for a day, and what could be read before stays when reading fails. Pure.

#include "model/server/server_observation.h"
#include "state/servers/server_view.h"

namespace monitorix::state {

struct ServerWorld {
  ServerView view{};
  std::shared_ptr<const ServerView> shown{};  ///< null: the view has changed since
};

struct ServerChange {
  bool view{false};    ///< something that readers see
  bool groups{false};  ///< something on which depends whose backups these are
};

ServerChange apply(ServerWorld& world, const ServerObservation& observation);

/// All namespaces of the datastore were asked for at least once.
bool knows_groups(const DatastoreView& store, const std::string& name_space);
const DatastoreView* find_datastore(const ServerView& server, const std::string& name);

}  // namespace monitorix::state
