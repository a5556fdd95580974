#pragma once
// Keeps alerts, incidents and their timelines, and what people make: rules, routes, silences, windows. A part of
// the store: the same rules for threads and errors (store.h). Reached by Store::alerts().

#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/alert/kept_alert.h"
#include "model/notify/message.h"

namespace monitorix::store {

class Database;
class Link;

/// What people make, with the number of its form: it grows with each change.
template <class T>
struct Versioned {
  T item{};
  std::int64_t version{1};
  WallTime updated_at{};
};

/// What follows from a batch for the outbox.
struct Telling {
  std::vector<WantedDelivery> wanted{};
  std::vector<AlertId> cancelled{};  ///< firing messages of these that still wait need not go (alerts:A16)
  WallTime at{};
};

class AlertStore {
 public:
  explicit AlertStore(Database& database) : database_(database) {}

  /// All of it or nothing, and with it what is to be told (alerts:A2). Happenings are appended; a batch that failed
  /// may be given again.
  Status save(const AlertBatch& batch, const Telling& telling = {});
  /// To go on after a start: alerts and incidents that ended since then come along.
  Result<KeptAlerts> kept(WallTime ended_since);
  /// Newest first, with ids below that one; 0 = from the newest.
  Result<std::vector<Alert>> alerts(AlertId before, int limit);
  Result<std::vector<Incident>> incidents(IncidentId before, int limit);
  Result<std::vector<Alert>> alerts_of(IncidentId id);
  /// In the order they happened.
  Result<std::vector<Happening>> timeline(IncidentId id, int limit);
  /// One step of erasing what ended before that, at most `most` of each; how many went.
  Result<std::size_t> erase(WallTime ended_before, int most);

  Result<std::vector<Versioned<Rule>>> rules();
  /// Conflict: a rule with this key is there. Invalid: there is no such route.
  Result<Versioned<Rule>> create(const Rule& rule, WallTime now);
  /// Conflict unless `expected_version` is 0 or matches. The key stays as it was.
  Result<Versioned<Rule>> update(const Rule& rule, std::int64_t expected_version, WallTime now);
  Status remove(RuleId id);

  /// In the order they were made.
  Result<std::vector<Versioned<Route>>> routes();
  /// Invalid: a step names a channel that is not there. One of them is always the default route: the first that is
  /// made, then whichever was last asked for; it stays the default until another one becomes it.
  Result<Versioned<Route>> create(const Route& route, WallTime now);
  /// Conflict as above. The key stays as it was.
  Result<Versioned<Route>> update(const Route& route, std::int64_t expected_version, WallTime now);
  /// Conflict: it is the default route, or rules name it.
  Status remove(RouteId id);

  Result<std::vector<Versioned<Silence>>> silences();
  Result<Versioned<Silence>> create(const Silence& silence, WallTime now);
  Result<Versioned<Silence>> update(const Silence& silence, std::int64_t expected_version, WallTime now);
  Status remove(SilenceId id);

  Result<std::vector<Versioned<Window>>> windows();
  Result<Versioned<Window>> create(const Window& window, WallTime now);
  Result<Versioned<Window>> update(const Window& window, std::int64_t expected_version, WallTime now);
  Status remove(WindowId id);

 private:
  Database& database_;
};

// Part of a unit that removes a channel: it is taken out of the steps. Conflict when a step would tell nobody then.
Status leave_routes(Link& link, ChannelId channel, WallTime now);

}  // namespace monitorix::store
