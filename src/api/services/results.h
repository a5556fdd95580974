#pragma once
// Results of checks: rows of history, and what was kept of failures beside them. Reading blocks.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/desk.h"
#include "history/reader.h"
#include "history/recorder.h"

namespace monitorix::api {

struct FoundResult {
  std::string id{};
  monitorix::CheckResult result{};
  bool has_evidence{false};
};

struct ResultsWish {
  std::vector<history::SeriesInfo> series{};
  std::map<history::SeriesId, ServiceId> service_of{};
  std::set<ServiceId> services{};
  std::vector<std::string> statuses{};
  WallTime from{}, to{}, results_from{};  ///< history has every result from there on
  std::size_t limit{100};
};

std::optional<Verdict> verdict_of(const history::Rows& rows, std::size_t row);
/// Microseconds of a column that keeps tenths of milliseconds or finer.
std::optional<std::int64_t> time_in(const history::Rows& rows, std::size_t column, std::size_t row);

void add_service(const Desk& desk, ResultsWish& wish, ServiceId service);
/// Newest first; of many services the newest are looked for in the last minutes, then further back. More than the
/// limit may come.
Result<std::vector<FoundResult>> newest_results(store::Store& store, history::Reader& reader, ResultsWish wish);

}  // namespace monitorix::api
