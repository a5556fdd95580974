#pragma once
// One outgoing call under way: its curl handle, its verdict on the certificate, its limits. Included by net/'s .cpp
// files only. curl and OpenSSL hold pointers to it, therefore it never moves.

#include <array>
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <openssl/x509.h>
#include <optional>
#include <string>

#include "net/curl_pool.h"
#include "net/http_client.h"

namespace monitorix::net {

struct Transfer {
  Transfer(ClientRequest wanted, std::shared_ptr<X509_STORE> system_roots);
  ~Transfer() { end(); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Hands the call to the pool; `done` is called once, on the loop, unless end() comes first.
  Status start(std::shared_ptr<CurlPool> pool, bool fresh_connection, std::function<void()> done);
  /// Takes the call out of the pool, notes its numbers and wipes what was sent. May be called twice.
  void end();
  [[nodiscard]] bool failed() const { return code != CURLE_OK || broken.has_value(); }
  [[nodiscard]] Error error() const;
  /// A warm connection that broke before the first byte of the answer: the server had closed it meanwhile.
  [[nodiscard]] bool worth_a_second_try() const;

  ClientRequest request;
  std::string host{};
  std::shared_ptr<X509_STORE> roots;
  ClientResponse response{};
  std::size_t header_bytes{0};
  std::optional<Error> broken{};  ///< what our own limits objected to
  std::optional<Certificate> seen{};
  bool refused{false}, first_byte{false}, finished{false};
  CURLcode code{CURLE_OK};
  std::array<char, CURL_ERROR_SIZE> error_text{};

  CURL* easy{nullptr};

 private:
  void configure(bool fresh_connection);
  void note_facts();

  curl_slist* headers_{nullptr};
  std::shared_ptr<CurlPool> pool_{};
};

}  // namespace monitorix::net
