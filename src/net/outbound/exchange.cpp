#include "net/outbound/exchange.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <map>
#include <set>
#include <unordered_set>

#include "base/log.h"
#include "net/https/https_call.h"
#include "net/outbound/exchange_call.h"

namespace monitorix::net {
namespace asio = boost::asio;

namespace {

constexpr std::size_t kSpareHandles = 64;     // to make one costs more than a small call
constexpr std::size_t kMostWarmPools = 4096;  // beyond it all are dropped; the next calls connect anew
constexpr std::size_t kMostKnown = 16'384;  // beyond it all are forgotten; each is learned again by one more connection

}  // namespace

struct Exchanges::Impl {
  Loop& loop;
  TrustStore& trust;
  std::shared_ptr<CurlPool> fresh;
  std::map<std::string, std::shared_ptr<CurlPool>> warm{};
  std::vector<CURL*> spare{};
  std::set<ExchangeCall*> running{};
  std::unordered_set<std::string> for_curl{};  ///< who speaks HTTP/2, or too freely for our own reader

  Impl(Loop& owner, TrustStore& store) : loop(owner), trust(store), fresh(std::make_shared<CurlPool>(owner)) {}
  ~Impl() {
    for (ExchangeCall* call : running) curl_easy_cleanup(call->end());
    for (CURL* easy : spare) curl_easy_cleanup(easy);
  }

  CURL* take_handle() {
    if (spare.empty()) return curl_easy_init();
    CURL* easy = spare.back();
    spare.pop_back();
    return easy;
  }

  void give_handle(CURL* easy) {
    if (!easy) return;
    if (spare.size() >= kSpareHandles) return curl_easy_cleanup(easy);
    curl_easy_reset(easy);
    spare.push_back(easy);
  }

  std::shared_ptr<CurlPool> pool_for(const std::string& key) {
    if (key.empty()) return fresh;
    if (warm.size() >= kMostWarmPools) warm.clear();
    auto& pool = warm[key];
    if (!pool) pool = std::make_shared<CurlPool>(loop);
    return pool;
  }

  Task<HttpAnswer> transfer(HttpCall call, std::shared_ptr<Limit> limit) {
    HttpAnswer answer{};
    CURL* easy = take_handle();
    if (!easy) {
      answer.fault = Fault{Trouble::local, Phase::connect, "this machine has no memory for a call"};
      co_return answer;
    }
    const auto pool = pool_for(call.warm_key);
    ExchangeCall exchange(std::move(call), trust, easy);
    asio::steady_timer wake(loop.context(), asio::steady_timer::time_point::max());
    const Limit::Watch watch(*limit, [&wake] { wake.cancel(); });
    running.insert(&exchange);
    exchange.start(pool, [&wake] { wake.cancel(); });
    while (!exchange.finished && !limit->is_over()) {
      boost::system::error_code ignored;
      co_await wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    running.erase(&exchange);
    give_handle(exchange.end());
    exchange.conclude(*limit);
    co_return std::move(exchange.answer);
  }

  Task<HttpAnswer> over_line(HttpCall call, std::shared_ptr<Limit> limit) {
    std::string whom = call.to.text() + ' ' + call.tls.name + ' ' + call.url.origin();
    if (!for_curl.contains(whom)) {
      auto answer = co_await ask_over_line(loop, trust, call, limit);
      if (answer) co_return std::move(*answer);
      if (for_curl.size() >= kMostKnown) for_curl.clear();
      for_curl.insert(whom);
    }
    co_return co_await transfer(std::move(call), std::move(limit));
  }
};

Exchanges::Exchanges(Loop& loop, TrustStore& trust) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL; a peer that left is no end of ours
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) log::error("libcurl does not start", {{"code", static_cast<int>(started)}});
  impl_ = std::make_unique<Impl>(loop, trust);
}

Exchanges::~Exchanges() = default;

void Exchanges::drop_warm() { impl_->warm.clear(); }

Task<HttpAnswer> Exchanges::ask(HttpCall call, std::shared_ptr<Limit> limit) {
  if (!fits_own_line(call)) return impl_->transfer(std::move(call), std::move(limit));
  return impl_->over_line(std::move(call), std::move(limit));
}

}  // namespace monitorix::net
