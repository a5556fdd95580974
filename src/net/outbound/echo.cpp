#include "net/outbound/echo.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "base/crypto.h"
#include "net/outbound/echo_socket.h"
#include "net/outbound/line.h"

namespace monitorix::net {
namespace asio = boost::asio;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

/// One series under way. The hub holds plain pointers to it, which it takes back before it ends.
struct Run {
  Run(asio::io_context& context, EchoTerms wanted)
      : terms(std::move(wanted)),
        wake(context, asio::steady_timer::time_point::max()) {}

  struct Sent {
    std::uint64_t nonce{};
    steady_clock::time_point at{};  ///< when it went out
    nanoseconds wall{};
    bool is_open{true};
  };
  EchoTerms terms;
  asio::steady_timer wake;
  std::vector<Sent> sent{};
  EchoSeries series{};
  int open{0};

  void settle(std::size_t which) {
    if (!sent[which].is_open) return;
    sent[which].is_open = false;
    if (--open == 0) wake.cancel();
  }
};

struct Waiting {
  Run* run{};
  std::size_t which{};
  std::uint16_t sequence{};
};

bool same_host(const SocketAddress& one, const SocketAddress& other) {
  if (one.family() != other.family()) return false;
  if (one.is_v4()) return one.as_v4().sin_addr.s_addr == other.as_v4().sin_addr.s_addr;
  return std::memcmp(&one.as_v6().sin6_addr, &other.as_v6().sin6_addr, sizeof(in6_addr)) == 0;
}

/// Numbers that nobody outside can guess: the mixing of SplitMix64 over a secret start.
class Nonces {
 public:
  Nonces() {
    const std::string bytes = random_bytes(sizeof(state_));
    std::memcpy(&state_, bytes.data(), sizeof(state_));
  }
  std::uint64_t next() {
    std::uint64_t out = state_ += 0x9e3779b97f4a7c15u;
    out = (out ^ out >> 30) * 0xbf58476d1ce4e5b9u;
    out = (out ^ out >> 27) * 0x94d049bb133111ebu;
    return out ^ out >> 31;
  }

 private:
  std::uint64_t state_{};
};

/// One family: its socket, its queue, who waits.
class Side : public std::enable_shared_from_this<Side> {
 public:
  Side(Loop& loop, IcmpFamily family) : loop_(loop), family_(family), socket_(family), descriptor_(loop.context()) {}
  ~Side() {
    if (descriptor_.is_open()) descriptor_.release();
  }

  Outcome<void> open() {
    if (socket_.is_open()) return {};
    if (auto opened = socket_.open(); !opened) return opened;
    descriptor_.assign(socket_.descriptor());
    listen();
    return {};
  }

  void send(Run& run) {
    const std::size_t which = run.sent.size();
    const std::uint64_t nonce = nonces_.next();
    run.sent.push_back({nonce, {}, {}, true});
    run.series.round_trips.emplace_back();
    ++run.series.sent;
    ++run.open;
    const std::uint16_t sequence = next_sequence_++;
    waiting_.emplace(nonce, Waiting{&run, which, sequence});
    queue_.push_back({&run.terms, Echo{own_id_, sequence, nonce}});
    if (std::exchange(flush_is_due_, true)) return;
    asio::post(loop_.context(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->flush();
    });
  }

  void forget(const Run& run) {
    for (const Run::Sent& sent : run.sent) waiting_.erase(sent.nonce);
    std::erase_if(queue_, [&](const EchoSocket::Outgoing& out) { return out.terms == &run.terms; });
  }

 private:
  void listen() {
    descriptor_.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [weak = weak_from_this(), mine = socket_.descriptor()](const boost::system::error_code& error) {
          const auto self = weak.lock();
          if (!self || error || self->socket_.descriptor() != mine) return;
          if (self->read()) self->listen();
        });
  }

  bool read() {
    take_errors();
    const bool whole = socket_.read_replies([this](const EchoSocket::Reply& reply) { take(reply); });
    if (!whole) close();  // the next echo makes a new one
    return whole;
  }

  void close() {
    if (descriptor_.is_open()) descriptor_.release();
    socket_.close();
  }

  void take_errors() {
    socket_.read_errors([this](const EchoSocket::Refused& refused) { take(refused); });
  }

  void take(const EchoSocket::Reply& reply) {
    const auto found = waiting_.find(reply.echo.nonce);
    if (found == waiting_.end() || found->second.sequence != reply.echo.sequence) return;
    auto [run, which, sequence] = found->second;
    if (!same_host(reply.from, run->terms.to)) return;
    const Run::Sent& sent = run->sent[which];
    const nanoseconds elapsed = steady_clock::now() - sent.at;
    const nanoseconds by_kernel = reply.received - sent.wall;  // without our own delay; the wall clock may jump
    const bool good = reply.received.count() > 0 && by_kernel.count() >= 0 && by_kernel <= elapsed;
    run->series.round_trips[which] = duration_cast<microseconds>(good ? by_kernel : elapsed);
    waiting_.erase(found);
    run->settle(which);
  }

  void take(const EchoSocket::Refused& refused) {
    auto found = waiting_.find(refused.echo.nonce);
    if (found == waiting_.end() && refused.echo.nonce == 0)  // the quotation was short
      found = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& entry) {
        return entry.second.sequence == refused.echo.sequence && same_host(refused.to, entry.second.run->terms.to);
      });
    if (found == waiting_.end() || !same_host(refused.to, found->second.run->terms.to)) return;
    auto [run, which, sequence] = found->second;
    run->series.refusal =
        EchoSeries::Refusal{refused.type, refused.code,
                            unreachable_text(family_, refused.type, refused.code) + ", says " + refused.by.host()};
    waiting_.erase(found);
    run->settle(which);
  }

  void give_up(const EchoSocket::Outgoing& out, int error) {
    const auto found = waiting_.find(out.echo.nonce);
    if (found == waiting_.end()) return;
    auto [run, which, sequence] = found->second;
    run->series.fault = fault_of_errno(error, Phase::send, Heard::at_once, run->terms.to.host());
    waiting_.erase(found);
    run->settle(which);
  }

  void flush() {
    flush_is_due_ = false;
    const auto queue = std::exchange(queue_, {});
    const auto wall = system_clock::now().time_since_epoch();
    const auto now = steady_clock::now();
    for (const EchoSocket::Outgoing& out : queue)
      if (const auto found = waiting_.find(out.echo.nonce); found != waiting_.end()) {
        found->second.run->sent[found->second.which].at = now;
        found->second.run->sent[found->second.which].wall = wall;
      }
    bool again = false;
    for (std::size_t at = 0; at < queue.size();) {
      const std::size_t sent = socket_.is_open() || open() ? socket_.send(queue, at) : 0;
      at += sent;
      if (sent > 0) {
        again = false;
        continue;
      }
      const int error = errno;
      if (!std::exchange(again, true)) {  // an error of an earlier echo is told at the next call
        if (socket_.is_open()) take_errors();
        if (error == EBADF || error == ENOTCONN || error == EINVAL) close();
        continue;
      }
      give_up(queue[at++], error);
      again = false;
    }
  }

  Loop& loop_;
  IcmpFamily family_;
  EchoSocket socket_;
  asio::posix::stream_descriptor descriptor_;
  Nonces nonces_{};
  std::uint16_t own_id_{static_cast<std::uint16_t>(nonces_.next())}, next_sequence_{0};
  std::unordered_map<std::uint64_t, Waiting> waiting_{};
  std::vector<EchoSocket::Outgoing> queue_{};
  bool flush_is_due_{false};
};

/// Takes the run's pointers back, also when the coroutine is thrown away.
struct Guest {
  std::shared_ptr<Side> side;
  Run& run;
  ~Guest() { side->forget(run); }
};

}  // namespace

struct EchoHub::Impl {
  Loop& loop;
  std::shared_ptr<Side> v4, v6;
  explicit Impl(Loop& owner)
      : loop(owner),
        v4(std::make_shared<Side>(owner, IcmpFamily::v4)),
        v6(std::make_shared<Side>(owner, IcmpFamily::v6)) {}
};

EchoHub::EchoHub(Loop& loop) : impl_(std::make_shared<Impl>(loop)) {}
EchoHub::~EchoHub() = default;

std::string EchoHub::hindrance() {
  EchoSocket probe(IcmpFamily::v4);
  const auto opened = probe.open();
  return opened ? std::string() : opened.error().text;
}

Task<EchoSeries> EchoHub::ping(EchoTerms terms, std::shared_ptr<const OutboundPolicy> policy,
                               std::shared_ptr<Limit> limit) {
  const auto side = terms.to.is_v4() ? impl_->v4 : impl_->v6;
  Run run(impl_->loop.context(), std::move(terms));
  run.series.fault = forbidden(run.terms.to, *policy);
  if (run.series.fault) co_return std::move(run.series);
  if (auto opened = side->open(); !opened) {
    run.series.fault = std::move(opened).error();
    co_return std::move(run.series);
  }
  const Guest guest{side, run};
  for (int at = 0; at < run.terms.count && !limit->is_over() && !run.series.fault; ++at) {
    if (at > 0) {
      const bool in_time = co_await pause(run.terms.spacing, *limit);
      if (!in_time) break;
    }
    side->send(run);
  }
  const Limit::Watch watch(*limit, [&run] { run.wake.cancel(); });
  while (run.open > 0 && !limit->is_over()) {
    boost::system::error_code ignored;
    co_await run.wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (limit->was_cancelled()) run.series.fault = limit->fault(Phase::first_byte, run.terms.to.host());
  co_return std::move(run.series);
}

}  // namespace monitorix::net
