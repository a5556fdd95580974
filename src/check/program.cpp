#include <algorithm>
#include <set>

#include "check/finding.h"
#include "check/plugin.h"
#include "net/outbound/child.h"

// A program of the administrator's list by the convention of Nagios plugins: 0 up, 1 degraded, 2 down, 3 unknown.
namespace monitorix::check {
namespace {

constexpr std::size_t kMostArguments = 64, kMostArgumentBytes = 4096;

void judge(const net::ChildEnd& end, Finding& finding) {
  const PluginOutput output = parse_plugin_output(end.output);
  finding.performance = output.performance;
  finding.body = end.output;
  finding.body_bytes = static_cast<std::int64_t>(end.output.size());
  if (end.out_of_time)
    return finding.judge(Verdict::down, "exec_killed", "timeout", "the program did not end in time and was killed");
  if (end.signal || !end.exit_code) {
    const std::string number = end.signal ? std::to_string(*end.signal) : "?";
    return finding.judge(Verdict::down, "exec_killed", number, "the program was ended by signal " + number);
  }
  const std::string code = std::to_string(*end.exit_code);
  switch (*end.exit_code) {
    case 0: finding.judge(Verdict::up, "ok", {}, output.line); break;
    case 1: finding.judge(Verdict::degraded, "exec_warning", code, output.line); break;
    case 2: finding.judge(Verdict::down, "exec_critical", code, output.line); break;
    default: finding.judge(Verdict::unknown, "exec_unknown", code, output.line); break;
  }
}

/// Zero bytes would end an argument early, for whoever reads it after us.
bool can_be_passed(const std::vector<std::string>& arguments) {
  std::size_t bytes = 0;
  for (const std::string& argument : arguments) {
    if (argument.find('\0') != std::string::npos) return false;
    bytes += argument.size();
  }
  return arguments.size() <= kMostArguments && bytes <= kMostArgumentBytes;
}

}  // namespace

Status check_programs(const std::vector<AllowedProgram>& programs) {
  std::set<std::string> names;
  for (const AllowedProgram& program : programs) {
    if (program.name.empty()) return fail(Errc::invalid, "a program needs a name");
    if (!names.insert(program.name).second) return fail(Errc::invalid, "two programs are called " + program.name);
    if (!program.path.starts_with('/') || program.path.find('\0') != std::string::npos)
      return fail(Errc::invalid, "the path of " + program.name + " is not absolute");
    if (!can_be_passed(program.fixed_arguments))
      return fail(Errc::invalid, "the arguments of " + program.name + " cannot be passed");
  }
  return {};
}

net::Task<> check_program(Tools& tools, Attempt attempt, Finding& finding) {
  const Service& service = *attempt.service;
  const auto& list = attempt.settings->programs;
  const auto found = std::ranges::find(list, service.custom.command, &AllowedProgram::name);
  if (found == list.end()) {
    finding.judge(Verdict::unknown, "policy_denied", {},
                  "the program is not on this installation's list; an administrator can put it there");
    co_return;
  }
  net::ChildTerms terms{};
  terms.path = found->path;
  terms.arguments = found->fixed_arguments;
  terms.arguments.insert(terms.arguments.end(), service.custom.arguments.begin(), service.custom.arguments.end());
  if (!terms.path.starts_with('/') || !can_be_passed(terms.arguments)) {
    finding.judge(Verdict::unknown, "local_fault", {}, "the program cannot be started with these arguments");
    co_return;
  }
  finding.request = service.custom.command;
  for (const std::string& argument : service.custom.arguments) finding.request += ' ' + argument;
  const auto end = co_await net::run_child(tools.loop, std::move(terms), attempt.limit);
  if (end.fault) {
    finding.blame(*end.fault, service.type);
  } else if (attempt.limit->was_cancelled()) {
    finding.blame(attempt.limit->fault(net::Phase::transfer, service.custom.command), service.type);
  } else {
    judge(end, finding);
  }
}

}  // namespace monitorix::check
