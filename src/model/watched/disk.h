#pragma once
// A physical disk of a node, as its SMART data say.

#include <cstdint>
#include <optional>
#include <string>

namespace monitorix {

struct Disk {
  std::string path{};  ///< /dev/sda
  std::optional<std::string> model{}, serial{}, vendor{};
  std::optional<std::string> kind{};     ///< ssd, hdd, nvme, usb; unknown ones as told
  std::optional<std::string> used_as{};  ///< ZFS, LVM, partitions, mounted ...
  std::optional<std::string> health{};   ///< PASSED, OK, FAILED ... as SMART says
  std::optional<std::int64_t> size_bytes{};
  std::optional<double> worn_ratio{};  ///< 0 new, 1 at the end of its rated life
  bool operator==(const Disk&) const = default;
};

}  // namespace monitorix
