#pragma once
// Whom we trust, and what a peer showed. There is no "verify off". The decision falls in the handshake,
// before the first HTTP byte (security S42).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"

namespace monitorix::net {

struct Certificate {
  Digest fingerprint{};  ///< SHA-256 of the leaf, DER
  std::string subject{}, issuer{};
  std::vector<std::string> sans{};
  std::optional<WallTime> not_before{}, not_after{};
  bool chain_trusted{false};  ///< by the system's store, host name checked
};

struct TrustPins {
  std::vector<Digest> accepted{};  ///< leaf fingerprints; empty accepts nobody
};
struct TrustCa {
  std::string ca_pem{};  ///< "" = the system's store; the host name is checked
};
struct TrustNobodyButLook {};  ///< probe: reads the certificate, then hangs up before any HTTP byte

using Trust = std::variant<TrustPins, TrustCa, TrustNobodyButLook>;

}  // namespace monitorix::net
