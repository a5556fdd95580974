#include "app/self/own_troubles.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/statvfs.h>

#include "app/alerts/standing.h"
#include "base/text.h"

namespace monitorix::app {
namespace {

using alert::Condition;

constexpr std::size_t kMostNames = 5;

Condition about(const char* code, bool is_so, Severity severity, std::string evidence) {
  return {.target = {kMonitor, {}},
          .code = code,
          .truth = is_so ? alert::Truth::yes : alert::Truth::no,
          .severity = severity,
          .evidence = {.text = is_so ? std::move(evidence) : std::string()}};
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t at = 0; at < std::min(names.size(), kMostNames); ++at) out += (at > 0 ? ", " : "") + names[at];
  if (names.size() > kMostNames) out += ", +" + std::to_string(names.size() - kMostNames);
  return out;
}

std::string gibibytes(std::uint64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f GiB", static_cast<double>(bytes) / (1ULL << 30U));
  return text;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(double ratio) {
  char text[20];
  std::snprintf(text, sizeof text, "%.1f %%", ratio * 100);
  return text;
}

Condition about_lag(std::chrono::milliseconds lag) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(lag).count());
  return about("own_lag", lag > OwnTroubles::kMostLag, Severity::warning, text);
}

/// Of channels that are switched off nobody expects anything.
Condition about_queues(const std::vector<store::ChannelQueue>& queues, WallTime now) {
  std::vector<std::string> late;
  for (const store::ChannelQueue& queue : queues)
    if (queue.is_active && queue.oldest && now - *queue.oldest > OwnTroubles::kOldestMessage)
      late.push_back(queue.name + " (" + std::to_string(queue.waiting) + ")");
  return about("own_outbox", !late.empty(), Severity::warning, joined(late));
}

Condition about_given_up(const std::vector<store::GivenUp>& given_up) {
  std::vector<std::string> names;
  names.reserve(given_up.size());
  for (const store::GivenUp& one : given_up) names.push_back(one.name + " (" + std::to_string(one.count) + ")");
  return about("own_dead_letters", !names.empty(), Severity::warning, joined(names));
}

/// Checks of a kind that the operating system does not let us make.
Condition about_privilege(const state::ServiceBook& services, const std::string& uplink_denied) {
  std::vector<std::string> names;
  if (!uplink_denied.empty()) names.push_back(uplink_denied);
  for (const auto& view : services)
    if (view->status != state::ServiceStatus::paused && view->latest && view->latest->reason == "permission")
      names.push_back(view->service->name);
  return about("own_privilege", !names.empty(), Severity::warning, joined(names));
}

/// Which of the two limits is passed; it stays so until the second one of the pair.
std::optional<Severity> severity_of(double free, std::optional<Severity> before) {
  const bool was_bad = before == Severity::critical;
  if (free < (was_bad ? OwnTroubles::kSome : OwnTroubles::kHardly)) return Severity::critical;
  if (free < (before ? OwnTroubles::kEnough : OwnTroubles::kLittle)) return Severity::warning;
  return std::nullopt;
}

}  // namespace

Result<DiskRoom> room_at(const std::string& folder) {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0) return fail(Errc::io, std::strerror(errno));
  const std::uint64_t block = found.f_frsize, used = found.f_blocks - found.f_bfree;
  DiskRoom room{.free_bytes = found.f_bavail * block, .total_bytes = (used + found.f_bavail) * block};
  room.free_files = found.f_favail;
  room.total_files = found.f_files;
  return room;
}

Condition OwnTroubles::about_disk(const DiskRoom& room) {
  const double bytes = share(room.free_bytes, room.total_bytes), files = share(room.free_files, room.total_files);
  disk_ = severity_of(std::min(bytes, files), disk_);
  const std::string evidence =
      bytes <= files ? gibibytes(room.free_bytes) + " / " + gibibytes(room.total_bytes) + " (" + percent(bytes) + ")"
                     : "inodes: " + std::to_string(room.free_files) + " / " + std::to_string(room.total_files) + " (" +
                           percent(files) + ")";
  return about("own_disk", disk_.has_value(), disk_.value_or(Severity::warning), evidence);
}

std::vector<Condition> OwnTroubles::judge(const OwnMeasure& measure, const state::ServiceBook& services) {
  std::vector<Condition> out;
  out.push_back(about("own_database", !measure.storing_fault.empty(), Severity::critical, measure.storing_fault));
  out.push_back(about_lag(measure.lag));
  out.push_back(about_privilege(services, measure.uplink_denied));
  if (measure.disk) out.push_back(about_disk(*measure.disk));
  if (measure.queues) out.push_back(about_queues(*measure.queues, measure.at));
  if (measure.given_up) out.push_back(about_given_up(*measure.given_up));
  return out;
}

}  // namespace monitorix::app
