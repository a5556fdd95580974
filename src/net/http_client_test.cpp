#include "net/http_client.h"

#include <cstdlib>
#include <doctest/doctest.h>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::net;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK";

/// Answers every request on every connection with the same words.
ScriptedServer::Script always(std::string answer) {
  return [answer = std::move(answer)](Talk& talk) {
    while (!talk.read_head().empty())
      if (!talk.write(answer)) return;
  };
}

ClientRequest request_to(const ScriptedServer& server) {
  ClientRequest request{};
  request.url = server.url("/api2/json/version");
  request.pool_key = "one endpoint";
  request.trust = TrustPins{{server.identity().fingerprint()}};
  request.authorization = Secret("PVEAPIToken=monitor@pve!x=0000");
  request.deadlines = {1s, 2s, 4s};
  return request;
}

struct Stage {
  Loop loop{};
  HttpClient client{loop};
  Result<ClientResponse> get(ClientRequest request) { return run_now(loop, client.get(std::move(request))); }
};

auto elapsed_since(std::chrono::steady_clock::time_point start) { return std::chrono::steady_clock::now() - start; }

}  // namespace

TEST_CASE("a certificate with another fingerprint gets no HTTP byte and is remembered") {
  Stage stage;
  std::size_t bytes = 0;
  Digest shown{};
  {
    ScriptedServer server(always(answer_of(kOk, "", "{}")));
    shown = server.identity().fingerprint();
    ClientRequest request = request_to(server);
    request.trust = TrustPins{{make_identity().fingerprint()}};
    const auto got = stage.get(request);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::tls_mismatch);
    CHECK(got.error().text.find(fingerprint_text(shown)) != std::string::npos);
    bytes = server.http_bytes();
  }
  CHECK(bytes == 0);
  const auto refused = stage.client.refused_certificate("one endpoint");
  REQUIRE(refused);
  CHECK(refused->fingerprint == shown);
}

TEST_CASE("no pin at all trusts nobody") {
  Stage stage;
  ScriptedServer server(always(answer_of(kOk, "", "{}")));
  ClientRequest request = request_to(server);
  request.trust = TrustPins{};
  const auto got = stage.get(request);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::tls_mismatch);
}

TEST_CASE("the pinned certificate is answered to, and the connection is kept") {
  Stage stage;
  ScriptedServer server(always(answer_of(kOk, "X-Kind: first\r\n", R"({"data":1})")));
  const auto first = stage.get(request_to(server));
  REQUIRE(first);
  CHECK(first->status == 200);
  CHECK(first->reason == "OK");
  CHECK(first->body == R"({"data":1})");
  REQUIRE(first->header("x-kind"));
  CHECK(*first->header("x-kind") == "first");
  REQUIRE(first->certificate);
  CHECK(first->certificate->fingerprint == server.identity().fingerprint());
  CHECK_FALSE(first->reused_connection);
  const auto second = stage.get(request_to(server));
  REQUIRE(second);
  CHECK(second->reused_connection);
  CHECK_FALSE(second->certificate);
  CHECK(server.connections() == 1);
}

TEST_CASE("a warm connection is not used for another trust, with or without a call to drop it") {
  Stage stage;
  ScriptedServer server(always(answer_of(kOk, "", "{}")));
  REQUIRE(stage.get(request_to(server)));
  SUBCASE("dropped") { stage.client.drop_connections("one endpoint"); }
  SUBCASE("forgotten") {}
  ClientRequest request = request_to(server);
  request.trust = TrustPins{{make_identity().fingerprint()}};
  const auto got = stage.get(request);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::tls_mismatch);
  CHECK(server.connections() == 2);
}

TEST_CASE("a certificate authority of one's own is trusted for the host it names only") {
  Stage stage;
  ScriptedServer server(always(answer_of(kOk, "", "{}")));
  ClientRequest request = request_to(server);
  SUBCASE("right authority, right host") {
    request.trust = TrustCa{server.identity().certificate_pem()};
    const auto got = stage.get(request);
    REQUIRE(got);
    REQUIRE(got->certificate);
    CHECK(got->certificate->chain_trusted);
  }
  SUBCASE("another authority") {
    request.trust = TrustCa{make_identity().certificate_pem()};
    const auto got = stage.get(request);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::tls_mismatch);
  }
  SUBCASE("the system's authorities do not know it") {
    request.trust = TrustCa{};
    const auto got = stage.get(request);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::tls_mismatch);
  }
}

TEST_CASE("right authority, wrong host: refused") {
  Stage stage;
  ScriptedServer server(always(answer_of(kOk, "", "{}")), make_identity("10.1.2.3"));
  ClientRequest request = request_to(server);
  request.trust = TrustCa{server.identity().certificate_pem()};
  const auto got = stage.get(request);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::tls_mismatch);
}

TEST_CASE("a look at a certificate tells all about it and sends nothing") {
  Stage stage;
  std::size_t bytes = 0;
  {
    ScriptedServer server(always(answer_of(kOk, "", "{}")));
    const auto seen = run_now(stage.loop, stage.client.look_at_certificate("127.0.0.1", server.port(), 2s));
    REQUIRE(seen);
    CHECK(seen->fingerprint == server.identity().fingerprint());
    CHECK(seen->subject == "CN=pve1.example.test");
    CHECK(seen->issuer == "CN=pve1.example.test");
    CHECK(seen->sans == std::vector<std::string>{"localhost", "127.0.0.1"});
    REQUIRE(seen->not_before);
    REQUIRE(seen->not_after);
    CHECK(*seen->not_after - *seen->not_before == 86'460s);
    CHECK_FALSE(seen->chain_trusted);
    bytes = server.http_bytes();
  }
  CHECK(bytes == 0);
  const auto none = run_now(stage.loop, stage.client.look_at_certificate("127.0.0.1", 1, 2s));
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::unreachable);
}

TEST_CASE("a gzip answer is unfolded, and the wire bytes are those received") {
  Stage stage;
  std::string text;
  for (int at = 0; at < 4000; ++at) text += "guest " + std::to_string(at * 7919) + "\n";
  ScriptedServer server(always(answer_of(kOk, "Content-Encoding: gzip\r\n", gzipped(text))));
  const auto got = stage.get(request_to(server));
  REQUIRE(got);
  CHECK(got->body == text);
  CHECK(got->wire_bytes < text.size() / 2);
  CHECK(got->wire_bytes > 1000);
}

TEST_CASE("answers over the limit are cut off, however they come") {
  Stage stage;
  const std::string piece = "2000\r\n" + std::string(0x2000, 'x') + "\r\n";
  ScriptedServer::Script script;
  std::size_t limit = 1u << 20;
  SUBCASE("with a length") { script = always(answer_of(kOk, "", std::string(2u << 20, 'x'))); }
  SUBCASE("chunked without end") {
    script = [piece](Talk& talk) {
      talk.read_head();
      talk.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (talk.write(piece)) continue;
    };
  }
  SUBCASE("a gzip bomb under the limit of bytes") {
    limit = 64u << 20;
    script = always(answer_of(kOk, "Content-Encoding: gzip\r\n", gzipped(std::string(60u << 20, '\0'))));
  }
  SUBCASE("a flood of headers") {
    script = [](Talk& talk) {
      talk.read_head();
      talk.write("HTTP/1.1 200 OK\r\n");
      for (int at = 0; talk.write("X-Flood-" + std::to_string(at) + ": " + std::string(1000, 'y') + "\r\n"); ++at)
        continue;
    };
  }
  ScriptedServer server(script);
  ClientRequest request = request_to(server);
  request.max_bytes = limit;
  const auto got = stage.get(request);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::too_large);
}

TEST_CASE("every deadline holds") {
  Stage stage;
  ScriptedServer::Script script;
  auto expected = 400ms;
  Deadlines deadlines{1s, 400ms, 800ms};
  auto handshake_delay = 0ms;
  SUBCASE("no answer at all") {
    script = [](Talk& talk) {
      talk.read_head();
      talk.read_head();
    };
  }
  SUBCASE("a status line that never ends") {
    script = [](Talk& talk) {
      talk.read_head();
      talk.write("HTTP/1.1 200 ");
      while (talk.write("O")) std::this_thread::sleep_for(20ms);
    };
  }
  SUBCASE("a body that drips") {
    expected = 800ms;
    script = [](Talk& talk) {
      talk.read_head();
      talk.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
      while (talk.write("x")) std::this_thread::sleep_for(20ms);
    };
  }
  SUBCASE("headers that drip") {
    expected = 800ms;
    script = [](Talk& talk) {
      talk.read_head();
      talk.write("HTTP/1.1 200 OK\r\n");
      while (talk.write("X: y\r\n")) std::this_thread::sleep_for(20ms);
    };
  }
  SUBCASE("a handshake that nobody answers") {
    handshake_delay = 1500ms;
    deadlines = {200ms, 2s, 4s};
    script = [](Talk&) {};
  }
  ScriptedServer server(script);
  server.delay_handshake(handshake_delay);
  ClientRequest request = request_to(server);
  request.deadlines = deadlines;
  const auto start = std::chrono::steady_clock::now();
  const auto got = stage.get(request);
  const auto took = elapsed_since(start);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::timeout);
  CHECK(took > expected * 9 / 10);
  CHECK(took < expected + 400ms);
}

TEST_CASE("a kept connection that the server closed meanwhile costs one more try, not an error") {
  Stage stage;
  ScriptedServer server([](Talk& talk) {
    talk.read_head();
    talk.write(answer_of(kOk, "", "{}"));
    if (talk.number() == 1) talk.read_head();  // takes the second request, then hangs up without a word
  });
  REQUIRE(stage.get(request_to(server)));
  const auto again = stage.get(request_to(server));
  REQUIRE(again);
  CHECK(again->status == 200);
  CHECK_FALSE(again->reused_connection);
  CHECK(server.connections() == 2);
}

TEST_CASE("a fresh connection that breaks is not tried again") {
  Stage stage;
  ScriptedServer server([](Talk& talk) { talk.read_head(); });
  const auto got = stage.get(request_to(server));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::unreachable);
  CHECK(server.connections() == 1);
}

TEST_CASE("strange status codes and long reasons arrive as they are") {
  Stage stage;
  ScriptedServer dead(always(answer_of("HTTP/1.1 595 No route to host", "", "")));
  const auto unreachable = stage.get(request_to(dead));
  REQUIRE(unreachable);
  CHECK(unreachable->status == 595);
  CHECK(unreachable->reason == "No route to host");
  stage.client.drop_connections("one endpoint");
  const std::string headers = "Connection: close\r\nConnection: Keep-Alive\r\n";
  ScriptedServer denied(
      always(answer_of("HTTP/1.1 403 Permission check failed (/nodes/pve1, Sys.Audit)", headers, "")));
  const auto refused = stage.get(request_to(denied));
  REQUIRE(refused);
  CHECK(refused->status == 403);
  CHECK(refused->reason == "Permission check failed (/nodes/pve1, Sys.Audit)");
  CHECK(stage.get(request_to(denied)));
}

TEST_CASE("what is not an answer is a protocol error") {
  Stage stage;
  ScriptedServer::Script script;
  SUBCASE("garbage") { script = always("\x16\x03\x01 hello\r\n\r\n"); }
  SUBCASE("shorter than announced") {
    script = [](Talk& talk) {
      talk.read_head();
      talk.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    };
  }
  SUBCASE("gzip that is none") { script = always(answer_of(kOk, "Content-Encoding: gzip\r\n", "no gzip at all")); }
  ScriptedServer server(script);
  const auto got = stage.get(request_to(server));
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::protocol);
}

TEST_CASE("no redirect is followed and no proxy of the environment is used") {
  Stage stage;
  ScriptedServer other(always(answer_of(kOk, "", "stolen")));
  ScriptedServer server(always(answer_of("HTTP/1.1 302 Found", "Location: " + other.url() + "\r\n", "")));
  ::setenv("https_proxy", "http://127.0.0.1:1", 1);
  const auto got = stage.get(request_to(server));
  ::unsetenv("https_proxy");
  REQUIRE(got);
  CHECK(got->status == 302);
  CHECK(other.connections() == 0);
}

TEST_CASE("plain http, other schemes and smuggled lines are refused") {
  Stage stage;
  ScriptedServer server(always(answer_of(kOk, "", "{}")));
  ClientRequest request = request_to(server);
  SUBCASE("http") { request.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/"; }
  SUBCASE("file") { request.url = "file:///etc/hostname"; }
  SUBCASE("a line break in a header") { request.headers = {{"X-Note", "a\r\nHost: elsewhere"}}; }
  SUBCASE("a line break in the token") { request.authorization = Secret("token\nX: y"); }
  CHECK_FALSE(stage.get(request));
  CHECK(server.connections() == 0);
}

namespace {

Task<bool> ask_all(HttpClient* client, Loop* loop, ClientRequest request, std::vector<int>* order, int* failures) {
  static constexpr int kCalls = 4;
  struct One {
    static Task<> ask(HttpClient* who, ClientRequest what, int number, std::vector<int>* done, int* broken) {
      const auto got = co_await who->get(std::move(what));
      if (!got) ++*broken;
      done->push_back(number);
    }
  };
  for (int number = 0; number < kCalls; ++number)
    loop->spawn("call", One::ask(client, request, number, order, failures));
  while (order->size() < kCalls) co_await net::sleep_for(5ms);
  co_return true;
}

Task<bool> stop_soon(HttpClient* client, Loop* loop, ClientRequest request, std::vector<int>* order, int* failures) {
  struct Later {
    static Task<> stop(HttpClient* who) {
      co_await net::sleep_for(100ms);
      who->stop();
    }
  };
  loop->spawn("stop", Later::stop(client));
  co_return co_await ask_all(client, loop, std::move(request), order, failures);
}

}  // namespace

TEST_CASE("more calls than places take turns in the order they came") {
  Loop loop;
  HttpClient client(loop, 1);
  ScriptedServer server(always(answer_of(kOk, "", "{}")));
  std::vector<int> order;
  int failures = 0;
  run_now(loop, ask_all(&client, &loop, request_to(server), &order, &failures));
  CHECK(order == std::vector<int>{0, 1, 2, 3});
  CHECK(failures == 0);
  CHECK(server.connections() == 1);
}

TEST_CASE("stop ends calls under way and in line at once") {
  Loop loop;
  HttpClient client(loop, 2);
  ScriptedServer server([](Talk& talk) {
    talk.read_head();
    talk.read_head();
  });
  std::vector<int> order;
  int failures = 0;
  const auto start = std::chrono::steady_clock::now();
  run_now(loop, stop_soon(&client, &loop, request_to(server), &order, &failures));
  CHECK(failures == 4);
  CHECK(elapsed_since(start) < 1s);
  CHECK_FALSE(run_now(loop, client.get(request_to(server))));
}
