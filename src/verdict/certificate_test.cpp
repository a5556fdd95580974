#include "verdict/certificate.h"

#include <doctest/doctest.h>

namespace monitorix::verdict {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;

const WallTime kNow = from_ms(1'772'000'000'000);

SeenCertificate certificate(milliseconds left, milliseconds life = days{90}) {
  SeenCertificate seen;
  seen.not_after = seen.chain_not_after = kNow + left;
  seen.not_before = seen.not_after - life;
  return seen;
}

CertificateLevel level(milliseconds left, milliseconds life = days{90}) {
  return judge_certificate(certificate(left, life), {}, kNow).at(0).level;
}

}  // namespace

TEST_CASE("a certificate warns at its days, is critical at its days, and ends on the moment") {
  CHECK(level(days{14} + milliseconds{1}) == CertificateLevel::fine);
  CHECK(level(days{14}) == CertificateLevel::warning);
  CHECK(level(days{3} + milliseconds{1}) == CertificateLevel::warning);
  CHECK(level(days{3}) == CertificateLevel::critical);
  CHECK(level(milliseconds{1}) == CertificateLevel::critical);
  CHECK(level(milliseconds{0}) == CertificateLevel::expired);
  CHECK(judge_certificate(certificate(-hours{1}), {}, kNow).at(0).days_left == -1);
  CHECK(judge_certificate(certificate(hours{47}), {}, kNow).at(0).days_left == 1);
}

TEST_CASE("one that lives shorter than 45 days warns at a third of its life") {
  CHECK(level(days{10}, days{30}) == CertificateLevel::warning);
  CHECK(level(days{10} + milliseconds{1}, days{30}) == CertificateLevel::fine);
  CHECK(level(days{14}, days{30}) == CertificateLevel::fine);
  CHECK(level(days{3}, days{30}) == CertificateLevel::critical);
  CHECK(level(days{14}, days{45}) == CertificateLevel::warning);
  // A day's certificate is new each evening; three days would never be left.
  CHECK(level(hours{9}, hours{24}) == CertificateLevel::fine);
  CHECK(level(hours{8}, hours{24}) == CertificateLevel::warning);
  CHECK(level(hours{4}, hours{24}) == CertificateLevel::critical);
}

TEST_CASE("the chain is found apart from the leaf, where another of it ends first") {
  SeenCertificate seen = certificate(days{80});
  CHECK(judge_certificate(seen, {}, kNow).size() == 1);
  seen.chain_not_after = kNow + days{2};
  seen.chain_position = 1;
  const auto findings = judge_certificate(seen, {}, kNow);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].level == CertificateLevel::fine);
  CHECK(findings[1] == CertificateFinding{1, CertificateLevel::critical, kNow + days{2}, 2});
}

TEST_CASE("a good result becomes what its certificate makes of it, a worse one stays") {
  CheckResult result;
  result.verdict = Verdict::up;
  result.certificate = certificate(days{10});
  CheckResult warned = result;
  apply_certificate(warned, {}, CriticalCounts::down, kNow);
  CHECK(warned.verdict == Verdict::degraded);
  CHECK(warned.reason == "cert_warn");
  CHECK(warned.parameter == "10");
  result.certificate = certificate(days{1});
  CheckResult critical = result, down = result;
  apply_certificate(critical, {}, CriticalCounts::degraded, kNow);
  CHECK(critical.verdict == Verdict::degraded);
  CHECK(critical.reason == "cert_crit");
  apply_certificate(down, {}, CriticalCounts::down, kNow);
  CHECK(down.verdict == Verdict::down);
  CheckResult failed = result;
  failed.verdict = Verdict::down;
  failed.reason = "http_status";
  apply_certificate(failed, {}, CriticalCounts::degraded, kNow);
  CHECK(failed.reason == "http_status");
  CheckResult fine = result;
  fine.certificate = certificate(days{60});
  apply_certificate(fine, {}, CriticalCounts::down, kNow);
  CHECK(fine.verdict == Verdict::up);
}

}  // namespace monitorix::verdict
