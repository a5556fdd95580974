#include "app/rules/look_back.h"

#include <algorithm>
#include <set>

#include "alert/rehearsal/rehearsal.h"
#include "alert/select.h"
#include "app/alerts/standing.h"
#include "app/rules/recorded.h"
#include "base/steps.h"

namespace monitorix::app {
namespace {

using alert::Rehearsal;
using history::Resolution, history::Rows;
using namespace std::chrono_literals;

constexpr std::int64_t kDays = 7;
constexpr std::int64_t kHour = history::kHourSeconds, kBucket = 300, kEvery = 30;  // seconds
constexpr std::size_t kPerQuestion = 16;

struct Object {
  Entity entity{};
  alert::Labels labels{};
  Recorded recorded{};
};

struct Job {
  Archives archives;
  Rule rule{};
  std::vector<Object> objects{};
  std::vector<Entity> left_out{};
  std::int64_t from{}, to{};  ///< seconds
  LookBackLimits limits{};
};

/// One object's week.
class Week {
 public:
  Week(const Job& job, const Object& object)
      : job_(job),
        object_(object),
        rehearsal_(job.rule, object.entity, object.labels, from_seconds(job.from)) {}

  [[nodiscard]] const std::vector<alert::Episode>& episodes() const { return rehearsal_.episodes(); }
  [[nodiscard]] std::optional<std::int64_t> begins() const { return begins_; }
  [[nodiscard]] bool is_coarse() const { return is_coarse_; }

  Status run(const Rows& fine, SteadyTime until) {
    if (!rehearsal_.is_watched()) return {};
    if (!fine.empty()) begins_ = fine.t().front();
    std::set<std::int64_t> wanted;
    const bool is_screened = object_.recorded.has_range() || rehearsal_.least_span() >= std::chrono::seconds{kBucket};
    for (std::size_t row = 0; row < fine.size(); ++row) {
      const auto furthest = object_.recorded.furthest(fine, row, rehearsal_.is_upward());
      if (furthest && (!is_screened || rehearsal_.is_near(*furthest))) wanted.insert(step_down(fine.t()[row], kHour));
    }
    for (std::int64_t hour = step_down(job_.from, kHour); hour < job_.to; hour += kHour) {
      if (!wanted.contains(hour) && rehearsal_.is_calm()) continue;
      if (std::chrono::steady_clock::now() > until) return fail(Errc::timeout, "there is no more time");
      if (auto taken = take_hour(fine, hour); !taken) return taken;
    }
    return {};
  }

 private:
  Status take_hour(const Rows& fine, std::int64_t hour) {
    const Recorded& recorded = object_.recorded;
    const std::int64_t from = std::max(hour, job_.from), to = std::min(hour + kHour, job_.to);
    const auto chunk = job_.archives.reader.rows(recorded.series, Resolution::raw, from, to, recorded.raw_columns());
    if (!chunk) return fail(chunk.error());
    const Rows& raw = chunk->rows;
    const std::int64_t ticks = history::ticks_per_second(recorded.series.set);
    std::size_t next = 0;  // of the samples
    const auto take_until = [&](std::int64_t end) {
      const std::size_t begin = next;
      for (; next < raw.size() && raw.t()[next] < end * ticks; ++next) take_sample(raw, next, ticks);
      return next > begin;
    };
    for (std::size_t row = first_at(fine, from); row < fine.size() && fine.t()[row] < to; ++row) {
      const std::int64_t start = fine.t()[row];
      take_until(start);
      if (take_until(std::min(start + kBucket, to))) continue;
      const auto typical = recorded.typical(fine, row);
      if (!typical) continue;
      is_coarse_ = true;
      for (std::int64_t at = start; at < std::min(start + kBucket, to); at += kEvery)
        rehearsal_.take(from_seconds(at), typical);
    }
    take_until(to);
    return {};
  }

  static std::size_t first_at(const Rows& rows, std::int64_t from) {
    if (rows.empty()) return 0;
    return static_cast<std::size_t>(std::ranges::lower_bound(rows.t(), from) - rows.t().begin());
  }

  void take_sample(const Rows& raw, std::size_t row, std::int64_t ticks) {
    const auto value = object_.recorded.value(raw, row);
    const auto up = object_.recorded.was_up(raw, row);
    if (up ? !*up : !value) return;
    if (!value && object_.entity.kind == EntityKind::service) return;
    rehearsal_.take(from_ms(raw.t()[row] * (1000 / ticks)), value);
  }

  const Job& job_;
  const Object& object_;
  Rehearsal rehearsal_;
  std::optional<std::int64_t> begins_{};
  bool is_coarse_{false};
};

void add_episodes(const Week& week, Entity entity, api::RulePast& past) {
  for (const alert::Episode& one : week.episodes())
    past.episodes.push_back({entity, one.severity, one.began, one.ended, one.peak});
}

Result<api::RulePast> run(const Job& job) {
  api::RulePast past{.days = kDays, .left_out = job.left_out, .is_partial = false};
  const SteadyTime until = std::chrono::steady_clock::now() + job.limits.budget;
  std::optional<std::int64_t> begins;
  std::size_t looked_at = 0;
  bool is_whole = !job.archives.recorder.is_recovering();
  for (std::size_t first = 0; first < job.objects.size();) {
    // Neighbours of one kind in one question.
    std::vector<history::SeriesInfo> series;
    std::size_t end = first;
    while (end < job.objects.size() && series.size() < kPerQuestion &&
           job.objects[end].recorded.series.set == job.objects[first].recorded.series.set)
      series.push_back(job.objects[end++].recorded.series);
    const auto left_out = [&](std::size_t at) { past.left_out.push_back(job.objects[first + at].entity); };
    const bool is_late = std::chrono::steady_clock::now() > until;
    for (std::size_t at = 0; is_late && at < series.size(); ++at) left_out(at);
    if (!is_late) {
      const auto take = [&](std::size_t at, history::Chunk fine) {
        const Object& object = job.objects[first + at];
        Week week(job, object);
        if (!week.run(fine.rows, until)) return left_out(at);
        ++looked_at;
        if (week.begins() && (!begins || *week.begins() < *begins)) begins = week.begins();
        if (week.is_coarse()) is_whole = false;
        add_episodes(week, object.entity, past);
      };
      const auto read = job.archives.reader.rows_of(series, job.objects[first].recorded.columns(), Resolution::fine,
                                                    job.from, job.to, take);
      if (!read) return fail(read.error());
      is_whole = is_whole && *read;
    }
    first = end;
  }
  const bool reaches_back = begins && *begins <= job.from + kHour;
  past.is_partial = !is_whole || !past.left_out.empty() || (looked_at > 0 && !reaches_back);
  if (looked_at > 0 || past.left_out.empty()) past.times = static_cast<std::int64_t>(past.episodes.size());
  std::ranges::stable_sort(past.episodes, std::ranges::greater{}, &api::RulePast::Episode::began);
  if (past.episodes.size() > job.limits.episodes) past.episodes.resize(job.limits.episodes);
  return past;
}

}  // namespace

api::LookBack look_back_of(const Archives& archives, const Rule& rule, const state::Snapshot& world,
                           const api::RuleFit& first, const std::function<bool(Entity)>& sees, WallTime now,
                           const LookBackLimits& limits) {
  if (rule.kind != RuleKind::metric) return {};
  const std::int64_t to = to_seconds(now);
  Job job{.archives = archives, .rule = rule, .from = to - kDays * history::kDaySeconds, .to = to, .limits = limits};
  std::set<Entity> matching;
  for (const auto& match : first.matches) matching.insert(match.target.entity);
  each_object(world, [&](Entity entity, alert::Labels labels) {
    if (!sees(entity)) return;
    alert::Member member;
    member.entity = entity;
    member.labels = std::move(labels);
    if (!alert::is_judged(rule, member)) return;
    FoundRecord found = find_record(archives.recorder, world, entity, rule.metric);
    if (found.how == Record::unrecorded) job.left_out.push_back(entity);
    if (found.how == Record::found)
      job.objects.push_back({entity, std::move(member.labels), std::move(found.recorded)});
  });
  std::stable_partition(job.objects.begin(), job.objects.end(),
                        [&](const Object& one) { return matching.contains(one.entity); });
  while (job.objects.size() > limits.objects) {
    job.left_out.push_back(job.objects.back().entity);
    job.objects.pop_back();
  }
  return [job = std::move(job)] { return run(job); };
}

api::LookBack Turnstile::admit(api::LookBack look) const {
  if (!look) return look;
  return [look = std::move(look), inside = inside_]() -> Result<api::RulePast> {
    Result<api::RulePast> past = fail(Errc::unavailable, "others are looking back");
    if (inside->fetch_add(1) < kMost) past = look();
    inside->fetch_sub(1);
    return past;
  };
}

}  // namespace monitorix::app
