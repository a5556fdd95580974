#include "app/line/import_command.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <unistd.h>

#include "app/line/order_desk.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "model/names.h"

namespace monitorix::app {
namespace {

constexpr std::size_t kIdsForPeople = 10;

std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> out;
  std::istringstream in(list);
  for (std::string one; std::getline(in, one, ',');)
    if (!trim(one).empty()) out.emplace_back(trim(one));
  return out;
}

/// A line that is written over, on a terminal only.
void show_progress(const std::string& table, std::int64_t done, std::int64_t total) {
  std::cerr << "\r\033[K" << table << ": " << done << " of " << total << std::flush;
}

void end_progress() { std::cerr << "\r\033[K" << std::flush; }

bool is_agreed() {
  std::cerr << "Import into this data directory, with its server stopped? Nothing that is here is overwritten. [y/N] "
            << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

void note_import(store::Store& store, const store::ImportReport& report, WallTime now) {
  AuditEntry entry{};
  entry.username = "command line";
  entry.action = "import.run";
  entry.resource_type = "import";
  entry.resource_name = report.source;
  entry.created_at = now;
  if (auto kept = store.append_audit(entry); !kept) return;  // the deed itself is stored
}

}  // namespace

Outcome import_monitorix(const Config& config, const Order& order) {
  const Invocation& call = order.invocation;
  const bool is_from_stdin = call.url == "-";
  if (!call.dry_run && !call.yes) {
    if (is_from_stdin || ::isatty(STDIN_FILENO) == 0)
      return {2, "", "say --yes to import, or --dry-run to see what an import would do\n"};
    if (!is_agreed()) return {1, "", "nothing was imported\n"};
  }
  const SystemClock clock;
  store::ImportOptions options{};
  options.url = is_from_stdin ? order.input.reveal() : call.url;
  options.source = call.source;
  options.dry_run = call.dry_run;
  options.role = parse_name<Role>(call.role).value_or(Role::viewer);
  for (const std::string& list : call.together) options.together.push_back(names_in(list));
  options.now = clock.wall();
  const bool shows_progress = !call.json && ::isatty(STDERR_FILENO) != 0;
  if (shows_progress) options.progress = show_progress;
  auto house = open_house(config);
  if (!house) return {1, "", house.error().text + "\n"};
  const auto report = house->store->import_original(options, *house->keeper);
  if (shows_progress) end_progress();
  if (!report) {
    const bool is_usage = report.error().text.starts_with("the database URL");
    return {
        is_usage ? 2 : 1, "",
        report.error().text + "\n" + (is_usage ? "" : "What was imported until then is kept: start again to go on.\n")};
  }
  if (!call.dry_run) note_import(*house->store, *report, options.now);
  return {0, call.json ? report_json(*report) + "\n" : report_text(*report), ""};
}

std::string report_text(const store::ImportReport& report) {
  std::ostringstream out;
  out << (report.dry_run ? "Dry run of an import" : "Imported") << " from the database "
      << escape_controls(report.database) << ", called " << escape_controls(report.source) << " here\n\n";
  out << std::left << std::setw(24) << "" << std::right;
  for (const char* head : {"read", "imported", "there", "aside", "left out"}) out << std::setw(11) << head;
  out << "\n";
  for (const auto& table : report.tables) {
    out << std::left << std::setw(24) << table.name << std::right;
    if (!table.is_present) {
      out << std::setw(11) << "absent"
          << "\n";
      continue;
    }
    for (const std::int64_t number : {table.read, table.imported, table.there, table.aside, table.left_out})
      out << std::setw(11) << number;
    out << "\n";
  }
  out << "\nthere: here already. aside: cannot be placed, kept sealed. left out: not kept.\n";
  for (const auto& table : report.tables)
    for (const auto& [text, remark] : table.remarks) {
      out << "\n" << table.name << ": ";
      if (remark.rows > 0) out << remark.rows << (remark.rows == 1 ? " row: " : " rows: ");
      out << escape_controls(text);
      if (!remark.ids.empty()) out << "\n  id";
      for (std::size_t at = 0; at < std::min(remark.ids.size(), kIdsForPeople); ++at) out << " " << remark.ids[at];
      if (remark.rows > static_cast<std::int64_t>(kIdsForPeople)) out << " ...";
    }
  out << "\n";
  if (!report.to_do.empty()) out << "\nWhat is left to do\n";
  for (const std::string& one : report.to_do) out << "- " << one << "\n";
  return out.str();
}

std::string report_json(const store::ImportReport& report) {
  JsonWriter out;
  out.begin_object().member("source", report.source).member("database", report.database);
  out.member("dry_run", report.dry_run).key("tables").begin_array();
  for (const auto& table : report.tables) {
    out.begin_object().member("name", table.name).member("present", table.is_present).member("read", table.read);
    out.member("imported", table.imported).member("there", table.there).member("aside", table.aside);
    out.member("left_out", table.left_out).key("remarks").begin_array();
    for (const auto& [text, remark] : table.remarks) {
      out.begin_object().member("text", text).member("rows", remark.rows).key("ids").begin_array();
      for (const std::int64_t id : remark.ids) out.value(id);
      out.end_array().end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().key("to_do").begin_array();
  for (const std::string& one : report.to_do) out.value(one);
  return out.end_array().end_object().take();
}

}  // namespace monitorix::app
