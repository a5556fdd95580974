#pragma once
// The control API: orders faults, deaths, migrations and reads the counters. Plain HTTP on 127.0.0.1 only, JSON in and
// out, no authentication. README.md lists the paths.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "sim/fleet.h"
#include "sim/targets.h"

namespace monitorix::sim {

struct Reply {
  int status{200};
  std::string body{"{}"};
};

class Control {
 public:
  Control(boost::asio::io_context& io, Fleet& fleet);

  Status open(std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// The deed itself, without the wire.
  [[nodiscard]] Reply handle(const std::string& method, const std::string& path, const std::string& body);

 private:
  using Words = std::vector<std::string>;

  void accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);
  Reply on_node(const Words& words, const Json& order);
  Reply on_fault(const Words& words, const Json& order);
  Reply on_certificate(const Words& words);
  Reply on_clock(const Words& words, const Json& order);
  Reply on_hardware(const Words& words, const Json& order);
  Reply on_qdevice(const Words& words, const Json& order);
  Reply on_ha(Cluster& cluster, int vmid, const std::string& state);
  Reply on_time(const Json& order);
  Reply on_server(const Words& words, const Json& order);
  Reply on_storage(const Words& words, const Json& order);
  Reply on_guest(const Words& words, const Json& order);
  Reply on_target(std::size_t cluster, int vmid, const Json& order);
  [[nodiscard]] Reply guest_list(const Words& words);
  [[nodiscard]] std::optional<std::size_t> find_cluster(const std::string& name);

  Fleet& fleet_;
  Targets targets_;
  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace monitorix::sim
