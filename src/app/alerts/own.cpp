// What is wrong with Monitorix itself. That must be told also while the store, and with it the outbox, takes nothing:
// then it goes past the outbox, under the key that its row would have. The row is written when the store is back, as
// one that was sent. Until then it stands in `pending_`, which nothing leaves while such a message is under way.

#include <algorithm>

#include "app/alerts/alerts.h"
#include "app/alerts/standing.h"
#include "base/log.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kStoreTakes = 10s;  // longer than that it hangs
constexpr auto kTryAgain = 30s;    // an attempt takes at most ten

}  // namespace

void Alerts::take_own(const std::vector<alert::Condition>& conditions) {
  for (const alert::Condition& condition : conditions) put(condition);
  store_some();
}

std::string Alerts::storing_fault() const {
  if (!problem_.empty()) return problem_;
  const bool hangs = is_storing_ && parts_.clock.steady() - storing_since_ > kStoreTakes;
  return hangs ? "the database does not answer" : std::string();
}

/// Beginnings only: an end goes by the outbox, behind the row of its beginning.
void Alerts::tell_past_outbox() {
  if (storing_fault().empty()) return try_next_.clear();
  const SteadyTime now = parts_.clock.steady();
  for (const WantedDelivery& wanted : pending_.wanted) {
    if (!wanted.is_own || wanted.sent_at || wanted.message.kind != MessageKind::firing) continue;
    const std::string key = dedup_key_of(wanted);
    auto& next = try_next_[key];
    if (now < next) continue;
    next = now + kTryAgain;
    Message message = wanted.message;
    message.alert = wanted.alert;
    message.incident = wanted.incident;
    message.dedup_key = key;
    ++under_way_;
    parts_.loop.spawn("past the outbox", send_past_outbox(wanted.channel, std::move(message)));
  }
}

net::Task<> Alerts::send_past_outbox(ChannelId channel, Message message) {
  const std::string key = message.dedup_key;
  auto sending = parts_.send(channel, std::move(message));
  const SendResult result = co_await std::move(sending);
  --under_way_;
  tick_.soon();
  const auto found = std::ranges::find_if(pending_.wanted, [&](const auto& one) { return dedup_key_of(one) == key; });
  if (result.outcome != Sent::delivered) {
    log::warn("what is wrong with Monitorix itself could not be told", {{"why", result.said}});
  } else if (found != pending_.wanted.end()) {
    found->sent_at = parts_.clock.wall();
    log::info("what is wrong with Monitorix itself was told without the database");
  }
}

}  // namespace monitorix::app
