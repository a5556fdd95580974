#include "app/notify/courier.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kTick = 1s, kReload = 30s, kIdle = 5s, kStorePause = 1s, kErase = 10min;
constexpr auto kLease = 30s;  // an attempt takes at most ten
constexpr auto kKept = 30 * 24h;
constexpr int kMostDoublings = 9, kErasedPerStep = 500, kMostEraseSteps = 20;
constexpr int kTriesOfStep = 3, kMostMissed = 200;
constexpr milliseconds kMostPause = 300s, kLeastPause = 200ms;

}  // namespace

notify::SenderSettings sender_settings(const Config& config, const check::ProberSettings& checks) {
  notify::SenderSettings out{.outbound = checks.outbound, .name_servers = checks.name_servers};
  out.user_agent = checks.user_agent;
  out.public_url = config.public_url;
  for (const check::AllowedProgram& program : config.notify_programs)
    out.programs.push_back({program.name, program.path, program.fixed_arguments});
  return out;
}

Courier::Courier(Parts parts, notify::SenderSettings settings)
    : parts_(std::move(parts)),
      owner_(to_hex(random_bytes(8))),
      notes_(parts_.notes_file),
      sender_(parts_.loop, parts_.clock, std::move(settings)),
      random_(std::random_device{}()) {}

Courier::~Courier() { stop(); }

Status Courier::load() {
  if (const auto notes = notes_.read(); !notes.empty())
    if (auto marked = parts_.store.outbox().mark_noted(notes, parts_.clock.wall()); !marked) return marked;
  notes_.clear();
  return parts_.store.outbox().release_orphans(owner_);
}

void Courier::begin() {
  tick_ = parts_.loop.every("courier", kTick, [this] { tick(); });
  tick_.soon();
}

void Courier::stop() {
  is_stopping_ = true;
  sender_.stop();
}

void Courier::look() {
  is_stale_ = true;
  for (auto& [id, lane] : lanes_) {
    if (lane.failures == 0) lane.next = {};
    lane.has_news = true;
  }
  tick_.soon();
}

void Courier::tick() {
  if (is_stopping_) return;
  const SteadyTime now = parts_.clock.steady();
  if (!is_loading_ && (is_stale_ || now - reloaded_at_ > kReload)) {
    is_loading_ = true;
    is_stale_ = false;
    reloaded_at_ = now;
    parts_.loop.spawn("channels", reload());
  }
  for (auto& [id, lane] : lanes_) {
    if (lane.failures >= kTriesOfStep && std::exchange(lane.has_news, false))
      parts_.loop.spawn("waiting for " + lane.channel->name, miss_waiting(id));
    if (is_loading_ || lane.is_busy || !lane.channel->is_active || now < lane.next) continue;
    lane.is_busy = true;
    parts_.loop.spawn("channel " + lane.channel->name, serve(id));
  }
  if (now - erased_at_ < kErase) return;
  erased_at_ = now;
  pool_.submit([this] { erase_old(); });
}

net::Task<> Courier::reload() {
  std::function<Result<std::vector<ChannelRecord>>()> job = [store = &parts_.store] {
    return store->outbox().channels();
  };
  auto records = co_await net::offload<std::vector<ChannelRecord>>(pool_, std::move(job));
  is_loading_ = false;
  if (!records) {
    log::debug("channels not read", {{"error", records.error()}});
    co_return;
  }
  std::map<ChannelId, Lane> lanes;
  for (ChannelRecord& record : *records) {
    const ChannelId id = record.channel.id;
    const auto known = lanes_.find(id);
    Lane lane = known == lanes_.end() ? Lane{} : known->second;
    lane.channel = std::make_shared<const Channel>(std::move(record.channel));
    lanes.emplace(id, std::move(lane));
  }
  lanes_ = std::move(lanes);
  tick();  // lanes wait for what was saved of their channels
}

net::Task<Result<store::Taken>> Courier::take(store::Turn turn) {
  turn.now = parts_.clock.wall();
  turn.lease_until = turn.now + kLease;
  std::function<Result<store::Taken>()> job = [store = &parts_.store, turn] { return store->outbox().take_turn(turn); };
  co_return co_await net::offload<store::Taken>(pool_, std::move(job));
}

net::Task<> Courier::serve(ChannelId id) {
  store::Turn turn{.channel = id, .owner = owner_};
  std::string incident;  // of what is being settled
  for (;;) {
    auto taken = co_await take(turn);
    if (!taken) {
      // What was sent must not be forgotten: the same turn, until the database is there again.
      log::debug("the outbox does not answer", {{"error", taken.error()}});
      if (is_stopping_) co_return;
      co_await net::sleep_for(kStorePause);
      continue;
    }
    if (turn.settled && turn.settled->result.outcome == Sent::delivered) notes_.settled();
    if (turn.settled && parts_.told) parts_.told(incident);
    turn.settled.reset();
    if (is_stopping_) co_return;
    const auto lane = lanes_.find(id);
    if (lane == lanes_.end()) co_return;  // the channel was removed, and its rows with it
    if (!taken->next) {
      lane->second.is_busy = false;
      if (turn.takes_next) lane->second.next = parts_.clock.steady() + kIdle;
      tick_.by(lane->second.next);
      co_return;
    }
    incident = taken->next->incident;
    co_await send_one(id, turn, std::move(*taken->next));
  }
}

/// Sends a leased row and puts what came of it into the next turn.
net::Task<> Courier::send_one(ChannelId id, store::Turn& turn, Delivery delivery) {
  const auto before = lanes_.find(id);
  if (before == lanes_.end()) co_return;
  auto sending = sender_.send(before->second.channel, delivery.message);
  ++sending_;
  const SendResult result = co_await std::move(sending);
  --sending_;
  if (result.outcome == Sent::delivered) notes_.add(delivery);
  auto row_pause = pause_after(delivery.attempts);
  if (result.after) row_pause = std::max(row_pause, *result.after);
  turn.settled = store::Settled{.id = delivery.id,
                                .fence = delivery.fence,
                                .channel = id,
                                .result = result,
                                .next_try_at = parts_.clock.wall() + row_pause,
                                .attempts = delivery.attempts,
                                .created_at = delivery.created_at};
  turn.takes_next = true;
  const auto lane = lanes_.find(id);
  if (lane == lanes_.end()) co_return;
  note(lane->second, result);
  tell_of(lane->second, delivery, result);
  turn.takes_next = lane->second.failures == 0 && lane->second.channel->is_active && !is_stale_ && !is_loading_;
}

net::Task<SendResult> Courier::send_now(ChannelId id, Message message) {
  const auto lane = lanes_.find(id);
  if (lane == lanes_.end() || !lane->second.channel->is_active)
    co_return SendResult{.outcome = Sent::again, .said = "there is no such channel"};
  auto sending = sender_.send(lane->second.channel, std::move(message));
  co_return co_await std::move(sending);
}

void Courier::note(Lane& lane, const SendResult& result) {
  if (result.outcome == Sent::never) {  // a fault of this message or of the settings; others may pass
    log::warn("a message was given up", {{"channel", lane.channel->name}, {"why", result.said}});
    return;
  }
  if (result.outcome == Sent::delivered) {
    if (lane.failures > 0) log::info("a channel works again", {{"channel", lane.channel->name}});
    lane.failures = 0;
    return;
  }
  if (lane.failures++ == 0)
    log::warn("a channel does not work; trying again", {{"channel", lane.channel->name}, {"why", result.said}});
  auto pause = pause_after(lane.failures);
  if (result.after) pause = std::max(pause, *result.after);
  lane.next = parts_.clock.steady() + pause;
}

void Courier::tell_of(Lane& lane, const Delivery& delivery, const SendResult& result) {
  if (result.outcome == Sent::delivered) {
    lane.in_vain.clear();
    return parts_.reached(delivery.channel);
  }
  if (result.outcome == Sent::never) return parts_.missed(delivery);
  lane.in_vain.insert_or_assign(delivery.id, delivery);
  if (lane.failures < kTriesOfStep) {
    if (delivery.attempts >= kTriesOfStep) parts_.missed(delivery);
    return;
  }
  // Of all that was tried before it was clear that nothing gets through: its own next try may be minutes away.
  for (const auto& [id, row] : std::exchange(lane.in_vain, {})) parts_.missed(row);
}

/// What nobody tried yet, because the channel is left alone, waits no shorter than what was tried.
net::Task<> Courier::miss_waiting(ChannelId id) {
  std::function<Result<std::vector<Delivery>>()> job = [store = &parts_.store, id] {
    return store->outbox().untried(id, kMostMissed);
  };
  const auto waiting = co_await net::offload<std::vector<Delivery>>(pool_, std::move(job));
  const auto lane = lanes_.find(id);
  if (!waiting || lane == lanes_.end() || lane->second.failures < kTriesOfStep) co_return;
  for (const Delivery& row : *waiting) parts_.missed(row);
}

/// Full jitter: anything up to the doubled pause, so that many who failed together do not come back together.
milliseconds Courier::pause_after(int failures) {
  const auto ceiling = std::min<milliseconds>(kMostPause, 1s * (1 << std::clamp(failures - 1, 0, kMostDoublings)));
  return milliseconds{std::uniform_int_distribution<std::int64_t>(kLeastPause.count(), ceiling.count())(random_)};
}

void Courier::erase_old() {
  for (int step = 0; step < kMostEraseSteps; ++step) {
    const auto erased = parts_.store.outbox().erase(parts_.clock.wall() - kKept, kErasedPerStep);
    if (!erased || *erased < static_cast<std::size_t>(kErasedPerStep)) return;
  }
}

api::NotifyDoor Courier::door() {
  return {
      .send_now = [this](std::shared_ptr<const Channel> channel,
                         Message message) { return sender_.send(std::move(channel), std::move(message)); },
      .preview = [this](const Channel& channel, const Message& message) { return sender_.preview(channel, message); },
      .faults = [this](const Channel& channel) { return sender_.faults(channel); },
      .look = [this] { look(); }};
}

}  // namespace monitorix::app
