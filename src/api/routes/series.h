#pragma once
// The objects that have series, as the outside names them: vm:ID, node:ID, node_guests:ID, storage:ID, cluster:ID and
// fleet. What the caller may not see does not exist.

#include <optional>
#include <string>

#include "api/router.h"
#include "state/snapshot.h"

namespace monitorix::api {

struct SeriesObject {
  std::string kind{}, key{};  ///< key: history/objects.h
  unsigned set{};             ///< raw column set
  std::int64_t step{};        ///< seconds between samples while nobody looks
};

std::optional<SeriesObject> find_series_object(const Caller& caller, const state::Snapshot& world,
                                               const std::string& text);

}  // namespace monitorix::api
