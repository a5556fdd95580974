#pragma once
// One client of a Listener, from accept to close.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "sim/listener.h"

namespace monitorix::sim {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Listener& owner);

  /// Runs until the connection ends. The caller holds a shared_ptr for as long.
  boost::asio::awaitable<void> run();
  /// At once and without farewell; the owner is not touched afterwards.
  void abandon();

 private:
  using Tcp = boost::asio::ip::tcp;

  boost::asio::awaitable<void> converse();
  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<void> redirect_plain();
  boost::asio::awaitable<void> swallow();
  boost::asio::awaitable<std::optional<Request>> read_request();
  boost::asio::awaitable<bool> send(const Delivery& delivery);
  boost::asio::awaitable<bool> write(std::string_view bytes, std::size_t bytes_per_second);
  boost::asio::awaitable<void> finish(Delivery::End end);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
  void limit(std::chrono::milliseconds time);

  std::shared_ptr<boost::asio::ssl::context> tls_;
  boost::asio::ssl::stream<Tcp::socket> stream_;
  boost::asio::steady_timer deadline_;
  Listener* owner_;
  std::string buffer_{};
};

}  // namespace monitorix::sim
