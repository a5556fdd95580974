#include "verdict/certificate.h"

#include <algorithm>
#include <string>

namespace monitorix::verdict {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr days kShortLife{45};

CertificateFinding find(int position, WallTime not_after, milliseconds warn, milliseconds critical, WallTime now) {
  CertificateFinding finding{position, CertificateLevel::fine, not_after, 0};
  const milliseconds left = not_after - now;
  finding.days_left = std::chrono::floor<days>(left).count();
  if (left <= milliseconds{0})
    finding.level = CertificateLevel::expired;
  else if (left <= critical)
    finding.level = CertificateLevel::critical;
  else if (left <= warn)
    finding.level = CertificateLevel::warning;
  return finding;
}

}  // namespace

std::vector<CertificateFinding> judge_certificate(const SeenCertificate& seen, const TlsOptions& options,
                                                  WallTime now) {
  const milliseconds warn = days{options.warn_days};
  const milliseconds critical = days{options.critical_days};
  const milliseconds life = seen.not_after - seen.not_before;
  const bool is_short = seen.not_before != WallTime{} && life > milliseconds{0} && life < kShortLife;
  std::vector<CertificateFinding> findings;
  if (is_short)
    findings.push_back(find(0, seen.not_after, life / 3, std::min(critical, life / 6), now));
  else
    findings.push_back(find(0, seen.not_after, warn, critical, now));
  if (seen.chain_position > 0 && seen.chain_not_after != WallTime{} && seen.chain_not_after != seen.not_after)
    findings.push_back(find(seen.chain_position, seen.chain_not_after, warn, critical, now));
  return findings;
}

void apply_certificate(CheckResult& result, const TlsOptions& options, CriticalCounts critical, WallTime now) {
  if (!result.certificate || result.verdict != Verdict::up) return;
  const CertificateFinding* worst = nullptr;
  const auto findings = judge_certificate(*result.certificate, options, now);
  for (const auto& one : findings)
    if (!worst || one.level > worst->level) worst = &one;
  if (worst->level == CertificateLevel::fine) return;
  const bool is_warning = worst->level == CertificateLevel::warning;
  result.verdict = !is_warning && critical == CriticalCounts::down ? Verdict::down : Verdict::degraded;
  result.reason = is_warning ? "cert_warn" : "cert_crit";
  result.parameter = std::to_string(worst->days_left);
  result.detail = worst->level == CertificateLevel::expired
                      ? "the certificate at position " + std::to_string(worst->position) + " has expired"
                      : "the certificate at position " + std::to_string(worst->position) + " ends in " +
                            std::to_string(worst->days_left) + " days";
}

}  // namespace monitorix::verdict
