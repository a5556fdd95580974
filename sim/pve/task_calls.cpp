// Tasks of a node, their state and their log.

#include <algorithm>

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

std::string clock_span(const Task& task, WallTime now) {
  const auto seconds = epoch(task.ended.value_or(now)) - epoch(task.started);
  const auto two = [](std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

std::vector<std::string> log_lines(const Call& call, const Task& task) {
  std::vector<std::string> lines;
  const auto vmid = std::to_string(task.vmid);
  const bool is_good = task.status == "OK" || task.status.starts_with("WARNINGS");
  if (task.type != "vzdump") {
    lines.push_back("starting " + task.type + " " + vmid);
  } else {
    lines.push_back("INFO: starting new backup job: vzdump " + vmid + " --mode snapshot --storage backup");
    lines.push_back("INFO: Starting Backup of VM " + vmid + " (qemu)");
    if (task.ended && is_good) {
      lines.push_back("INFO: Finished Backup of VM " + vmid + " (" + clock_span(task, call.now) + ")");
      lines.emplace_back("INFO: Backup job finished successfully");
    } else if (task.ended) {
      lines.push_back("ERROR: Backup of VM " + vmid + " failed - " + task.status);
      lines.emplace_back("INFO: Backup job finished with errors");
    }
  }
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
  std::string rows = "[";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) rows += ',';
    JsonRow line(call.dice);
    rows += line.whole("n", static_cast<std::int64_t>(i) + 1).text("t", lines[i]).take();
  }
  JsonRow row(call.dice);
  row.whole("total", static_cast<std::int64_t>(lines.size())).raw("data", rows + "]");
  return Answer::json(row.take());
}

}  // namespace monitorix::sim
