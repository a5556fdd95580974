#include "net/dns/ask.h"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <sys/socket.h>

#include "base/crypto.h"
#include "net/outbound/line.h"

namespace monitorix::net {
namespace asio = boost::asio;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostMessage = 65535;

std::uint16_t random_id() {
  const std::string bytes = random_bytes(2);
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
}

microseconds since(steady_clock::time_point start) { return duration_cast<microseconds>(steady_clock::now() - start); }

/// Datagrams until one is the answer; nothing when `patience` ends first.
Task<Outcome<std::optional<DnsMessage>>> receive(asio::posix::stream_descriptor& socket, const DnsCall& call,
                                                 std::uint16_t id, Limit& patience) {
  std::string buffer(kMostMessage, '\0');
  for (;;) {
    const bool ready = co_await until_ready(socket, false, patience);
    if (!ready) co_return std::optional<DnsMessage>{};
    const auto got = ::recv(socket.native_handle(), buffer.data(), buffer.size(), 0);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      co_return broken(fault_of_errno(errno, Phase::first_byte, Heard::later, call.server.text()));
    }
    auto message = parse_dns_message(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    if (message && answers_question(*message, id, call.question)) co_return std::move(*message);
  }
}

Task<Outcome<DnsMessage>> ask_by_udp(Loop& loop, const OutboundPolicy& policy, DnsCall call, std::string bytes,
                                     std::uint16_t id, std::shared_ptr<Limit> limit) {
  const auto made = open_socket(call.server, SOCK_DGRAM, call.from, policy);
  if (!made) co_return broken(made.error());
  asio::posix::stream_descriptor socket(loop.context(), *made);
  if (::connect(*made, call.server.data(), call.server.size()) != 0)
    co_return broken(fault_of_errno(errno, Phase::connect, Heard::at_once, call.server.text()));
  for (milliseconds patience{1000}; !limit->is_over(); patience *= 2) {  // a lost datagram is no verdict
    if (::send(*made, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN)
      co_return broken(fault_of_errno(errno, Phase::send, errno == ECONNREFUSED ? Heard::later : Heard::at_once,
                                      call.server.text()));
    const auto turn = Limit::within(loop, limit, patience);
    auto got = co_await receive(socket, call, id, *turn);
    if (!got) co_return broken(std::move(got).error());
    if (*got) co_return std::move(**got);
  }
  co_return broken(limit->fault(Phase::first_byte, call.server.text()));
}

Task<Outcome<std::string>> read_exactly(Line& line, std::size_t size) {
  std::string out(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const auto got = co_await line.read_some(out.data() + have, size - have);
    if (!got) co_return broken(got.error());
    if (*got == 0) co_return broken(Trouble::closed, Phase::transfer, "the server closed before its answer was whole");
    have += *got;
  }
  co_return out;
}

Task<Outcome<DnsAnswer>> ask_by_line(Loop& loop, const OutboundPolicy& policy, TrustStore& trust, DnsCall call,
                                     std::string bytes, std::uint16_t id, std::shared_ptr<Limit> limit) {
  DnsAnswer out{};
  auto start = steady_clock::now();
  auto line = co_await Line::dial(loop, policy, call.server, call.from, limit);
  if (!line) co_return broken(std::move(line).error());
  out.connect = since(start);
  start = steady_clock::now();
  if (call.transport == DnsTransport::tls) {
    if (auto done = co_await (*line)->start_tls(trust, call.tls); !done) co_return broken(std::move(done).error());
    out.tls = since(start);
    start = steady_clock::now();
    out.peer = (*line)->peer();
  }
  std::string framed{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size() & 0xff)};
  framed += bytes;
  if (auto sent = co_await (*line)->write(framed); !sent) co_return broken(std::move(sent).error());
  const auto head = co_await read_exactly(**line, 2);
  if (!head) co_return broken(head.error());
  const auto size =
      static_cast<std::size_t>(static_cast<unsigned char>((*head)[0])) << 8 | static_cast<unsigned char>((*head)[1]);
  const auto body = co_await read_exactly(**line, size);
  if (!body) co_return broken(body.error());
  auto message = parse_dns_message(*body);
  if (!message) co_return broken(Trouble::protocol, Phase::transfer, message.error().text);
  if (!answers_question(*message, id, call.question))
    co_return broken(Trouble::protocol, Phase::transfer, "the server answers another question");
  out.answer = since(start);
  out.message = std::move(*message);
  co_return out;
}

}  // namespace

Task<Outcome<DnsAnswer>> ask_dns(Loop& loop, const OutboundPolicy& policy, TrustStore& trust, DnsCall call,
                                 std::shared_ptr<Limit> limit) {
  const std::uint16_t id = random_id();
  auto bytes = encode_question(id, call.question);
  if (!bytes) co_return broken(Trouble::local, Phase::dns, call.question.name + ": " + bytes.error().text);
  if (call.transport == DnsTransport::udp) {
    const auto start = steady_clock::now();
    auto message = co_await ask_by_udp(loop, policy, call, *bytes, id, limit);
    if (!message) co_return broken(std::move(message).error());
    if (!message->truncated) {
      DnsAnswer answer{};
      answer.message = std::move(*message);
      answer.answer = since(start);
      co_return answer;
    }
  }
  co_return co_await ask_by_line(loop, policy, trust, std::move(call), std::move(*bytes), id, std::move(limit));
}

}  // namespace monitorix::net
