#include "poll/poller.h"

#include <algorithm>

#include "base/log.h"

namespace monitorix::poll {
namespace {

constexpr std::chrono::milliseconds kTurn{1000};  // or sooner, when a job is due
constexpr std::chrono::milliseconds kFirstSpread{1500};
constexpr double kJitter = 0.1;

std::uint64_t mix(std::uint64_t value) {  // splitmix64
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30u)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27u)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31u);
}

double share(std::uint64_t value) { return static_cast<double>(mix(value) >> 11u) * 0x1.0p-53; }

std::chrono::milliseconds scaled(std::chrono::milliseconds period, double factor) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(period.count()) * factor)};
}

}  // namespace

std::chrono::milliseconds first_delay(std::uint64_t seed, std::chrono::milliseconds period, std::size_t position) {
  if (position == 0) return std::chrono::milliseconds{0};
  const auto early = std::min(period, kFirstSpread * static_cast<long>(position));
  return scaled(early, 0.5 + 0.5 * share(seed));
}

std::chrono::milliseconds next_delay(std::uint64_t seed, std::uint64_t round, std::chrono::milliseconds period) {
  // Short of the period by the jitter at most, so that "every 10 s" is never later than that.
  return scaled(period, 1.0 - kJitter * share(seed ^ mix(round)));
}

struct Poller::Impl : std::enable_shared_from_this<Poller::Impl> {
  struct Entry {
    Job job{};
    std::uint64_t seed{}, round{0};
    SteadyTime due{};
    bool running{false};
  };
  using EntryPtr = std::shared_ptr<Entry>;

  net::Loop& loop;
  const Clock& clock;
  std::map<std::string, std::map<std::string, EntryPtr>> groups{};
  net::Tick tick{};
  std::uint64_t skipped{0};
  bool stopped{false};

  Impl(net::Loop& owner, const Clock& time) : loop(owner), clock(time) {}

  static net::Task<> run(EntryPtr entry) {
    entry->running = true;
    try {
      co_await entry->job.run();
    } catch (const std::exception& error) {
      log::error("a poll failed", {{"job", entry->job.name}, {"error", std::string(error.what())}});
    }
    entry->running = false;
  }

  void take_turn(const std::string& group, const std::string& name, const EntryPtr& entry, SteadyTime now) {
    entry->due = now + next_delay(entry->seed, ++entry->round, entry->job.period);
    if (entry->running)
      ++skipped;
    else
      loop.spawn(group + "/" + name, run(entry));
  }

  void look() {
    if (stopped) return;
    const SteadyTime now = clock.steady();
    SteadyTime next = SteadyTime::max();
    for (auto& [group, entries] : groups)
      for (auto& [name, entry] : entries) {
        if (entry->due <= now) take_turn(group, name, entry, now);
        next = std::min(next, entry->due);
      }
    tick.by(next);
  }
};

Poller::Poller(net::Loop& loop, const Clock& clock) : impl_(std::make_shared<Impl>(loop, clock)) {
  impl_->tick = loop.every("poller", kTurn, [weak = std::weak_ptr<Impl>(impl_)] {
    if (const auto impl = weak.lock()) impl->look();
  });
}

Poller::~Poller() { stop(); }

void Poller::set_jobs(const std::string& group, std::vector<Job> jobs) {
  auto& entries = impl_->groups[group];
  std::map<std::string, Impl::EntryPtr> next;
  const SteadyTime now = impl_->clock.steady();
  for (std::size_t position = 0; position < jobs.size(); ++position) {
    Job& job = jobs[position];
    const std::string name = job.name;
    if (const auto known = entries.find(name); known != entries.end()) {
      const auto entry = known->second;
      if (job.period < entry->job.period) entry->due = std::min(entry->due, now + job.period);
      entry->job = std::move(job);
      next[name] = entry;
      continue;
    }
    auto entry = std::make_shared<Impl::Entry>();
    entry->seed = mix(std::hash<std::string>{}(group + "/" + name));
    entry->due = now + first_delay(entry->seed, job.period, position);
    entry->job = std::move(job);
    next[name] = std::move(entry);
  }
  entries = std::move(next);
  impl_->tick.soon();
}

void Poller::remove_group(const std::string& group) { impl_->groups.erase(group); }

net::Task<Status> Poller::run_now(std::string group, std::string name) {
  const auto found = impl_->groups.find(group);
  if (found == impl_->groups.end() || !found->second.contains(name))
    co_return fail(Errc::not_found, "no job " + group + "/" + name);
  const auto entry = found->second.at(name);
  if (entry->running) co_return fail(Errc::unavailable, "it runs already");
  entry->due = impl_->clock.steady() + entry->job.period;
  co_await Impl::run(entry);
  co_return Status{};
}

std::uint64_t Poller::skipped() const { return impl_->skipped; }
void Poller::stop() { impl_->stopped = true; }

}  // namespace monitorix::poll
