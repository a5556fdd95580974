#pragma once
// /cluster/metrics/export: what each member's pvestatd measured every ten seconds, up to half an hour back (proxmox
// §5). The answer may be large and is read in one pass, without a tree of it: memory is taken for samples only, and
// only for so many. Unknown metrics, ids of other kinds and odd values are left out.

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proxmox/client.h"

namespace monitorix::proxmox {

enum class Metric : std::uint8_t {
  uptime,
  cpu_current,
  cpu_iowait,
  cpu_avg1,
  mem_total,
  mem_used,
  swap_total,
  swap_used,
  disk_total,
  disk_used,
  net_in,  ///< this and the next three: bytes since the start of their owner
  net_out,
  disk_read,
  disk_write,
  count_
};
inline constexpr std::size_t kMetrics = static_cast<std::size_t>(Metric::count_);

struct Sampled {
  Sampled() { values.fill(std::numeric_limits<double>::quiet_NaN()); }
  std::int64_t time{};  ///< seconds since 1970 by the clock of the member that measured
  std::array<double, kMetrics> values{};
  double& operator[](Metric metric) { return values[static_cast<std::size_t>(metric)]; }
  double operator[](Metric metric) const { return values[static_cast<std::size_t>(metric)]; }
  [[nodiscard]] bool has(Metric metric) const { return !std::isnan((*this)[metric]); }
};

/// By id: "node/N", "qemu/V", "lxc/V", "storage/N/S". Of each the samples by time.
using Exported = std::map<std::string, std::vector<Sampled>, std::less<>>;

inline constexpr std::size_t kMostSampledTimes = 400;  ///< of one object; 181 are kept there
inline constexpr std::size_t kMostSampled = 400'000;   ///< of one answer

/// Errc::protocol for what is not such an answer, too_large for one with more than kMostSampled samples.
Result<Exported> parse_export(std::string_view body);

struct ExportWish {
  std::int64_t since{};  ///< samples later than this; 0 = the newest one only
  std::string node{};    ///< of this member only (from 9.0.8 on); empty = of all that the asked one reaches
  EndpointId from{};     ///< ask exactly this endpoint, for its own samples; none = whoever answers, for all
};
/// The body, for parse_export. Errc::not_found when this version has no such call, denied when the token may not.
net::Task<Result<std::string>> ask_export(Client& client, ExportWish wish);

/// True when one member gathers the samples of all others for a token (M3: from 9.0.13 on).
bool gathers_for_tokens(std::string_view version);

}  // namespace monitorix::proxmox
