#include "app/self/dead_man.h"

#include "base/log.h"

namespace monitorix::app {
namespace {

constexpr auto kBeat = "self.beat";

std::shared_ptr<const Service> call_to(const std::string& url) {
  if (url.empty()) return nullptr;
  Service service{.name = "dead man", .target = url};
  service.type = url.starts_with("https:") ? ServiceType::https : ServiceType::http;
  service.timeout = std::chrono::seconds{10};
  service.keep_evidence = KeepEvidence::none;
  service.http.redirects = RedirectMode::none;
  return std::make_shared<const Service>(std::move(service));
}

}  // namespace

DeadMan::DeadMan(Parts parts, check::ProberSettings settings, const std::string& url, std::chrono::seconds period)
    : parts_(std::move(parts)),
      prober_(parts_.loop, parts_.clock, std::move(settings)),
      call_(call_to(url)),
      period_(period) {}

void DeadMan::begin() {
  if (!is_on()) return;
  const auto look_once = [this] {
    if (!std::exchange(is_busy_, true)) parts_.loop.spawn("dead man", look());
  };
  look_once();
  parts_.loop.every("dead man", period_, look_once);
}

void DeadMan::stop() {
  is_stopping_ = true;
  prober_.stop();
}

net::Task<std::string> DeadMan::fault() {
  if (parts_.lag() > kMostLag) co_return "the loop is late by more than two seconds";
  if (!parts_.is_storing()) co_return "alerts are not being stored";
  const WallTime now = parts_.clock.wall();
  using Queues = std::vector<store::ChannelQueue>;
  std::function<Result<Queues>()> job = [store = &parts_.store, now]() -> Result<Queues> {
    auto kept = store->put_setting({.key = kBeat, .value = std::to_string(to_ms(now))}, 0);
    if (!kept) return fail(std::move(kept).error());
    return store->outbox().queues();
  };
  auto asking = net::offload<Queues>(pool_, std::move(job));
  const auto queues = co_await std::move(asking);
  if (!queues) co_return "the database does not take what we write";
  for (const store::ChannelQueue& queue : *queues)
    if (queue.is_active && queue.oldest && now - *queue.oldest > kOldestMessage)
      co_return "a message has waited for more than a minute: " + queue.name;
  co_return std::string();
}

net::Task<> DeadMan::look() {
  auto judging = fault();
  std::string why = co_await std::move(judging);
  if (why.empty() && !is_stopping_) {
    auto calling = prober_.run(call_, parts_.clock.wall());
    const CheckResult result = co_await std::move(calling);
    const bool is_heard = result.verdict == Verdict::up || result.verdict == Verdict::degraded;
    if (is_heard)
      called_at_ = parts_.clock.wall();
    else
      why = "it does not answer: " + result.reason;  // the detail may hold its address, which is a secret
  }
  is_busy_ = false;
  if (!is_stopping_) note(why);
}

/// Once for each change.
void DeadMan::note(const std::string& why) {
  if (why == why_) return;
  if (why.empty())
    log::info("the dead man's address hears of us again");
  else
    log::warn("the dead man's address does not hear of us", {{"why", why}});
  why_ = why;
}

}  // namespace monitorix::app
