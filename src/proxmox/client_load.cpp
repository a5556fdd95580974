// The load that we cause: every call of the last minute, by class.

#include <algorithm>
#include <cmath>

#include "proxmox/client.h"

namespace monitorix::proxmox {
namespace {

constexpr std::chrono::minutes kLoadWindow{1};

std::optional<double> percentile(std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::nullopt;
  const auto at = static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)));
  return sorted[at];
}

}  // namespace

std::string_view name_of(CallClass value) {
  switch (value) {
    case CallClass::resources: return "resources";
    case CallClass::status: return "status";
    case CallClass::tasks: return "tasks";
    case CallClass::node_status: return "node_status";
    case CallClass::storage: return "storage";
    case CallClass::services: return "services";
    case CallClass::identity: return "identity";
    case CallClass::guest: return "guest";
    case CallClass::history: return "history";
    case CallClass::metrics: return "metrics";
    case CallClass::backups: return "backups";
    case CallClass::facts: return "facts";
    case CallClass::agent: return "agent";
  }
  return "other";
}

void Client::note_call(CallClass kind, std::uint64_t bytes, double ms, bool failed) {
  const SteadyTime now = clock_.steady();
  calls_.push_back({now, kind, bytes, ms, failed});
  while (!calls_.empty() && now - calls_.front().at > kLoadWindow) calls_.pop_front();
}

ClusterLoad Client::load() const {
  ClusterLoad out{};
  const SteadyTime now = clock_.steady();
  std::map<CallClass, std::vector<double>> times;
  std::map<CallClass, CallClassLoad> classes;
  std::vector<double> all;
  for (const Call& call : calls_) {
    if (now - call.at > kLoadWindow) continue;
    CallClassLoad& load = classes[call.kind];
    load.requests_per_minute += 1;
    load.bytes_per_minute += static_cast<double>(call.bytes);
    if (call.failed) {
      ++load.errors;
      continue;
    }
    times[call.kind].push_back(call.ms);
    all.push_back(call.ms);
  }
  for (auto& [kind, load] : classes) {
    auto& sorted = times[kind];
    std::ranges::sort(sorted);
    load.name = name_of(kind);
    load.p50_ms = percentile(sorted, 0.5);
    load.p95_ms = percentile(sorted, 0.95);
    out.requests_per_minute += load.requests_per_minute;
    out.bytes_per_minute += load.bytes_per_minute;
    out.by_class.push_back(load);
  }
  std::ranges::sort(all);
  out.p50_ms = percentile(all, 0.5);
  out.p95_ms = percentile(all, 0.95);
  return out;
}

}  // namespace monitorix::proxmox
