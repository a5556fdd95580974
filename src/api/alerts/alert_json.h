#pragma once
// Alerts, rules and what belongs to them as JSON and back; shared by the routes of this folder.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/desk.h"
#include "api/fields.h"
#include "live/encode_alert.h"
#include "model/alert/alert_names.h"
#include "state/snapshot.h"

namespace monitorix::api {

using Rules = std::map<RuleId, store::Versioned<Rule>>;
using WatchedAlert = monitorix::Alert;

/// What an alert is told with: the world for names, and the rules.
struct Backdrop {
  state::SnapshotPtr world{};
  Rules rules{};
};

std::optional<std::string> when(const std::optional<WallTime>& at);
/// The name as it is now; of what is gone, its kind and number.
std::string name_of_entity(const state::Snapshot& world, Entity entity);
/// Of what we know only by what other systems say: their words.
std::string name_of_target(const state::Snapshot& world, const Target& target);
std::optional<ClusterId> cluster_of_entity(const state::Snapshot& world, Entity entity);
/// What is out of scope does not exist for the caller; Monitorix itself and what is gone, for those who see all.
bool may_see_entity(const Caller& caller, const state::Snapshot& world, Entity entity);

std::string title_of(const Backdrop& backdrop, const Alert& alert);
std::string message_of(const Backdrop& backdrop, const Alert& alert);
/// With what its reader needs to name it. Good for as long as the backdrop is.
state::AlertView view_of(const Backdrop& backdrop, Alert alert);

void write_target(JsonWriter& out, const state::Snapshot& world, const Target& target);
void write_alert(JsonWriter& out, const Backdrop& backdrop, const Alert& alert);

void write_selector(JsonWriter& out, const Selector& selector);
void read_selector(Fields& body, std::string_view name, Selector& into);

/// A word of an enumeration by its name on the wire.
template <class Enum>
void read_choice(Fields& body, std::string_view name, Enum& into, std::string_view choices) {
  const auto text = body.text(name, {1, 40});
  if (!text) return;
  if (const auto word = alert_word<Enum>(*text))
    into = *word;
  else
    body.wrong(name, "invalid", "must be one of " + std::string(choices));
}
void read_moment(Fields& body, std::string_view name, WallTime& into);

/// All the rules; one call of the store.
Result<Rules> read_rules(store::Store& store);
/// The newest that pass, with ids as their order; at most kMostAlertsRead are looked at.
inline constexpr int kMostAlertsRead = 20'000;
struct AlertSpan {
  AlertId before{};  ///< from the one below this; none = from the newest
  std::size_t most{static_cast<std::size_t>(-1)};
};
Result<std::vector<Alert>> newest_alerts(store::Store& store, const std::function<bool(const Alert&)>& passes,
                                         AlertSpan span = {});

}  // namespace monitorix::api
