#pragma once
// How a TLS peer is to be judged, and the stores and contexts that do it, made once for each distinct set of terms
// (checks C2, C26, C27): loading the system's authorities costs tens of milliseconds. On the loop only.

#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "net/outbound/fault.h"

struct ssl_ctx_st;
struct x509_store_st;

namespace monitorix::net {

struct TlsTerms {
  bool verify{true};
  std::string ca_pem{};  ///< instead of the system's authorities
  std::string client_certificate_pem{};
  Secret client_key_pem{};
  std::string name{};  ///< SNI, and whom the certificate must be for
  std::string minimum_version{"1.2"};
  std::vector<std::string> protocols{};  ///< that are offered (ALPN), the best first
};

class TrustStore {
 public:
  TrustStore();
  ~TrustStore();
  TrustStore(const TrustStore&) = delete;
  TrustStore& operator=(const TrustStore&) = delete;

  /// The authorities of the terms; null when nobody is verified.
  Outcome<std::shared_ptr<x509_store_st>> authorities(const TlsTerms& terms);
  /// A client context that is shared by all lines of these terms.
  Outcome<std::shared_ptr<ssl_ctx_st>> context(const TlsTerms& terms);
  /// Verification, minimum version and client certificate into a context that somebody else made.
  Outcome<void> configure(ssl_ctx_st* context, const TlsTerms& terms);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Could these terms ever be used? Errc::invalid with what cannot be read.
Status check_terms(const TlsTerms& terms);

}  // namespace monitorix::net
