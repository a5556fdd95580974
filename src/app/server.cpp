#include "app/server.h"

#include <cstdio>
#include <filesystem>
#include <pthread.h>

#include "api/service.h"
#include "app/alerts/alerts.h"
#include "app/first_admin.h"
#include "app/fleet.h"
#include "app/history/archive.h"
#include "app/history/backfill.h"
#include "app/history/finer.h"
#include "app/large_pages.h"
#include "app/line/control_socket.h"
#include "app/line/order_desk.h"
#include "app/line/remote.h"
#include "app/notify/courier.h"
#include "app/orders.h"
#include "app/process.h"
#include "app/self/self.h"
#include "app/server_settings.h"
#include "app/services/checks.h"
#include "app/setup_file.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_server.h"
#include "store/series/cold_files.h"
#include "store/store.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
constexpr auto kTick = 1s;
constexpr auto kFlushPeriod = 2s;
constexpr auto kKeepFactsPeriod = 5min;
constexpr auto kTrimPeriod = 2min;
constexpr auto kLargePagesPeriod = 10s;
constexpr auto kTidyPeriod = 30min;
constexpr auto kBackfillPeriod = 5s;
constexpr auto kFinerPeriod = 1s;  // a few clusters each time
constexpr auto kFleetRowPeriod = 10s;
constexpr auto kDoctorPeriod = 5s;  // at most one examination begins at a time
constexpr auto kAskPause = 5s;
constexpr std::chrono::milliseconds kLongestEnd = 3s, kEndTurn = 10ms;
constexpr std::chrono::hours kEventsKept{24 * 365};
constexpr int kEventsPerStep = 500, kMostEraseSteps = 20;

/// Bottom up; destroyed in reverse.
class Server {
 public:
  Server(const Config& config, OpenHouse& house)
      : config_(config),
        store_(*house.store),
        keyring_(house.keyring),
        keeper_(store_, clock_),
        fact_keeper_(store_, clock_),
        archive_(std::move(house.keeper), clock_, store::cold_files(config_.data_directory)),
        setup_file_(config) {}

  Status restore_world() {
    auto clusters = store_.clusters();
    if (!clusters) return fail(std::move(clusters.error()));
    auto inventory = store_.load_inventory();
    if (!inventory) return fail(std::move(inventory.error()));
    const auto highest = store_.highest_ids();
    if (!highest) return fail(highest.error());
    inventory_ = std::make_unique<state::Inventory>(
        state::NextIds{.node = highest->node + 1, .guest = highest->guest + 1, .storage = highest->storage + 1});
    inventory_->restore(*clusters, std::move(inventory->nodes), std::move(inventory->guests),
                        std::move(inventory->storages), clock_.wall());
    std::map<ClusterId, std::vector<BackupRun>> runs;
    for (const auto& kept : inventory->backup_runs) runs[kept.cluster].push_back(*kept.run);
    for (const auto& [id, of_cluster] : runs) inventory_->restore_backups(id, of_cluster);
    auto facts = fact_keeper_.load();
    if (!facts) return fail(std::move(facts.error()));
    for (auto& [id, pages] : *facts) inventory_->restore_facts(id, std::move(pages.book), pages.plan, clock_.wall());
    for (const ChangeSet& changes : inventory_->tick(clock_.wall())) (void)changes;  // nothing new: it was all stored
    clusters_ = std::move(*clusters);
    auto servers = store_.backup_servers();
    if (!servers) return fail(std::move(servers.error()));
    for (ClusterConfig& server : *servers) {
      inventory_->put_server(server, clock_.wall());
      clusters_.push_back(std::move(server));
    }
    if (auto opened = archive_.open(); !opened) return opened;
    self_ = std::make_unique<Self>(
        Self::Parts{.loop = loop_,
                    .clock = clock_,
                    .store = store_,
                    .archive = archive_,
                    .last_beat = [this] { return checks_->last_beat(); },
                    .world = [this] { return inventory_->snapshot(); },
                    .uplink = [this](bool is_isolated, SteadyTime began,
                                     const std::string& said) { alerts_->take_uplink(is_isolated, began, said); },
                    .alerts_fault = [this] { return alerts_->storing_fault(); },
                    .other_fault =
                        [this] {
                          const auto standing = keeper_.standing();
                          return standing.not_stored_since ? standing.last_error : checks_->storing_fault();
                        },
                    .tell = [this](const auto& conditions) { alerts_->take_own(conditions); }},
        config_, check_settings(config_));
    const Checks::Doubt doubt = [this](const CheckResult& result, SteadyTime began) {
      self_->doubt();
      if (self_->is_isolated()) return "uplink_down";
      return is_timeout(result) && self_->was_overloaded(began) ? "overloaded" : "";
    };
    const auto told = [this] {
      if (alerts_) alerts_->look_at_services();
    };
    checks_ = std::make_unique<Checks>(
        Checks::Parts{loop_, store_, *inventory_, archive_.recorder(), keeper_, clock_, doubt, told},
        check_settings(config_), std::chrono::hours{config_.check_results_hours});
    if (auto loaded = checks_->load(); !loaded) return loaded;
    const Courier::Parts courier{.loop = loop_,
                                 .store = store_,
                                 .clock = clock_,
                                 .notes_file = config_.data_directory + "/sent.notes",
                                 .told = [this](const std::string& one) { alerts_->take_news_of(one); },
                                 .missed = [this](const Delivery& row) { alerts_->miss(row); },
                                 .reached = [this](ChannelId channel) { alerts_->reach(channel); }};
    courier_ = std::make_unique<Courier>(courier, sender_settings(config_, check_settings(config_)));
    if (auto loaded = courier_->load(); !loaded) return loaded;
    const Alerts::Parts parts{
        .loop = loop_,
        .store = store_,
        .clock = clock_,
        .world = [this] { return inventory_->snapshot(); },
        .courier = [this] { courier_->look(); },
        .show = [this](auto picture) { show(std::move(picture)); },
        .ask = [this](Entity entity) { ask(entity); },
        .keep = [this](auto events) { keeper_.add({.events = std::move(events)}); },
        .send = [this](ChannelId id, Message message) { return courier_->send_now(id, std::move(message)); },
        .own_resolved = [this] { self_->forgive(); },
        .archives = Archives{archive_.recorder(), archive_.reader()}};
    alerts_ = std::make_unique<Alerts>(parts, tuning_of(config_));
    return alerts_->load();
  }

  void build() {
    live::Hub::SnapshotSource source = [this] { return inventory_->snapshot(); };
    hub_ = std::make_unique<live::Hub>(source, to_hex(random_bytes(8)));
    archive_.mirror_into(store_, config_.sql_mirror.count(), source);
    sampler_ = std::make_unique<Sampler>(archive_.recorder(), *inventory_);
    pipeline_ = std::make_unique<Pipeline>(*inventory_, *hub_, keeper_, fact_keeper_, *sampler_);
    Fleet::IdentityKeeper keep = [this](ClusterId id, const proxmox::Identity& identity) {
      orders_->keep_identity(id, identity, loop_);
    };
    fleet_ = std::make_unique<Fleet>(http_, poller_, clock_, *pipeline_, std::move(keep));
    Backfill::SourceOf source_of = [this](ClusterId id) { return fleet_->source(id); };
    backfill_ = std::make_unique<Backfill>(
        Backfill::Parts{archive_, *inventory_, clock_, loop_, background_, std::move(source_of)});
    finer_ = std::make_unique<Finer>(Finer::Parts{archive_, *inventory_, clock_, loop_, background_,
                                                  [this](ClusterId id) { return fleet_->source(id); },
                                                  [this](Observation observation) { pipeline_->accept(observation); }});
    orders_ = std::make_unique<Orders>(
        Orders::Parts{store_, readers_, *inventory_, *pipeline_, *fleet_, http_, keeper_, *backfill_, clock_});
    service_ = std::make_unique<api::Service>(
        api::Dependencies{.loop = loop_,
                          .store = store_,
                          .readers = readers_,
                          .hub = *hub_,
                          .commands = *orders_,
                          .checks = checks_->door(),
                          .notify = notify_door(),
                          .alerts = alerts_->door(),
                          .snapshot = source,
                          .counters = [this](ClusterId id, std::size_t at) { return inventory_->counters(id, at); },
                          .recorder = archive_.recorder(),
                          .reader = archive_.reader(),
                          .retention = [this] { return archive_.retention(); },
                          .retain = [this](const history::Retention& wanted) { archive_.retain(wanted); },
                          .history_size = [this] { return archive_.keeper().size_bytes(); },
                          .clock = clock_,
                          .keyring = keyring_,
                          .settings = api_settings(config_),
                          .announce_setup_token = [this](const std::string& token) { setup_file_.announce(token); },
                          .self = [this] { return self_->standing(); }});
    pipeline_->tell([this](const ChangeSet& changes, bool polled) {
      alerts_->take(changes, polled ? Senses::Extent::polled : Senses::Extent::changes);
    });
    for (const ClusterConfig& cluster : clusters_) fleet_->put(cluster);
  }

  int run() {
    const SignalWatch watch([this] { loop_.post([this] { loop_.spawn("end", end()); }); });
    loop_.spawn("start", start());
    loop_.run();
    log::info("stopping");
    control_.reset();
    self_->stop();
    checks_->stop();
    courier_->stop();
    if (service_) service_->stop();
    poller_.stop();
    http_.stop();
    checks_->finish();
    alerts_->finish();
    pipeline_->keep_all();
    pipeline_->keep_facts();
    if (auto kept = keeper_.flush(); !kept) log::warn("last known values not stored", {{"error", kept.error()}});
    if (auto kept = fact_keeper_.flush(store::FactKeeper::Extent::all); !kept)
      log::warn("last known facts not stored", {{"error", kept.error()}});
    self_->finish();
    archive_.close();
    return exit_code_;
  }

 private:
  /// A receiver that has a message is waited for, but not long: else it would get it again after the start.
  net::Task<> end() {
    if (courier_) courier_->take_no_more();
    for (int turns = 0; turns < kLongestEnd / kEndTurn && courier_ && courier_->is_sending(); ++turns)
      co_await net::sleep_for(kEndTurn);
    loop_.stop();
  }

  /// What is wrong does not wait for the next beat of the pages.
  void show(std::shared_ptr<const state::AlertPicture> picture) {
    inventory_->set_alerts(std::move(picture), clock_.wall());
    if (hub_) hub_->hurry(clock_.wall());
  }

  /// A channel that was changed is news to those who decide what goes there, too.
  api::NotifyDoor notify_door() {
    api::NotifyDoor door = courier_->door();
    door.look = [this] {
      courier_->look();
      alerts_->reload_channels();
    };
    return door;
  }

  /// Before anybody is told of an outage, what lies below is looked at (alerts §5); not more often than helps.
  void ask(Entity entity) {
    if (entity.kind == EntityKind::monitor) return self_->doubt();
    if (entity.kind == EntityKind::service) return checks_->request(ServiceId{entity.id});
    const auto world = inventory_->snapshot();
    ClusterId cluster{entity.kind == EntityKind::cluster ? entity.id : 0};
    if (const auto node = entity.kind == EntityKind::node ? world->node(NodeId{entity.id}) : nullptr)
      cluster = node->cluster;
    if (const auto guest = entity.kind == EntityKind::guest ? world->guest(GuestId{entity.id}) : nullptr)
      cluster = guest->cluster;
    auto& last = asked_at_[cluster];
    if (!cluster.exists() || !fleet_ || clock_.steady() - last < kAskPause) return;
    last = clock_.steady();
    loop_.spawn("poll for an alert", poll_now(cluster));
  }
  net::Task<> poll_now(ClusterId cluster) { (void)co_await fleet_->poll_now(cluster); }

  void give_up(const std::string& what, const Error& error) {
    log::error(what, {{"error", error}});
    exit_code_ = 1;
    loop_.stop();
  }

  net::Task<> start() {
    auto admin = co_await make_configured_admin(config_, store_, readers_, clock_);
    if (!admin) co_return give_up("cannot make the configured administrator", admin.error());
    auto ready = co_await service_->start();
    if (!ready) co_return give_up("cannot start", ready.error());
    net::ServerOptions options{};
    options.address = config_.listen_address;
    options.port = config_.listen_port;
    options.tls_cert_file = config_.tls_cert_file;
    options.tls_key_file = config_.tls_key_file;
    options.exempt_addresses = config_.trusted_proxies;
    server_ = std::make_unique<net::HttpServer>(loop_, options, service_->handler());
    if (auto listening = server_->start(); !listening) co_return give_up("cannot listen", listening.error());
    ControlServer::Handler handle = [this](const std::string& text) { return take_order(text); };
    control_ = std::make_unique<ControlServer>(
        (std::filesystem::path(config_.data_directory) / "control.sock").string(), std::move(handle));
    if (auto listening = control_->start(); !listening) log::warn("no control socket", {{"error", listening.error()}});
    begin_ticking();
    checks_->begin();
    alerts_->begin();
    courier_->begin();
    self_->begin();
    setup_file_.listening_on(server_->port());
    log::info("listening",
              {{"address", config_.listen_address}, {"port", server_->port()}, {"database", store_.engine()}});
  }

  void begin_ticking() {
    loop_.every("tick", kTick, [this] {
      pipeline_->tick(clock_.wall());
      pipeline_->keep_next(clock_.steady());
      fleet_->adjust(*hub_);
    });
    loop_.every("flush", kFlushPeriod, [this] {
      if (keeper_.is_due()) writer_.submit([this] { flush(); });
    });
    archive_.begin(loop_);
    if (!config_.no_backfill) loop_.every("backfill", kBackfillPeriod, [this] { backfill_->look(); });
    loop_.every("finer", kFinerPeriod, [this] { finer_->look(); });
    loop_.every("fleet row", kFleetRowPeriod, [this] { sampler_->take_fleet(clock_.wall()); });
    loop_.every("doctor", kDoctorPeriod, [this] { loop_.spawn("doctor", orders_->examine_one_overdue()); });
    loop_.every("keep facts", kKeepFactsPeriod, [this] {
      pipeline_->keep_facts();
      writer_.submit([this] {
        if (auto kept = fact_keeper_.flush(store::FactKeeper::Extent::changed); !kept)
          log::debug("facts not stored", {{"error", kept.error()}});
      });
    });
    loop_.every("trim", kTrimPeriod, [this] { writer_.submit([] { return_free_memory(); }); });
    loop_.every("large pages", kLargePagesPeriod, [this] { writer_.submit([this] { heap_pages_.gather(); }); });
    loop_.every("tidy", kTidyPeriod, [this] {
      writer_.submit([this] {
        if (auto tidied = store_.delete_expired_sessions(clock_.wall()); !tidied)
          log::debug("sessions not tidied", {{"error", tidied.error()}});
        erase_old_events();
      });
    });
  }

  void flush() {
    const bool was_storing = !keeper_.standing().not_stored_since;
    auto stored = keeper_.flush(store::InventoryWriter::Extent::due);
    const bool is_storing = !keeper_.standing().not_stored_since;
    if (was_storing && !is_storing)
      log::warn("nothing can be stored; going on from memory", {{"error", stored ? Error{} : stored.error()}});
    if (!was_storing && is_storing) log::info("storing again");
  }

  /// A few steps each time: others may write between two of them.
  void erase_old_events() {
    for (int step = 0; step < kMostEraseSteps; ++step) {
      const auto erased = store_.erase_events(clock_.wall() - kEventsKept, kEventsPerStep);
      if (!erased) log::debug("old events not erased", {{"error", erased.error()}});
      if (!erased || *erased < kEventsPerStep) return;
    }
  }

  /// On the control socket's thread.
  std::string take_order(const std::string& text) {
    auto order = decode_order(text);
    if (!order) return encode(Outcome{1, "", order.error().text + "\n"});
    OrderDesk desk{.store = store_, .loop = loop_, .http = http_, .clock = clock_, .connect = {}};
    desk.connect = [this](ClusterConfig config) { return orders_->create_cluster(std::move(config)); };
    return encode(desk.fulfil(*order));
  }

  const Config& config_;
  store::Store& store_;
  const Keyring& keyring_;
  SystemClock clock_{};
  std::vector<ClusterConfig> clusters_{};
  int exit_code_{0};
  net::Loop loop_{};
  net::WorkerPool readers_{"readers", 4, 256};
  // Samples of a large fleet take long to read: nobody's sign-in stands behind them.
  net::WorkerPool background_{"background", 2, 256};
  store::InventoryWriter keeper_;
  store::FactKeeper fact_keeper_;
  HeapPages heap_pages_{};  // of the writer
  net::WorkerPool writer_{"writer", 1, 4};
  Archive archive_;
  net::HttpClient http_{loop_};
  poll::Poller poller_{loop_, clock_};
  SetupFile setup_file_;
  std::unique_ptr<state::Inventory> inventory_{};
  std::unique_ptr<live::Hub> hub_{};
  std::unique_ptr<Sampler> sampler_{};
  std::unique_ptr<Pipeline> pipeline_{};
  std::unique_ptr<Fleet> fleet_{};
  std::unique_ptr<Backfill> backfill_{};
  std::unique_ptr<Finer> finer_{};
  std::unique_ptr<Orders> orders_{};
  std::unique_ptr<Self> self_{};
  std::unique_ptr<Checks> checks_{};
  std::unique_ptr<Courier> courier_{};
  std::unique_ptr<Alerts> alerts_{};
  std::map<ClusterId, SteadyTime> asked_at_{};
  std::unique_ptr<api::Service> service_{};
  std::unique_ptr<net::HttpServer> server_{};
  std::unique_ptr<ControlServer> control_{};
};

}  // namespace

int serve(const Config& config) {
  SignalWatch::block();
  harden_process();
  auto opened = open_house(config);
  if (!opened) {
    log::error("cannot start", {{"error", opened.error()}});
    return 1;
  }
  Server server(config, *opened);
  if (auto restored = server.restore_world(); !restored) {
    log::error("cannot read the last known world", {{"error", restored.error()}});
    return 1;
  }
  server.build();
  return server.run();
}

}  // namespace monitorix::app
