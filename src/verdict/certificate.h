#pragma once
// When a certificate is a reason to worry (checks C26-C30). One finding per position in the chain, whose level rises;
// the probe leaves out roots that are trusted.

#include <vector>

#include "verdict/check_state.h"

namespace monitorix::verdict {

enum class CertificateLevel : std::uint8_t { fine, warning, critical, expired };

struct CertificateFinding {
  int position{0};  ///< 0 = leaf
  CertificateLevel level{};
  WallTime not_after{};
  std::int64_t days_left{};  ///< whole days, rounded towards the past: -1 on the day after
  bool operator==(const CertificateFinding&) const = default;
};

/// The leaf, and the one of its chain that ends first when that is another. A leaf that lives shorter than 45 days
/// warns at a third of its life instead of `warn_days`, and is critical at half of that at the earliest.
std::vector<CertificateFinding> judge_certificate(const SeenCertificate& seen, const TlsOptions& options, WallTime now);

enum class CriticalCounts : std::uint8_t { degraded, down };
/// Turns an UP result into what its certificate makes of it; a result that is worse already stays.
void apply_certificate(CheckResult& result, const TlsOptions& options, CriticalCounts critical, WallTime now);

}  // namespace monitorix::verdict
