#pragma once
// What this process uses of the machine.

#include <cstdint>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace monitorix::api {

/// Resident memory, bytes.
inline std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

/// User and system time since the start, seconds.
inline double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// What this process caused to be written to disks since the start, bytes. It is write_bytes of /proc/self/io, which a
/// process that leaves no core file may not open.
inline std::int64_t written_bytes() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return std::int64_t{used.ru_oublock} * 512;
}

}  // namespace monitorix::api
