#pragma once
// One browser on /ws: its subscriptions, its errors, its end (api.md W1-W11). All on the loop.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "api/desk.h"
#include "base/json.h"
#include "net/websocket.h"

namespace monitorix::api {

class Socket final : public live::Subscriber, public std::enable_shared_from_this<Socket> {
 public:
  Socket(Desk& desk, std::shared_ptr<net::WebSocket> line, Caller caller);
  net::Task<> run();  ///< until the line closes

  void deliver(std::string head, std::shared_ptr<const std::string> body) override;
  [[nodiscard]] bool is_congested() const override;

  [[nodiscard]] const Caller& caller() const { return caller_; }
  /// Says why, then closes with 4401 or 4403 (or 1001 when we stop).
  void dismiss(std::string_view reason, std::uint16_t code);
  /// Closes with 1013 when the reader has taken nothing for 30 s.
  void close_if_stalled();

 private:
  void handle(const std::string& text);
  void subscribe(const Json& message);
  void send(std::string_view type, const std::string& data);
  void send_error(const std::string& id, std::string_view code, std::string_view detail);

  Desk& desk_;
  std::shared_ptr<net::WebSocket> line_;
  Caller caller_;
  std::set<std::string> subscriptions_{};
  int malformed_{0};
};

/// All open sockets; asked at each tick whether each is still allowed and whether it reads.
class Sockets {
 public:
  explicit Sockets(Desk& desk) : desk_(desk) {}
  /// The answer to GET /ws: 401, 403, or the upgrade.
  net::Task<net::Response> admit(const net::Request& request, bool is_secure, std::string request_id);
  bool tick();  ///< whether there are any
  void stop();

 private:
  net::Task<> check();
  net::Task<> check_each();
  Desk& desk_;
  std::vector<std::weak_ptr<Socket>> open_{};
  bool is_checking_{false};
};

}  // namespace monitorix::api
