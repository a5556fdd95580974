#pragma once
// Finds time zones by their IANA name in the system's directory, and keeps what was read. Names are checked before they
// touch a path. One thread.

#include <filesystem>
#include <map>
#include <string>

#include "base/zone/zone.h"

namespace monitorix {

class ZoneFiles {
 public:
  explicit ZoneFiles(std::filesystem::path root = "/usr/share/zoneinfo");
  /// Empty and "UTC" are always there. Errc::not_found for a name that is none.
  Result<Zone> find(std::string_view name);

 private:
  std::filesystem::path root_;
  std::map<std::string, Zone, std::less<>> known_{};
};

}  // namespace monitorix
