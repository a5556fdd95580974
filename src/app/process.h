#pragma once
// What a program that serves must be to the system: it ends when asked to, and gives nothing of itself away.

#include <csignal>
#include <functional>
#include <thread>

namespace monitorix::app {

/// Tells of SIGINT or SIGTERM; the signals are blocked in every thread before any starts.
class SignalWatch {
 public:
  static void block();
  /// Once, on a thread of its own.
  explicit SignalWatch(std::function<void()> on_signal);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

 private:
  std::thread thread_;
};

/// No core file and no debugger may carry secrets away (S39); few arenas keep memory in one heap.
void harden_process();

/// What large answers and the growth of the open hour leave between the living goes back to the system.
void return_free_memory();

}  // namespace monitorix::app
