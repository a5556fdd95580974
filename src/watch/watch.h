#pragma once
// Services under watch: takes what checks found, judges it (verdict/), and says what is to be shown, stored and told.
// Pure like state/: no I/O, no clock, no threads; its caller runs on the loop and asks for what has gathered about once
// a second. Heartbeats and composites have no network and are judged here too.

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/zone/zone_files.h"
#include "model/event.h"
#include "model/service/kept_check.h"
#include "state/snapshot.h"
#include "verdict/histogram.h"
#include "verdict/push.h"
#include "verdict/step.h"
#include "verdict/timeline/uptime.h"

namespace monitorix::watch {

struct Watched;

/// How a check goes on after a result.
struct Pace {
  bool is_soft{false}, was_up{false};
  bool is_new{false};  ///< nothing is known of it yet
};

struct OpenTimes {
  WallTime hour{}, day{};
  verdict::Histogram total{}, first_byte{};          ///< of the open hour
  verdict::Histogram day_total{}, day_first_byte{};  ///< of the open day, that hour included
};

class Watch {
 public:
  /// How far back time lines are kept in memory, and asked for at start.
  static constexpr std::chrono::hours kTimeline{24 * 732};
  /// Results and response times that wait for a database; beyond that the oldest go.
  static constexpr std::size_t kMostWaiting = 50'000;

  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// At start, once. What lies between the last beat and `now` is our own outage.
  void restore(KeptChecks kept, WallTime now);
  /// A new service, or its new form.
  void put(const ServiceRecord& record, WallTime now);
  void remove(ServiceId id);

  /// A result that came, not null; it is kept and becomes what was judged. Of a service that is not known any more
  /// nothing is taken.
  Pace take(std::shared_ptr<CheckResult> found, WallTime now);
  /// The same for who has it at hand: what find() said, good until the service is removed.
  Pace take(Watched& one, std::shared_ptr<CheckResult> found, WallTime now);
  Watched* find(ServiceId id);
  /// Results of these will come soon; asks for the memory that they will touch.
  void foresee(std::span<Watched* const> services);
  /// Judges a heartbeat or a composite now; nothing for others, and while paused.
  std::optional<CheckResult> judge(ServiceId id, WallTime now);
  void set_push_token(ServiceId id, const std::string& hash);
  [[nodiscard]] std::optional<ServiceId> service_of_token(const std::string& hash) const;
  /// Errc::conflict while it is paused.
  Status ping(ServiceId id, const verdict::Ping& ping);

  /// The clock was moved ahead, or this machine slept: of what may have come meanwhile nobody knows.
  void skip_time(WallTime from, WallTime to);
  /// About once a second: silence, heartbeats, composites, what is down below, what time alone changes.
  void tick(WallTime now, const state::SnapshotPtr& world);
  /// Adds to the next batch that we are alive.
  void beat(WallTime now);
  /// The last batch before the program ends holds all response times.
  void close(WallTime now);

  // What has gathered since it was last asked for.
  [[nodiscard]] std::shared_ptr<const state::ServiceBook> take_book();  ///< null when nothing changed
  [[nodiscard]] CheckBatch take_batch();
  [[nodiscard]] std::vector<Event> take_events();
  [[nodiscard]] std::vector<std::shared_ptr<const CheckResult>> take_results();
  /// A batch that could not be stored; of what is newer meanwhile the newer stays.
  void put_back(CheckBatch batch);

  [[nodiscard]] std::shared_ptr<const Service> service(ServiceId id) const;
  [[nodiscard]] std::vector<std::shared_ptr<const Service>> services() const;
  [[nodiscard]] Pace pace(ServiceId id) const;
  /// The window as it reads now, without time before creation and after now.
  [[nodiscard]] std::vector<verdict::Interval> timeline(ServiceId id, verdict::Span window, WallTime now) const;
  [[nodiscard]] std::optional<OpenTimes> open_times(ServiceId id) const;
  [[nodiscard]] bool is_empty() const { return all_.empty(); }

 private:
  /// A service, and before when time alone moves nothing of it: a tick passes over most without a look at them.
  struct Place {
    ServiceId id{};
    WallTime look_at{};
    std::unique_ptr<Watched> one{};
  };

  [[nodiscard]] const Watched* find(ServiceId id) const;
  std::vector<Place>::iterator place_of(ServiceId id);  ///< or where it would stand
  Watched& add(ServiceId id, std::unique_ptr<Watched> one);
  void look_soon(const Watched& one);  ///< at the next tick
  void note(Watched& one, const verdict::Told& told, WallTime now);
  void keep_result(Watched& one, const CheckResult& judged, bool has_moved);
  void tell(const Watched& one, verdict::Shown from, verdict::Shown to, WallTime at);
  void follow_place(Watched& one, WallTime now);
  void set_schedule(Watched& one);

  std::vector<Place> all_{};                         ///< by id
  std::unordered_map<ServiceId, Watched*> index_{};  ///< of the same: each result looks its service up
  std::set<ServiceId> composites_{};
  std::unordered_map<std::string, ServiceId> tokens_{};
  ZoneFiles zones_{};
  state::SnapshotPtr world_{};
  WallTime looked_at_{};  ///< the last tick
  CheckBatch batch_{};
  std::vector<Event> events_{};
  std::vector<std::shared_ptr<const CheckResult>> fresh_{};
  bool book_changed_{true};
};

}  // namespace monitorix::watch
