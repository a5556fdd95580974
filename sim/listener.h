#pragma once
// One node's front door: a TLS listener that speaks HTTP/1.1 byte by byte, keeps alive as pveproxy does (100 requests,
// 5 s idle, closed after an error) and delivers faults. Counts what came in, so that a test can prove that a client
// sent nothing. All on one thread: that of the io_context.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/faults.h"
#include "sim/http_message.h"
#include "sim/tls_identity.h"

namespace monitorix::sim {

struct Counters {
  std::uint64_t connections{};
  std::uint64_t handshakes{};
  std::uint64_t failed_handshakes{};
  std::uint64_t requests{};
  std::uint64_t http_bytes_received{};
  std::uint64_t bytes_sent{};
};

class Connection;

class Listener {
 public:
  struct Service {
    std::function<Answer(const Request&)> answer{};
    std::function<WallTime()> shown_time{};
    std::function<void(const Request&)> count{};
  };

  Listener(boost::asio::io_context& io, Service service);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Port 0: any free one.
  Status open(const std::string& address, std::uint16_t port);
  /// Refuses connections and cuts the present ones, but keeps the port for reopen().
  void close();
  Status reopen();
  /// For handshakes from now on.
  void use(const Identity& identity);

  [[nodiscard]] std::uint16_t port() const { return endpoint_.port(); }
  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] const Fault& fault() const { return fault_; }
  void set_fault(Fault fault) { fault_ = std::move(fault); }

 private:
  friend class Connection;
  void accept();
  Status bind();

  boost::asio::io_context& io_;
  Service service_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint endpoint_{};
  std::shared_ptr<boost::asio::ssl::context> tls_{};
  std::vector<std::weak_ptr<Connection>> connections_{};
  Counters counters_{};
  Fault fault_{};
  bool is_open_{};
};

}  // namespace monitorix::sim
