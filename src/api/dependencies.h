#pragma once
// What the house gives to api/, and the settings that app/ read. References outlive the Service.

#include <functional>
#include <string>
#include <vector>

#include "api/commands.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "history/reader.h"
#include "live/hub.h"
#include "model/alert/alert.h"
#include "model/alert/outside.h"
#include "model/notify/message.h"
#include "model/service/run_counters.h"
#include "net/task.h"
#include "state/counters.h"
#include "store/store.h"
#include "watch/watch.h"

namespace monitorix::api {

/// C12; changed at run time by PUT /api/settings {"rate_limits":{...}}.
struct RateLimits {
  bool enabled{true};
  int user_per_minute{600};
  int address_per_minute{100}, address_per_hour{1000};  ///< calls without a valid credential
  int login_per_minute{10};
  bool operator==(const RateLimits&) const = default;
};

struct Settings {
  RateLimits rate_limits{};
  std::vector<std::string> trusted_proxies{};  ///< CIDRs whose X-Forwarded-* are believed
  std::vector<std::string> cors_origins{};     ///< also allowed as Origin of cookie routes and /ws
  bool insecure_http{false};                   ///< the owner allows plain HTTP beyond loopback
  std::string web_directory{};                 ///< "" = no web UI
  std::string version{}, commit{};
  std::string openapi_json{};
  int bcrypt_cost{12};
  Secret jwt_key{};  ///< configured SECRET_KEY; empty = a sub-key of the keyring
  std::vector<std::pair<std::string, std::string>>
      shown{};  ///< further settings for GET /api/settings: key, JSON value
};

/// Services: what watches them, and what only app/ can do. On the loop.
struct CheckDoor {
  watch::Watch& watch;
  /// Runs a check now and takes its result; unavailable when the last run began a moment ago.
  std::function<net::Task<Result<monitorix::CheckResult>>(ServiceId)> run_now{};
  /// Runs one that need not be stored, and takes nothing.
  std::function<net::Task<monitorix::CheckResult>(std::shared_ptr<const monitorix::Service>)> try_once{};
  std::function<Status(const Assertion&)> judge_assertion{};  ///< could it ever be judged?
  std::function<Status(const std::string&)> judge_pattern{};  ///< does it compile?
  std::function<void(const ServiceRecord&)> put{};            ///< after it was stored: watched and shown from now on
  std::function<void(ServiceId)> remove{};                    ///< after it was removed
  std::function<monitorix::RunCounters()> counters{};
  std::function<void()> show{};         ///< what the watch has changed, to readers at once
  std::vector<std::string> programs{};  ///< names that services of type custom may use
  std::chrono::hours results_kept{48};  ///< every result, in GET /api/health-checks
};

/// Telling people: what only app/ can do. On the loop.
struct NotifyDoor {
  std::function<net::Task<SendResult>(std::shared_ptr<const Channel>, Message)> send_now{};
  std::function<Result<Preview>(const Channel&, const Message&)> preview{};
  std::function<std::vector<ChannelFault>(const Channel&)> faults{};  ///< why it could not be used here
  std::function<void()> look{};                                       ///< something was changed or is to be told
};

/// When a maintenance window is open, seen from one moment.
struct WindowTimes {
  bool is_open{false};
  std::optional<WallTime> ends_at{};  ///< of the time that is open
  std::optional<WallTime> next_at{};
};
/// What a rule would say now.
struct RuleFit {
  struct Match {
    Target target{};
    Severity severity{};
    std::optional<double> value{};
    std::string detail{};
  };
  std::int64_t watched{0};  ///< objects that the selector fits
  std::vector<Match> matches{};
};

/// What a rule would have said in the last days.
struct RulePast {
  struct Episode {
    Entity entity{};
    Severity severity{};  ///< the worst of it
    WallTime began{};
    std::optional<WallTime> ended{};  ///< absent: it still holds
    std::optional<double> peak{};
  };
  std::int64_t days{0};
  std::optional<std::int64_t> times{};  ///< absent: no history tells
  std::vector<Episode> episodes{};      ///< newest first
  std::vector<Entity> left_out{};       ///< there was no time for these, or nothing is recorded of them
  bool is_partial{true};
};
/// Reads histories: blocks, on `readers`.
using LookBack = std::function<Result<RulePast>()>;

/// Who is told next of an incident, if nobody acknowledges it and it does not end.
struct NextStep {
  RouteId route{};
  std::string name{}, key{};  ///< of the route
  int number{1}, count{1};
  WallTime at{};
  std::vector<ChannelId> channels{};
};

/// Alerts: the engine that app/ runs. On the loop; what changes is stored a moment later.
struct AlertDoor {
  std::function<std::optional<Alert>(AlertId)> alert{};           ///< nothing for one that ended a while ago
  std::function<std::optional<Incident>(IncidentId)> incident{};  ///< as above
  std::function<std::optional<NextStep>(IncidentId)> next_step{};
  /// These say whether there is such an open alert.
  std::function<bool(AlertId, const Acknowledgement&)> acknowledge{};
  std::function<bool(AlertId, const std::string&by)> unacknowledge{}, resolve{};
  std::function<void(const Happening&)> note{};
  std::function<void(const Rule&)> put_rule{};  ///< after it was stored, as the next ones
  std::function<void(RuleId)> remove_rule{};
  std::function<void(std::vector<monitorix::Route>)> put_routes{};  ///< all of them, as they are now
  std::function<void(const Silence&)> put_silence{};
  std::function<void(SilenceId)> remove_silence{};
  std::function<void(const Window&)> put_window{};
  std::function<void(WindowId)> remove_window{};
  std::function<WindowTimes(const Window&, WallTime)> window_times{};
  std::function<Status(const std::string& rrule)> judge_recurrence{};
  std::function<Status(const std::string& name)> judge_zone{};
  std::function<std::int64_t(const Silence&)> held_by{};  ///< how many open alerts it fits
  std::function<RuleFit(const Rule&)> fit{};
  /// The same for the days before; of the objects that `sees` allows, those of `fit` first.
  std::function<LookBack(const Rule&, const RuleFit& fit, const std::function<bool(Entity)>& sees)> look_back{};
  /// What other systems report; how many were refused because too many are open.
  std::function<std::size_t(const std::vector<OutsideAlert>&)> take_outside{};
  std::function<void(ClusterId, const ProxmoxNotice&)> take_notice{};
};

/// A time in which Monitorix watched nothing.
struct Absence {
  WallTime from{}, to{};
};

/// How Monitorix itself is, beside what the others say.
struct SelfStanding {
  std::chrono::milliseconds loop_lag{0};  ///< the worst of the last minute or two
  std::optional<bool> is_isolated{};      ///< absent: nobody was named to tell
  bool is_dead_man_on{false};
  std::optional<WallTime> dead_man_called_at{};
  std::vector<Absence> away{};  ///< the last ones, oldest first
};

struct Dependencies {
  net::Loop& loop;
  store::Store& store;
  net::WorkerPool& readers;  ///< for calls of the store
  live::Hub& hub;
  Commands& commands;
  CheckDoor checks;
  NotifyDoor notify{};
  AlertDoor alerts{};
  std::function<state::SnapshotPtr()> snapshot;
  /// What a guest's counters said last, by position in its cluster's view; nullptr when nothing. On the loop.
  std::function<const state::Counters*(ClusterId, std::size_t)> counters;
  const history::Recorder& recorder;
  history::Reader& reader;                        ///< blocks: on `readers`
  std::function<history::Retention()> retention;  ///< how long each resolution is kept now
  std::function<void(const history::Retention&)> retain;
  std::function<Result<std::int64_t>()> history_size;  ///< bytes on the disk; blocks: on `readers`
  const Clock& clock;
  const Keyring& keyring;
  Settings settings;
  std::function<void(const std::string&)> announce_setup_token;  ///< prints it and writes its file; "" = gone
  std::function<SelfStanding()> self{};
};

}  // namespace monitorix::api
