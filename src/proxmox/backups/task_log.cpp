#include "proxmox/backups/task_log.h"

#include <array>
#include <charconv>
#include <cmath>

namespace monitorix::proxmox {
namespace {

using std::chrono::seconds;

constexpr std::size_t kLongestError = 500;

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::int64_t> take_vmid(std::string_view& text) {
  const auto vmid = take_number(text);
  return vmid && *vmid > 0 && *vmid <= 999'999'999 ? vmid : std::nullopt;
}

/// "00:03:05"; hours may have any number of digits.
std::optional<seconds> take_span(std::string_view& text) {
  const auto hours = take_number(text);
  if (!hours || *hours > 100'000 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text);
  if (!minutes || *minutes > 59 || !take(text, ":")) return std::nullopt;
  const auto rest = take_number(text);
  if (!rest || *rest > 59) return std::nullopt;
  return seconds{*hours * 3600 + *minutes * 60 + *rest};
}

/// "2026-01-31 02:30:05" as if it were UTC.
std::optional<WallTime> take_moment(std::string_view& text) {
  const auto year = take_number(text);
  if (!year || *year < 1970 || *year > 9999 || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text);
  if (!month || *month > 12 || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text);
  if (!day || *day > 31 || !take(text, " ")) return std::nullopt;
  const auto time = take_span(text);
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!time || !date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + *time;
}

/// "5.43GB", "120MB", "0 B": powers of 1024, as vzdump writes them.
std::optional<std::int64_t> read_size(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value) || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  take(text, " ");
  constexpr std::array<std::pair<char, double>, 5> kUnits{
      {{'B', 1.0}, {'K', 1024.0}, {'M', 1048576.0}, {'G', 1073741824.0}, {'T', 1099511627776.0}}};
  for (const auto& [unit, bytes] : kUnits)
    if (text.starts_with(unit) && value * bytes < 9e15) return static_cast<std::int64_t>(std::llround(value * bytes));
  return std::nullopt;
}

std::string shortened(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (text.size() <= kLongestError) return std::string(text);
  text = text.substr(0, kLongestError);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.remove_suffix(1);
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.remove_suffix(1);
  return std::string(text);
}

std::optional<std::string> storage_in(std::string_view command) {
  constexpr std::string_view kOption = "--storage ";
  const auto at = command.find(kOption);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = command.substr(at + kOption.size());
  return std::string(rest.substr(0, std::min<std::size_t>(rest.find(' '), 100)));
}

std::shared_ptr<const BackupTask> task_of(const PveTask& task, std::optional<std::string> storage) {
  return std::make_shared<const BackupTask>(
      BackupTask{.upid = task.upid, .node = task.node, .storage = std::move(storage)});
}

}  // namespace

BackupResult result_of(const std::optional<std::string>& status) {
  if (!status || status->empty() || *status == "unexpected status" || *status == "unknown" ||
      status->starts_with("stopped: unexpected"))
    return BackupResult::unknown;
  if (*status == "OK") return BackupResult::ok;
  return status->starts_with("WARNINGS") ? BackupResult::warning : BackupResult::failed;
}

BackupRun run_of(const PveTask& task, std::int64_t vmid) {
  BackupRun run{.task = task_of(task, std::nullopt), .vmid = vmid, .started_at = task.started_at};
  run.result = result_of(task.status);
  if (task.ended_at && *task.ended_at >= task.started_at)
    run.duration = std::chrono::duration_cast<seconds>(*task.ended_at - task.started_at);
  if (run.result == BackupResult::failed) run.error = shortened(*task.status);
  return run;
}

void TaskLog::add(std::string_view line) {
  if (take(line, "WARN: ")) {
    if (!guests_.empty() && !guests_.back().finished) guests_.back().warned = true;
    return;
  }
  if (take(line, "ERROR: Backup of VM ")) {
    const auto vmid = take_vmid(line);
    if (!vmid || !take(line, " failed - ")) return;
    if (guests_.empty() || guests_.back().vmid != *vmid) {
      if (guests_.size() >= kMostGuests) return;
      guests_.push_back({.vmid = *vmid});
    }
    guests_.back().error = shortened(line);
    return;
  }
  if (!take(line, "INFO: ")) return;
  if (take(line, "starting new backup job: ")) {
    storage_ = storage_in(line);
  } else if (take(line, "Starting Backup of VM ")) {
    const auto vmid = take_vmid(line);
    if (vmid && guests_.size() < kMostGuests) guests_.push_back({.vmid = *vmid});
  } else if (guests_.empty()) {
    return;
  } else if (take(line, "Backup started at ")) {
    guests_.back().began = take_moment(line);
  } else if (take(line, "Failed at ")) {
    guests_.back().ended = take_moment(line);
  } else if (take(line, "archive file size: ")) {
    guests_.back().size_bytes = read_size(line);
  } else if (take(line, "Finished Backup of VM ")) {
    const auto vmid = take_vmid(line);
    if (!vmid || guests_.back().vmid != *vmid) return;
    guests_.back().finished = true;
    if (take(line, " (")) guests_.back().duration = take_span(line);
  }
}

std::vector<BackupRun> TaskLog::runs(const PveTask& task) const {
  const auto shared = task_of(task, storage_);
  const BackupResult of_task = result_of(task.status);
  std::vector<BackupRun> out;
  WallTime began = task.started_at;
  std::optional<WallTime> first_shown;
  for (const Guest& guest : guests_) {
    if (guest.began && !first_shown) first_shown = guest.began;
    if (guest.began && first_shown && *guest.began >= *first_shown)
      began = task.started_at + (*guest.began - *first_shown);
    BackupRun run{.task = shared, .vmid = guest.vmid, .started_at = began};
    run.duration = guest.duration;
    if (!run.duration && guest.began && guest.ended && *guest.ended >= *guest.began)
      run.duration = std::chrono::duration_cast<seconds>(*guest.ended - *guest.began);
    run.size_bytes = guest.size_bytes;
    run.from_log = true;
    if (guest.error) {
      run.result = BackupResult::failed;
      run.error = guest.error;
    } else if (guest.finished) {
      const bool alone = guests_.size() == 1;
      const bool warned = guest.warned || (alone && of_task == BackupResult::warning);
      run.result = warned ? BackupResult::warning : BackupResult::ok;
    } else if (of_task == BackupResult::failed) {
      run.result = BackupResult::failed;
      run.error = shortened(*task.status);
    }
    if (run.duration) began += *run.duration;
    out.push_back(std::move(run));
  }
  return out;
}

}  // namespace monitorix::proxmox
