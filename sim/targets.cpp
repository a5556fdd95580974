#include "sim/targets.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace monitorix::sim {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

namespace {

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> serve(Tcp::socket socket, std::shared_ptr<const TargetPlan> plan) {
  if (!plan->is_up()) {
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    co_return;
  }
  std::array<char, 4096> got{};
  const auto [error, size] = co_await socket.async_read_some(asio::buffer(got), kWait);
  if (error || plan->kind == TargetPlan::Kind::tcp) co_return;
  const auto text =
      "HTTP/1.1 " + std::to_string(plan->status) + (plan->status < 400 ? " OK" : " Not well") +
      "\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(plan->body.size()) +
      "\r\n\r\n" + plan->body;
  co_await asio::async_write(socket, asio::buffer(text), kWait);
}

}  // namespace

class Target : public std::enable_shared_from_this<Target> {
 public:
  Target(asio::io_context& io, TargetPlan plan) : acceptor_(io), plan_(std::make_shared<TargetPlan>(std::move(plan))) {}

  Result<std::uint16_t> open() {
    const Tcp::endpoint wanted(asio::ip::address_v4::loopback(), plan_->port);
    boost::system::error_code error;
    acceptor_.open(wanted.protocol(), error);
    if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(wanted, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(Errc::io, "cannot listen: " + error.message());
    accept();
    return acceptor_.local_endpoint().port();
  }
  void close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const boost::system::error_code& error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
      if (!error) {
        asio::co_spawn(self->acceptor_.get_executor(), serve(std::move(socket), self->plan_), asio::detached);
      }
      self->accept();
    });
  }

  Tcp::acceptor acceptor_;
  std::shared_ptr<const TargetPlan> plan_;
};

Targets::Targets(asio::io_context& io) : io_(io) {}

Targets::~Targets() {
  for (const auto& [name, target] : targets_) target->close();
}

Result<std::uint16_t> Targets::open(const std::string& name, TargetPlan plan) {
  close(name);
  auto target = std::make_shared<Target>(io_, std::move(plan));
  auto port = target->open();
  if (port) targets_[name] = std::move(target);
  return port;
}

void Targets::close(const std::string& name) {
  if (const auto found = targets_.find(name); found != targets_.end()) {
    found->second->close();
    targets_.erase(found);
  }
}

}  // namespace monitorix::sim
