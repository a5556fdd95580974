#include "live/hub.h"

#include <algorithm>
#include <deque>
#include <map>

#include "base/json_writer.h"
#include "base/time_text.h"
#include "live/channel.h"

// Messages: head {"type":T,"id":I,  body "stream":S,"seq":N,"timestamp":T,"data":{...}}
// A channel without subscribers lives on for a minute, so that a short cut of the line costs only what was missed.

namespace monitorix::live {
namespace {

using Body = std::shared_ptr<const std::string>;
using Parts = std::shared_ptr<const std::vector<Body>>;

constexpr std::size_t kItemsPerPart = 500;
constexpr std::size_t kPartBytes = 700'000;
constexpr std::size_t kKeptDeltas = 256;
constexpr std::size_t kMostBehind = 64;  ///< bodies that wait for one reader before it gets a snapshot instead
constexpr std::chrono::seconds kIdleLife{60};
constexpr std::chrono::milliseconds kBetweenDeltas{900};  ///< a second, and that no timer is exact
constexpr std::uint64_t kSeqGap = 1'000'000;  ///< a channel made anew never continues an older one's numbers

struct Subscription {
  std::weak_ptr<Subscriber> to{};
  const Subscriber* key{};
  std::string id{};
  Parts parts{};  ///< of the snapshot on its way
  std::size_t next_part{0};
  std::deque<Body> behind{};  ///< deltas that wait for the snapshot or for room
  bool needs_snapshot{false};
};

struct Channel {
  View view{};
  std::uint64_t seq{};
  state::SnapshotPtr shown{};
  std::deque<std::pair<std::uint64_t, Body>> kept{};
  std::pair<std::uint64_t, Parts> snapshot{};  ///< encoded for the seq beside it
  std::vector<Subscription> subscriptions{};
  WallTime idle_since{};  ///< seen by flush; 0 = not yet
  WallTime told_at{};     ///< the last delta
};

std::string begin_body(const Channel& channel, std::uint64_t seq, WallTime at) {
  std::string body = "\"stream\":\"";
  body += name_of(channel.view.stream);
  body += "\",\"seq\":" + std::to_string(seq) + ",\"timestamp\":\"" + rfc3339(at) + "\",\"data\":{";
  return body;
}

void append_list(std::string& body, const std::vector<std::string>& items, std::size_t from, std::size_t to) {
  body += '[';
  for (std::size_t at = from; at < to; ++at) {
    if (at > from) body += ',';
    body += items[at];
  }
  body += ']';
}

/// The end of a part that begins at `from`: bounded in items and bytes.
std::size_t end_of_part(const std::vector<std::string>& items, std::size_t from) {
  std::size_t bytes = 0;
  std::size_t to = from;
  while (to < items.size() && to - from < kItemsPerPart && bytes < kPartBytes) bytes += items[to++].size();
  return to;
}

Parts encode_parts(const Channel& channel, WallTime at) {
  const auto items = encode_items(channel.view, *channel.shown);
  auto parts = std::make_shared<std::vector<Body>>();
  std::size_t from = 0;
  do {
    const std::size_t to = end_of_part(items, from);
    std::string body = begin_body(channel, channel.seq, at) + "\"items\":";
    append_list(body, items, from, to);
    body += to < items.size() ? ",\"more\":true}}" : ",\"more\":false}}";
    parts->push_back(std::make_shared<const std::string>(std::move(body)));
    from = to;
  } while (from < items.size());
  return parts;
}

std::string head_of(std::string_view type, const std::string& id) {
  JsonWriter name;
  name.value(id);
  return "{\"type\":\"" + std::string(type) + "\",\"id\":" + name.text() + ",";
}

/// One that told something out of turn waits its second out. A clock that was set back makes nobody wait.
bool may_tell(const Channel& channel, WallTime now) {
  return channel.view.stream != Stream::incidents || now < channel.told_at || now - channel.told_at >= kBetweenDeltas;
}

/// Sends what waits until the reader is full.
void pump(Subscription& subscription) {
  const auto to = subscription.to.lock();
  if (!to) return;
  while (subscription.parts && !to->is_congested()) {
    to->deliver(head_of("snapshot", subscription.id), (*subscription.parts)[subscription.next_part++]);
    if (subscription.next_part == subscription.parts->size()) subscription.parts.reset();
  }
  while (!subscription.parts && !subscription.behind.empty() && !to->is_congested()) {
    to->deliver(head_of("delta", subscription.id), subscription.behind.front());
    subscription.behind.pop_front();
  }
}

}  // namespace

struct Hub::Impl {
  SnapshotSource source;
  std::string epoch;
  std::map<std::string, std::unique_ptr<Channel>> channels{};
  std::uint64_t next_seq{0};
  WallTime now{};

  Channel& open(View view);
  void send_snapshot(Channel& channel, Subscription& subscription);
  void advance(Channel& channel, const state::SnapshotPtr& world);
  void emit(Channel& channel, std::string data);
  template <class Deed>
  void each_of(const Subscriber* from, Deed deed);
};

Channel& Hub::Impl::open(View view) {
  auto& slot = channels[key_of(view)];
  if (!slot) {
    slot = std::make_unique<Channel>();
    slot->view = std::move(view);
    slot->seq = next_seq += kSeqGap;
    slot->shown = source();
  }
  return *slot;
}

void Hub::Impl::send_snapshot(Channel& channel, Subscription& subscription) {
  if (!channel.snapshot.second || channel.snapshot.first != channel.seq)
    channel.snapshot = {channel.seq, encode_parts(channel, std::max(now, channel.shown->at))};
  subscription.parts = channel.snapshot.second;
  subscription.next_part = 0;
  subscription.behind.clear();
  subscription.needs_snapshot = false;
  pump(subscription);
}

void Hub::Impl::emit(Channel& channel, std::string data) {
  ++channel.seq;
  const auto body = std::make_shared<const std::string>(begin_body(channel, channel.seq, now) + data + "}}");
  channel.kept.emplace_back(channel.seq, body);
  if (channel.kept.size() > kKeptDeltas) channel.kept.pop_front();
  for (auto& subscription : channel.subscriptions) {
    if (subscription.needs_snapshot) continue;
    subscription.behind.push_back(body);
    pump(subscription);
    if (subscription.behind.size() <= kMostBehind) continue;
    subscription.behind.clear();
    subscription.parts.reset();
    subscription.needs_snapshot = true;
  }
}

void Hub::Impl::advance(Channel& channel, const state::SnapshotPtr& world) {
  if (channel.shown == world) return;
  const auto found = compare(channel.view, *channel.shown, *world);
  channel.shown = world;
  if (found.empty()) return;
  channel.told_at = now;
  channel.snapshot = {};
  std::vector<std::string> removed;
  for (const auto& id : found.removed) removed.push_back('"' + id + '"');
  std::size_t from = 0;
  std::size_t gone = 0;
  do {  // one delta, unless it would be too large for a frame
    const std::size_t to = end_of_part(found.set, from);
    const std::size_t gone_to = end_of_part(removed, gone);
    std::string data = "\"set\":";
    append_list(data, found.set, from, to);
    data += ",\"removed\":";
    append_list(data, removed, gone, gone_to);
    emit(channel, std::move(data));
    from = to;
    gone = gone_to;
  } while (from < found.set.size() || gone < removed.size());
}

template <class Deed>
void Hub::Impl::each_of(const Subscriber* from, Deed deed) {
  for (auto& [key, channel] : channels)
    for (auto& subscription : channel->subscriptions)
      if (subscription.key == from) deed(*channel, subscription);
}

Hub::Hub(SnapshotSource source, std::string epoch) : impl_(std::make_unique<Impl>()) {
  impl_->source = std::move(source);
  impl_->epoch = std::move(epoch);
}
Hub::~Hub() = default;

const std::string& Hub::epoch() const { return impl_->epoch; }

Status Hub::subscribe(const std::shared_ptr<Subscriber>& to, std::string id, Stream stream, Filter filter, Scope scope,
                      std::string epoch, std::uint64_t last_seq) {
  bool taken = false;
  impl_->each_of(to.get(), [&](Channel&, Subscription& other) { taken = taken || other.id == id; });
  if (taken) return fail(Errc::conflict, "a subscription with this id exists");
  Channel& channel = impl_->open({stream, std::move(filter), std::move(scope)});
  Subscription& mine = channel.subscriptions.emplace_back();
  mine.to = to;
  mine.key = to.get();
  mine.id = std::move(id);
  const bool resumes =
      epoch == impl_->epoch && last_seq <= channel.seq &&
      (last_seq == channel.seq || (!channel.kept.empty() && channel.kept.front().first <= last_seq + 1));
  // The number from which this reader goes on: what it had, or that of the snapshot that follows.
  const auto from = resumes ? last_seq : channel.seq;
  const auto at = std::max(impl_->now, channel.shown->at);
  to->deliver(head_of("subscribed", mine.id),
              std::make_shared<const std::string>(begin_body(channel, from, at) + "}}"));
  if (!resumes) {
    impl_->send_snapshot(channel, mine);
    return {};
  }
  for (const auto& [seq, body] : channel.kept)
    if (seq > last_seq) mine.behind.push_back(body);
  pump(mine);
  return {};
}

void Hub::unsubscribe(const Subscriber* from, const std::string& id) {
  for (auto& [key, channel] : impl_->channels) {
    const auto gone =
        std::erase_if(channel->subscriptions, [&](const auto& one) { return one.key == from && one.id == id; });
    if (gone > 0) channel->idle_since = {};
  }
}

void Hub::unsubscribe_all(const Subscriber* from) {
  for (auto& [key, channel] : impl_->channels)
    if (std::erase_if(channel->subscriptions, [&](const auto& one) { return one.key == from; }) > 0)
      channel->idle_since = {};
}

void Hub::resync(const Subscriber* from, const std::string& id) {
  impl_->each_of(from, [&](Channel& channel, Subscription& one) {
    if (one.id == id) impl_->send_snapshot(channel, one);
  });
}

void Hub::drained(const Subscriber* from) {
  impl_->each_of(from, [&](Channel& channel, Subscription& one) {
    if (one.needs_snapshot)
      impl_->send_snapshot(channel, one);
    else
      pump(one);
  });
}

// Snapshots carry all that is needed to see what differs; a change only says that it is worth looking, and the
// revision says that as well.
void Hub::publish(const ChangeSet&) {}

void Hub::flush(WallTime now) {
  impl_->now = now;
  for (auto& [key, channel] : impl_->channels)
    if (channel->subscriptions.empty() && channel->idle_since == WallTime{}) channel->idle_since = now;
  std::erase_if(impl_->channels, [&](const auto& entry) {
    const Channel& channel = *entry.second;
    return channel.subscriptions.empty() && now - channel.idle_since > kIdleLife;
  });
  const auto world = impl_->source();
  for (auto& [key, channel] : impl_->channels)
    if (may_tell(*channel, now)) impl_->advance(*channel, world);
}

void Hub::hurry(WallTime now) {
  impl_->now = now;
  const auto world = impl_->source();
  for (auto& [key, channel] : impl_->channels)
    if (channel->view.stream == Stream::incidents && may_tell(*channel, now)) impl_->advance(*channel, world);
}

bool Hub::has_viewers(ClusterId cluster) const {
  for (const auto& [key, channel] : impl_->channels)
    if (!channel->subscriptions.empty() && looks_at(channel->view, *channel->shown, cluster)) return true;
  return false;
}

std::size_t Hub::subscriptions() const {
  std::size_t count = 0;
  for (const auto& [key, channel] : impl_->channels) count += channel->subscriptions.size();
  return count;
}

}  // namespace monitorix::live
