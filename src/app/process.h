#pragma once
// What a program that serves must be to the system: it ends when asked to, and gives nothing of itself away.

#include <csignal>
#include <thread>

#include "net/task.h"

namespace monitorix::app {

/// Ends the loop at SIGINT or SIGTERM; the signals are blocked in every thread before any starts.
class SignalWatch {
 public:
  static void block();
  explicit SignalWatch(net::Loop& loop);
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
