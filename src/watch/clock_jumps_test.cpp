#include "watch/clock_jumps.h"

#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::watch;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = from_seconds(1'700'000'000);
const SteadyTime kSteady{1h};

CheckResult with_certificate(const char* reason, WallTime from, WallTime until) {
  CheckResult out;
  out.verdict = Verdict::down;
  out.reason = reason;
  out.certificate = SeenCertificate{.not_after = until, .chain_not_after = until, .not_before = from};
  return out;
}

}  // namespace

TEST_CASE("a clock that goes on, or is set right by a second, has not jumped") {
  ClockJumps clock;
  CHECK_FALSE(clock.look(kNow, kSteady));
  CHECK_FALSE(clock.look(kNow + 1s, kSteady + 1s));
  CHECK_FALSE(clock.look(kNow + 3s, kSteady + 2s));
  CHECK_FALSE(clock.look(kNow + 103s, kSteady + 102s));  // a tick that came late
}

TEST_CASE("a jump says from when to when, in both directions") {
  ClockJumps clock;
  CHECK_FALSE(clock.look(kNow, kSteady));
  const auto ahead = clock.look(kNow + 24h + 1s, kSteady + 1s);
  REQUIRE(ahead);
  CHECK(ahead->from == kNow + 1s);
  CHECK(ahead->to == kNow + 24h + 1s);
  const auto back = clock.look(kNow + 2s, kSteady + 2s);
  REQUIRE(back);
  CHECK(back->from == kNow + 24h + 2s);
  CHECK(back->to == kNow + 2s);
}

TEST_CASE("what only a moved clock says of a certificate is unknown") {
  ClockJumps clock;
  clock.look(kNow, kSteady);
  const auto fresh = with_certificate("tls_not_yet_valid", kNow - 1h, kNow + 48h);
  CHECK_FALSE(clock.doubt(fresh, kNow, kSteady));  // nobody moved it
  clock.look(kNow - 24h, kSteady + 1s);
  const auto doubted = clock.doubt(fresh, kNow - 24h, kSteady + 1s);
  REQUIRE(doubted);
  CHECK(doubted->verdict == Verdict::unknown);
  CHECK(doubted->reason == "local_fault");
  CHECK(doubted->detail.find("-86401 s") != std::string::npos);
  const auto future = with_certificate("tls_not_yet_valid", kNow + 1h, kNow + 48h);  // nor by the clock before
  CHECK_FALSE(clock.doubt(future, kNow - 24h, kSteady + 1s));
  CHECK_FALSE(clock.doubt(with_certificate("conn_refused", kNow - 1h, kNow + 1h), kNow - 24h, kSteady + 1s));
  clock.look(kNow + 2s, kSteady + 2s);  // and set right again
  CHECK_FALSE(clock.doubt(with_certificate("tls_expired", kNow - 48h, kNow - 1h), kNow + 2s, kSteady + 2s));
}

TEST_CASE("a clock that was set right once is not doubted for ever") {
  ClockJumps clock;
  clock.look(kNow, kSteady);
  clock.look(kNow + 240h, kSteady + 1s);
  const auto expired = with_certificate("tls_expired", kNow - 48h, kNow + 100h);
  CHECK(clock.doubt(expired, kNow + 240h, kSteady + 1s));
  CHECK_FALSE(clock.doubt(expired, kNow + 265h, kSteady + 25h));
}
