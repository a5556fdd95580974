#include "poll/check_address.h"

#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::poll;

TEST_CASE("the address of a service is the host it dials") {
  Service one;
  one.type = ServiceType::https;
  const auto of = [&](const char* target) {
    one.target = target;
    return address_of(one);
  };
  CHECK(of("https://user:pw@example.org:8443/a?b#c") == "example.org");
  CHECK(of("https://[2001:db8::1]:8006/") == "2001:db8::1");
  CHECK(of("http://10.0.0.1") == "10.0.0.1");
  CHECK(of("https://[2001:db8::1").size() < 20);
  CHECK(of("") == "");
  one.type = ServiceType::ping;
  CHECK(of("2001:db8::1") == "2001:db8::1");
  one.address_override = "192.0.2.7:443";
  CHECK(of("https://example.org") == "192.0.2.7");
  one = {};
  one.type = ServiceType::push;
  CHECK(address_of(one).empty());
}
