#include "net/http_connection.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>

#include "base/log.h"
#include "net/http_head.h"

namespace monitorix::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kBodyBytesPerSecond = 1024;
constexpr std::chrono::seconds kWriteTimeout{20};  // and one second for each 64 KiB
constexpr std::chrono::seconds kHandshakeTimeout{10};
constexpr std::chrono::seconds kFarewell{2};
constexpr std::size_t kFarewellBytes = 256u << 10;
constexpr std::size_t kReadSize = 4096;

using Parser = http::request_parser<http::string_body>;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::string_view text_of(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

std::string_view reason_of(int status) {
  return view(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status))));
}

std::string head_of(const Response& response, std::size_t body_size, bool keep_alive) {
  std::string head;
  head.reserve(512);
  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  head += reason_of(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  }
  const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  if (!bodiless) {
    head += "Content-Length: ";
    head += std::to_string(body_size);
    head += "\r\n";
  }
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

template <class Stream>
Task<error_code> write_response(Stream& stream, const Response& response, bool keep_alive, bool with_body) {
  const std::string& body = response.shared_body ? *response.shared_body : response.body;
  const std::string head = head_of(response, body.size(), keep_alive);
  const bool bodiless = !with_body || response.status == 204 || response.status == 304;
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head),
                                                bodiless ? asio::const_buffer() : asio::buffer(body)};
  error_code error;
  beast::get_lowest_layer(stream).expires_after(kWriteTimeout + std::chrono::seconds{body.size() >> 16u});
  co_await asio::async_write(stream, parts, asio::redirect_error(asio::use_awaitable, error));
  co_return error;
}

/// What to answer to a body that Beast refused; 0 = just hang up.
int status_for(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

Request our_request(ParsedRequest& parsed, const std::string& peer, bool over_tls) {
  Request request{};
  request.method = view(parsed.method_string());
  request.target = view(parsed.target());
  const auto question = request.target.find('?');
  request.path = request.target.substr(0, question);
  if (question != std::string::npos) request.query = request.target.substr(question + 1);
  request.headers.reserve(16);
  for (const auto& field : parsed) request.headers.emplace_back(view(field.name_string()), view(field.value()));
  request.body = std::move(parsed.body());
  request.peer = peer;
  request.over_tls = over_tls;
  return request;
}

Response bare(int status) {
  Response response{};
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body = std::string(reason_of(status)) + "\n";
  return response;
}

Task<Response> ask(const Handler& handler, Request request) {
  try {
    co_return co_await handler(std::move(request));
  } catch (const std::exception& error) {
    log::error("a request failed", {{"error", std::string(error.what())}});
  }
  co_return bare(500);
}

/// Waits for a complete head in `buffer`; a status of -1 means that the peer is gone or too slow.
template <class Stream>
Task<HeadVerdict> read_head(Stream& stream, beast::flat_buffer& buffer, Seat& seat, bool is_first) {
  const ServerOptions& options = seat.book->options;
  HeadLimits limits{options.max_header_bytes, options.max_headers, options.max_target_bytes};
  auto& socket = beast::get_lowest_layer(stream);
  const bool idle = buffer.size() == 0 && !is_first;
  const auto opened = std::chrono::steady_clock::now();
  socket.expires_after(idle ? options.idle_timeout : options.header_timeout);
  if (buffer.size() == 0) seat.hang_up = [&socket] { socket.cancel(); };
  std::optional<std::chrono::steady_clock::time_point> begun;
  for (std::size_t known = 0;;) {
    if (!begun && buffer.size() > 0) {
      begun = std::chrono::steady_clock::now();
      if (idle) socket.expires_at(*begun + options.header_timeout);
    }
    if (!seat.is_in_handshake() && asks_for(text_of(buffer), options.websocket_path)) {
      if (!seat.begin_handshake()) co_return HeadVerdict{503, 0};
      limits.bytes = std::min(limits.bytes, options.max_handshake_bytes);
      socket.expires_at(
          std::min(*begun + options.handshake_timeout, (idle ? *begun : opened) + options.header_timeout));
    }
    const HeadVerdict verdict = judge_head(text_of(buffer), known, limits);
    if (verdict.status != 0 || verdict.size != 0) co_return verdict;
    known = buffer.size();
    error_code error;
    const std::size_t got =
        co_await stream.async_read_some(buffer.prepare(kReadSize), asio::redirect_error(asio::use_awaitable, error));
    seat.hang_up = nullptr;
    if (error) co_return HeadVerdict{-1, 0};
    buffer.commit(got);
  }
}

/// 0, a status to refuse with, or -1.
template <class Stream>
Task<int> read_body(Stream& stream, beast::flat_buffer& buffer, Parser& parser, std::chrono::milliseconds patience) {
  if (parser.is_done()) co_return 0;
  error_code error;
  auto& socket = beast::get_lowest_layer(stream);
  const auto start = std::chrono::steady_clock::now();
  socket.expires_after(patience);
  if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(stream, asio::buffer(go_on.data(), go_on.size()),
                               asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return -1;
  }
  parser.eager(true);
  for (std::size_t received = 0; !parser.is_done();) {  // S60: slower than this is an attack or a dead line
    socket.expires_at(start + patience + std::chrono::milliseconds{received * 1000 / kBodyBytesPerSecond});
    received +=
        co_await http::async_read_some(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (!error) continue;
    const int status = status_for(error);
    co_return status != 0 ? status : -1;
  }
  co_return 0;
}

/// A complete request in `parser`: 0; else a status to refuse it with, or -1.
template <class Stream>
Task<int> read_request(Stream& stream, beast::flat_buffer& buffer, Parser& parser, Seat& seat, bool is_first) {
  parser.header_limit(static_cast<std::uint32_t>(seat.book->options.max_header_bytes));
  parser.body_limit(seat.book->options.max_body_bytes);
  const HeadVerdict head = co_await read_head(stream, buffer, seat, is_first);
  if (head.status != 0) co_return head.status;
  error_code error;
  parser.put(asio::const_buffer(buffer.data().data(), head.size), error);
  buffer.consume(head.size);
  if (error) {
    const int status = status_for(error);
    co_return status != 0 ? status : 400;
  }
  if (seat.is_in_handshake() && !parser.is_done()) co_return 400;  // a body would keep it half-open for long
  co_return co_await read_body(stream, buffer, parser, seat.book->options.body_patience);
}

/// Lets the peer read our last words: what it still sends is read and thrown away for a moment, since closing a
/// socket with unread bytes would destroy the answer on its way.
template <class Stream>
Task<> farewell(Stream& stream) {
  auto& socket = beast::get_lowest_layer(stream);
  error_code error;
  socket.expires_after(kFarewell);
  if constexpr (std::is_same_v<Stream, TlsStream>) {
    co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
  } else {
    socket.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    std::array<char, 4096> rest{};
    for (std::size_t total = 0; !error && total < kFarewellBytes;)
      total += co_await stream.async_read_some(asio::buffer(rest), asio::redirect_error(asio::use_awaitable, error));
  }
}

template <class Stream>
Task<> converse(Stream stream, std::shared_ptr<Seat> seat) {
  constexpr bool over_tls = std::is_same_v<Stream, TlsStream>;
  const ServerBook& book = *seat->book;
  beast::flat_buffer buffer;
  for (bool is_first = true;; is_first = false) {
    Parser parser;
    const int status = co_await read_request(stream, buffer, parser, *seat, is_first);
    if (status < 0) co_return;
    if (status > 0) {
      seat->end_handshake();
      const error_code failed = co_await write_response(stream, bare(status), false, true);
      if (!failed) co_await farewell(stream);
      co_return;
    }
    ParsedRequest parsed = parser.release();
    const bool keep_alive = parsed.keep_alive();
    const bool with_body = parsed.method() != http::verb::head;
    const bool wants_upgrade = beast::websocket::is_upgrade(parsed) && buffer.size() == 0;
    Request request = our_request(parsed, seat->peer, over_tls);
    beast::get_lowest_layer(stream).expires_never();
    Response response = co_await ask(book.handler, std::move(request));
    if (response.upgrade) {
      if (wants_upgrade && !book.stopping && seat->become_websocket()) {
        std::function<Task<>(std::shared_ptr<WebSocket>)> life = [seat, live = response.upgrade](auto line) {
          seat->end_handshake();
          return live(std::move(line));
        };
        co_await run_websocket(std::move(stream), std::move(parsed), response.subprotocol, std::move(life),
                               book.options.websocket_ping);
        co_return;
      }
      response = bare(wants_upgrade ? 503 : 426);
    }
    seat->end_handshake();
    const bool goes_on = keep_alive && !response.close && !book.stopping;
    const error_code failed = co_await write_response(stream, response, goes_on, with_body);
    if (failed) co_return;
    if (!goes_on) {
      co_await farewell(stream);
      co_return;
    }
  }
}

}  // namespace

Task<> serve_plain(asio::ip::tcp::socket socket, std::shared_ptr<Seat> seat) {
  co_await converse(PlainStream(std::move(socket)), std::move(seat));
}

Task<> serve_tls(asio::ip::tcp::socket socket, asio::ssl::context& context, std::shared_ptr<Seat> seat) {
  TlsStream stream(beast::tcp_stream(std::move(socket)), context);
  beast::get_lowest_layer(stream).expires_after(kHandshakeTimeout);
  error_code error;
  co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;
  co_await converse(std::move(stream), std::move(seat));
}

}  // namespace monitorix::net
