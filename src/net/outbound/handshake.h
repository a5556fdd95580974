#pragma once
// The verdict on a peer's certificate inside the handshake, and what was seen there: the same for our own lines and for
// those of libcurl. Included by net/'s .cpp files only.

#include <openssl/ssl.h>
#include <optional>
#include <string>

#include "net/outbound/fault.h"
#include "net/outbound/peer_chain.h"

namespace monitorix::net {

struct Handshake {
  bool verify{true};
  std::string name{};  ///< whom the certificate must be for
  std::optional<PeerChain> seen{};
  long error{X509_V_OK};

  /// What the certificate is at fault for; nothing when it is good, or when nobody judges it.
  [[nodiscard]] std::optional<Fault> fault() const;
};

/// Every handshake of this context is judged. One that serves a single connection names its handshake here; on a shared
/// one each SSL is told by watch().
void judge_certificates(SSL_CTX* context, Handshake* only);
void watch(SSL* ssl, Handshake& handshake);

/// What OpenSSL's queue of errors tells of a handshake that broke; empties the queue.
Fault fault_of_tls(const std::string& whom);
/// The same for one code of OpenSSL's.
Fault fault_of_tls(unsigned long code, const std::string& whom);

}  // namespace monitorix::net
