#include "app/process.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace monitorix::app {
namespace {

sigset_t signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

void SignalWatch::block() {
  sigset_t set = signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

SignalWatch::SignalWatch(std::function<void()> on_signal)
    : thread_([on_signal = std::move(on_signal)] {
        sigset_t set = signals();
        int which = 0;
        ::sigwait(&set, &which);
        on_signal();
      }) {}

SignalWatch::~SignalWatch() {
  ::pthread_kill(thread_.native_handle(), SIGINT);
  thread_.join();
}

void harden_process() {
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::mallopt(M_ARENA_MAX, 2);
  // Left alone, glibc raises this with the first large answer freed and keeps all later ones in the heap.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // And with that said, it would give each 128 KiB at the end of the heap back at once, to fetch them anew with the
  // next answer.
  ::mallopt(M_TRIM_THRESHOLD, 512 << 10);
}

void return_free_memory() { ::malloc_trim(0); }

}  // namespace monitorix::app
