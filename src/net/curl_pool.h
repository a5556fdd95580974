#pragma once
// One libcurl multi handle on the loop: the connections of one pool key. Included by net/'s .cpp files only.
// A pool that was dropped finishes its transfers and is gone with the last of them.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <curl/curl.h>
#include <functional>
#include <map>
#include <memory>

#include "net/task.h"

namespace monitorix::net {

class CurlPool : public std::enable_shared_from_this<CurlPool> {
 public:
  explicit CurlPool(Loop& loop);
  ~CurlPool();
  CurlPool(const CurlPool&) = delete;
  CurlPool& operator=(const CurlPool&) = delete;

  /// Starts a transfer; `done` is called once, on the loop, never from inside this call.
  void add(CURL* easy, std::function<void(CURLcode)> done);
  /// Ends a transfer early without calling its `done`.
  void remove(CURL* easy);

 private:
  struct Watch;
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watch);
  static int on_timer(CURLM* multi, long after_ms, void* self);
  void wait_for(const std::shared_ptr<Watch>& watch, bool to_write);
  void act(curl_socket_t socket, int events);
  void collect_finished();

  Loop& loop_;
  CURLM* multi_;
  boost::asio::steady_timer timer_;
  std::uint64_t timer_turn_{0};  ///< a posted turn of an older wish does nothing
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_{};
  std::map<CURL*, std::function<void(CURLcode)>> running_{};
};

}  // namespace monitorix::net
