#include "sim/listener.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl.hpp>

#include "sim/connection.h"

namespace monitorix::sim {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

Listener::Listener(asio::io_context& io, Service service) : io_(io), service_(std::move(service)), acceptor_(io) {}

Listener::~Listener() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& weak : connections_) {
    if (const auto connection = weak.lock()) connection->abandon();
  }
}

void Listener::use(const Identity& identity) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  tls->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  const auto& pem = identity.certificate.pem;
  tls->use_certificate(asio::buffer(pem), asio::ssl::context::pem);
  tls->use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
  tls_ = std::move(tls);
}

Status Listener::bind() {
  boost::system::error_code error;
  acceptor_.open(endpoint_.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint_, error);
  if (error)
    return fail(Errc::io, "cannot listen on port " + std::to_string(endpoint_.port()) + ": " + error.message());
  endpoint_ = acceptor_.local_endpoint();
  return {};
}

Status Listener::open(const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  endpoint_ = Tcp::endpoint(asio::ip::make_address(address, error), port);
  if (error) return fail(Errc::invalid, address + ": " + error.message());
  if (auto bound = bind(); !bound) return bound;
  return reopen();
}

Status Listener::reopen() {
  if (is_open_) return {};
  boost::system::error_code error;
  acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(Errc::io, "cannot listen: " + error.message());
  is_open_ = true;
  accept();
  return {};
}

void Listener::close() {
  if (!is_open_) return;
  is_open_ = false;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& weak : connections_) {
    if (const auto connection = weak.lock()) connection->abandon();
  }
  connections_.clear();
  // A bound socket that does not listen: clients are refused, and nobody else takes the port.
  static_cast<void>(bind());
}

void Listener::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
    if (error == asio::error::operation_aborted || !is_open_) return;
    if (!error) {
      ++counters_.connections;
      boost::system::error_code ignored;
      socket.set_option(Tcp::no_delay(true), ignored);
      std::erase_if(connections_, [](const auto& weak) { return weak.expired(); });
      const auto connection = std::make_shared<Connection>(std::move(socket), *this);
      connections_.push_back(connection);
      // The wrapper keeps the connection alive for as long as its coroutine runs.
      asio::co_spawn(
          io_, [](std::shared_ptr<Connection> held) -> asio::awaitable<void> { co_await held->run(); }(connection),
          asio::detached);
    }
    accept();
  });
}

}  // namespace monitorix::sim
