#pragma once
// What happened, for charts and timelines: which events belong to an object, and who may see which. On a worker; the
// world is the picture of when it was asked.

#include <functional>
#include <string>
#include <vector>

#include "api/access.h"
#include "base/json_writer.h"
#include "store/store.h"

namespace monitorix::api {

using Sees = std::function<bool(const Event&)>;

/// Of tasks of a guest that the caller may not see not even the name is told, on whatever chart.
Sees sight_of(const Caller& caller, state::SnapshotPtr world);

/// The objects whose events a series shows: those of vm:7 its own; of the fleet those of its clusters.
std::vector<std::string> event_objects(const state::Snapshot& world, const std::string& series_object);

struct Happened {
  std::vector<Event> events{};  ///< newest first
  bool has_more{false};
};
/// At most `limit` that the caller sees; the filter's own limit does not matter. Blocks on the store.
Result<Happened> read_happened(store::Store& store, store::EventFilter filter, const Sees& sees, std::size_t limit);

/// The members that a mark and an entry of a timeline share, into an object that was begun.
void write_event(JsonWriter& out, const Event& event);

/// An entry of a timeline, whole.
void write_entry(JsonWriter& out, const Event& event);

}  // namespace monitorix::api
