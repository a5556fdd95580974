#pragma once
// One HTTPS question over a line of our own: HTTP/1.1, one connection for one question. libcurl makes a TLS context for
// each connection, which costs more than the handshake that it serves; our lines share theirs (ADR 31). On the loop
// only.

#include <memory>
#include <optional>

#include "net/outbound/exchange.h"

namespace monitorix::net {

/// Is this a call that may be asked this way, and be asked again by libcurl if need be? A question without a body over
/// a fresh connection, straight to the host.
bool fits_own_line(const HttpCall& call);

/// Nothing when the peer speaks HTTP/2, or in a way that this strict reader does not take: libcurl is to ask it then.
Task<std::optional<HttpAnswer>> ask_over_line(Loop& loop, TrustStore& trust, HttpCall call,
                                              std::shared_ptr<Limit> limit);

}  // namespace monitorix::net
