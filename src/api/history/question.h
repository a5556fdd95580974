#pragma once
// Questions to history as the outside puts them: which objects (vm:ID, node:ID, node_guests:ID, storage:ID, cluster:ID,
// endpoint:ID, fleet), which of their metrics, and over which window. What the caller may not see does not exist.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/desk.h"
#include "api/history/happened.h"
#include "history/reader.h"
#include "state/snapshot.h"

namespace monitorix::api {

struct SeriesObject {
  std::string kind{}, key{};  ///< key: history/objects.h
  std::string name{};         ///< as people call it
  unsigned set{};             ///< raw column set
  std::int64_t step{};        ///< seconds between samples while nobody looks
};

std::optional<SeriesObject> find_series_object(const Caller& caller, const state::Snapshot& world,
                                               const std::string& text);

/// What a worker reads, without touching the loop's world.
struct Question {
  struct One {
    std::string object{}, name{};
    history::SeriesId series{};  ///< 0 = nothing was recorded yet
    unsigned set{};
    std::vector<std::size_t> columns{};
  };
  std::vector<One> series{};
  std::string fn{};  ///< "" = average, minimum and maximum
  history::Plan plan{};
  std::int64_t sample_step{10};  ///< of the polls
  WallTime from{}, to{};
  std::vector<std::string> event_objects{};  ///< whose events are marks
  Sees sees{};
};

enum class Metrics { named, all_when_unnamed };

/// The question of /api/metrics/series, or the answer that says what is wrong with it.
std::variant<Question, Answer> read_question(const Desk& desk, const Call& call, Metrics metrics,
                                             std::int64_t usual_points);

/// [from, to) in seconds: from and to of the query, else the last `hours`, else the last `usual_hours`.
Result<std::pair<std::int64_t, std::int64_t>> read_window(const Desk& desk, const Query& query,
                                                          std::int64_t usual_hours, std::int64_t most_hours);

/// The recorded series of an object, when there is one of its set.
std::optional<history::SeriesInfo> series_of(const Desk& desk, const SeriesObject& object);
/// Seconds between the samples of a cluster's objects while nobody looks.
std::int64_t step_of(const state::Snapshot& world, ClusterId cluster);

}  // namespace monitorix::api
