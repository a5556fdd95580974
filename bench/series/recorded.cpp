#include "series/recorded.h"

#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/json.h"
#include "history/head.h"

namespace monitorix::bench {
namespace {

using namespace monitorix::history;

const std::map<std::string, std::string, std::less<>> kNames{{"memused", "mem"},
                                                             {"memtotal", "maxmem"},
                                                             {"roottotal", "maxdisk"},
                                                             {"rootused", "disk"},
                                                             {"swapused", "swap"},
                                                             {"swaptotal", "maxswap"},
                                                             {"loadavg", "load"},
                                                             {"pressurecpusome", "psi_cpu_some"},
                                                             {"pressureiosome", "psi_io_some"},
                                                             {"pressureiofull", "psi_io_full"},
                                                             {"pressurememorysome", "psi_memory_some"},
                                                             {"pressurememoryfull", "psi_memory_full"}};

unsigned set_of(const std::string& name) {
  if (name.find("storage") != std::string::npos) return kStorageSet;
  return name.find("node") != std::string::npos ? kNodeSet : kGuestSet;
}

// One row of the answer; `counters` carries the sums of the rates.
Row row_of_answer(unsigned set, const Json::Object& answer, std::int64_t step, std::vector<double>& counters) {
  Row row;
  for (const auto& [name, value] : answer) {
    const auto number = value.as_number();
    const auto renamed = kNames.find(name);
    const auto column = column_named(set, renamed == kNames.end() ? name : renamed->second);
    if (!number || !column) continue;
    const Column& its = raw_columns(set)[*column];
    const bool counts = its.fold == Fold::counter;
    if (counts) counters[*column] += *number * static_cast<double>(step);
    if (const auto steps = quantised(its, counts ? counters[*column] : *number)) row.set(*column, *steps);
  }
  return row;
}

}  // namespace

Result<std::vector<Recording>> read_recordings(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name.find("rrd") != std::string::npos && !name.starts_with("err_") && !name.starts_with("tok_"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Recording> out;
  for (const auto& file : files) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    const auto whole = Json::parse(text.str());
    if (!whole) return fail(whole.error());
    const Json* body = whole->find("body");
    const Json* data = body == nullptr ? nullptr : body->find("data");
    if (data == nullptr || data->as_array() == nullptr) continue;
    Recording recording{file.parent_path().filename().string() + "/" + file.stem().string(),
                        Rows(set_of(file.stem().string()))};
    std::vector<double> counters(kMostRawColumns, 0.0);
    for (const Json& one : *data->as_array()) {
      const Json* time = one.find("time");
      if (time == nullptr || time->as_int() == nullptr || one.as_object() == nullptr) continue;
      const std::int64_t t = *time->as_int(), before = recording.rows.empty() ? t : recording.rows.t().back();
      if (!recording.rows.empty() && t <= before) continue;
      const Row row = row_of_answer(recording.rows.set, *one.as_object(), t - before, counters);
      if (row.known == 0) continue;
      push_row(recording.rows, t, row);
      recording.values += static_cast<std::size_t>(std::popcount(row.known));
    }
    settle(recording.rows);
    if (!recording.rows.empty()) out.push_back(std::move(recording));
  }
  return out;
}

Result<Recording> read_host(const std::string& file) {
  static constexpr std::array<std::size_t, 8> columns{1, 2, 3, 6, 7, 8, 9, 10};
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);  // names
  Recording recording{std::filesystem::path(file).stem().string(), Rows(kGuestSet)};
  while (std::getline(in, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream fields(line);
    std::int64_t t = 0;
    double value = 0;
    Row row;
    fields >> t;
    for (const std::size_t column : columns)
      if (fields >> value)
        if (const auto steps = quantised(raw_columns(kGuestSet)[column], value)) row.set(column, *steps);
    if (!recording.rows.empty() && t <= recording.rows.t().back()) continue;
    push_row(recording.rows, t, row);
    recording.values += static_cast<std::size_t>(std::popcount(row.known));
  }
  settle(recording.rows);
  if (recording.rows.empty()) return fail(Errc::not_found, file + " holds no rows");
  return recording;
}

Recording as_guest(const Recording& host) {
  static constexpr std::int64_t kDisk = std::int64_t{32} << 30;
  Recording guest{host.name + ", a guest's 11 columns", Rows(kGuestSet)};
  for (std::size_t i = 0; i < host.rows.size(); ++i) {
    Row row = row_of(host.rows, i);
    row.set(GuestColumn::disk, kDisk / 3);
    row.set(GuestColumn::disk_total, kDisk);
    row.set(GuestColumn::status, static_cast<std::int64_t>(SeriesStatus::up));
    push_row(guest.rows, host.rows.t()[i], row);
    guest.values += static_cast<std::size_t>(std::popcount(row.known));
  }
  settle(guest.rows);
  return guest;
}

}  // namespace monitorix::bench
