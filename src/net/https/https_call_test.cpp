#include "net/https/https_call.h"

#include <doctest/doctest.h>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::net;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

const std::string kFine = answer_of("HTTP/1.1 200 OK", "Content-Type: text/plain\r\n", "fine");

struct House {
  Loop loop{};
  TrustStore trust{};
  Exchanges exchanges{loop, trust};

  static HttpCall call_to(const ScriptedServer& server) {
    HttpCall out{};
    out.url = *parse_url(server.url("/there"));
    out.user_agent = "Monitorix";
    out.tls.ca_pem = server.identity().certificate_pem();
    out.tls.name = "localhost";
    out.to = *SocketAddress::parse("127.0.0.1", server.port());
    OutboundPolicy policy{};
    policy.allowed = {*parse_cidr("127.0.0.0/8")};
    out.policy = std::make_shared<const OutboundPolicy>(policy);
    return out;
  }
  HttpAnswer ask(HttpCall call, milliseconds within = milliseconds{5000}) {
    REQUIRE(fits_own_line(call));
    return run_now(loop, exchanges.ask(std::move(call), Limit::until(loop, steady_clock::now() + within)));
  }
};

ScriptedServer::Script saying(std::string text) {
  return [text = std::move(text)](Talk& talk) {
    if (!talk.read_head().empty()) talk.write(text);
  };
}

void check_fault(const HttpAnswer& answer, Trouble trouble, Phase phase) {
  REQUIRE(answer.fault);
  CAPTURE(answer.fault->text);
  CHECK(answer.fault->trouble == trouble);
  CHECK(answer.fault->phase == phase);
}

}  // namespace

TEST_CASE("an answer over a line of our own is whole, and each part has its time") {
  std::string head;
  ScriptedServer server([&](Talk& talk) {
    head = talk.read_head();
    talk.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    const std::string packed = gzipped("fine, " + std::string(50'000, 'x'));
    talk.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nX-Much: a\r\n\r\n");
    char size[16];
    for (std::size_t at = 0; at < packed.size(); at += 20) {
      const std::string part = packed.substr(at, 20);
      std::snprintf(size, sizeof(size), "%zx\r\n", part.size());
      talk.write(size + part + "\r\n");
    }
    talk.write("0\r\n\r\n");
  });
  House house;
  HttpCall call = House::call_to(server);
  call.headers = {{"X-One", "1"}};
  const auto answer = house.ask(call);
  CHECK_FALSE(answer.fault);
  CHECK(answer.status == 200);
  CHECK(answer.version == "1.1");
  CHECK(answer.body_bytes == 50'006);
  CHECK(answer.body.size() == 4096);
  CHECK(answer.body.starts_with("fine, xxx"));
  REQUIRE(answer.header("x-much"));
  CHECK_FALSE(answer.header("link"));
  REQUIRE(answer.peer);
  CHECK(answer.peer->verified);
  for (const auto& part :
       {answer.times.connect, answer.times.tls, answer.times.send, answer.times.first_byte, answer.times.transfer})
    CHECK(part.has_value());
  CHECK(server.connections() == 1);
  CHECK(head.starts_with("GET /there HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  CHECK(head.find("X-One: 1\r\n") != std::string::npos);
}

TEST_CASE("the answer to a HEAD has no body") {
  ScriptedServer server(saying("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Encoding: gzip\r\n\r\n"));
  House house;
  HttpCall call = House::call_to(server);
  call.method = "HEAD";
  const auto answer = house.ask(call);
  CHECK_FALSE(answer.fault);
  CHECK(answer.status == 200);
  CHECK(answer.body_bytes == 0);
}

TEST_CASE("who answers too freely for the strict reader is asked by libcurl, from then on at once") {
  ScriptedServer server(saying("HTTP/1.1 200 OK\nContent-Length: 4\n\nfine"));
  House house;
  for (const std::size_t connections : {2u, 3u}) {
    const auto answer = house.ask(House::call_to(server));
    CHECK_FALSE(answer.fault);
    CHECK(answer.body == "fine");
    CHECK(server.connections() == connections);
  }
}

TEST_CASE("bodies and headers without an end are given up, packed ones too") {
  House house;
  ScriptedServer bomb([](Talk& talk) {
    talk.read_head();
    talk.write(answer_of("HTTP/1.1 200 OK", "Content-Encoding: gzip\r\n", gzipped(std::string(64u << 20, '\0'))));
  });
  const auto start = steady_clock::now();
  check_fault(house.ask(House::call_to(bomb)), Trouble::too_large, Phase::transfer);
  CHECK(steady_clock::now() - start < std::chrono::seconds{4});
  ScriptedServer endless([](Talk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 200 OK\r\n\r\n");
    while (talk.write(std::string(65536, 'x'))) continue;
  });
  check_fault(house.ask(House::call_to(endless)), Trouble::too_large, Phase::transfer);
  ScriptedServer flood([](Talk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 200 OK\r\n");
    while (talk.write("X-Flood: " + std::string(1000, 'x') + "\r\n")) continue;
  });
  check_fault(house.ask(House::call_to(flood)), Trouble::protocol, Phase::first_byte);
}

TEST_CASE("an answer that is cut off or damaged is not taken for one") {
  House house;
  ScriptedServer nothing(saying(""));
  CHECK(house.ask(House::call_to(nothing)).fault);
  ScriptedServer cut(saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfine"));
  CHECK(house.ask(House::call_to(cut)).fault);
  const std::string packed = gzipped(std::string(1000, 'a') + "the end");
  ScriptedServer damaged(saying(answer_of("HTTP/1.1 200 OK", "Content-Encoding: gzip\r\n", "\x1f\x8bnonsense")));
  check_fault(house.ask(House::call_to(damaged)), Trouble::protocol, Phase::transfer);
  ScriptedServer half(
      saying(answer_of("HTTP/1.1 200 OK", "Content-Encoding: gzip\r\n", packed.substr(0, packed.size() / 2))));
  check_fault(house.ask(House::call_to(half)), Trouble::protocol, Phase::transfer);
}

TEST_CASE("the phase in which the deadline struck is told") {
  House house;
  ScriptedServer silent([](Talk& talk) {
    talk.read_head();
    talk.read_head();
  });
  check_fault(house.ask(House::call_to(silent), milliseconds{300}), Trouble::timed_out, Phase::first_byte);
  ScriptedServer slow([](Talk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (talk.write("x")) std::this_thread::sleep_for(milliseconds{20});
  });
  check_fault(house.ask(House::call_to(slow), milliseconds{300}), Trouble::timed_out, Phase::transfer);
  ScriptedServer late(saying(kFine));
  late.delay_handshake(milliseconds{1000});
  check_fault(house.ask(House::call_to(late), milliseconds{300}), Trouble::timed_out, Phase::tls);
}

TEST_CASE("a peer that is not trusted sees no byte of the question") {
  ScriptedServer server(saying(kFine)), other(saying(kFine));
  House house;
  HttpCall call = House::call_to(server);
  call.tls.ca_pem = other.identity().certificate_pem();
  check_fault(house.ask(call), Trouble::untrusted, Phase::tls);
  CHECK(server.http_bytes() == 0);
}
