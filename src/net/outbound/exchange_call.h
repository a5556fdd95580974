#pragma once
// One exchange under way: its curl handle and what its callbacks see. Included by net/'s .cpp files only. curl holds
// pointers to it, therefore it never moves.

#include <array>
#include <chrono>
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <optional>

#include "net/curl_pool.h"
#include "net/outbound/exchange.h"
#include "net/outbound/handshake.h"

namespace monitorix::net {

struct ExchangeCall {
  ExchangeCall(HttpCall wanted, TrustStore& trust_store, CURL* handle);
  ~ExchangeCall();
  ExchangeCall(const ExchangeCall&) = delete;
  ExchangeCall& operator=(const ExchangeCall&) = delete;

  void start(std::shared_ptr<CurlPool> through, std::function<void()> done);
  /// Out of the pool, finished or not; then the handle is free again.
  CURL* end();
  /// After end(): times and fault.
  void conclude(const Limit& limit);

  HttpCall call;
  TrustStore& trust;
  HttpAnswer answer{};
  Handshake handshake{};
  std::optional<Fault> objection{};  ///< of our own callbacks
  std::size_t header_bytes{0};
  int tls_contexts{0};
  std::chrono::steady_clock::time_point started{};
  std::int64_t connected{0};  ///< microseconds until TLS began: curl notes this moment only after TLS
  bool finished{false};

 private:
  struct Moments {
    std::int64_t connect{}, tls{}, ready{}, first_byte{}, total{};
  };
  void configure();
  void configure_target();
  [[nodiscard]] Phase phase_reached(const Moments& at) const;
  [[nodiscard]] std::optional<Fault> fault_now(const Limit& limit, Phase phase) const;
  [[nodiscard]] Fault fault_of_code(Phase phase) const;

  CURL* easy_;
  CURLcode code_{CURLE_OK};
  long system_error_{0};
  Moments moments_{};
  bool sent_{false};
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  curl_slist* headers_{nullptr};
  curl_slist* addresses_{nullptr};
  std::shared_ptr<CurlPool> pool_{};
};

}  // namespace monitorix::net
