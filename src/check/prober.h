#pragma once
// The door of this room: one run of a service's check, on the loop. Never throws; what happened is a CheckResult.
// Every run has one absolute deadline (service.timeout from its start). A run that could not look because of us (no
// file descriptors, no resolver, no right to ping, the outbound policy) is `unknown` and says what to do.
// Knows http, https, ping, port, dns, tls and custom; push and composite are answered `unknown` (they have no network).
// `invert`, counting and retrying are the state machine's business.

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/service/check_result.h"
#include "model/service/service.h"
#include "net/outbound/policy.h"
#include "net/task.h"

namespace monitorix::check {

/// A program that an administrator lets `custom` checks start, by the convention of Nagios plugins.
struct AllowedProgram {
  std::string name{};                          ///< what services call it
  std::string path{};                          ///< absolute
  std::vector<std::string> fixed_arguments{};  ///< before those of the service
};
/// Errc::invalid for a relative path, an empty or doubled name.
Status check_programs(const std::vector<AllowedProgram>& programs);

struct ProberSettings {
  net::OutboundPolicy outbound{};
  std::vector<AllowedProgram> programs{};  ///< empty = custom checks are off
  std::string user_agent{"Monitorix"};
  std::vector<std::string> name_servers{};  ///< ip[:port]; empty = those of /etc/resolv.conf
};

class Prober {
 public:
  Prober(net::Loop& loop, const Clock& clock, ProberSettings settings);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  /// `result.service`, `scheduled_at`, `started_at` and `took` are filled in always.
  net::Task<CheckResult> run(std::shared_ptr<const Service> service, WallTime scheduled_at);
  /// The same for who runs thousands of them: the result stays where it was found and is moved by nobody. Never null.
  net::Task<std::shared_ptr<CheckResult>> find_out(std::shared_ptr<const Service> service, WallTime scheduled_at);
  /// For runs that begin from now on.
  void set_settings(ProberSettings settings);
  /// Ends what runs (as unknown, `local_fault`) and starts nothing more; quick, may be called twice.
  void stop();

  /// May this machine ping? "" or the sentence that says how to allow it (checks C20).
  [[nodiscard]] std::string ping_hindrance() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace monitorix::check
