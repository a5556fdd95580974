// Preloaded into a program of ours: its wall clock goes CLOCK_AHEAD seconds before everybody else's, as if it had been
// started that much later, or as many as the file CLOCK_AHEAD_FILE says at that moment. What it measures by the steady
// clock stays.

#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wall_clock.h"

namespace {
long said_by_file(int file) {
  char text[32]{};
  return ::pread(file, text, sizeof text - 1, 0) > 0 ? std::strtol(text, nullptr, 10) : 0;
}

long ahead() {
  static const char* const path = std::getenv("CLOCK_AHEAD_FILE");
  static const int file = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
  static const char* const text = std::getenv("CLOCK_AHEAD");
  static const long seconds = text ? std::strtol(text, nullptr, 10) : 0;
  return file >= 0 ? said_by_file(file) : seconds;
}
}  // namespace

extern "C" {
int clock_gettime(clockid_t clock, timespec* out) noexcept {
  const long result = ::syscall(SYS_clock_gettime, clock, out);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += ahead();
  return static_cast<int>(result);
}
}
