#include "net/websocket.h"

#include <atomic>
#include <doctest/doctest.h>
#include <list>
#include <optional>

#include "net/frame_gate.h"
#include "net/testing/raw_client.h"

using namespace monitorix;
using namespace monitorix::net;
using namespace std::chrono_literals;

namespace {

// What the server side of the tests saw; written on its loop, read by the test.
std::atomic<int> errors_seen{-1};    // Errc of the read that ended an echo
std::atomic<long> longest_stall{0};  // milliseconds
std::atomic<std::size_t> most_queued{0}, after_drop{0};
std::atomic<int> drained{0};

Task<> echo(std::shared_ptr<WebSocket> peer) {
  for (;;) {
    auto message = co_await peer->read();
    if (!message) {
      errors_seen = static_cast<int>(message.error().code);
      co_return;
    }
    Frame frame{};
    frame.head = "echo:";
    frame.body = std::make_shared<const std::string>(std::move(*message));
    peer->send(std::move(frame));
  }
}

Task<> flood(std::shared_ptr<WebSocket> peer) {
  const auto body = std::make_shared<const std::string>(1u << 20, 'f');
  for (int at = 0; at < 16; ++at) peer->send(Frame{"head", body});
  most_queued = peer->queued_bytes();
  while (peer->is_open() && peer->stalled_for() < 400ms) co_await net::sleep_for(20ms);
  longest_stall = peer->stalled_for().count();
  peer->drop_queue();
  after_drop = peer->queued_bytes();
  peer->close(1008, "too slow");
}

Task<> three_then_wait(std::shared_ptr<WebSocket> peer) {
  std::function<void()> count = [] { ++drained; };
  peer->on_drained(std::move(count));
  for (const char* word : {"one", "two", "three"}) peer->send(Frame{word, {}});
  co_await peer->read();
  peer->close(4401, std::string(200, 'r'));
}

Task<Response> answer(Request request) {
  Response response{};
  response.body = "plain";
  if (request.path == "/ws") response.upgrade = &echo;
  if (request.path == "/flood") response.upgrade = &flood;
  if (request.path == "/three") response.upgrade = &three_then_wait;
  response.subprotocol = std::string(request.header("sec-websocket-protocol"));
  co_return response;
}

std::string handshake(const std::string& path) {
  return "GET " + path +
         " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Protocol: monitorix.v1\r\n\r\n";
}

enum : unsigned { text = 1, binary = 2, close_frame = 8, ping = 9, pong = 10 };

/// A frame of a client: masked with zeros, which changes nothing.
std::string frame_of(unsigned kind, const std::string& payload, bool is_last = true) {
  std::string out(1, static_cast<char>((is_last ? 0x80u : 0u) | kind));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80u | payload.size());
  } else {
    out += static_cast<char>(0x80u | 126u);
    out += static_cast<char>(payload.size() >> 8u);
    out += static_cast<char>(payload.size() & 0xFFu);
  }
  return out + std::string(4, '\0') + payload;
}

struct Received {
  unsigned kind{0};
  std::string payload{};
};

Received receive_frame(RawClient& client) {
  const std::string head = client.receive(2);
  if (head.size() < 2) return {};
  std::size_t size = static_cast<unsigned char>(head[1]);
  if (size >= 126) {
    const std::string length = client.receive(size == 126 ? 2 : 8);
    size = 0;
    for (const char byte : length) size = (size << 8u) | static_cast<unsigned char>(byte);
  }
  return {static_cast<unsigned char>(head[0]) & 0x0Fu, client.receive(size)};
}

int close_code(const Received& frame) {
  if (frame.kind != close_frame || frame.payload.size() < 2) return 0;
  return (static_cast<unsigned char>(frame.payload[0]) << 8) | static_cast<unsigned char>(frame.payload[1]);
}

std::string open(RawClient& client, const std::string& path) {
  client.send(handshake(path));
  return client.receive_until("\r\n\r\n");
}

template <class Condition>
bool soon(Condition condition) {
  for (int tries = 0; tries < 500; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE("messages go both ways, in two pieces out, in fragments in") {
  RunningServer server({}, &answer);
  RawClient client(server.port());
  const std::string accepted = open(client, "/ws");
  CHECK(accepted.starts_with("HTTP/1.1 101 "));
  CHECK(accepted.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
  CHECK(accepted.find("monitorix.v1") != std::string::npos);
  client.send(frame_of(text, "hello"));
  CHECK(receive_frame(client).payload == "echo:hello");
  client.send(frame_of(text, "in ", false) + frame_of(0, "two", true));
  CHECK(receive_frame(client).payload == "echo:in two");
  const std::string large(15'000, 'l');
  client.send(frame_of(text, large));
  CHECK(receive_frame(client).payload == "echo:" + large);
  client.send(frame_of(ping, "p"));
  const Received answered = receive_frame(client);
  CHECK(answered.kind == pong);
  CHECK(answered.payload == "p");
}

TEST_CASE("a peer that breaks a rule is closed with the code for it") {
  RunningServer server({}, &answer);
  std::optional<RawClient> connection(std::in_place, server.port());
  RawClient& client = *connection;
  open(client, "/ws");
  errors_seen = -1;
  int code = 0;
  SUBCASE("a message over 16 KiB") {
    client.send(frame_of(text, std::string(17'000, 'x')));
    code = 1009;
  }
  SUBCASE("fragments over 16 KiB together") {
    client.send(frame_of(text, std::string(10'000, 'x'), false) + frame_of(0, std::string(10'000, 'x')));
    code = 1009;
  }
  SUBCASE("an unmasked frame") {
    client.send("\x81\x02hi");
    code = 1002;
  }
  SUBCASE("text that is not UTF-8") {
    client.send(frame_of(text, "\xFF\xFE"));
    code = 1007;
  }
  SUBCASE("a binary message") {
    client.send(frame_of(binary, "b"));
    code = 1003;
  }
  CHECK(close_code(receive_frame(client)) == code);
  connection.reset();
  CHECK(soon([] { return errors_seen == static_cast<int>(Errc::protocol); }));
}

TEST_CASE("more than ten pings a second end the conversation") {
  RunningServer server({}, &answer);
  RawClient client(server.port());
  open(client, "/ws");
  std::string pings;
  for (int at = 0; at < 20; ++at) pings += frame_of(ping, "");
  client.send(pings);
  Received frame = receive_frame(client);
  while (frame.kind == pong) frame = receive_frame(client);
  CHECK(close_code(frame) == 1008);
}

TEST_CASE("a message has at most sixty-four fragments, however small") {
  RunningServer server({}, &answer);
  std::optional<RawClient> connection(std::in_place, server.port());
  RawClient& client = *connection;
  open(client, "/ws");
  errors_seen = -1;
  const auto in_fragments = [](int count, const std::string& each) {
    std::string out = frame_of(text, each, false);
    for (int at = 2; at < count; ++at) out += frame_of(0, each, false) + (at % 16 == 0 ? frame_of(pong, "") : "");
    return out + frame_of(0, each, true);
  };
  client.send(in_fragments(64, "x"));
  CHECK(receive_frame(client).payload == "echo:" + std::string(64, 'x'));
  client.send(frame_of(text, "whole"));  // the count begins anew with each message
  CHECK(receive_frame(client).payload == "echo:whole");
  SUBCASE("with something in them") { client.send(in_fragments(65, "x")); }
  SUBCASE("empty") { client.send(in_fragments(65, "")); }
  SUBCASE("without an end, byte by byte") {
    const std::string endless = in_fragments(66, "");
    for (std::size_t at = 0; at + 6 < endless.size(); ++at) client.send(endless.substr(at, 1));
  }
  CHECK(close_code(receive_frame(client)) == 1008);
  connection.reset();
  CHECK(soon([] { return errors_seen == static_cast<int>(Errc::protocol); }));
}

TEST_CASE("the count of fragments sees headers of every length in pieces of every size") {
  std::string bytes = frame_of(text, std::string(10, 'a'), false) + frame_of(0, std::string(300, 'b'), false);
  bytes += frame_of(ping, "p");
  bytes += std::string("\x00\xFF", 2) + std::string(5, '\0') + std::string("\x01\x11\x70", 3) + std::string(4, '\0') +
           std::string(70'000, '\x81');
  bytes += frame_of(0, "end") + frame_of(text, "next");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1000}, bytes.size()}) {
    FrameCount count;
    for (std::size_t at = 0; at < bytes.size(); at += piece) count.eat(std::string_view(bytes).substr(at, piece));
    CHECK(count.most() == 4);
  }
}

TEST_CASE("a peer that leaves ends the read") {
  RunningServer server({}, &answer);
  errors_seen = -1;
  SUBCASE("politely") {
    RawClient client(server.port());
    open(client, "/ws");
    client.send(frame_of(close_frame, std::string("\x03\xE8", 2)));
    CHECK(close_code(receive_frame(client)) == 1000);
  }
  SUBCASE("rudely") {
    RawClient client(server.port());
    open(client, "/ws");
  }
  CHECK(soon([] { return errors_seen == static_cast<int>(Errc::unreachable); }));
  CHECK(soon([&] { return server.server().connections() == 0; }));
}

TEST_CASE("the queue tells when it has drained, and a long reason to close is cut") {
  RunningServer server({}, &answer);
  RawClient client(server.port());
  drained = 0;
  open(client, "/three");
  CHECK(receive_frame(client).payload == "one");
  CHECK(receive_frame(client).payload == "two");
  CHECK(receive_frame(client).payload == "three");
  CHECK(soon([] { return drained == 1; }));
  client.send(frame_of(text, "go on"));
  const Received farewell = receive_frame(client);
  CHECK(close_code(farewell) == 4401);
  CHECK(farewell.payload.size() == 125);
}

TEST_CASE("a slow reader stalls only itself") {
  RunningServer server({}, &answer);
  longest_stall = 0;
  RawClient slow(server.port(), 4096);
  open(slow, "/flood");
  RawClient other(server.port());
  open(other, "/ws");
  const auto start = std::chrono::steady_clock::now();
  for (int at = 0; at < 50; ++at) {
    other.send(frame_of(text, "quick"));
    REQUIRE(receive_frame(other).payload == "echo:quick");
  }
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(soon([] { return longest_stall >= 400; }));
  CHECK(most_queued == 16 * ((1u << 20) + 4));
  CHECK(after_drop == (1u << 20) + 4);
}

TEST_CASE("a reader that is slow but takes bytes is not stalled") {
  RunningServer server({}, &answer);
  longest_stall = 0;
  RawClient slow(server.port(), 4096);
  open(slow, "/flood");
  for (int at = 0; at < 30; ++at) {
    CHECK(slow.receive(20'000).size() == 20'000);
    std::this_thread::sleep_for(40ms);
  }
  CHECK(longest_stall == 0);
}

TEST_CASE("WebSockets have a limit of their own and leave the places of plain requests free") {
  ServerOptions options{};
  options.max_connections_per_address = 2;
  options.max_websockets = 5;
  RunningServer server(options, &answer);
  std::list<RawClient> peers;
  for (int at = 0; at < 5; ++at) CHECK(open(peers.emplace_back(server.port()), "/ws").starts_with("HTTP/1.1 101 "));
  RawClient surplus(server.port());
  CHECK(open(surplus, "/ws").starts_with("HTTP/1.1 503 "));
  RawClient plain(server.port());
  plain.send("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(plain.receive_answer().starts_with("HTTP/1.1 426 "));
}

TEST_CASE("a half-open handshake has little time, little room and few places") {
  ServerOptions options{};
  options.handshake_timeout = 300ms;
  options.max_handshakes_per_address = 3;
  const std::string begun = "GET /ws?ticket=x HTTP/1.1\r\nHost: a\r\n";
  SUBCASE("time") {
    RunningServer server(options, &answer);
    RawClient slow(server.port()), page(server.port());
    slow.send(begun);
    page.send("GET /other HTTP/1.1\r\n");  // an ordinary request has its ten seconds
    const auto start = std::chrono::steady_clock::now();
    CHECK(slow.receive_all().empty());
    CHECK(std::chrono::steady_clock::now() - start < 2s);
    page.send("Host: a\r\n\r\n");
    CHECK(page.receive_answer().starts_with("HTTP/1.1 200 "));
  }
  SUBCASE("room") {
    RunningServer server({}, &answer);
    RawClient large(server.port()), page(server.port());
    const std::string filler = "X-Filler: " + std::string(5000, 'x') + "\r\n\r\n";
    large.send(begun + filler);
    CHECK(large.receive_answer().starts_with("HTTP/1.1 431 "));
    page.send("GET /other HTTP/1.1\r\nHost: a\r\n" + filler);
    CHECK(page.receive_answer().starts_with("HTTP/1.1 200 "));
  }
  SUBCASE("no body") {
    RunningServer server({}, &answer);
    RawClient client(server.port());
    client.send(begun + "Content-Length: 5\r\n\r\n");
    CHECK(client.receive_answer().starts_with("HTTP/1.1 400 "));
  }
}

TEST_CASE("half-open handshakes are counted for an address and in all, until they are answered") {
  ServerOptions options{};
  constexpr int places = 3;
  bool is_proxy = false;
  SUBCASE("for an address") { options.max_handshakes_per_address = 3; }
  SUBCASE("in all") { options.max_handshakes = 3; }
  SUBCASE("a trusted proxy stands for many addresses") {
    options.max_handshakes_per_address = 3;
    options.exempt_addresses = {"127.0.0.0/8"};
    is_proxy = true;
  }
  RunningServer server(options, &answer);
  std::list<RawClient> half_open;
  for (int at = 0; at < places; ++at) half_open.emplace_back(server.port()).send("GET /ws HTTP/1.1\r\n");
  CHECK(soon([&] { return server.server().connections() == static_cast<std::size_t>(places); }));
  std::this_thread::sleep_for(50ms);
  RawClient surplus(server.port());
  CHECK(open(surplus, "/ws").starts_with(is_proxy ? "HTTP/1.1 101 " : "HTTP/1.1 503 "));
  RawClient plain(server.port());
  plain.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(plain.receive_answer().starts_with("HTTP/1.1 200 "));
  for (auto& one : half_open) {
    one.send(handshake("/ws").substr(18));  // the rest, after the request line
    CHECK(one.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  }
  std::list<RawClient> later;  // those that were answered hold no place any more
  for (int at = 0; at < 5; ++at) CHECK(open(later.emplace_back(server.port()), "/ws").starts_with("HTTP/1.1 101 "));
}

TEST_CASE("a page that answers pings may listen for ever, one from which nothing comes is hung up on") {
  ServerOptions options{};
  options.websocket_ping = 100ms;
  RunningServer server(options, &answer);
  RawClient listener(server.port()), dead(server.port());
  REQUIRE(open(listener, "/ws").starts_with("HTTP/1.1 101 "));
  REQUIRE(open(dead, "/ws").starts_with("HTTP/1.1 101 "));
  int pings = 0;
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 1s) {
    const Received got = receive_frame(listener);
    REQUIRE(got.kind == ping);
    ++pings;
    listener.send(frame_of(pong, got.payload));
  }
  CHECK(pings >= 5);
  int heard = 0;
  while (receive_frame(dead).kind == ping) ++heard;  // ends with the connection
  CHECK(heard <= 3);
}
