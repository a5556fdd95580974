#include "app/history/sql_mirror.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/log.h"
#include "base/steps.h"
#include "history/objects.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
using history::GuestColumn, history::NodeColumn, history::kHourSeconds;
using store::MirrorPoint;

constexpr auto kLookPeriod = 30s;  // for hours that were sealed meanwhile
constexpr auto kErasePeriod = 1h;
constexpr auto kPause = 30s;  // after a failure

/// A value of the table and the columns of the raw set that it is made of.
struct Field {
  std::optional<double> MirrorPoint::*value;
  std::size_t part, whole;  ///< whole: what a percent is of, 0 = the part is a ratio
  bool is_percent;
};
constexpr std::array<Field, 7> kOfGuests{{{&MirrorPoint::cpu, GuestColumn::cpu, 0, true},
                                          {&MirrorPoint::memory, GuestColumn::memory, GuestColumn::memory_total, true},
                                          {&MirrorPoint::disk, GuestColumn::disk, GuestColumn::disk_total, true},
                                          {&MirrorPoint::network_in, GuestColumn::net_in, 0, false},
                                          {&MirrorPoint::network_out, GuestColumn::net_out, 0, false},
                                          {&MirrorPoint::disk_read, GuestColumn::disk_read, 0, false},
                                          {&MirrorPoint::disk_write, GuestColumn::disk_write, 0, false}}};
constexpr std::array<Field, 5> kOfNodes{{{&MirrorPoint::cpu, NodeColumn::cpu, 0, true},
                                         {&MirrorPoint::memory, NodeColumn::memory, NodeColumn::memory_total, true},
                                         {&MirrorPoint::disk, NodeColumn::disk, NodeColumn::disk_total, true},
                                         {&MirrorPoint::network_in, NodeColumn::net_in, 0, false},
                                         {&MirrorPoint::network_out, NodeColumn::net_out, 0, false}}};

std::span<const Field> fields_of(unsigned set) {
  if (set == history::kGuestSet) return kOfGuests;
  return kOfNodes;
}

std::vector<std::size_t> columns_of(std::span<const Field> fields) {
  std::vector<std::size_t> out;
  for (const Field& one : fields) {
    out.push_back(one.part);
    if (one.whole != 0) out.push_back(one.whole);
  }
  return out;
}

/// The stretches of the plan of which anything is known.
std::vector<MirrorPoint> points_in(const history::Plan& plan, std::span<const Field> fields,
                                   const history::Rows& rows) {
  std::vector<MirrorPoint> out;
  if (rows.empty()) return out;
  out.resize(plan.count());
  std::vector<bool> is_known(out.size());
  for (const Field& field : fields) {
    const auto parts = history::points_of(plan, rows, field.part);
    const auto wholes = field.whole == 0 ? parts : history::points_of(plan, rows, field.whole);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double share = field.whole == 0 ? parts[i].average : parts[i].average / wholes[i].average;
      if (!std::isfinite(share)) continue;
      out[i].*field.value = field.is_percent ? share * 100 : share;
      is_known[i] = true;
    }
  }
  std::vector<MirrorPoint> known;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].at = from_seconds(plan.from + static_cast<std::int64_t>(i) * plan.step);
    if (is_known[i]) known.push_back(out[i]);
  }
  return known;
}

}  // namespace

void SqlMirror::see(state::SnapshotPtr world) {
  const std::lock_guard lock(mutex_);
  world_ = std::move(world);
}

bool SqlMirror::step(WallTime now, const history::Retention& retention) {
  if (now < quiet_until_) return false;
  Result<bool> more = step_ == 0 ? Result<bool>(false) : mirror_some(now);
  if (more && !*more) more = erase_some(now, retention);
  if (!more) {
    if (!is_failing_) log::warn("the averages for SQL users wait", {{"error", more.error()}});
    quiet_until_ = now + kPause;
  } else if (is_failing_) {
    log::info("the averages for SQL users are written again");
  }
  is_failing_ = !more;
  return more && *more;
}

std::vector<SqlMirror::Target> SqlMirror::targets() const {
  state::SnapshotPtr world;
  {
    const std::lock_guard lock(mutex_);
    world = world_;
  }
  std::vector<Target> out;
  if (!world) return out;
  const auto add = [&](const auto& object, NodeId node, GuestId guest, unsigned set) {
    auto info = parts_.recorder.find(history::object_key(object));
    if (info && info->set == set) out.push_back({node, guest, std::move(*info)});
  };
  for (const auto& [id, view] : world->clusters)  // of one set each, so that a batch is one question
    for (const auto& node : view->nodes) add(*node, node->id, {}, history::kNodeSet);
  for (const auto& [id, view] : world->clusters)
    for (const auto& guest : view->guests) add(*guest, {}, guest->id, history::kGuestSet);
  return out;
}

Result<bool> SqlMirror::begin_hour(WallTime now) {
  if (due_.empty()) {
    if (now < next_look_) return false;
    const std::int64_t this_hour = to_seconds(now) / kHourSeconds;
    if (!through_) {
      const auto done = parts_.store.mirrored_hour();
      if (!done) return fail(done.error());
      through_ = done->value_or(this_hour - 1 - kFirstHours);
    }
    through_ = std::max(*through_, this_hour - 1 - kMostHours);
    auto sealed = parts_.keeper.sealed_hours(*through_ + 1);
    if (!sealed) return fail(std::move(sealed).error());
    due_.assign(sealed->rbegin(), sealed->rend());
    next_look_ = now + kLookPeriod;
    if (due_.empty()) return false;
  }
  hour_ = due_.back();
  due_.pop_back();
  left_ = targets();
  return true;
}

Result<bool> SqlMirror::mirror_some(WallTime now) {
  if (!hour_) {
    auto begun = begin_hour(now);
    if (!begun || !*begun) return begun;
  }
  const bool is_hourly = step_ == kHourSeconds;
  const history::Plan plan{step_, *hour_ * kHourSeconds, (*hour_ + 1) * kHourSeconds,
                           is_hourly ? history::Resolution::coarse : history::Resolution::fine};
  std::size_t count = 0;
  std::vector<history::SeriesInfo> series;
  for (; count < std::min(left_.size(), is_hourly ? kHourlyPerBatch : kFinePerBatch); ++count) {
    const auto& one = left_[left_.size() - 1 - count].series;
    if (!series.empty() && one.set != series.front().set) break;
    series.push_back(one);
  }
  store::MirrorBatch batch{*hour_, {}, count == left_.size()};
  if (!series.empty()) {
    const auto fields = fields_of(series.front().set);
    auto whole = parts_.reader.rows_of(series, columns_of(fields), plan.resolution, plan.from, plan.to,
                                       [&](std::size_t at, const history::Chunk& chunk) {
                                         auto points = points_in(plan, fields, chunk.rows);
                                         const Target& target = left_[left_.size() - 1 - at];
                                         if (!points.empty())
                                           batch.objects.push_back({target.node, target.guest, std::move(points)});
                                       });
    if (!whole) return fail(std::move(whole).error());
    if (!*whole) return fail(Errc::unavailable, "history is away");
  }
  if (auto done = parts_.store.write_mirror(batch); !done) return fail(std::move(done).error());
  left_.resize(left_.size() - count);
  if (batch.ends_hour) {
    through_ = hour_;
    hour_.reset();
  }
  return true;
}

Result<bool> SqlMirror::erase_some(WallTime now, const history::Retention& retention) {
  if (retention.coarse == 0 || now < next_erase_) return false;
  const auto before = from_seconds(step_down(to_seconds(now) - retention.coarse, history::kDaySeconds));
  const auto erased = parts_.store.erase_mirror(before, kErasedAtOnce);
  if (!erased) return fail(erased.error());
  if (*erased < kErasedAtOnce) next_erase_ = now + kErasePeriod;
  return *erased == kErasedAtOnce;
}

}  // namespace monitorix::app
