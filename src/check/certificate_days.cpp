#include "check/certificate_days.h"

#include <algorithm>

namespace monitorix::check {
using std::chrono::days;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::int64_t days_left(const SeenCertificate& seen, WallTime now) {
  return std::chrono::floor<days>(seen.chain_not_after - now).count();
}

CertificateState judge_certificate(const SeenCertificate& seen, const TlsOptions& options, WallTime now) {
  constexpr days kShortLived{45};
  milliseconds warn = duration_cast<milliseconds>(days{std::max(options.warn_days, 0)});
  milliseconds critical = duration_cast<milliseconds>(days{std::max(options.critical_days, 0)});
  const milliseconds life = seen.not_after - seen.not_before;
  if (life < kShortLived) {
    warn = std::min(warn, life / 3);
    critical = std::min(critical, life / 6);
  }
  const milliseconds left = seen.chain_not_after - now;
  if (left < critical) return CertificateState::critical;
  return left < warn ? CertificateState::warn : CertificateState::good;
}

}  // namespace monitorix::check
