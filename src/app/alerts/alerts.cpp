#include "app/alerts/alerts.h"

#include <algorithm>
#include <charconv>
#include <future>

#include "alert/default_rules/default_rules.h"
#include "alert/kept/kept.h"
#include "api/query.h"
#include "app/alerts/standing.h"
#include "app/alerts/wording.h"
#include "base/log.h"
#include "model/alert/alert_names.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTick = 1s, kTidy = 60s, kErase = 10min;
constexpr auto kPendingUnwritten = 60s;  // most are over by then; a start after a crash waits that much longer
constexpr auto kFlapsWithin = 3h;        // what ended earlier has no score left
constexpr auto kKept = 365 * 24h;        // alerts_days
constexpr int kErasedPerStep = 500, kMostEraseSteps = 20;
constexpr auto kDefaultsMade = "alert.default_rules_made";

struct Read {
  std::vector<ChannelRecord> channels{};
  std::vector<store::Versioned<Route>> routes{};
};

}  // namespace

void Alerts::Pending::add(Pending newer) {
  alerts.merge(newer.alerts);
  vanished.merge(newer.vanished);
  incidents.merge(newer.incidents);
  std::ranges::move(newer.happenings, std::back_inserter(happenings));
  std::ranges::move(newer.wanted, std::back_inserter(wanted));
  std::ranges::move(newer.cancelled, std::back_inserter(cancelled));
}

alert::Now Alerts::now() const {
  return {std::chrono::time_point_cast<std::chrono::milliseconds>(parts_.clock.steady()), parts_.clock.wall()};
}

/// Channels and rules first, then who is there, then what was open: an alert that was held because something below it
/// is down must find that again before anybody looks at it.
Status Alerts::load() {
  auto channels = parts_.store.outbox().channels();
  if (!channels) return fail(std::move(channels).error().within("channels"));
  if (auto loaded = load_routes(); !loaded) return fail(std::move(loaded).error().within("escalation paths"));
  put_channels(*channels);
  if (auto loaded = load_rules(); !loaded) return fail(std::move(loaded).error().within("alert rules"));
  if (auto loaded = load_quiet(); !loaded) return fail(std::move(loaded).error().within("silences"));
  auto kept = parts_.store.alerts().kept(parts_.clock.wall() - kFlapsWithin);
  if (!kept) return fail(std::move(kept).error().within("alerts"));
  std::vector<GuestId> known;
  for (const KeptAlert& one : kept->alerts)
    if (one.row.target.entity.kind == EntityKind::guest && one.row.state != AlertState::resolved)
      known.push_back(GuestId{one.row.target.entity.id});
  put(alert::Placed{kMonitor, {.name = "Monitorix"}, {}});
  put_all(senses_.begin(*parts_.world(), known, now()));
  put_all(outside_.place(*kept));
  next_alert_ = AlertId{kept->next_alert};
  follow(alert::restore(state_, *kept, now()));
  follow(alert::resolve_orphans(state_, now()));
  put_all(outside_.begin(state_, now()));
  senses_.recall(state_, *parts_.world());
  show();  // before anybody asks: what was wrong is no news
  return {};
}

Status Alerts::load_rules() {
  auto rules = parts_.store.alerts().rules();
  if (!rules) return fail(std::move(rules).error());
  auto settings = parts_.store.settings();
  if (!settings) return fail(std::move(settings).error());
  // Whoever deleted one does not get it again; those of a newer version are new to everybody.
  const auto made = std::ranges::find(*settings, kDefaultsMade, &store::Setting::key);
  std::size_t given = 0;
  if (made != settings->end()) {
    const std::string& noted = made->value;
    if (std::from_chars(noted.data(), noted.data() + noted.size(), given).ec != std::errc{})
      given = alert::kFirstDefaultRules;  // "true", as it was noted at first
  }
  const std::vector<Rule> defaults = alert::default_rules();
  for (std::size_t i = given; i < defaults.size(); ++i) {
    auto created = parts_.store.alerts().create(defaults[i], parts_.clock.wall());
    if (created) rules->push_back(std::move(*created));
    if (!created && created.error().code != Errc::conflict) return fail(std::move(created).error());
  }
  if (given < defaults.size())
    if (auto noted = parts_.store.put_setting({.key = kDefaultsMade, .value = std::to_string(defaults.size())}, 0);
        !noted)
      return fail(std::move(noted).error());
  for (const auto& rule : *rules) state_.rules[rule.item.id] = rule.item;
  senses_.heed(state_.rules);
  return {};
}

Status Alerts::load_quiet() {
  auto silences = parts_.store.alerts().silences();
  if (!silences) return fail(std::move(silences).error());
  for (const auto& silence : *silences) put(alert::PutSilence{silence.item});
  auto windows = parts_.store.alerts().windows();
  if (!windows) return fail(std::move(windows).error());
  for (const auto& window : *windows) {
    learn_zone(window.item.time_zone);
    put(alert::PutWindow{window.item});
  }
  return {};
}

void Alerts::learn_zone(const std::string& name) {
  if (name.empty() || state_.zones.contains(name)) return;
  if (auto zone = zones_.find(name)) put(alert::KnowZone{name, std::move(*zone)});
}

void Alerts::put_channels(const std::vector<ChannelRecord>& records) {
  std::set<ChannelId> gone;
  for (const auto& [id, channel] : state_.channels) gone.insert(id);
  for (const ChannelRecord& record : records) {
    const Channel& channel = record.channel;
    ChannelPolicy policy{.id = channel.id, .is_active = channel.is_active, .send_resolved = channel.send_resolved};
    for (const std::string& word : channel.severity_filter)
      if (const auto severity = alert_word<Severity>(word)) policy.severities.push_back(*severity);
    policy.alert_types = channel.alert_types;
    gone.erase(channel.id);
    const auto known = state_.channels.find(channel.id);
    if (known == state_.channels.end() || known->second.policy != policy) put(alert::PutChannel{std::move(policy)});
  }
  for (const ChannelId id : gone) put(alert::RemoveChannel{id});
  put_routes(routes_);
}

void Alerts::reload_channels() {
  are_channels_stale_ = true;
  tick_.soon();
}

/// With the routes: a channel that was removed has left them.
net::Task<> Alerts::read_channels() {
  std::function<Result<Read>()> job = [store = &parts_.store]() -> Result<Read> {
    auto channels = store->outbox().channels();
    if (!channels) return fail(std::move(channels).error());
    auto routes = store->alerts().routes();
    if (!routes) return fail(std::move(routes).error());
    return Read{std::move(*channels), std::move(*routes)};
  };
  const auto read = co_await net::offload<Read>(writer_, std::move(job));
  are_channels_loading_ = false;
  if (!read) {
    are_channels_stale_ = true;
    co_return;
  }
  routes_.clear();
  for (const auto& route : read->routes) routes_.push_back(route.item);
  put_channels(read->channels);
}

void Alerts::begin() {
  tick_ = parts_.loop.every("alerts", kTick, [this] { tick(); });
  tick_.soon();
}

void Alerts::take(const ChangeSet& changes, Senses::Extent extent) {
  put_all(senses_.take(*parts_.world(), changes, extent, now()));
  store_some();
}

void Alerts::put_all(const Senses::Events& events) {
  for (const alert::Event& event : events) follow(alert::step(state_, event, now()));
  expect_turn();
}

void Alerts::put(const alert::Event& event) {
  follow(alert::step(state_, event, now()));
  expect_turn();
}

void Alerts::follow(alert::Outcome outcome) {
  board_.note(outcome, state_, parts_.clock.wall());
  for (const AlertId id : outcome.alerts) keep_alert(id);
  for (const AlertId id : outcome.vanished)
    if (unwritten_.erase(id) == 0) pending_.vanished.insert(id);
  next_alert_ = AlertId{state_.next_alert};
  pending_.incidents.insert(outcome.incidents.begin(), outcome.incidents.end());
  std::ranges::move(outcome.happenings, std::back_inserter(pending_.happenings));
  pending_.cancelled.insert(pending_.cancelled.end(), outcome.cancelled.begin(), outcome.cancelled.end());
  if (!outcome.wanted.empty()) {
    const auto world = parts_.world();
    for (const WantedMessage& wanted : outcome.wanted) pending_.wanted.push_back(worded(wanted, state_, *world));
  }
  for (const Entity entity : outcome.ask)
    if (parts_.ask) parts_.ask(entity);
}

/// What followed is shown and stored soon, and what is due by itself is not late.
void Alerts::expect_turn() const {
  if (!pending_.is_empty()) return tick_.soon();
  if (const auto due = alert::next_due(state_)) tick_.by(*due);
}

void Alerts::keep_alert(AlertId id) {
  const auto alert = state_.alerts.find(id);
  const bool is_pending = alert != state_.alerts.end() && alert->second.row.state == AlertState::pending;
  if (is_pending && (id >= next_alert_ || unwritten_.contains(id))) {
    unwritten_.try_emplace(id, parts_.clock.steady());
    return;
  }
  unwritten_.erase(id);
  pending_.alerts.insert(id);
}

/// Those that have been pending for so long get a row.
void Alerts::keep_pending(std::chrono::milliseconds age) {
  const SteadyTime moment = parts_.clock.steady();
  while (!unwritten_.empty() && moment - unwritten_.begin()->second >= age) {
    pending_.alerts.insert(unwritten_.begin()->first);
    unwritten_.erase(unwritten_.begin());
  }
}

void Alerts::show() {
  if (auto picture = board_.draw(state_, now())) parts_.show(std::move(picture));
}

void Alerts::take_news_of(const std::string& incident) {
  const auto id = api::parse_id(incident);
  if (!id) return;
  board_.note(IncidentId{*id}, parts_.clock.wall());
  tick_.soon();
}

void Alerts::tick() {
  senses_.take_services(
      *parts_.world(), now(), [this](const alert::Event& event) { put(event); },
      [this](std::span<const Entity> entities) { alert::foresee(state_, entities); });
  put_all(outside_.tick(now()));
  if (const auto due = alert::next_due(state_); due && *due <= now().run) follow(alert::advance(state_, now()));
  show();
  keep_pending(kPendingUnwritten);
  if (are_channels_stale_ && !are_channels_loading_) {
    are_channels_stale_ = false;
    are_channels_loading_ = true;
    parts_.loop.spawn("channels of alerts", read_channels());
  }
  tell_past_outbox();
  store_some();  // what is left after it waits for the store, and not for us
  if (const auto due = alert::next_due(state_)) tick_.by(*due);
  const SteadyTime moment = parts_.clock.steady();
  if (moment - tidied_at_ > kTidy && pending_.is_empty() && !is_storing_) {
    tidied_at_ = moment;
    alert::forget_settled(state_);  // what is stored and was told to its end
    senses_.tidy(state_, *parts_.world(), now());
    outside_.tidy(state_, now());
    unreached_.tidy(state_);
  }
  if (moment - erased_at_ > kErase) {
    erased_at_ = moment;
    writer_.submit([this] { erase_old(); });
  }
}

std::pair<AlertBatch, store::Telling> Alerts::batch_of(const Pending& pending) const {
  alert::Outcome outcome;
  outcome.alerts.assign(pending.alerts.begin(), pending.alerts.end());
  outcome.vanished.assign(pending.vanished.begin(), pending.vanished.end());
  outcome.incidents.assign(pending.incidents.begin(), pending.incidents.end());
  outcome.happenings = pending.happenings;
  return {alert::batch_of(state_, outcome, now()),
          store::Telling{.wanted = pending.wanted, .cancelled = pending.cancelled, .at = parts_.clock.wall()}};
}

/// One batch at a time; one that fails comes back and goes with the next.
void Alerts::store_some() {
  if (is_storing_ || pending_.is_empty() || under_way_ > 0) return;
  is_storing_ = true;
  storing_since_ = parts_.clock.steady();
  auto taken = std::make_shared<Pending>(std::exchange(pending_, {}));
  auto batch = std::make_shared<std::pair<AlertBatch, store::Telling>>(batch_of(*taken));
  const bool is_submitted = writer_.submit([this, taken, batch] {
    const auto stored = parts_.store.alerts().save(batch->first, batch->second);
    const std::string error = stored ? std::string() : stored.error().text;
    parts_.loop.post([this, taken, error, tells = !taken->wanted.empty()] {
      is_storing_ = false;
      if (!error.empty()) {
        taken->add(std::exchange(pending_, {}));
        pending_ = std::move(*taken);
      } else if (tells) {
        for (const WantedDelivery& wanted : taken->wanted)
          if (wanted.sent_at) take_news_of(wanted.incident);  // past the outbox, whose courier knows nothing of it
        parts_.courier();
      }
      const bool had_problem = !std::exchange(problem_, error).empty();
      if (!had_problem && !error.empty())
        log::error("alerts are not being stored, and nobody is told of them", {{"error", error}});
      if (had_problem && error.empty()) log::info("alerts are being stored again");
      if (error.empty()) expect_turn();  // for what came meanwhile
    });
  });
  if (is_submitted) return;
  is_storing_ = false;
  taken->add(std::exchange(pending_, {}));
  pending_ = std::move(*taken);
}

void Alerts::finish() {
  std::promise<void> written;  // what is on its way is older and must come first
  if (writer_.submit([&] { written.set_value(); })) written.get_future().wait();
  keep_pending(0ms);
  const auto [rows, telling] = batch_of(pending_);
  if (auto stored = parts_.store.alerts().save(rows, telling); !stored)
    log::warn("the last of the alerts is not stored", {{"error", stored.error()}});
}

void Alerts::erase_old() {
  for (int step = 0; step < kMostEraseSteps; ++step) {
    const auto erased = parts_.store.alerts().erase(parts_.clock.wall() - kKept, kErasedPerStep);
    if (!erased || *erased < static_cast<std::size_t>(kErasedPerStep)) return;
  }
}

}  // namespace monitorix::app
