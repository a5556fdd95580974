#include "app/services/checks.h"

#include <future>
#include <map>

#include "base/log.h"
#include "check/assertion.h"
#include "check/pattern.h"
#include "history/objects.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
using history::CheckColumn, history::SeriesStatus;

constexpr auto kTick = 1s;
constexpr auto kBeat = 15s;  // a longer gap than 30 s is our own outage
constexpr auto kGrace = 1s;  // a result is judged a moment after it came
constexpr auto kErase = 10min;
constexpr auto kFailuresKept = 30 * 24h, kHoursKept = 15 * 24h;
constexpr int kErasedPerStep = 500;
constexpr std::uint32_t kShard = 2'000'000'000;  // of no cluster
constexpr std::int64_t kUsualStep = 60;

void put(history::Row& row, std::size_t column, double value) {
  const auto stored = history::quantised(history::raw_columns(history::kCheckSet)[column], value);
  if (stored) row.set(column, *stored);
}

/// Only what went well has a time that says something (checks U13).
history::Row row_of(const CheckResult& result) {
  history::Row row;
  const bool is_good = result.verdict == Verdict::up || result.verdict == Verdict::degraded;
  if (result.verdict != Verdict::unknown) {
    const auto status = result.verdict == Verdict::up         ? SeriesStatus::up
                        : result.verdict == Verdict::degraded ? SeriesStatus::degraded
                                                              : SeriesStatus::down;
    row.set(CheckColumn::status, static_cast<std::int64_t>(status));
  }
  if (is_good && result.took.count() > 0)
    put(row, CheckColumn::latency, static_cast<double>(result.took.count()) / 1e6);
  const auto phase = [&](std::size_t column, const std::optional<std::int64_t>& took) {
    if (is_good && took) put(row, column, static_cast<double>(*took) / 1e6);
  };
  phase(CheckColumn::dns, result.phases.dns);
  phase(CheckColumn::connect, result.phases.connect);
  phase(CheckColumn::tls, result.phases.tls);
  phase(CheckColumn::send, result.phases.send);
  phase(CheckColumn::first_byte, result.phases.first_byte);
  phase(CheckColumn::transfer, result.phases.transfer);
  if (result.status_code) row.set(CheckColumn::code, *result.status_code);
  return row;
}

bool is_run_here(const Service& service) {
  return service.type != ServiceType::push && service.type != ServiceType::composite;
}

poll::Pace paced(const watch::Pace& pace) { return {pace.is_soft, pace.was_up}; }

}  // namespace

Checks::Checks(Parts parts, check::ProberSettings settings, std::chrono::hours results_kept)
    : parts_(parts),
      settings_(std::move(settings)),
      results_kept_(results_kept),
      prober_(parts_.loop, parts_.clock, settings_),
      runner_(
          parts_.loop, parts_.clock,
          [this](std::shared_ptr<const Service> service, WallTime due) {
            return prober_.find_out(std::move(service), due);
          },
          [this](void* watched, const std::shared_ptr<CheckResult>& result) {
            const WallTime now = parts_.clock.wall();
            const SteadyTime moment = parts_.clock.steady();
            look_at_clock(now, moment);
            if (auto other = doubted(*result, now, moment)) *result = std::move(*other);
            return paced(watch_.take(*static_cast<watch::Watched*>(watched), result, now));
          },
          {},
          [this](std::span<void* const> services) {
            soon_.clear();
            for (void* watched : services) soon_.push_back(static_cast<watch::Watched*>(watched));
            watch_.foresee(soon_);
          }) {}

Checks::~Checks() { stop(); }

Status Checks::load() {
  const WallTime now = parts_.clock.wall();
  const WallTime day = std::chrono::floor<std::chrono::days>(now);
  auto kept = parts_.store.services().load(now - watch::Watch::kTimeline, std::min(day, now - 24h));
  if (!kept) return fail(std::move(kept).error().within("services"));
  if (kept->beat) last_beat_ = kept->beat->at;
  watch_.restore(std::move(*kept), now);
  watch_.tick(now, parts_.inventory.snapshot());
  show();
  return {};
}

void Checks::begin() {
  for (const auto& service : watch_.services()) schedule(service);
  parts_.loop.every("checks", kTick, [this] { tick(); });
}

void Checks::stop() {
  runner_.stop();
  prober_.stop();
}

void Checks::finish() {
  std::promise<void> written;  // what is on its way is older and must come first
  if (writer_.submit([&] { written.set_value(); })) written.get_future().wait();
  watch_.close(parts_.clock.wall());
  if (auto stored = parts_.store.services().save(watch_.take_batch()); !stored)
    log::warn("the last results of checks are not stored", {{"error", stored.error()}});
}

void Checks::schedule(const std::shared_ptr<const Service>& service) {
  if (is_run_here(*service))
    runner_.put(service, paced(watch_.pace(service->id)), watch_.find(service->id));
  else
    runner_.remove(service->id);  // perhaps it was of another type before
}

void Checks::put(const ServiceRecord& record) {
  watch_.put(record, parts_.clock.wall());
  const auto service = watch_.service(record.service.id);
  if (!service) return;
  schedule(service);
  if (watch_.pace(service->id).is_new) runner_.begin_soon(service->id);
}

void Checks::remove(ServiceId id) {
  runner_.remove(id);
  watch_.remove(id);
  series_.erase(id);
  show();
}

net::Task<Result<CheckResult>> Checks::run_now(ServiceId id) {
  const auto service = watch_.service(id);
  if (service && !is_run_here(*service)) {
    if (service->type == ServiceType::composite) {  // it says what its members are now
      for (const ServiceId member : service->composite.members) (void)runner_.request(member);
      for (const ServiceId member : service->composite.members) (void)co_await run_now(member);
    }
    auto judged = watch_.judge(id, parts_.clock.wall());
    if (!judged) co_return fail(Errc::conflict, "there is nothing to run");
    co_return std::move(*judged);
  }
  co_return co_await runner_.run_now(id);
}

void Checks::show() {
  auto book = watch_.take_book();
  if (!book) return;
  parts_.inventory.set_services(std::move(book), parts_.clock.wall());
  if (parts_.told) parts_.told();
}

void Checks::look_at_clock(WallTime now, SteadyTime moment) {
  const auto jump = jumps_.look(now, moment);
  if (!jump) return;
  log::warn("the clock was moved", {{"by_seconds", (jump->to - jump->from) / 1s}});
  watch_.skip_time(jump->from, jump->to);
}

/// What was found while the clock was moved, while we were cut off, or too late to look, says nothing of the service
/// (checks:C7). What is to be taken in its place, if so.
std::optional<CheckResult> Checks::doubted(const CheckResult& result, WallTime now, SteadyTime moment) {
  auto out = jumps_.doubt(result, now, moment);
  const CheckResult& judged = out ? *out : result;
  if (judged.verdict != Verdict::down || !parts_.doubt) return out;
  std::string reason = parts_.doubt(judged, moment - judged.took - kGrace);
  if (reason.empty()) return out;
  if (!out) out = result;
  out->verdict = Verdict::unknown;
  out->reason = std::move(reason);
  out->parameter.clear();
  out->detail.clear();
  return out;
}

void Checks::tick() {
  const WallTime now = parts_.clock.wall();
  look_at_clock(now, parts_.clock.steady());
  watch_.tick(now, parts_.inventory.snapshot());
  show();
  record(watch_.take_results());
  if (auto events = watch_.take_events(); !events.empty()) parts_.events.add({.events = std::move(events)});
  if (!watch_.is_empty() && (now - beaten_at_ >= kBeat || now < beaten_at_)) {
    beaten_at_ = now;
    watch_.beat(now);
  }
  store_some();
  if (now - erased_at_ < kErase && now >= erased_at_) return;
  erased_at_ = now;
  writer_.submit([this] { erase_old(); });
}

/// One batch at a time, about once a second; one that fails comes back and goes with the next.
void Checks::store_some() {
  if (is_storing_) return;
  auto batch = std::make_shared<CheckBatch>(watch_.take_batch());
  if (batch->is_empty()) return;
  is_storing_ = true;
  const bool taken = writer_.submit([this, batch] {
    const auto stored = parts_.store.services().save(*batch);
    const std::string error = stored ? std::string() : stored.error().text;
    parts_.loop.post([this, batch, error] {
      is_storing_ = false;
      if (!error.empty()) watch_.put_back(std::move(*batch));
      const bool had_problem = !std::exchange(problem_, error).empty();
      if (!had_problem && !error.empty()) log::error("results of checks are not being stored", {{"error", error}});
      if (had_problem && error.empty()) log::info("results of checks are being stored again");
    });
  });
  if (taken) return;
  is_storing_ = false;
  watch_.put_back(std::move(*batch));
}

void Checks::erase_old() {
  const WallTime now = parts_.clock.wall();
  const store::CheckCutoffs before{now - kFailuresKept, now - kHoursKept, now - watch::Watch::kTimeline};
  for (int step = 0; step < 20; ++step) {
    const auto erased = parts_.store.services().erase(before, kErasedPerStep);
    if (!erased) log::debug("old results of checks are not erased", {{"error", erased.error()}});
    if (!erased || *erased < static_cast<std::size_t>(kErasedPerStep)) return;
  }
}

/// 0 when there is no such service any more.
history::SeriesId Checks::series_of(ServiceId id) {
  if (const auto known = series_.find(id); known != series_.end()) return known->second;
  const auto service = watch_.service(id);
  if (!service) return 0;
  const auto step = std::min(kUsualStep, std::max<std::int64_t>(1, service->interval.count() / 1000));
  return series_[id] = parts_.recorder.series_for(history::SeriesKind::check, history::object_key(id),
                                                  history::kCheckSet, step, parts_.clock.wall());
}

/// Into the series of each service, at the second a check was due.
void Checks::record(const std::vector<std::shared_ptr<const CheckResult>>& results) {
  std::map<std::int64_t, std::vector<history::Sample>> by_second;
  for (const auto& result : results) {
    const auto series = series_of(result->service);
    if (series != 0) by_second[to_seconds(result->scheduled_at)].push_back({series, row_of(*result)});
  }
  for (const auto& [second, samples] : by_second)
    parts_.recorder.record(kShard, history::kCheckSet, from_seconds(second), samples);
}

api::CheckDoor Checks::door() {
  api::CheckDoor door{.watch = watch_,
                      .run_now = [this](ServiceId id) { return run_now(id); },
                      .try_once =
                          [this](std::shared_ptr<const Service> service) {
                            return prober_.run(std::move(service), parts_.clock.wall());
                          },
                      .judge_assertion = [](const Assertion& one) { return check::check_assertion(one); },
                      .judge_pattern = [](const std::string& text) -> Status {
                        auto pattern = check::Pattern::compile(text);
                        if (!pattern) return fail(pattern.error());
                        return {};
                      },
                      .put = [this](const ServiceRecord& record) { put(record); },
                      .remove = [this](ServiceId id) { remove(id); },
                      .counters = [this] { return runner_.counters(); },
                      .show = [this] { show(); }};
  for (const check::AllowedProgram& program : settings_.programs) door.programs.push_back(program.name);
  door.results_kept = results_kept_;
  return door;
}

}  // namespace monitorix::app
