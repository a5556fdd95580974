#include "net/http_server.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <map>
#include <optional>
#include <strings.h>

#include "base/log.h"
#include "net/http_connection.h"

namespace monitorix::net {
namespace asio = boost::asio;
using asio::ip::tcp;

std::string_view Request::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) {
    return header.first.size() == name.size() && ::strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

namespace {

constexpr std::chrono::milliseconds kAcceptPause{100};  // no descriptors left: wait instead of spinning

/// Sixteen bytes for either family; IPv4 as ::ffff:a.b.c.d.
std::optional<std::array<unsigned char, 16>> address_bytes(std::string_view text) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(text, error);
  if (error) return std::nullopt;
  const auto v6 = address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()) : address.to_v6();
  return v6.to_bytes();
}

bool matches(const std::array<unsigned char, 16>& address, std::string_view cidr) {
  const auto slash = cidr.find('/');
  const std::string_view base = cidr.substr(0, slash);
  const auto network = address_bytes(base);
  if (!network) return false;
  const unsigned offset = base.find(':') == std::string_view::npos ? 96 : 0;
  unsigned bits = 128 - offset;
  if (slash != std::string_view::npos) {
    const std::string_view count = cidr.substr(slash + 1);
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), bits);
    if (error != std::errc{} || end != count.data() + count.size() || bits > 128 - offset) return false;
  }
  bits += offset;
  for (unsigned at = 0; at < 16 && bits > 0; ++at) {
    const unsigned here = std::min(bits, 8u);
    const auto mask = static_cast<unsigned char>(0xFFu << (8u - here));
    if (((address[at] ^ (*network)[at]) & mask) != 0) return false;
    bits -= here;
  }
  return true;
}

}  // namespace

bool address_in(std::string_view address, const std::vector<std::string>& cidrs) {
  if (cidrs.empty()) return false;
  const auto bytes = address_bytes(address);
  return bytes && std::ranges::any_of(cidrs, [&](const std::string& cidr) { return matches(*bytes, cidr); });
}

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Loop& loop;
  std::shared_ptr<ServerBook> book;
  const ServerOptions& options;
  tcp::acceptor acceptor;
  std::optional<asio::ssl::context> tls{};
  int port{0};

  Impl(Loop& owner, ServerOptions wanted, Handler answer)
      : loop(owner),
        book(std::make_shared<ServerBook>()),
        options(book->options),
        acceptor(owner.context()) {
    book->options = std::move(wanted);
    book->handler = std::move(answer);
  }

  Status prepare_tls() {
    if (options.tls_cert_file.empty()) return {};
    tls.emplace(asio::ssl::context::tls_server);
    boost::system::error_code error;
    tls->set_options(asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression |
                         asio::ssl::context::single_dh_use,
                     error);
    tls->use_certificate_chain_file(options.tls_cert_file, error);
    if (error) return fail(Errc::invalid, options.tls_cert_file + ": " + error.message());
    tls->use_private_key_file(options.tls_key_file, asio::ssl::context::pem, error);
    if (error) return fail(Errc::invalid, options.tls_key_file + ": " + error.message());
    if (::SSL_CTX_check_private_key(tls->native_handle()) != 1)
      return fail(Errc::invalid, options.tls_key_file + ": does not belong to the certificate");
    return {};
  }

  Status bind() {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) return fail(Errc::invalid, options.address + ": not an address");
    const tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1024, error);
    if (error) return fail(Errc::io, options.address + ":" + std::to_string(options.port) + ": " + error.message());
    port = acceptor.local_endpoint().port();
    return {};
  }

  [[nodiscard]] bool admits(const std::string& peer) const {
    if (book->seats.size() - book->websockets >= options.max_connections) return false;
    const auto known = book->by_address.find(peer);
    return known == book->by_address.end() || known->second < options.max_connections_per_address ||
           address_in(peer, options.exempt_addresses);
  }

  static Task<> accept_loop(std::shared_ptr<Impl> self) {
    bool troubled = false;
    while (self->acceptor.is_open()) {
      tcp::socket socket(self->loop.context());
      boost::system::error_code error;
      co_await self->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        if (!troubled) log::warn("cannot accept connections", {{"error", error.message()}});
        troubled = true;
        co_await sleep_for(kAcceptPause);
        continue;
      }
      if (troubled) log::info("connections are accepted again");
      troubled = false;
      const auto remote = socket.remote_endpoint(error);
      if (error) continue;
      const auto address = remote.address();
      std::string peer = address.is_v6() && address.to_v6().is_v4_mapped()
                             ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string()
                             : address.to_string();
      if (!self->admits(peer)) continue;  // the socket closes
      self->loop.spawn("connection", serve(self, std::move(socket), std::move(peer)));
    }
  }

  static Task<> serve(std::shared_ptr<Impl> self, tcp::socket socket, std::string peer) {
    auto seat = std::make_shared<Seat>(self->book, std::move(peer));
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (self->tls)
      co_await serve_tls(std::move(socket), *self->tls, std::move(seat));
    else
      co_await serve_plain(std::move(socket), std::move(seat));
  }
};

Seat::Seat(std::shared_ptr<ServerBook> owner, std::string address) : book(std::move(owner)), peer(std::move(address)) {
  ++book->by_address[peer];
  book->seats.insert(this);
}

Seat::~Seat() {
  end_handshake();
  book->seats.erase(this);
  if (is_websocket_)
    --book->websockets;
  else
    leave_address();
}

void Seat::leave_address() {
  const auto known = book->by_address.find(peer);
  if (--known->second == 0) book->by_address.erase(known);
}

bool Seat::become_websocket() {
  if (book->websockets >= book->options.max_websockets) return false;
  leave_address();
  is_websocket_ = true;
  ++book->websockets;
  return true;
}

bool Seat::begin_handshake() {
  const ServerOptions& options = book->options;
  const auto here = book->handshakes_by_address.find(peer);
  if (book->handshakes >= options.max_handshakes) return false;
  if (here != book->handshakes_by_address.end() && here->second >= options.max_handshakes_per_address &&
      !address_in(peer, options.exempt_addresses))
    return false;
  in_handshake_ = true;
  ++book->handshakes;
  ++book->handshakes_by_address[peer];
  return true;
}

void Seat::end_handshake() {
  if (!in_handshake_) return;
  in_handshake_ = false;
  --book->handshakes;
  const auto here = book->handshakes_by_address.find(peer);
  if (--here->second == 0) book->handshakes_by_address.erase(here);
}

HttpServer::HttpServer(Loop& loop, ServerOptions options, Handler handler)
    : impl_(std::make_shared<Impl>(loop, std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() { stop(); }

Status HttpServer::start() {
  if (auto ready = impl_->prepare_tls(); !ready) return ready;
  if (auto bound = impl_->bind(); !bound) return bound;
  impl_->loop.spawn("accept", Impl::accept_loop(impl_));
  return {};
}

int HttpServer::port() const { return impl_->port; }
std::size_t HttpServer::connections() const { return impl_->book->seats.size(); }

void HttpServer::stop() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->book->stopping = true;  // who is being answered is answered, then hung up
  std::vector<std::function<void()>> idle;
  for (const Seat* seat : impl_->book->seats)
    if (seat->hang_up) idle.push_back(seat->hang_up);
  for (const auto& hang_up : idle) hang_up();
}

}  // namespace monitorix::net
