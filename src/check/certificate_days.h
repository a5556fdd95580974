#pragma once
// How long a certificate still holds, and from when on that is too short (checks C29). Pure.

#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "model/service/check_result.h"
#include "model/service/service.h"

namespace monitorix::check {

/// Whole days until the earliest end of the chain; negative when it is past.
std::int64_t days_left(const SeenCertificate& seen, WallTime now);

enum class CertificateState : std::uint8_t { good, warn, critical };
/// A certificate of less than 45 days lives by its own measure: a third of its life left warns, a sixth is critical.
CertificateState judge_certificate(const SeenCertificate& seen, const TlsOptions& options, WallTime now);

}  // namespace monitorix::check
