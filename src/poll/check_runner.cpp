#include "poll/check_runner.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/fetch_ahead.h"
#include "base/log.h"
#include "net/alarm.h"
#include "poll/check_address.h"
#include "poll/check_plan.h"
#include "poll/run_entry.h"
#include "poll/start_pace.h"

namespace monitorix::poll {
namespace {

constexpr std::chrono::milliseconds kLongestSleep{500};  // so that a pause of our own is seen as one
constexpr std::chrono::seconds kIdleSleep{1};            // at whole seconds, when other ticks are, too
constexpr std::chrono::seconds kOwnPause{2};
/// Checks that are due within a few milliseconds start together: to wake up costs more than many a check.
constexpr std::chrono::milliseconds kBetweenLooks{5};
/// A probe keeps to its timeout itself; one that does not is cut this much later, at the next look for such.
constexpr std::chrono::seconds kSlack{1};
constexpr std::size_t kAhead = 4;             // checks between the question for its memory and its start
constexpr std::size_t kFirstOfService = 512;  // bytes: what every run reads of it

std::shared_ptr<CheckResult> failed_result(const Flight& flight, std::string detail) {
  auto result = std::make_shared<CheckResult>();
  result->reason = "local_fault";
  result->detail = std::move(detail);
  result->started_at = flight.started_at;
  return result;
}

}  // namespace

struct CheckRunner::Impl : std::enable_shared_from_this<CheckRunner::Impl> {
  net::Loop& loop;
  const Clock& clock;
  Run run;
  Take take;
  Foresee foresee;
  CheckPlan plan{};
  RunQueue queue;
  StartPace gate{};
  std::unordered_map<ServiceId, Entry> entries{};
  std::vector<std::shared_ptr<Flight>> flights{};
  std::vector<DueCheck> due_now{};  ///< of one look; who is forgotten meanwhile has no mark any more
  std::vector<Kept> seen{};         ///< the same, for `foresee`
  net::Alarm timer;
  std::optional<SteadyTime> armed_for{}, last_look{};
  SteadyTime last_cut{};                    // the last look for those that do not end
  std::optional<SteadyTime> paced_until{};  // some wait for the pace alone, until then
  SteadyTime paused_at{SteadyTime::min()};  // the last time we ourselves stood still, its end
  RunCounters counters{};
  bool is_stopped{false};

  Impl(net::Loop& owner, const Clock& time, Run runs, Take takes, RunLimits limits, Foresee foresees)
      : loop(owner),
        clock(time),
        run(std::move(runs)),
        take(std::move(takes)),
        foresee(std::move(foresees)),
        queue(limits),
        timer(owner.context()) {}

  void arm() {
    if (is_stopped) return;
    if (armed_for && last_look && *armed_for <= *last_look + kBetweenLooks) return;  // no look comes sooner
    const SteadyTime now = clock.steady();
    SteadyTime at = flights.empty() ? now - now.time_since_epoch() % kIdleSleep + kIdleSleep : now + kLongestSleep;
    if (const auto due = plan.next_due()) at = std::min(at, std::max(*due, now));
    if (paced_until) at = std::min(at, std::max(*paced_until, now));
    if (last_look) at = std::max(at, *last_look + kBetweenLooks);
    if (armed_for && *armed_for <= at) return;
    armed_for = at;
    timer.expires_after(at - now);
    timer.async_wait([weak = weak_from_this()](const net::AlarmError& error) {
      if (error) return;
      if (const auto impl = weak.lock()) impl->look();
    });
  }

  void look() {
    if (is_stopped) return;
    armed_for.reset();
    const SteadyTime now = clock.steady();
    if (last_look && now - *last_look > kOwnPause) {
      ++counters.paused;
      paused_at = last_cut = now;  // what has come meanwhile is heard before any is cut
      log::warn("checks stood still", {{"for_ms", std::to_string((now - *last_look) / std::chrono::milliseconds{1})}});
    }
    last_look = now;
    cut_overdue(now);
    gate.set_rate(plan.rate());
    start_due(now);
    start_waiting();
    arm();
  }

  void start_due(SteadyTime now) {
    due_now.clear();
    seen.clear();
    while (const auto due = plan.take(now)) {
      due_now.push_back(*due);
      fetch_ahead(static_cast<Entry*>(due->mark), sizeof(Entry));
    }
    for (const DueCheck& due : due_now) seen.push_back(static_cast<Entry*>(due.mark)->kept);
    if (foresee && !seen.empty()) foresee(seen);
    const auto entry_of = [&](std::size_t at) {
      return at < due_now.size() ? static_cast<Entry*>(due_now[at].mark) : nullptr;
    };
    for (std::size_t at = 0; at < due_now.size(); ++at) {
      if (const Entry* soon = entry_of(at + kAhead)) {
        fetch_ahead(soon->service.get(), kFirstOfService);
        fetch_ahead(&soon->service->ping);
      }
      if (due_now[at].mark) on_due(due_now[at], now);
    }
  }

  void cut_overdue(SteadyTime now) {
    if (now - last_cut < kLongestSleep) return;
    last_cut = now;
    std::vector<std::shared_ptr<Flight>> overdue;
    for (const auto& flight : flights)
      if (flight->cut_at <= now) overdue.push_back(flight);
    for (const auto& flight : overdue) {
      ++counters.cut;
      net::cancel(flight->cancel);
      if (!flight->is_done)
        finish(flight, failed_result(*flight, "the check did not keep to its time limit and was cut"));
    }
  }

  void on_due(const DueCheck& check, SteadyTime now) {
    Entry& entry = static_cast<Entry&>(*check.mark);
    if (entry.flight || entry.place) {
      ++counters.overrun;  // it keeps its place in the line, and will speak for this turn
      entry.due = check.due;
      return;
    }
    Waiting place{check.service, check.due, entry.address, entry.was_up, false, &entry};
    if (gate.may_start(now) && queue.start_at_once(place)) {
      entry.due = check.due;
      start(entry, std::move(place), now);
    } else {
      enqueue(entry, std::move(place));
    }
  }

  void enqueue(Entry& entry, Waiting place) {
    entry.due = place.due;
    entry.place = queue.enqueue(std::move(place));
  }

  void start_waiting() {
    if (is_stopped) return;
    paced_until.reset();
    if (queue.waiting() == 0) return;
    gate.set_rate(plan.rate());
    while (true) {
      const SteadyTime now = clock.steady();
      const bool may_start = gate.may_start(now);
      auto next = queue.start(may_start ? RunQueue::From::all : RunQueue::From::requests);
      if (!next) {
        if (!may_start && queue.waiting() > 0) paced_until = gate.next(now);
        return;
      }
      start(static_cast<Entry&>(*next->mark), std::move(*next), now);
    }
  }

  void start(Entry& entry, Waiting place, SteadyTime now) {
    const WallTime wall = clock.wall();
    auto flight = std::make_shared<Flight>();
    flight->service = entry.service;
    flight->began = now;
    flight->started_at = wall;
    // By both clocks of one moment: `now` is that of the look, and others were started since.
    flight->scheduled_at = wall - std::chrono::floor<std::chrono::milliseconds>(clock.steady() - entry.due);
    ++counters.started;
    gate.note_start(now);
    if (!place.is_request) counters.delays.add(std::chrono::floor<std::chrono::microseconds>(now - entry.due));
    flight->place = std::move(place);
    entry.place = nullptr;
    entry.last_start = now;
    entry.flight = flight;
    flight->entry = &entry;
    flight->at = flights.size();
    flights.push_back(flight);
    flight->cut_at = now + entry.service->timeout + kSlack;
    net::spawn_cancellable(loop, run(entry.service, flight->scheduled_at), flight->cancel,
                           [weak = weak_from_this(), flight](const std::exception_ptr& failure,
                                                             const std::shared_ptr<CheckResult>& result) {
                             if (const auto impl = weak.lock(); impl && !flight->is_done)
                               impl->finish(flight, failure ? thrown(*flight, failure) : result);
                           });
  }

  static std::shared_ptr<CheckResult> thrown(const Flight& flight, const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      log::error("a check failed by our own fault",
                 {{"service", flight.service->id.text()}, {"error", std::string(error.what())}});
    }
    return failed_result(flight, "the check failed by a fault of Monitorix itself");
  }

  void finish(const std::shared_ptr<Flight>& flight, const std::shared_ptr<CheckResult>& told) {
    CheckResult& result = *told;
    flight->is_done = true;
    flights[flight->at] = flights.back();  // the last one takes its place
    flights[flight->at]->at = flight->at;
    flights.pop_back();
    queue.finish(flight->place);
    if (is_stopped) return;
    result.service = flight->service->id;
    if (result.scheduled_at == WallTime{}) result.scheduled_at = flight->scheduled_at;
    if (result.started_at == WallTime{}) result.started_at = flight->started_at;
    judge_own_pause(*flight, result);
    if (flight->entry && flight->entry->flight == flight) take_result(*flight->entry, *flight, told);
    start_waiting();
    arm();
  }

  /// While we stood still nobody's clock but ours ran out (alerts A23).
  void judge_own_pause(const Flight& flight, CheckResult& result) const {
    if (flight.began > paused_at || result.verdict != Verdict::down || !is_timeout(result)) return;
    result.verdict = Verdict::unknown;
    result.reason = "overloaded";
    result.parameter.clear();
  }

  void take_result(Entry& entry, const Flight& flight, const std::shared_ptr<CheckResult>& result) {
    entry.flight.reset();
    const auto waiters = std::exchange(entry.waiters, {});
    if (entry.service != flight.service) {
      for (const auto& one : waiters) one->ring(fail(Errc::cancelled, "the service was changed meanwhile"));
      return;
    }
    if (!result->address.empty() && !entry.address.empty()) entry.address = host_in(result->address);
    const auto found = waiters.empty() ? std::nullopt : std::optional(*result);  // who takes it may change it
    const ServiceId service = flight.service->id;
    const bool was_up = entry.was_up, was_off_place = entry.is_off_place;
    const Pace pace = take(entry.kept, result);  // may put or remove services: `entry` is not touched after it
    if (pace.was_up != was_up || pace.is_soft || was_off_place) go_on(service, pace);
    for (const auto& one : waiters) one->ring(*found);
  }

  void go_on(ServiceId service, const Pace& pace) {
    const auto found = entries.find(service);
    if (found == entries.end()) return;
    found->second.was_up = pace.was_up;
    found->second.is_off_place = pace.is_soft;
    plan.ended(service, clock.steady(), pace.is_soft);
  }

  /// Comes sooner than at its place; `pull` says how.
  template <class Pull>
  void hasten(ServiceId service, const Pull& pull) {
    if (const auto found = entries.find(service); found != entries.end()) found->second.is_off_place = true;
    pull();
    arm();
  }

  void forget(ServiceId service) {
    plan.remove(service);
    for (DueCheck& due : due_now)
      if (due.service == service) due.mark = nullptr;
    const auto found = entries.find(service);
    if (found == entries.end()) return;
    if (found->second.place) queue.drop(*found->second.place);
    for (const auto& one : found->second.waiters)
      one->ring(fail(Errc::cancelled, "the service is not checked any more"));
    if (found->second.flight) found->second.flight->entry = nullptr;
    entries.erase(found);  // a run on its way ends by itself and is not taken
  }

  /// Puts a check at the head of the line; the reason why not, if it is refused.
  Status ask(ServiceId service) {
    const auto found = entries.find(service);
    if (found == entries.end() || is_stopped) return fail(Errc::not_found, "the service is not checked");
    Entry& entry = found->second;
    if (entry.flight) return {};
    if (entry.place) {
      queue.hurry(*entry.place);
      return {};
    }
    const SteadyTime now = clock.steady();
    if (entry.last_start && now - *entry.last_start < entry.service->retry_interval / 2)
      return fail(Errc::unavailable, "it was checked a moment ago");
    enqueue(entry, {service, now, entry.address, entry.was_up, true, &entry});
    return {};
  }
};

CheckRunner::CheckRunner(net::Loop& loop, const Clock& clock, Run run, Take take, RunLimits limits, Foresee foresee)
    : impl_(std::make_shared<Impl>(loop, clock, std::move(run), std::move(take), limits, std::move(foresee))) {
  impl_->arm();
}

CheckRunner::~CheckRunner() { stop(); }

void CheckRunner::put(std::shared_ptr<const Service> service, Pace pace, Kept kept) {
  const ServiceId id = service->id;
  if (!service->is_active) {
    impl_->forget(id);
    return;
  }
  const auto [place, is_new] = impl_->entries.try_emplace(id);
  Entry& entry = place->second;
  if (is_new) {
    entry.was_up = pace.was_up;
    for (const auto& flight : impl_->flights)  // of before it was removed: still its one run in flight
      if (flight->service->id == id) entry.flight = flight, flight->entry = &entry;
  }
  entry.address = address_of(*service);
  entry.kept = kept;
  const SteadyTime now = impl_->clock.steady();
  impl_->plan.put(id, {service->ordinal, service->interval, service->retry_interval}, now, &entry);
  if (is_new && pace.is_soft) impl_->go_on(id, pace);
  entry.service = std::move(service);
  impl_->arm();
}

void CheckRunner::remove(ServiceId service) { impl_->forget(service); }

void CheckRunner::begin_soon(ServiceId service) {
  impl_->hasten(service, [&] { impl_->plan.begin_soon(service, impl_->clock.steady()); });
}

net::Task<Result<CheckResult>> CheckRunner::run_now(ServiceId service) {
  const auto impl = impl_;
  const auto asked = impl->ask(service);
  if (!asked) co_return fail(asked.error());
  const auto waiter = std::make_shared<Waiter>(impl->loop);
  impl->entries.at(service).waiters.push_back(waiter);
  impl->start_waiting();
  impl->arm();
  if (!waiter->result) co_await net::await_alarm(waiter->bell);
  if (!waiter->result) co_return fail(Errc::cancelled, "stopped");
  co_return std::move(*waiter->result);
}

bool CheckRunner::request(ServiceId service) {
  if (!impl_->ask(service)) return false;
  impl_->start_waiting();
  impl_->arm();
  return true;
}

void CheckRunner::expect(ServiceId service, WallTime due) {
  const auto wait = std::max(due - impl_->clock.wall(), std::chrono::milliseconds{0});
  impl_->hasten(service, [&] { impl_->plan.pull(service, impl_->clock.steady() + wait); });
}

RunCounters CheckRunner::counters() const {
  RunCounters now = impl_->counters;
  now.running = impl_->queue.running();
  now.waiting = impl_->queue.waiting();
  now.most_at_once = impl_->gate.most(impl_->clock.steady());
  return now;
}

void CheckRunner::stop() {
  if (impl_->is_stopped) return;
  impl_->is_stopped = true;
  impl_->timer.cancel();
  for (const auto& flight : impl_->flights) net::cancel(flight->cancel);
  for (auto& [id, entry] : impl_->entries)
    for (const auto& one : std::exchange(entry.waiters, {})) one->ring(fail(Errc::cancelled, "stopped"));
}

}  // namespace monitorix::poll
