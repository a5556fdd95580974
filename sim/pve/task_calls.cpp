// Tasks of a node, their state and their log.

#include <algorithm>
#include <array>
#include <cstdio>

#include "sim/pve/calls.h"
#include "sim/world/events.h"

namespace monitorix::sim {

std::string task_row(const Call& call, const Task& task) {
  JsonRow row(call.dice);
  row.text("upid", upid_of(call.cluster, task)).text("node", call.cluster.nodes[task.node].name);
  row.whole("pid", task.process).whole("pstart", task.process_start).whole("starttime", call.shown(task.started));
  row.text("type", task.type).text("id", task.vmid == 0 ? "" : std::to_string(task.vmid)).text("user", task.user);
  row.text_if("tokenid", task.token);
  if (task.ended) row.whole("endtime", call.shown(*task.ended)).text("status", task.status);
  return row.take();
}

namespace {

std::int64_t number(const Call& call, std::string_view name, std::int64_t otherwise) {
  const auto text = call.request.parameter(name);
  return text ? std::stoll(std::string(*text)) : otherwise;
}

bool is_wanted(const Call& call, const Task& task) {
  const auto source = call.request.parameter("source").value_or("archive");
  if (source == "archive" && !task.ended) return false;
  if (source == "active" && task.ended) return false;
  const auto type = call.request.parameter("typefilter");
  if (type && task.type != *type) return false;
  const auto vmid = number(call, "vmid", 0);
  if (vmid != 0 && task.vmid != vmid) return false;
  const auto started = call.shown(task.started);
  if (started < number(call, "since", 0)) return false;
  if (const auto until = number(call, "until", 0); until != 0 && started > until) return false;
  return number(call, "errors", 0) == 0 || (task.ended && task.status != "OK");
}

const Task* find_task(const Call& call) {
  for (const auto& task : call.cluster.tasks) {
    if (task.node == call.node && upid_of(call.cluster, task) == call.captured[1]) return &task;
  }
  return nullptr;
}

std::string two_digits(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string clock_span(std::chrono::seconds span) {
  const auto seconds = span.count();
  return two_digits(seconds / 3600) + ":" + two_digits(seconds / 60 % 60) + ":" + two_digits(seconds % 60);
}

/// As the node's clock shows it; here all clocks go by UTC.
std::string moment_text(const Call& call, WallTime at) {
  const auto shown = std::chrono::floor<std::chrono::seconds>(at + call.cluster.skew);
  const auto day = std::chrono::floor<std::chrono::days>(shown);
  const std::chrono::year_month_day date{day};
  return std::to_string(static_cast<int>(date.year())) + "-" + two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day())) + " " + clock_span(shown - day);
}

/// "5.43GB", as vzdump writes sizes: powers of 1024.
std::string size_text(std::int64_t bytes) {
  std::array<char, 32> out{};
  const auto value = static_cast<double>(bytes);
  if (value >= 1073741824.0)
    std::snprintf(out.data(), out.size(), "%.2fGB", value / 1073741824.0);
  else
    std::snprintf(out.data(), out.size(), "%.0fMB", value / 1048576.0);
  return out.data();
}

/// A task of one guest that was not given any.
std::vector<Dump> dumps_of(const Call& call, const Task& task) {
  if (!task.dumps.empty() || task.vmid == 0) return task.dumps;
  Dump dump;
  dump.vmid = task.vmid;
  dump.lasting = std::chrono::floor<std::chrono::seconds>(task.ended.value_or(call.now) - task.started);
  dump.size = 1'000'000'000 + task.process * 4'096LL;
  if (task.status != "OK" && !task.status.starts_with("WARNINGS")) dump.error = task.status;
  return {dump};
}

void add_dump(const Call& call, const Task& task, const Dump& dump, WallTime began, std::vector<std::string>& lines) {
  const auto vmid = std::to_string(dump.vmid);
  const std::string kind = dump.kind == GuestKind::qemu ? "qemu" : "lxc";
  lines.push_back("INFO: Starting Backup of VM " + vmid + " (" + kind + ")");
  lines.push_back("INFO: Backup started at " + moment_text(call, began));
  lines.emplace_back("INFO: status = running");
  lines.emplace_back("INFO: backup mode: snapshot");
  lines.emplace_back("INFO: ionice priority: 7");
  const auto ends = began + dump.lasting;
  if (ends > call.now || (!task.ended && task.dumps.size() < 2)) return;
  if (!dump.error.empty()) {
    lines.push_back("ERROR: Backup of VM " + vmid + " failed - " + dump.error);
    lines.push_back("INFO: Failed at " + moment_text(call, ends));
    return;
  }
  lines.push_back("INFO: creating vzdump archive '/mnt/pve/nas/dump/vzdump-" + kind + "-" + vmid + ".vma.zst'");
  for (int part = 25; part <= 100; part += 25) lines.push_back("INFO: " + std::to_string(part) + "% done");
  if (task.status.starts_with("WARNINGS")) lines.emplace_back("WARN: a disk without a size was skipped");
  lines.push_back("INFO: archive file size: " + size_text(dump.size));
  lines.push_back("INFO: Finished Backup of VM " + vmid + " (" + clock_span(dump.lasting) + ")");
  lines.push_back("INFO: Backup finished at " + moment_text(call, ends));
}

void add_backup_lines(const Call& call, const Task& task, std::vector<std::string>& lines) {
  const auto dumps = dumps_of(call, task);
  std::string command = "INFO: starting new backup job: vzdump";
  for (const auto& dump : dumps) command += " " + std::to_string(dump.vmid);
  const auto& jobs = call.cluster.backup_jobs;
  lines.push_back(command + " --mode snapshot --storage " + (jobs.empty() ? "backup" : jobs.front().storage) +
                  " --compress zstd");
  auto began = task.started;
  bool has_failed = false;
  for (const auto& dump : dumps) {
    if (began > call.now) break;
    add_dump(call, task, dump, began, lines);
    has_failed = has_failed || !dump.error.empty();
    began += dump.lasting;
  }
  if (task.ended)
    lines.emplace_back(has_failed ? "INFO: Backup job finished with errors" : "INFO: Backup job finished successfully");
}

std::vector<std::string> log_lines(const Call& call, const Task& task) {
  std::vector<std::string> lines;
  const bool is_good = task.status == "OK" || task.status.starts_with("WARNINGS");
  if (task.type == "vzdump")
    add_backup_lines(call, task, lines);
  else
    lines.push_back("starting " + task.type + " " + std::to_string(task.vmid));
  if (task.ended) lines.push_back(is_good ? "TASK " + task.status : "TASK ERROR: " + task.status);
  return lines;
}

Answer no_such_task() { return Answer::error(500, "no such task"); }

}  // namespace

Answer node_tasks(Call& call) {
  std::vector<const Task*> wanted;
  if (call.may("Sys.Audit")) {
    for (auto task = call.cluster.tasks.rbegin(); task != call.cluster.tasks.rend(); ++task) {
      if (task->node == call.node && is_wanted(call, *task)) wanted.push_back(&*task);
    }
  }
  const auto total = static_cast<std::int64_t>(wanted.size());
  const auto start = std::clamp<std::int64_t>(number(call, "start", 0), 0, total);
  const auto limit = number(call, "limit", 50);
  const auto end = limit == 0 ? total : std::min(total, start + limit);
  std::string rows = "[";
  for (auto i = start; i < end; ++i) {  // newest first: here the order means something
    if (i > start) rows += ',';
    rows += task_row(call, *wanted[static_cast<std::size_t>(i)]);
  }
  JsonRow row(call.dice);
  row.raw("data", rows + "]");
  if (total > 0) row.whole("total", total);
  return Answer::json(row.take());
}

Answer task_status(Call& call) {
  const auto* task = find_task(call);
  if (task == nullptr) return no_such_task();
  JsonRow row(call.dice);
  row.text("upid", call.captured[1]).text("node", call.target().name).text("type", task->type);
  row.text("id", task->vmid == 0 ? "" : std::to_string(task->vmid)).text("user", task->user);
  row.whole("pid", task->process).whole("pstart", task->process_start).whole("starttime", call.shown(task->started));
  row.text("status", task->ended ? "stopped" : "running");
  if (task->ended) row.text("exitstatus", task->status);
  return Answer::json(data_object(row));
}

Answer task_log(Call& call) {
  const auto* task = find_task(call);
  if (task == nullptr) return no_such_task();
  const auto lines = log_lines(call, *task);
  const auto total = static_cast<std::int64_t>(lines.size());
  const auto start = std::clamp<std::int64_t>(number(call, "start", 0), 0, total);
  const auto limit = number(call, "limit", 50);
  const auto end = limit == 0 ? total : std::min(total, start + limit);
  std::string rows = "[";
  for (auto i = static_cast<std::size_t>(start); i < static_cast<std::size_t>(end); ++i) {
    if (rows.size() > 1) rows += ',';
    JsonRow line(call.dice);
    rows += line.whole("n", static_cast<std::int64_t>(i) + 1).text("t", lines[i]).take();
  }
  JsonRow row(call.dice);
  row.whole("total", total).raw("data", rows + "]");
  return Answer::json(row.take());
}

}  // namespace monitorix::sim
