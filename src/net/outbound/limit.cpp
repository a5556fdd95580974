#include "net/outbound/limit.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace monitorix::net {
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::shared_ptr<Limit> Limit::until(Loop& loop, Time at) {
  auto limit = std::make_shared<Limit>(loop, at);
  limit->arm();
  return limit;
}

std::shared_ptr<Limit> Limit::within(Loop& loop, const std::shared_ptr<Limit>& outer, milliseconds most) {
  auto limit = until(loop, std::min(outer->at_, steady_clock::now() + most));
  outer->inner_ = limit;
  if (outer->over_) {
    limit->cancelled_ = outer->cancelled_;
    limit->finish();
  }
  return limit;
}

void Limit::arm() {
  timer_.expires_at(at_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (const auto self = weak.lock(); self && !error) self->finish();
  });
}

void Limit::finish() {
  if (over_) return;
  over_ = true;
  if (const auto inner = inner_.lock()) {
    inner->cancelled_ = inner->cancelled_ || cancelled_;
    inner->finish();
  }
  if (end_ && *end_) (*end_)();
}

void Limit::cancel() {
  if (over_) return;
  cancelled_ = true;
  timer_.cancel();
  finish();
}

milliseconds Limit::left() const {
  return std::max(std::chrono::ceil<milliseconds>(at_ - steady_clock::now()), milliseconds{1});
}

Fault Limit::fault(Phase phase, const std::string& whom) const {
  if (cancelled_) return {Trouble::cancelled, phase, "Monitorix is stopping"};
  return {Trouble::timed_out, phase, whom + " did not answer in time"};
}

Task<bool> until_ready(asio::posix::stream_descriptor& descriptor, bool to_write, Limit& limit) {
  if (limit.is_over()) co_return false;
  const Limit::Watch watch(limit, [&descriptor] {
    boost::system::error_code ignored;
    descriptor.cancel(ignored);
  });
  boost::system::error_code ignored;
  co_await descriptor.async_wait(
      to_write ? asio::posix::stream_descriptor::wait_write : asio::posix::stream_descriptor::wait_read,
      asio::redirect_error(asio::use_awaitable, ignored));
  co_return !limit.is_over();
}

Task<bool> pause(milliseconds duration, Limit& limit) {
  if (limit.is_over()) co_return false;
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  const Limit::Watch watch(limit, [&timer] { timer.cancel(); });
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  co_return !limit.is_over();
}

}  // namespace monitorix::net
