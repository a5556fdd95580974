// Preloaded into a program: its clocks go CLOCK_SPEED times as fast as everybody else's, and what it waits for comes so
// much sooner. The wall clock was CLOCK_SHOWN when it really was CLOCK_BEGAN (seconds), so programs that are started
// one after the other agree. Under libfaketime 0.9.10 no cluster was ever polled.

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../tests/preload/wall_clock.h"

namespace {

constexpr long kSecond = 1'000'000'000;

double number(const char* name, double otherwise) {
  const char* const text = std::getenv(name);
  return text ? std::atof(text) : otherwise;
}
double speed() {
  static const double its = number("CLOCK_SPEED", 1);
  return its;
}
long nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }
timespec timespec_of(long nanoseconds) { return {nanoseconds / kSecond, nanoseconds % kSecond}; }
/// Nothing stays nothing, and all else stays something: for timers 0 means never.
long slowed(long nanoseconds) {
  return nanoseconds == 0 ? 0 : std::max(1l, static_cast<long>(static_cast<double>(nanoseconds) / speed()));
}
int slowed_milliseconds(int timeout) {
  return timeout <= 0 ? timeout : std::max(1, static_cast<int>(timeout / speed()));
}
long shown_wall(long real) {
  static const long began = static_cast<long>(number("CLOCK_BEGAN", 0) * 1e9);
  static const long shown = static_cast<long>(number("CLOCK_SHOWN", 0) * 1e9);
  return shown + static_cast<long>(static_cast<double>(real - began) * speed());
}
template <class Function>
Function next(Function, const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {
int clock_gettime(clockid_t clock, timespec* out) noexcept {
  const long result = ::syscall(SYS_clock_gettime, clock, out);
  if (result != 0) return static_cast<int>(result);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
    *out = timespec_of(shown_wall(nanoseconds(*out)));
  else if (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME)
    *out = timespec_of(static_cast<long>(static_cast<double>(nanoseconds(*out)) * speed()));
  return 0;
}
int timerfd_settime(int file, int flags, const itimerspec* wanted, itimerspec* before) noexcept {
  static const auto real = next(&timerfd_settime, "timerfd_settime");
  const itimerspec sooner{timespec_of(slowed(nanoseconds(wanted->it_interval))),
                          timespec_of(slowed(nanoseconds(wanted->it_value)))};
  return real(file, flags, &sooner, before);
}
int epoll_wait(int file, epoll_event* events, int most, int timeout) {
  static const auto real = next(&epoll_wait, "epoll_wait");
  return real(file, events, most, slowed_milliseconds(timeout));
}
int poll(pollfd* files, nfds_t count, int timeout) {
  static const auto real = next(&poll, "poll");
  return real(files, count, slowed_milliseconds(timeout));
}
int nanosleep(const timespec* wanted, timespec* left) {
  static const auto real = next(&nanosleep, "nanosleep");
  const timespec sooner = timespec_of(slowed(nanoseconds(*wanted)));
  return real(&sooner, left);
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  static const auto real = next(&pthread_cond_clockwait, "pthread_cond_clockwait");
  const timespec sooner = timespec_of(slowed(nanoseconds(*until)));
  return real(condition, mutex, clock, &sooner);
}
int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) noexcept {
  static const auto real = next(&pthread_mutex_clocklock, "pthread_mutex_clocklock");
  const timespec sooner = timespec_of(slowed(nanoseconds(*until)));
  return real(mutex, clock, &sooner);
}
}
