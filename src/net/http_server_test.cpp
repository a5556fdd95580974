#include "net/http_server.h"

#include <atomic>
#include <cstdio>
#include <ctime>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <list>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>

#include "net/http_client.h"
#include "net/scripted_server.h"
#include "net/testing/raw_client.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::net;
using namespace std::chrono_literals;

namespace {

const std::string kGet = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

Task<Response> answer(Request request) {
  Response response{};
  if (request.path == "/throws") throw std::runtime_error("on purpose");
  if (request.path == "/shared") {
    response.shared_body = std::make_shared<const std::string>(8u << 20, 's');
  } else if (request.path == "/nothing") {
    response.status = 204;
  } else if (request.path == "/slow") {
    co_await net::sleep_for(300ms);
    response.body = "late";
  } else {
    response.headers = {{"X-Peer", request.peer}, {"X-Echo", std::string(request.header("x-word"))}};
    response.body = request.method + " " + request.path + " " + request.query + " " + request.body;
  }
  co_return response;
}

std::string ask(int port, const std::string& bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.receive_all();
}

template <class Condition>
bool soon(Condition condition) {
  for (int tries = 0; tries < 300; ++tries) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

}  // namespace

TEST_CASE("requests are answered one after another on a kept connection, also when sent at once") {
  RunningServer server({}, &answer);
  REQUIRE(server.started());
  RawClient client(server.port());
  client.send("POST /a?b=1&c=%20 HTTP/1.1\r\nHost: a\r\nx-word: hi\r\nContent-Length: 4\r\n\r\nbody" + kGet);
  const std::string first = client.receive_answer();
  CHECK(first.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(first.find("X-Peer: 127.0.0.1\r\n") != std::string::npos);
  CHECK(first.find("X-Echo: hi\r\n") != std::string::npos);
  CHECK(first.find("Connection: keep-alive\r\n") != std::string::npos);
  CHECK(first.ends_with("\r\n\r\nPOST /a b=1&c=%20 body"));
  CHECK(client.receive_answer().ends_with("GET /health  "));
  client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  CHECK(client.receive_answer().ends_with("POST /c  abc"));
}

TEST_CASE("HEAD and 204 have no body, a request to close is obeyed") {
  RunningServer server({}, &answer);
  RawClient client(server.port());
  client.send("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client.receive_until("\r\n\r\n");
  CHECK(head.find("Content-Length: 14\r\n") != std::string::npos);
  const std::string nothing = client.receive_until("\r\n\r\n");
  CHECK(nothing.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK(nothing.find("Content-Length") == std::string::npos);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(client.receive_all().find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("a large shared body arrives whole, a handler that throws becomes a bare 500") {
  RunningServer server({}, &answer);
  RawClient client(server.port());
  client.send("GET /shared HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string large = client.receive_answer();
  CHECK(large.size() > (8u << 20));
  CHECK(large.ends_with("ssss"));
  client.send("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string broken = client.receive_answer();
  CHECK(broken.starts_with("HTTP/1.1 500 "));
  CHECK(broken.find("purpose") == std::string::npos);
}

TEST_CASE("requests that break the rules are refused and the connection is closed") {
  RunningServer server({}, &answer);
  const int port = server.port();
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  CHECK(ask(port, post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody").starts_with("HTTP/1.1 400 "));
  CHECK(ask(port, post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nbody").starts_with("HTTP/1.1 400 "));
  CHECK(ask(port, post + "Bad Header: x\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(port, post + "Transfer-Encoding: chunked\r\n\r\nnot a chunk\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(port, "\x16\x03\x01\x02\n\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(port, post + "X: " + std::string(20'000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
  CHECK(ask(port, post + "Content-Length: 2000000\r\n\r\n").starts_with("HTTP/1.1 413 "));
  const std::string chunk = "80000\r\n" + std::string(0x80000, 'x') + "\r\n";
  CHECK(ask(port, post + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk).starts_with("HTTP/1.1 413 "));
  CHECK(ask(port, "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 414 "));
  CHECK(soon([&] { return server.server().connections() == 0; }));
}

TEST_CASE("a body may come slowly, but not slower than a dead line") {
  ServerOptions options{};
  options.body_patience = 300ms;
  RunningServer server(options, &answer);
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n";
  RawClient steady(server.port());
  steady.send(head);
  for (int part = 0; part < 8; ++part) {
    std::this_thread::sleep_for(100ms);
    steady.send(std::string(500, 's'));
  }
  CHECK(steady.receive_answer().starts_with("HTTP/1.1 200 "));
  RawClient dripping(server.port());
  dripping.send(head);
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 1s) {
    std::this_thread::sleep_for(50ms);
    dripping.send("d");
  }
  CHECK(dripping.receive_all().empty());
}

TEST_CASE("a client that is slow with its request loses its place, others do not notice") {
  ServerOptions options{};
  options.header_timeout = 300ms;
  options.idle_timeout = 600ms;
  RunningServer server(options, &answer);
  const auto start = std::chrono::steady_clock::now();
  RawClient silent(server.port());
  RawClient slow(server.port());
  RawClient idle(server.port());
  slow.send("GET / HTTP/1.1\r\nHo");
  idle.send(kGet);
  CHECK(idle.receive_answer().starts_with("HTTP/1.1 200 "));
  CHECK(slow.receive_all().empty());
  CHECK(silent.receive_all().empty());
  CHECK(std::chrono::steady_clock::now() - start < 550ms);
  CHECK(idle.receive_all().empty());
  CHECK(std::chrono::steady_clock::now() - start > 550ms);
}

TEST_CASE("100-continue is answered before the body") {
  RunningServer server({}, &answer);
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 100 "));
  client.send("body");
  CHECK(client.receive_answer().ends_with("body"));
}

TEST_CASE("one address may hold so many connections, all together so many more") {
  ServerOptions options{};
  options.max_connections_per_address = 3;
  options.max_connections = 5;
  std::size_t allowed = 3;
  SUBCASE("one address") {}
  SUBCASE("a trusted proxy is exempt from its own limit only") {
    options.exempt_addresses = {"127.0.0.0/8"};
    allowed = 5;
  }
  RunningServer server(options, &answer);
  std::list<RawClient> clients;
  for (std::size_t at = 0; at < allowed; ++at) {
    RawClient& client = clients.emplace_back(server.port());
    client.send(kGet);
    CHECK(client.receive_answer().starts_with("HTTP/1.1 200 "));
  }
  CHECK(server.server().connections() == allowed);
  RawClient surplus(server.port());
  CHECK(surplus.receive_all().empty());
  clients.pop_front();
  CHECK(soon([&] { return server.server().connections() == allowed - 1; }));
  RawClient next(server.port());
  next.send(kGet);
  CHECK(next.receive_answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("stop hangs up idle connections, and finishes what is being answered") {
  RunningServer server({}, &answer);
  RawClient idle(server.port());
  idle.send(kGet);
  idle.receive_answer();
  RawClient busy(server.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(100ms);
  server.loop().post([&server] { server.server().stop(); });
  CHECK(idle.receive_all().empty());
  const std::string late = busy.receive_all();
  CHECK(late.ends_with("late"));
  CHECK(late.find("Connection: close") != std::string::npos);
  RawClient next;
  CHECK_FALSE(next.connect(server.port()));
}

TEST_CASE("without descriptors the server pauses instead of spinning, and recovers") {
  RunningServer server({}, &answer);
  RawClient before(server.port());
  before.send(kGet);
  REQUIRE(before.receive_answer().starts_with("HTTP/1.1 200 "));
  RawClient waiting;
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  const rlimit low{512, old.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  std::list<int> fillers;
  for (int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC); fd >= 0; fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC))
    fillers.push_back(fd);
  CHECK(waiting.connect(server.port()));
  waiting.send(kGet);
  const std::clock_t cpu_before = std::clock();
  std::this_thread::sleep_for(500ms);
  const auto cpu = std::clock() - cpu_before;
  for (const int fd : fillers) ::close(fd);
  const auto freed = std::chrono::steady_clock::now();
  CHECK(waiting.receive_answer().starts_with("HTTP/1.1 200 "));
  CHECK(std::chrono::steady_clock::now() - freed < 1s);
  ::setrlimit(RLIMIT_NOFILE, &old);
  CHECK(cpu < CLOCKS_PER_SEC / 20);
  before.send(kGet);
  CHECK(before.receive_answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("over TLS the same server answers our own client") {
  const Identity identity = make_identity();
  char folder[] = "/tmp/monitorix_net_XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  ServerOptions options{};
  options.tls_cert_file = std::string(folder) + "/cert.pem";
  options.tls_key_file = std::string(folder) + "/key.pem";
  std::ofstream(options.tls_cert_file) << identity.certificate_pem();
  std::ofstream(options.tls_key_file) << identity.key_pem();
  RunningServer server(options, &answer);
  REQUIRE(server.started());
  Loop loop;
  HttpClient client(loop);
  ClientRequest request{};
  request.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/over?tls";
  request.trust = TrustPins{{identity.fingerprint()}};
  for (const bool reused : {false, true}) {
    const auto got = run_now(loop, client.get(request));
    REQUIRE(got);
    CHECK(got->body == "GET /over tls ");
    CHECK(got->reused_connection == reused);
  }
  std::ofstream(options.tls_key_file) << make_identity().key_pem();
  RunningServer wrong(options, &answer);
  CHECK_FALSE(wrong.started());
  std::remove(options.tls_cert_file.c_str());
  std::remove(options.tls_key_file.c_str());
  ::rmdir(folder);
}

TEST_CASE("a port in use and a wrong address are told, not thrown") {
  RunningServer server({}, &answer);
  Loop loop;
  ServerOptions options{};
  options.port = server.port();
  HttpServer second(loop, options, &answer);
  const auto taken = second.start();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Errc::io);
  options.address = "nowhere";
  HttpServer third(loop, options, &answer);
  CHECK_FALSE(third.start());
}

TEST_CASE("an address lies in a network or it does not") {
  CHECK(address_in("10.1.2.3", {"10.0.0.0/8"}));
  CHECK(address_in("127.0.0.1", {"::1", "127.0.0.1"}));
  CHECK(address_in("::ffff:10.1.2.3", {"10.0.0.0/8"}));
  CHECK(address_in("fd00::1", {"fd00::/8"}));
  CHECK(address_in("1.2.3.4", {"0.0.0.0/0"}));
  CHECK_FALSE(address_in("11.1.2.3", {"10.0.0.0/8"}));
  CHECK_FALSE(address_in("10.1.2.3", {"10.0.0.0/33"}));
  CHECK_FALSE(address_in("10.1.2.3", {"10.0.0.0/x", "", "nonsense"}));
  CHECK_FALSE(address_in("fe80::1", {"0.0.0.0/0"}));
  CHECK_FALSE(address_in("nonsense", {"0.0.0.0/0"}));
  CHECK_FALSE(address_in("10.1.2.3", {}));
}
