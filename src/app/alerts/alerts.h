#pragma once
// Alerts at work: what the world says goes into the engine, what follows goes into the store together with the messages
// it asks for, in one transaction, and then the courier is told to look (alerts:A2). On the loop but for load() and
// finish(), which block and run without it.
//
// Nothing is written while nothing changes, and what may still turn out to be nothing is written late: values come and
// go near their thresholds all day, and each coming and going would cost more than a minute of history. When the store
// is away, what follows waits and is put together: rows are written as they are when it is back, messages in the order
// they were decided.

#include <functional>
#include <set>

#include "alert/engine.h"
#include "api/dependencies.h"
#include "app/alerts/board.h"
#include "app/alerts/outside.h"
#include "app/alerts/senses.h"
#include "app/alerts/unreached.h"
#include "app/rules/look_back.h"
#include "base/zone/zone_files.h"
#include "model/event.h"
#include "net/task.h"
#include "store/store.h"

namespace monitorix::app {

class Alerts {
 public:
  struct Parts {
    net::Loop& loop;
    store::Store& store;
    const Clock& clock;
    std::function<state::SnapshotPtr()> world{};
    std::function<void()> courier{};                                         ///< there is something to tell
    std::function<void(std::shared_ptr<const state::AlertPicture>)> show{};  ///< what is wrong, when that has changed
    std::function<void(Entity)> ask{};                                       ///< look at this one now
    std::function<void(std::vector<monitorix::Event>)> keep{};               ///< what happened, for time lines
    /// Past the outbox, which cannot be written.
    std::function<net::Task<SendResult>(ChannelId, Message)> send{};
    std::function<void()> own_resolved{};  ///< a person has seen what is wrong with Monitorix itself
    std::optional<Archives> archives{};    ///< what rules would have said
  };
  Alerts(Parts parts, const alert::Tuning& tuning) : parts_(std::move(parts)) { state_.tuning = tuning; }

  Status load();  ///< blocks; before the loop runs, after the world and the services were restored
  void begin();
  void finish();  ///< blocks; after the loop: the last of it to the store
  /// What an observation or a person changed; `polled` when it is the answer of a cluster's inventory.
  void take(const ChangeSet& changes, Senses::Extent extent);
  void reload_channels();
  /// Services have news.
  void look_at_services() const { tick_.soon(); }
  /// So many tries to send this went wrong that its step counts as told to nobody; and: this channel works.
  void miss(const Delivery& row);
  void reach(ChannelId channel) { unreached_.forget(channel); }
  /// Whether the network around us answered, in a round that began then.
  void take_uplink(bool is_isolated, SteadyTime began, const std::string& asked);
  /// How Monitorix itself is.
  void take_own(const std::vector<alert::Condition>& conditions);
  void take_news_of(const std::string& incident);  ///< of its messages
  /// Why what follows from what we see does not reach the store; "" while it does.
  [[nodiscard]] std::string storing_fault() const;
  [[nodiscard]] api::AlertDoor door();

 private:
  /// What followed and is not stored yet.
  struct Pending {
    std::set<AlertId> alerts{}, vanished{};
    std::set<IncidentId> incidents{};
    std::vector<Happening> happenings{};
    std::vector<WantedDelivery> wanted{};
    std::vector<AlertId> cancelled{};
    [[nodiscard]] bool is_empty() const {
      return alerts.empty() && vanished.empty() && incidents.empty() && happenings.empty() && wanted.empty() &&
             cancelled.empty();
    }
    void add(Pending newer);
  };

  [[nodiscard]] alert::Now now() const;
  Status load_rules();
  Status load_quiet();
  Status load_routes();
  void put_routes(std::vector<Route> routes);
  [[nodiscard]] std::optional<api::NextStep> next_step(IncidentId id) const;
  void put_channels(const std::vector<ChannelRecord>& records);
  net::Task<> read_channels();
  void learn_zone(const std::string& name);
  void put(const alert::Event& event);
  void put_all(const Senses::Events& events);
  void put_outside(const Outside::Events& events);
  [[nodiscard]] std::size_t take_outside(const std::vector<OutsideAlert>& alerts);
  void take_notice(ClusterId cluster, const ProxmoxNotice& notice);
  void follow(alert::Outcome outcome);
  void expect_turn() const;
  void tick();
  void show();
  void keep_alert(AlertId id);
  void keep_pending(std::chrono::milliseconds age);
  void store_some();
  void tell_past_outbox();
  net::Task<> send_past_outbox(ChannelId channel, Message message);
  [[nodiscard]] std::pair<AlertBatch, store::Telling> batch_of(const Pending& pending) const;
  [[nodiscard]] std::int64_t held_by(const Silence& silence) const;
  [[nodiscard]] api::WindowTimes times_of(const Window& window, WallTime at);
  void erase_old();

  Parts parts_;
  net::Tick tick_{};
  alert::State state_{};
  Senses senses_{};
  Outside outside_{};
  Unreached unreached_{};
  std::vector<Route> routes_{};  ///< as people made them; the engine's name every channel
  ZoneFiles zones_{};
  Turnstile looking_back_{};
  Pending pending_{};
  std::map<AlertId, SteadyTime> unwritten_{};  ///< pending alerts that have no row yet, and since when
  AlertId next_alert_{};                       ///< those from here on have no row
  Board board_{};
  SteadyTime tidied_at_{}, erased_at_{};
  SteadyTime storing_since_{};
  std::string problem_{};                         ///< of the last attempt to store
  std::map<std::string, SteadyTime> try_next_{};  ///< messages that go past the outbox, by key
  int under_way_{0};                              ///< of them
  bool is_storing_{false}, are_channels_stale_{false}, are_channels_loading_{false};
  net::WorkerPool writer_{"alerts", 1, 16};  // ends first
};

}  // namespace monitorix::app
