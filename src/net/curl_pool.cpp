#include "net/curl_pool.h"

#include <boost/asio/post.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

namespace monitorix::net {
namespace asio = boost::asio;

struct CurlPool::Watch {
  explicit Watch(asio::io_context& context) : descriptor(context) {}
  asio::posix::stream_descriptor descriptor;
  curl_socket_t socket{};
  int wanted{CURL_POLL_NONE};
  bool reading{false}, writing{false}, gone{false};
};

CurlPool::CurlPool(Loop& loop) : loop_(loop), multi_(curl_multi_init()), timer_(loop.context()) {
  if (!multi_) throw std::runtime_error("libcurl does not start");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlPool::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlPool::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 4L);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

CurlPool::~CurlPool() {
  for (auto& [easy, done] : running_) curl_multi_remove_handle(multi_, easy);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
  curl_multi_cleanup(multi_);
  for (auto& [socket, watch] : watches_) {
    watch->gone = true;
    if (watch->descriptor.is_open()) watch->descriptor.release();
  }
}

void CurlPool::add(CURL* easy, std::function<void(CURLcode)> done) {
  running_.emplace(easy, std::move(done));
  curl_multi_add_handle(multi_, easy);  // arms a timer of 0 ms; the work begins from the loop
}

void CurlPool::remove(CURL* easy) {
  if (running_.erase(easy) != 0) curl_multi_remove_handle(multi_, easy);
}

int CurlPool::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  auto& pool = *static_cast<CurlPool*>(self);
  const auto known = pool.watches_.find(socket);
  if (what == CURL_POLL_REMOVE) {
    if (known == pool.watches_.end()) return 0;
    known->second->gone = true;
    known->second->descriptor.release();  // curl closes it itself
    pool.watches_.erase(known);
    return 0;
  }
  std::shared_ptr<Watch> watch = known == pool.watches_.end() ? nullptr : known->second;
  if (!watch) {
    watch = std::make_shared<Watch>(pool.loop_.context());
    watch->socket = socket;
    boost::system::error_code error;
    watch->descriptor.assign(socket, error);
    if (error) return -1;
    pool.watches_.emplace(socket, watch);
  }
  watch->wanted = what;
  if ((what & CURL_POLL_IN) != 0 && !watch->reading) pool.wait_for(watch, false);
  if ((what & CURL_POLL_OUT) != 0 && !watch->writing) pool.wait_for(watch, true);
  return 0;
}

void CurlPool::wait_for(const std::shared_ptr<Watch>& watch, bool to_write) {
  (to_write ? watch->writing : watch->reading) = true;
  const auto kind = to_write ? asio::posix::stream_descriptor::wait_write : asio::posix::stream_descriptor::wait_read;
  watch->descriptor.async_wait(
      kind, [weak = weak_from_this(), watch, to_write](const boost::system::error_code& error) {
        (to_write ? watch->writing : watch->reading) = false;
        const auto pool = weak.lock();
        if (!pool || watch->gone || error == asio::error::operation_aborted) return;
        pool->act(watch->socket, error ? CURL_CSELECT_ERR : (to_write ? CURL_CSELECT_OUT : CURL_CSELECT_IN));
        if (watch->gone) return;
        const bool still = (watch->wanted & (to_write ? CURL_POLL_OUT : CURL_POLL_IN)) != 0;
        if (still && !(to_write ? watch->writing : watch->reading)) pool->wait_for(watch, to_write);
      });
}

int CurlPool::on_timer(CURLM*, long after_ms, void* self) {
  auto& pool = *static_cast<CurlPool*>(self);
  pool.timer_.cancel();
  ++pool.timer_turn_;
  if (after_ms < 0) return 0;
  if (after_ms == 0) {  // at once: the next turn of the loop, without a timer of the kernel's
    asio::post(pool.loop_.context(), [weak = pool.weak_from_this(), turn = pool.timer_turn_] {
      if (const auto alive = weak.lock(); alive && alive->timer_turn_ == turn) alive->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }
  pool.timer_.expires_after(std::chrono::milliseconds{after_ms});
  pool.timer_.async_wait([weak = pool.weak_from_this()](const boost::system::error_code& error) {
    if (const auto alive = weak.lock(); alive && !error) alive->act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void CurlPool::act(curl_socket_t socket, int events) {
  int still_running = 0;
  curl_multi_socket_action(multi_, socket, events, &still_running);
  collect_finished();
}

void CurlPool::collect_finished() {
  std::vector<std::pair<std::function<void(CURLcode)>, CURLcode>> finished;
  int waiting = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &waiting)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto found = running_.find(easy);
    curl_multi_remove_handle(multi_, easy);
    if (found == running_.end()) continue;
    finished.emplace_back(std::move(found->second), code);
    running_.erase(found);
  }
  for (auto& [done, code] : finished) done(code);
}

}  // namespace monitorix::net
