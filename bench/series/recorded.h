#pragma once
// What real Proxmox VE servers recorded: the rrddata answers in tests/data/pve, as rows of our sets. RRD holds rates
// where samples hold counters, so rates are added up to counters again.

#include <string>
#include <vector>

#include "base/result.h"
#include "history/chunk/codec.h"

namespace monitorix::bench {

struct Recording {
  std::string name{};
  history::Rows rows{};
  std::size_t values{};  ///< known ones, without t
};

Result<std::vector<Recording>> read_recordings(const std::string& directory);

/// A CSV of a real host's own counters, as rows of a guest: t,cpu,mem,maxmem,netin,netout,diskread,diskwrite,uptime,...
Result<Recording> read_host(const std::string& file);

/// The same hour with all eleven columns of a guest: the size of its disk, what it holds and that it runs stood still.
Recording as_guest(const Recording& host);

}  // namespace monitorix::bench
