// What the alerts hear of services.

#include <algorithm>
#include <utility>

#include "app/alerts/senses.h"
#include "app/alerts/standing.h"
#include "base/fetch_ahead.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

Reason validity_of(std::int64_t days) {
  if (days < 0) return {.code = "alert.certificate_over", .text = "It has expired"};
  return {.code = "alert.certificate_days", .text = std::to_string(days) + " days left", .params = {{"days", days}}};
}

struct Changed {
  const state::ServiceView* view{};
  const state::ServiceView* before{};  ///< null when it is new
};
constexpr std::size_t kTogether = 32;

/// Asks for all that will be read of these.
void fetch(std::span<const Changed> services, const Senses::Foresee& foresee) {
  for (const auto& [view, before] : services) {
    fetch_ahead(view, sizeof(*view));
    fetch_ahead(before, sizeof(*view));
  }
  std::vector<Entity> entities;
  entities.reserve(services.size());
  for (const auto& [view, before] : services) {
    entities.push_back(entity_of(view->id));
    fetch_before(view->latest.get(), &CheckResult::detail);
    if (before) fetch_before(before->latest.get(), &CheckResult::reason);
  }
  foresee(entities);
}

WallTime last_run_of(const state::ServiceView& view) { return view.latest ? view.latest->started_at : WallTime{}; }

}  // namespace

/// Both books are in the order of their numbers; what is the same picture as before is not looked into.
void Senses::take_services(const state::Snapshot& world, alert::Now now, const Put& put, const Foresee& foresee) {
  const auto before = std::exchange(book_, world.services);
  if (before == world.services) return;
  static const state::ServiceBook kNone;
  const state::ServiceBook& last = before ? *before : kNone;
  auto old = last.begin();
  bool are_others = false;  // one came, went, or was given another form
  const auto remove_until = [&](auto end) {
    for (; old != end; ++old) {
      put(alert::Removed{entity_of((*old)->id)});
      are_others = true;
    }
  };
  std::vector<Changed> changed;
  for (const auto& view : *world.services) {
    if (old != last.end() && *old == view) {
      ++old;
      continue;
    }
    remove_until(std::find_if(old, last.end(), [&](const auto& one) { return one->id >= view->id; }));
    const bool was_there = old != last.end() && (*old)->id == view->id;
    changed.push_back({view.get(), was_there ? (old++)->get() : nullptr});
  }
  remove_until(last.end());
  for (std::span<const Changed> rest = changed; !rest.empty();) {
    const auto next = rest.first(std::min(rest.size(), kTogether));
    rest = rest.subspan(next.size());
    if (foresee) fetch(next, foresee);
    for (const auto& [view, known] : next) {
      are_others = are_others || !known || known->service != view->service;
      take_service(world, *view, known, now, put);
    }
  }
  if (!are_others) return;
  leaned_on_.clear();
  for (const auto& view : *world.services)
    if (view->service->guest) leaned_on_.insert(view->service->guest->value);
  take_maintenance(world, put);
}

void Senses::take_service(const state::Snapshot& world, const state::ServiceView& view,
                          const state::ServiceView* before, alert::Now now, const Put& put) {
  const Entity entity = entity_of(view.id);
  if (!before || before->service != view.service)
    put(alert::Placed{entity, labels_of(world, view), needs_of(*view.service)});
  const auto ran_at = last_run_of(view);
  const alert::Standing standing = standing_of(view);
  const bool has_result = ran_at != (before ? last_run_of(*before) : WallTime{});
  const bool has_moved = standing != (before ? standing_of(*before) : alert::Standing{});
  // What was restored is no news: what was told of it was told, and the next result says more.
  if (!before && standing != alert::Standing::paused) return;
  if (!has_result && !has_moved) return;
  // A state that moved without a result moved now: a heartbeat that did not come, a member of a group.
  const auto age = has_result && !has_moved ? std::clamp<std::chrono::milliseconds>(now.wall - ran_at, 0ms, 60s) : 0ms;
  put(alert::Report{.entity = entity, .standing = standing, .started = now.run - age, .evidence = evidence_of(view)});
  if (!has_result) return;
  if (view.latest->verdict == Verdict::up || view.latest->verdict == Verdict::degraded)
    put(alert::Sample{entity, Metric::response_seconds, std::chrono::duration<double>(view.latest->took).count()});
  if (!view.certificate_expires_at) return;
  const auto left = *view.certificate_expires_at - now.wall;
  const TlsOptions& tls = view.service->tls;
  const bool is_critical = left <= std::chrono::days{tls.critical_days};
  put(alert::Condition{{entity, {}},
                       "certificate_days",
                       is_critical || left <= std::chrono::days{tls.warn_days} ? alert::Truth::yes : alert::Truth::no,
                       is_critical ? Severity::critical : Severity::warning,
                       validity_of(std::chrono::floor<std::chrono::days>(left).count())});
}

}  // namespace monitorix::app
