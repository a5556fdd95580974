#include "api/auth/throttle.h"

#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::api;

TEST_CASE("X-Forwarded-For counts only when it comes from a trusted proxy, and only its untrusted end") {
  const std::vector<std::string> none;
  const std::vector<std::string> proxies{"10.0.0.0/8"};
  CHECK(client_address("203.0.113.9", "1.2.3.4", none) == "203.0.113.9");
  CHECK(client_address("203.0.113.9", "1.2.3.4", proxies) == "203.0.113.9");
  CHECK(client_address("10.0.0.1", "1.2.3.4", proxies) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "6.6.6.6, 1.2.3.4", proxies) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "1.2.3.4, 10.0.0.2", proxies) == "1.2.3.4");
  CHECK(client_address("10.0.0.1", "<script>", proxies) == "10.0.0.1");
  CHECK(client_address("10.0.0.1", "", proxies) == "10.0.0.1");
}

TEST_CASE("one network of IPv6 counts as one") {
  CHECK(network_of("2001:db8:1:2:aaaa::1") == network_of("2001:db8:1:2:bbbb::2"));
  CHECK(network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1"));
  CHECK(network_of("192.0.2.1") != network_of("192.0.2.2"));
}

TEST_CASE("after five wrong passwords an account waits, longer each time, and never for ever") {
  ManualClock clock;
  RateLimits limits;
  limits.login_per_minute = 1'000'000;
  Throttle throttle(clock, limits);
  for (int n = 0; n < 4; ++n) {
    CHECK(throttle.begin_login("192.0.2." + std::to_string(n), "kari") == 0);
    throttle.login_failed("kari");
  }
  throttle.login_failed("KARI");
  CHECK(throttle.begin_login("192.0.2.9", "kari") == 1);
  clock.advance(std::chrono::seconds{1});
  throttle.login_failed("kari");
  CHECK(throttle.begin_login("192.0.2.9", "kari") == 2);
  for (int n = 0; n < 50; ++n) throttle.login_failed("kari");
  CHECK(throttle.begin_login("192.0.2.9", "kari") == 300);
  CHECK(throttle.begin_login("192.0.2.9", "ola") == 0);
  throttle.login_succeeded("kari");
  CHECK(throttle.begin_login("192.0.2.9", "kari") == 0);
}

TEST_CASE("an address has ten sign-ins a minute, whatever accounts it names") {
  ManualClock clock;
  Throttle throttle(clock, {});
  for (int n = 0; n < 10; ++n) CHECK(throttle.begin_login("192.0.2.1", "user" + std::to_string(n)) == 0);
  CHECK(throttle.begin_login("192.0.2.1", "another") > 0);
  CHECK(throttle.begin_login("192.0.2.2", "another") == 0);
  clock.advance(std::chrono::minutes{1});
  CHECK(throttle.begin_login("192.0.2.1", "another") == 0);
}

TEST_CASE("limits that are switched off leave the sign-in guarded") {
  ManualClock clock;
  RateLimits limits;
  limits.enabled = false;
  Throttle throttle(clock, limits);
  for (int n = 0; n < 2000; ++n) REQUIRE(throttle.count_anonymous_call("192.0.2.1").allowed);
  for (int n = 0; n < 5; ++n) throttle.login_failed("kari");
  CHECK(throttle.begin_login("192.0.2.9", "kari") == 1);
  for (int n = 0; n < 10; ++n) CHECK(throttle.begin_login("192.0.2.1", "user" + std::to_string(n)) == 0);
  CHECK(throttle.begin_login("192.0.2.1", "another") > 0);
}

TEST_CASE("an address that is refused does not use up the sign-ins of the others") {
  ManualClock clock;
  Throttle throttle(clock, {});
  for (int n = 0; n < 200; ++n) (void)throttle.begin_login("192.0.2.1", "user" + std::to_string(n));
  CHECK(throttle.begin_login("192.0.2.2", "kari") == 0);
}

TEST_CASE("a flood of new addresses sets nobody free and takes no more memory than its share") {
  ManualClock clock;
  RateLimits limits;
  limits.address_per_hour = 3;
  Throttle throttle(clock, limits);
  const auto address = [](int n) {
    return "10." + std::to_string(n / 65536) + "." + std::to_string(n / 256 % 256) + "." + std::to_string(n % 256);
  };
  for (int n = 0; n < 4; ++n) (void)throttle.count_anonymous_call("192.0.2.1");
  clock.advance(std::chrono::minutes{2});  // the window of a minute is over, that of the hour is not
  for (int n = 0; n < 120'000; ++n) (void)throttle.count_anonymous_call(address(n));
  CHECK_FALSE(throttle.count_anonymous_call("192.0.2.1").allowed);
  CHECK(throttle.kept() <= 50'010);
  CHECK(throttle.count_anonymous_call("192.0.2.77").allowed);
  clock.advance(std::chrono::minutes{58});
  CHECK(throttle.count_anonymous_call("192.0.2.1").allowed);
}

TEST_CASE("when every place is held by somebody who is refused, newcomers are counted together") {
  ManualClock clock;
  RateLimits limits;
  limits.address_per_hour = 1;
  Throttle throttle(clock, limits);
  for (int n = 0; n < 60'000; ++n)
    (void)throttle.count_anonymous_call("10.0." + std::to_string(n / 256) + "." + std::to_string(n % 256));
  CHECK(throttle.kept() <= 50'010);
  CHECK_FALSE(throttle.count_anonymous_call("192.0.2.1").allowed);
  CHECK_FALSE(throttle.count_anonymous_call("10.0.0.0").allowed);
  clock.advance(std::chrono::hours{1});
  CHECK(throttle.count_anonymous_call("192.0.2.1").allowed);
}

TEST_CASE("a flood of invented names does not end the wait of an account") {
  ManualClock clock;
  Throttle throttle(clock, {});
  for (int n = 0; n < 15; ++n) throttle.login_failed("kari");
  clock.advance(std::chrono::seconds{10});
  for (int n = 0; n < 120'000; ++n) throttle.login_failed("invented" + std::to_string(n));
  CHECK(throttle.begin_login("192.0.2.9", "kari") == 290);
  CHECK(throttle.kept() <= 50'010);
}
