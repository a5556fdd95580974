// A service as lists and pages show it: one picture, made anew with each result; what is summed up over its time line
// and its response times when the state moved, and once a minute.

#include <algorithm>

#include "watch/watched.h"

namespace monitorix::watch {
namespace {

using state::ServiceStatus;
using verdict::Shown;
using namespace std::chrono_literals;

constexpr auto kDay = 24h;
constexpr int kUptimeDigits = 3;

ServiceStatus status_of(Shown shown) { return static_cast<ServiceStatus>(shown); }
static_assert(static_cast<int>(Shown::paused) == static_cast<int>(ServiceStatus::paused) &&
              static_cast<int>(Shown::unreachable) == static_cast<int>(ServiceStatus::unreachable));

state::UptimeShare share_of(const Watched& one, WallTime now, std::chrono::hours length) {
  const auto totals = verdict::totals_of(composed(one, {now - length, now}, now));
  state::UptimeShare out;
  if (const auto up = verdict::uptime(totals, {}))
    out.percent = static_cast<double>(verdict::truncated_percent(*up, kUptimeDigits)) / 1000;
  if (const auto known = verdict::coverage(totals)) out.coverage = verdict::truncated_ratio(*known, 4);
  return out;
}

char letter_of(const verdict::Cell& cell) {
  if (!cell.worst) return '.';
  constexpr std::string_view kLetters = "uwdrnp";
  const char letter = kLetters[static_cast<std::size_t>(*cell.worst)];
  return cell.in_maintenance ? static_cast<char>(letter - 'a' + 'A') : letter;
}

char digit_of(const verdict::Cell& cell) {
  if (!cell.share || cell.share->whole <= 0) return '0';
  const auto tenths = cell.share->part * 10 / cell.share->whole;
  return static_cast<char>('0' + std::clamp<std::int64_t>(tenths, 0, 9));
}

state::HeartbeatBar bar_of(const Watched& one, WallTime now) {
  const auto span = verdict::bar_span(now, state::kHeartbeatCell, state::kHeartbeatCells);
  state::HeartbeatBar out;
  out.begin = span.begin;
  auto intervals = composed(one, span, now);
  // Until its first result a service waits for it; that is not time in which we should have known.
  if (intervals.size() > 1 && intervals.front().begin == one.service->created_at &&
      intervals.front().state == Shown::unknown)
    intervals.erase(intervals.begin());
  for (const verdict::Cell& cell : verdict::bar(intervals, span, state::kHeartbeatCells)) {
    out.cells += letter_of(cell);
    out.shares += digit_of(cell);
  }
  return out;
}

std::optional<WallTime> next_of(const Watched& one) {
  const Service& service = *one.service;
  if (!service.is_active) return std::nullopt;
  if (service.type == ServiceType::push || service.type == ServiceType::composite) return one.judge_again_at;
  if (!one.latest) return std::nullopt;
  return one.latest->scheduled_at + (verdict::is_soft(one.state) ? service.retry_interval : service.interval);
}

std::optional<std::chrono::microseconds> p95_of(const ResponseTimes& times) {
  verdict::Histogram all = times.total;
  for (const verdict::Histogram& part : times.quarters) all.merge(part);
  const auto found = all.percentile(0.95);
  return found ? std::optional(std::chrono::microseconds{*found}) : std::nullopt;
}

}  // namespace

std::shared_ptr<const state::ServiceView> make_view(const Watched& one, WallTime now, Sums sums) {
  auto view = std::make_shared<state::ServiceView>();
  view->id = one.service->id;
  view->service = one.service;
  view->version = one.version;
  view->has_push_token = one.has_push_token;
  const Shown shown = verdict::shown_of(one.state);
  view->status = status_of(shown);
  view->status_since = one.state.since;
  const bool is_fresh = one.state.phase == verdict::Phase::fresh;
  view->phase = is_fresh ? "fresh" : verdict::name_of(one.state.phase);
  view->in_maintenance = has_overlay(one, OverlayKind::maintenance);
  if (shown == Shown::down && one.cause && has_overlay(one, OverlayKind::unreachable)) {
    view->status = ServiceStatus::unreachable;
    view->cause = one.cause;
  }
  view->latest = one.latest;
  view->next_check = next_of(one);
  view->certificate_expires_at = one.certificate_expires_at;
  if (sums == Sums::kept && one.view) {
    view->response_p95 = one.view->response_p95;
    view->day = one.view->day;
    view->month = one.view->month;
    view->quarter = one.view->quarter;
    view->bar = one.view->bar;
    return view;
  }
  view->response_p95 = p95_of(one.times);
  view->day = share_of(one, now, kDay);
  view->month = share_of(one, now, 30 * kDay);
  view->quarter = share_of(one, now, 90 * kDay);
  view->bar = std::make_shared<const state::HeartbeatBar>(bar_of(one, now));
  return view;
}

bool is_same(const state::ServiceView& a, const state::ServiceView& b) {
  return a.service == b.service && a.version == b.version && a.has_push_token == b.has_push_token &&
         a.status == b.status && a.status_since == b.status_since && a.phase == b.phase &&
         a.in_maintenance == b.in_maintenance && a.latest == b.latest && a.cause == b.cause &&
         a.next_check == b.next_check && a.certificate_expires_at == b.certificate_expires_at &&
         a.response_p95 == b.response_p95 && a.day == b.day && a.month == b.month && a.quarter == b.quarter &&
         (a.bar == b.bar || (a.bar && b.bar && *a.bar == *b.bar));
}

}  // namespace monitorix::watch
