#pragma once
// A conversation over a line: reads with a limit, keeps what came, and turns a plain line into a TLS one the way each
// protocol wants it. Included by this room only.

#include <memory>
#include <string>
#include <string_view>

#include "check/pattern.h"
#include "model/service/service.h"
#include "net/outbound/line.h"
#include "net/task.h"

namespace monitorix::check {

class Talk {
 public:
  static constexpr std::size_t kMostRead = 64u << 10;
  explicit Talk(net::Line& line) : line_(line) {}

  net::Task<net::Outcome<void>> say(std::string_view bytes);
  /// Reads until the pattern is found in what came since we last spoke. Trouble::protocol when the peer closed or spoke
  /// more than 64 KiB, timed_out when the time was over.
  net::Task<net::Outcome<void>> hear(Pattern pattern);
  net::Task<net::Outcome<void>> hear_bytes(std::size_t count);
  [[nodiscard]] const std::string& heard() const { return heard_; }
  void forget() { heard_.clear(); }

 private:
  net::Task<net::Outcome<void>> read_more();

  net::Line& line_;
  std::string heard_{};
  std::size_t total_{0};
};

/// What comes before the handshake; Trouble::protocol when the server does not go along.
net::Task<net::Outcome<void>> ask_for_tls(Talk& talk, StartTls kind, std::string host);

}  // namespace monitorix::check
