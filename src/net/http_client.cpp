#include "net/http_client.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <deque>
#include <map>
#include <set>
#include <strings.h>

#include "base/log.h"
#include "net/transfer.h"

namespace monitorix::net {
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

const std::string* ClientResponse::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) {
    return header.first.size() == name.size() && ::strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? nullptr : &found->second;
}

namespace {

/// curl does not compare the verdict's callback when it looks for a warm connection, so we compare the trust.
bool same_trust(const Trust& one, const Trust& other) {
  if (one.index() != other.index()) return false;
  if (const auto* pins = std::get_if<TrustPins>(&one)) return pins->accepted == std::get<TrustPins>(other).accepted;
  if (const auto* ca = std::get_if<TrustCa>(&one)) return ca->ca_pem == std::get<TrustCa>(other).ca_pem;
  return true;
}

std::shared_ptr<X509_STORE> load_system_roots() {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), &X509_STORE_free);
  if (!store || X509_STORE_set_default_paths(store.get()) != 1)
    log::warn("the system's certificate store cannot be opened");
  return store;
}

}  // namespace

struct HttpClient::Impl {
  struct Pool {
    std::shared_ptr<CurlPool> connections{};
    Trust trust{};
  };
  /// One call in line for a place.
  struct Turn {
    explicit Turn(asio::io_context& context, milliseconds patience) : timer(context, patience) {}
    asio::steady_timer timer;
    bool granted{false};
  };
  /// One call under way, and how to wake the coroutine that waits for it.
  struct Call {
    Call(asio::io_context& context, milliseconds first_byte, std::unique_ptr<Transfer> started)
        : timer(context, first_byte),
          transfer(std::move(started)) {}
    asio::steady_timer timer;
    std::unique_ptr<Transfer> transfer;
  };

  Loop& loop;
  std::size_t free_places;
  bool stopped{false};
  std::map<std::string, Pool> pools{};
  std::map<std::string, Certificate> refused{};
  std::deque<std::shared_ptr<Turn>> queue{};
  std::set<std::shared_ptr<Call>> running{};
  std::shared_ptr<X509_STORE> roots{load_system_roots()};

  Impl(Loop& owner, std::size_t places) : loop(owner), free_places(places) {}

  std::shared_ptr<CurlPool> pool_for(const ClientRequest& request) {
    Pool& pool = pools[request.pool_key];
    if (!pool.connections || !same_trust(pool.trust, request.trust)) {
      pool.connections = std::make_shared<CurlPool>(loop);
      pool.trust = request.trust;
    }
    return pool.connections;
  }

  /// First come, first served.
  Task<bool> take_place(milliseconds patience) {
    if (free_places > 0) {
      --free_places;
      co_return true;
    }
    const auto turn = std::make_shared<Turn>(loop.context(), patience);
    queue.push_back(turn);
    boost::system::error_code ignored;
    co_await turn->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!turn->granted) std::erase(queue, turn);
    co_return turn->granted;
  }

  void give_place() {
    if (queue.empty()) {
      ++free_places;
      return;
    }
    queue.front()->granted = true;
    queue.front()->timer.cancel();
    queue.pop_front();
  }

  /// No coroutine holds a pool, so that all connections are gone with the client.
  std::shared_ptr<Call> begin(ClientRequest request, bool fresh_connection) {
    const auto pool = pool_for(request);
    const milliseconds first_byte = request.deadlines.first_byte;
    auto call =
        std::make_shared<Call>(loop.context(), first_byte, std::make_unique<Transfer>(std::move(request), roots));
    std::function<void()> wake = [weak = std::weak_ptr<Call>(call)] {
      if (const auto alive = weak.lock()) alive->timer.cancel();
    };
    const Status started = call->transfer->start(pool, fresh_connection, std::move(wake));
    if (!started) call->transfer->broken = started.error();
    return call;
  }

  /// One attempt, from the connection to the last byte.
  Task<std::shared_ptr<Call>> attempt(ClientRequest request, bool fresh_connection) {
    const milliseconds first_byte = request.deadlines.first_byte;
    const auto call = begin(std::move(request), fresh_connection);
    Transfer& transfer = *call->transfer;
    if (transfer.broken) co_return call;
    running.insert(call);
    while (!transfer.finished) {
      boost::system::error_code ignored;
      co_await call->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      if (transfer.finished) break;
      if (stopped) {
        transfer.broken = Error{Errc::cancelled, "the client is stopped"};
        break;
      }
      if (!transfer.first_byte) {
        transfer.broken = Error{Errc::timeout, "no first byte within " + std::to_string(first_byte.count()) + " ms"};
        break;
      }
      call->timer.expires_at(asio::steady_timer::time_point::max());  // curl minds the total deadline
    }
    transfer.end();
    running.erase(call);
    co_return call;
  }

  /// At most two attempts within one total deadline.
  Task<std::shared_ptr<Call>> call(ClientRequest request, steady_clock::time_point deadline) {
    request.deadlines.total = left_until(deadline);
    auto made = co_await attempt(request, false);
    if (!made->transfer->worth_a_second_try() || stopped) co_return made;
    request.deadlines.total = left_until(deadline);
    co_return co_await attempt(std::move(request), true);
  }

  /// Never 0, which curl takes for "no deadline".
  static milliseconds left_until(steady_clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    return std::max(left, milliseconds{1});
  }
};

HttpClient::HttpClient(Loop& loop, std::size_t max_concurrent) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL; a peer that left is an error, not our end
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) log::error("libcurl does not start", {{"code", static_cast<int>(started)}});
  impl_ = std::make_unique<Impl>(loop, max_concurrent);
}

HttpClient::~HttpClient() {  // coroutines that still wait are gone with the loop; their connections go now
  for (const auto& call : impl_->running) call->transfer->end();
}

Task<Result<ClientResponse>> HttpClient::get(ClientRequest request) {
  if (impl_->stopped) co_return fail(Errc::cancelled, "the client is stopped");
  const auto deadline = steady_clock::now() + request.deadlines.total;
  const bool has_place = co_await impl_->take_place(request.deadlines.total);
  if (!has_place)
    co_return fail(impl_->stopped ? Errc::cancelled : Errc::unavailable, "too many calls at once: no turn in time");
  if (impl_->stopped) {
    impl_->give_place();
    co_return fail(Errc::cancelled, "the client is stopped");
  }
  const std::string key = request.pool_key;
  std::shared_ptr<Impl::Call> made;
  std::exception_ptr thrown;
  try {
    made = co_await impl_->call(std::move(request), deadline);
  } catch (...) {
    thrown = std::current_exception();
  }
  impl_->give_place();
  if (thrown) std::rethrow_exception(thrown);
  Transfer& transfer = *made->transfer;
  if (transfer.refused && transfer.seen) impl_->refused[key] = *transfer.seen;
  if (transfer.failed()) co_return fail(transfer.error());
  impl_->refused.erase(key);
  co_return std::move(transfer.response);
}

Task<Result<Certificate>> HttpClient::look_at_certificate(std::string host, int port, milliseconds deadline) {
  ClientRequest request{};
  const bool v6 = host.find(':') != std::string::npos;
  request.url = "https://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/";
  request.pool_key = "look " + request.url;
  request.trust = TrustNobodyButLook{};
  request.deadlines = {deadline, deadline, deadline};
  const std::string key = request.pool_key;
  auto answer = co_await get(std::move(request));
  impl_->pools.erase(key);
  const auto seen = impl_->refused.find(key);
  if (seen == impl_->refused.end())
    co_return fail(answer ? Error{Errc::protocol, "no certificate was shown"} : answer.error());
  Certificate certificate = seen->second;
  impl_->refused.erase(seen);
  co_return certificate;
}

std::optional<Certificate> HttpClient::refused_certificate(const std::string& pool_key) const {
  const auto found = impl_->refused.find(pool_key);
  return found == impl_->refused.end() ? std::nullopt : std::optional(found->second);
}

void HttpClient::drop_connections(const std::string& pool_key) {
  impl_->pools.erase(pool_key);
  impl_->refused.erase(pool_key);
}

void HttpClient::stop() {
  impl_->stopped = true;
  for (const auto& turn : impl_->queue) turn->timer.cancel();
  for (const auto& call : impl_->running) call->timer.cancel();
}

}  // namespace monitorix::net
