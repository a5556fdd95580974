#include "proxmox/past/past.h"

#include <algorithm>
#include <string_view>

#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

enum class Unit : std::uint8_t { plain, percent, nothing_at_zero };

struct Field {
  std::string_view name;
  PastField field;
  Unit unit{Unit::plain};
};

// Nodes, guests and storages have names of their own for the same things, and none means two things. A guest that does
// not run says memory 0 and disk 0: that is not known, rather than nothing used.
constexpr Field kFields[] = {{"cpu", PastField::cpu},
                             {"mem", PastField::memory, Unit::nothing_at_zero},
                             {"memused", PastField::memory},
                             {"maxmem", PastField::memory_total},
                             {"memtotal", PastField::memory_total},
                             {"disk", PastField::disk, Unit::nothing_at_zero},
                             {"rootused", PastField::disk},
                             {"used", PastField::disk},
                             {"maxdisk", PastField::disk_total},
                             {"roottotal", PastField::disk_total},
                             {"total", PastField::disk_total},
                             {"netin", PastField::net_in},
                             {"netout", PastField::net_out},
                             {"diskread", PastField::disk_read},
                             {"diskwrite", PastField::disk_write},
                             {"iowait", PastField::iowait},
                             {"loadavg", PastField::load},
                             {"swapused", PastField::swap},
                             {"swaptotal", PastField::swap_total},
                             {"pressurecpusome", PastField::pressure_cpu_some, Unit::percent},
                             {"pressureiosome", PastField::pressure_io_some, Unit::percent},
                             {"pressureiofull", PastField::pressure_io_full, Unit::percent},
                             {"pressurememorysome", PastField::pressure_memory_some, Unit::percent},
                             {"pressurememoryfull", PastField::pressure_memory_full, Unit::percent}};

constexpr double kMost = 1e18;  // larger than anything that is measured

std::string_view name_of(PastFrame frame) {
  switch (frame) {
    case PastFrame::hour: return "hour";
    case PastFrame::day: return "day";
    case PastFrame::week: return "week";
    case PastFrame::month: return "month";
    default: return "year";
  }
}

}  // namespace

Result<std::vector<PastRow>> parse_past(const Json& data) {
  const auto* list = data.as_array();
  if (!list) return fail(Errc::protocol, "the past is not a list");
  std::vector<PastRow> out;
  std::vector<std::string> findings;
  for (const Json& item : *list) {
    if (!item.as_object()) continue;
    const Row row(item, "rrddata", findings);
    const auto time = row.whole("time");
    if (!time) continue;
    PastRow past;
    past.time = *time;
    for (const Field& field : kFields) {
      const auto value = row.number(field.name, 0, kMost);
      if (!value || (field.unit == Unit::nothing_at_zero && *value <= 0)) continue;
      past[field.field] = field.unit == Unit::percent ? std::min(*value, 100.0) / 100 : *value;
    }
    out.push_back(past);
  }
  std::ranges::stable_sort(out, {}, &PastRow::time);
  const auto is_same = [](const PastRow& a, const PastRow& b) { return a.time == b.time; };
  out.erase(std::unique(out.begin(), out.end(), is_same), out.end());
  return out;
}

net::Task<Result<std::vector<PastRow>>> ask_past(Client& client, std::string object_path, PastFrame frame,
                                                 PastFunction function) {
  const std::string path = object_path + "/rrddata?timeframe=" + std::string(name_of(frame)) +
                           "&cf=" + (function == PastFunction::average ? "AVERAGE" : "MAX");
  auto answer = co_await client.get(path, CallClass::history);
  if (!answer) co_return fail(answer.error());
  if (answer->blames_peer() || answer->status == 429 || answer->status == 503)
    co_return fail(Errc::unavailable, std::to_string(answer->status) + " " + answer->reason);
  if (!answer->is_ok()) co_return fail(Errc::not_found, std::to_string(answer->status) + " " + answer->reason);
  co_return parse_past(answer->data);
}

}  // namespace monitorix::proxmox
