#pragma once
// The life of one accepted connection. Included by net/'s .cpp files only.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "net/http_server.h"
#include "net/websocket.h"

namespace monitorix::net {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
using ParsedRequest = boost::beast::http::request<boost::beast::http::string_body>;

class Seat;

/// What all connections of a server share.
struct ServerBook {
  ServerOptions options{};
  Handler handler{};
  std::map<std::string, std::size_t, std::less<>> by_address{};  ///< plain HTTP connections
  std::size_t websockets{0};
  std::map<std::string, std::size_t, std::less<>> handshakes_by_address{};  ///< begun, not answered yet
  std::size_t handshakes{0};
  std::set<Seat*> seats{};
  bool stopping{false};
};

/// One connection in the book, for as long as it lives.
class Seat {
 public:
  Seat(std::shared_ptr<ServerBook> book, std::string address);
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  /// From now on a WebSocket, which counts against other limits; false when there are too many.
  bool become_websocket();

  /// From the request line on until the answer is out; false when too many are half-open, in all or at this address.
  bool begin_handshake();
  void end_handshake();
  [[nodiscard]] bool is_in_handshake() const { return in_handshake_; }

  const std::shared_ptr<ServerBook> book;
  const std::string peer;
  std::function<void()> hang_up{};  ///< set only while the connection waits for a request

 private:
  void leave_address();
  bool is_websocket_{false}, in_handshake_{false};
};

/// Serves requests until the peer closes, breaks a rule or falls silent.
Task<> serve_plain(boost::asio::ip::tcp::socket socket, std::shared_ptr<Seat> seat);
Task<> serve_tls(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context, std::shared_ptr<Seat> seat);

/// Takes the stream over, answers the handshake and runs `life` to its end. A peer from which nothing comes for 2.5
/// ping intervals is hung up on.
template <class Stream>
Task<> run_websocket(Stream stream, ParsedRequest request, std::string subprotocol,
                     std::function<Task<>(std::shared_ptr<WebSocket>)> life, std::chrono::milliseconds ping_every);

}  // namespace monitorix::net
