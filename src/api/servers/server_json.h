#pragma once
// Backup servers, their datastores and orphaned groups as JSON.

#include <memory>

#include "api/answer.h"
#include "base/json_writer.h"
#include "state/snapshot.h"

namespace monitorix::api {

/// A datastore with the server it is on; the world outlives it.
struct FoundStore {
  const state::ServerView* server{};
  const state::DatastoreView* store{};
  state::GroupCounts counts{};
};

void encode_server(JsonWriter& out, const state::ServerView& server);
void encode_datastore(JsonWriter& out, const FoundStore& found, WallTime now);
void encode_orphan(JsonWriter& out, const state::Snapshot& world, const state::Orphan& orphan);
/// The server with its version as first half of the ETag.
Answer server_answer(const state::ServerView& server, int status);

std::int64_t datastore_id(const FoundStore& found);
std::int64_t orphan_id(const state::Orphan& orphan);

}  // namespace monitorix::api
