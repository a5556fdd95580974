#include "app/self/own_watch.h"

#include <charconv>

#include "base/log.h"

namespace monitorix::app {
namespace {

constexpr auto kForgiven = "own.given_up_seen";

std::optional<WallTime> forgiven_in(const std::vector<store::Setting>& settings) {
  for (const store::Setting& setting : settings) {
    std::int64_t at = 0;
    const char *begin = setting.value.data(), *end = begin + setting.value.size();
    if (setting.key == kForgiven && std::from_chars(begin, end, at).ec == std::errc{}) return from_ms(at);
  }
  return std::nullopt;
}

}  // namespace

void OwnWatch::begin(std::function<OwnMeasure()> measure) {
  measure_ = std::move(measure);
  parts_.loop.every("own watch", kPeriod, [this] { look(); });
}

void OwnWatch::look() {
  if (is_stopping_) return;
  const SteadyTime now = parts_.clock.steady();
  if (!asked_at_ && now >= next_) ask();
  OwnMeasure measure = measure_();
  measure.at = parts_.clock.wall();
  measure.storing_fault = parts_.storing_fault();
  if (measure.storing_fault.empty()) measure.storing_fault = known_.fault;
  if (measure.storing_fault.empty() && asked_at_ && now - *asked_at_ > kPatience)
    measure.storing_fault = "the database does not answer";
  measure.disk = known_.disk;
  measure.queues = known_.queues;
  measure.given_up = known_.given_up;
  parts_.tell(troubles_.judge(measure, *parts_.world()->services));
}

void OwnWatch::ask() {
  asked_at_ = parts_.clock.steady();
  next_ = *asked_at_ + kAskPeriod;
  const bool is_submitted = pool_.submit([this, now = parts_.clock.wall(), forgiven = forgiven_at_] {
    auto asked = std::make_shared<Asked>(answer(now, forgiven));
    parts_.loop.post([this, asked] { take(std::move(*asked)); });
  });
  if (!is_submitted) asked_at_.reset();
}

OwnWatch::Asked OwnWatch::answer(WallTime now, std::optional<WallTime> forgiven_at) const {
  Asked out;
  if (auto room = room_at(parts_.folder)) out.disk = *room;
  if (!forgiven_at) {
    const auto settings = parts_.store.settings();
    if (settings) forgiven_at = forgiven_in(*settings).value_or(WallTime{});
  }
  out.forgiven_at = forgiven_at;
  auto queues = parts_.store.outbox().queues();
  if (!queues) {
    out.fault = queues.error().text;
    return out;
  }
  out.queues = std::move(*queues);
  const WallTime since = std::max<WallTime>(now - kGivenUpCounts, forgiven_at.value_or(WallTime{}));
  if (auto given_up = parts_.store.outbox().given_up(since)) out.given_up = std::move(*given_up);
  return out;
}

/// What could not be asked stays as it was last known.
void OwnWatch::take(Asked asked) {
  asked_at_.reset();
  known_.fault = std::move(asked.fault);
  if (asked.disk) known_.disk = asked.disk;
  if (asked.queues) known_.queues = std::move(asked.queues);
  if (asked.given_up) known_.given_up = std::move(asked.given_up);
  if (!forgiven_at_) forgiven_at_ = asked.forgiven_at;
}

void OwnWatch::forgive() {
  forgiven_at_ = parts_.clock.wall();
  known_.given_up = std::vector<store::GivenUp>{};
  pool_.submit([store = &parts_.store, at = *forgiven_at_] {
    const auto kept = store->put_setting({.key = kForgiven, .value = std::to_string(to_ms(at))}, 0);
    if (!kept) log::debug("that messages were given up is seen, and not kept", {{"error", kept.error()}});
  });
}

}  // namespace monitorix::app
