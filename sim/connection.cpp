#include "sim/connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <sys/socket.h>

namespace monitorix::sim {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);
constexpr int kRequestsKept = 100;
constexpr seconds kIdle{5};
constexpr seconds kHandshake{10};
constexpr seconds kLongest{3'600};
constexpr std::size_t kHeadLimit = 64 * 1024;
constexpr std::size_t kBodyLimit = 512 * 1024;
constexpr unsigned char kTlsHandshake = 0x16;

std::size_t body_length(const Request& request) {
  std::size_t length = 0;
  if (const auto text = request.header("Content-Length")) {
    std::from_chars(text->data(), text->data() + text->size(), length);
  }
  return length;
}

}  // namespace

Connection::Connection(Tcp::socket socket, Listener& owner)
    : tls_(owner.tls_),
      stream_(std::move(socket), *tls_),
      deadline_(stream_.get_executor()),
      owner_(&owner) {}

void Connection::abandon() {
  owner_ = nullptr;
  boost::system::error_code ignored;
  deadline_.cancel();
  stream_.lowest_layer().close(ignored);
}

void Connection::limit(milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
    const auto connection = self.lock();
    if (error || !connection || connection->deadline_.expiry() > asio::steady_timer::clock_type::now()) return;
    boost::system::error_code ignored;
    connection->stream_.lowest_layer().close(ignored);
  });
}

asio::awaitable<void> Connection::pause(milliseconds time) {
  asio::steady_timer timer(stream_.get_executor(), time);
  co_await timer.async_wait(kWait);
}

asio::awaitable<void> Connection::run() {
  if (owner_ != nullptr && owner_->fault_.mode == FaultMode::accept_silent) {
    co_await swallow();
    co_return;
  }
  limit(kHandshake);
  if (co_await shake_hands()) co_await converse();
  deadline_.cancel();
  boost::system::error_code ignored;
  stream_.lowest_layer().close(ignored);
}

asio::awaitable<bool> Connection::shake_hands() {
  auto& socket = stream_.next_layer();
  const auto [waited] = co_await socket.async_wait(Tcp::socket::wait_read, kWait);
  if (waited || owner_ == nullptr) co_return false;
  unsigned char first = 0;
  if (::recv(socket.native_handle(), &first, 1, MSG_PEEK) == 1 && first != kTlsHandshake) {
    co_await redirect_plain();
    co_return false;
  }
  const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kWait);
  if (owner_ == nullptr) co_return false;
  ++(error ? owner_->counters_.failed_handshakes : owner_->counters_.handshakes);
  co_return !error;
}

asio::awaitable<void> Connection::redirect_plain() {
  auto& socket = stream_.next_layer();
  std::array<char, 4096> got{};
  co_await socket.async_read_some(asio::buffer(got), kWait);
  const auto end = socket.local_endpoint();
  const std::string text =
      "HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nContent-Length: 0\r\nLocation: https://" +
      end.address().to_string() + ":" + std::to_string(end.port()) + "/\r\n\r\n";
  co_await asio::async_write(socket, asio::buffer(text), kWait);
}

asio::awaitable<void> Connection::swallow() {
  std::array<char, 4096> got{};
  for (;;) {
    const auto [error, size] = co_await stream_.next_layer().async_read_some(asio::buffer(got), kWait);
    if (error) co_return;
  }
}

asio::awaitable<std::optional<Request>> Connection::read_request() {
  std::array<char, 8192> got{};
  std::optional<Request> request;
  std::size_t wanted = 0;
  for (;;) {
    if (!request) {
      const auto end = buffer_.find("\r\n\r\n");
      if (end != std::string::npos) {
        request = parse_head(std::string_view(buffer_).substr(0, end));
        if (!request) co_return std::nullopt;
        wanted = body_length(*request);
        buffer_.erase(0, end + 4);
      }
    }
    if (request && buffer_.size() >= wanted) {
      request->body = buffer_.substr(0, wanted);
      buffer_.erase(0, wanted);
      co_return request;
    }
    if (buffer_.size() > kHeadLimit || wanted > kBodyLimit) co_return std::nullopt;
    const auto [error, size] = co_await stream_.async_read_some(asio::buffer(got), kWait);
    if (owner_ == nullptr) co_return std::nullopt;
    owner_->counters_.http_bytes_received += size;
    if (error) co_return std::nullopt;
    buffer_.append(got.data(), size);
  }
}

asio::awaitable<void> Connection::converse() {
  for (int served = 1;; ++served) {
    limit(kIdle);
    auto request = co_await read_request();
    if (!request || owner_ == nullptr) co_return;
    limit(kLongest);
    ++owner_->counters_.requests;
    owner_->service_.count(*request);
    auto answer = owner_->service_.answer(*request);
    if (answer.delay.count() > 0) co_await pause(answer.delay);
    if (owner_ == nullptr) co_return;
    auto delivery = deliver(owner_->fault_, *request, answer, owner_->service_.shown_time());
    if (delivery.is_never) {
      co_await swallow();
      co_return;
    }
    const bool asks_to_close = request->header("Connection").value_or("").find("close") != std::string_view::npos;
    if (delivery.end == Delivery::End::keep && (served == kRequestsKept || asks_to_close)) {
      delivery.end = Delivery::End::close;
    }
    if (request->method == "HEAD") delivery.body = nullptr;
    const bool is_sent = co_await send(delivery);
    if (delivery.end != Delivery::End::keep) co_await finish(delivery.end);
    if (!is_sent || delivery.end != Delivery::End::keep) co_return;
  }
}

asio::awaitable<bool> Connection::write(std::string_view bytes, std::size_t bytes_per_second) {
  if (bytes_per_second == 0) {
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), kWait);
    if (owner_ != nullptr) owner_->counters_.bytes_sent += size;
    co_return !error && owner_ != nullptr;
  }
  // Ten times a second at most, so that a fast "slow" is not a thousand timers.
  const auto piece = std::max<std::size_t>(1, bytes_per_second / 10);
  const milliseconds rest{static_cast<std::int64_t>(1'000 * piece / bytes_per_second)};
  while (!bytes.empty()) {
    if (!co_await write(bytes.substr(0, piece), 0)) co_return false;
    bytes.remove_prefix(std::min(piece, bytes.size()));
    co_await pause(rest);
  }
  co_return true;
}

asio::awaitable<bool> Connection::send(const Delivery& delivery) {
  const auto pace = delivery.bytes_per_second;
  if (!delivery.head.empty() && !co_await write(delivery.head, delivery.is_head_slow ? pace : 0)) co_return false;
  if (delivery.body) {
    const auto& body = delivery.encoding == Encoding::gzip ? delivery.body->gzip() : delivery.body->plain();
    const auto shown = std::string_view(body).substr(0, delivery.cut_after);
    if (!shown.empty() && !co_await write(shown, pace)) co_return false;
  }
  while (delivery.more) {
    const auto next = delivery.more();
    if (next.empty()) break;
    if (!co_await write(next, 0)) co_return false;
  }
  co_return true;
}

asio::awaitable<void> Connection::finish(Delivery::End end) {
  if (end == Delivery::End::close) {
    limit(seconds{2});
    co_await stream_.async_shutdown(kWait);
  } else if (end == Delivery::End::reset) {
    boost::system::error_code ignored;
    stream_.lowest_layer().set_option(asio::socket_base::linger(true, 0), ignored);
  }
}

}  // namespace monitorix::sim
