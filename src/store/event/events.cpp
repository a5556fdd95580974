// Reading events back, for charts and timelines, and erasing the old ones.

#include <algorithm>
#include <set>

#include "store/event/event_row.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

/// An event that goes on for longer than this is found by its beginning only; a year need not be searched for it.
constexpr std::chrono::hours kLongest{7 * 24};

bool is_newer(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.id > b.id; }

}  // namespace

Result<std::vector<Event>> SqlStore::events(const EventFilter& filter) {
  const auto limit = static_cast<std::size_t>(std::clamp(filter.limit, 1, 10'000));
  const std::pair end{filter.to, std::int64_t{0}};
  const auto below = std::min(filter.before.value_or(end), end);
  return read_value<std::vector<Event>>(*database_, [&](Link& link) -> Result<std::vector<Event>> {
    std::vector<Event> out;
    std::set<std::int64_t> seen;  // one that two of the objects share
    for (const std::string& object : filter.objects) {
      auto rows = link.run(queries::events_of, {object, ms(filter.from - kLongest), ms(filter.from), ms(below.first),
                                                below.second, static_cast<std::int64_t>(limit)});
      if (!rows) return fail(std::move(rows).error());
      for (const Row& row : *rows)
        if (seen.insert(row.integer(0)).second) out.push_back(read_event(row));
    }
    std::ranges::sort(out, is_newer);
    if (out.size() > limit) out.resize(limit);
    return out;
  });
}

Result<std::size_t> SqlStore::erase_events(WallTime before, int most) {
  return write_value<std::size_t>(*database_, [&](Link& link) -> Result<std::size_t> {
    auto rows = link.run(queries::events_erase, {ms(before), std::int64_t{most}});
    if (!rows) return fail(std::move(rows).error());
    return rows->size();
  });
}

}  // namespace monitorix::store
