#include "net/http_head.h"

#include <doctest/doctest.h>
#include <string>

using monitorix::net::HeadLimits;
using monitorix::net::judge_head;

namespace {

int status_of(const std::string& head) { return judge_head(head, 0, HeadLimits{}).status; }

/// A request of HTTP/1.1 with these further lines.
int with(const std::string& lines) { return status_of("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"); }

}  // namespace

TEST_CASE("a proper head is accepted with its exact size") {
  const std::string head = "GET /health?x=1 HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nAccept: */*\r\n\r\n";
  const auto verdict = judge_head(head + "body", 0, HeadLimits{});
  CHECK(verdict.status == 0);
  CHECK(verdict.size == head.size());
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 0);
  CHECK(with("Content-Length: 5\r\n") == 0);
  CHECK(with("Transfer-Encoding: chunked\r\n") == 0);
}

TEST_CASE("an incomplete head waits, byte by byte") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 1; size < head.size(); ++size) {
    const auto verdict = judge_head(head.substr(0, size), size - 1, HeadLimits{});
    CHECK(verdict.status == 0);
    CHECK(verdict.size == 0);
  }
  CHECK(judge_head(head, head.size() - 1, HeadLimits{}).size == head.size());
}

TEST_CASE("whatever two parsers could read differently is refused") {
  CHECK(with("Content-Length: 5\r\nContent-Length: 5\r\n") == 400);
  CHECK(with("Content-Length: 5\r\nContent-Length: 6\r\n") == 400);
  CHECK(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(with("Content-Length: -1\r\n") == 400);
  CHECK(with("Content-Length: +5\r\n") == 400);
  CHECK(with("Content-Length: 0x5\r\n") == 400);
  CHECK(with("Content-Length: 5, 5\r\n") == 400);
  CHECK(with("Content-Length:\r\n") == 400);
  CHECK(with("Content-Length: 99999999999999999999\r\n") == 400);
  CHECK(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
  CHECK(with("Transfer-Encoding: gzip, chunked\r\n") == 501);
  CHECK(with("Content-Length : 5\r\n") == 400);
  CHECK(with("X-Folded: a\r\n b\r\n") == 400);
  CHECK(with("X-Folded: a\r\n\tb\r\n") == 400);
  CHECK(with("X-Bare: a\nX-Other: b\r\n") == 400);
  CHECK(with("X-Bare: a\rX-Other: b\r\n") == 400);
  CHECK(with(std::string("X-Nul: a\0b\r\n", 12)) == 400);
  CHECK(with(": nameless\r\n") == 400);
  CHECK(with("no colon\r\n") == 400);
  CHECK(with("Host: b\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\nHost: a\n\n") == 400);
  CHECK(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET  HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("G@T / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("what exceeds a limit is refused with the status that names it") {
  CHECK(with("X-Long: " + std::string(17u << 10, 'a') + "\r\n") == 431);
  CHECK(status_of("GET / HTTP/1.1\r\nX-Endless: " + std::string(17u << 10, 'a')) == 431);
  std::string many;
  for (int at = 0; at < 100; ++at) many += "X: y\r\n";
  CHECK(with(many) == 431);
  CHECK(status_of("GET /" + std::string(9u << 10, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
}
