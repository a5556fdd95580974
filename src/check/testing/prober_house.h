#pragma once
// For tests only: a prober that may call loopback, asked one service at a time, and what every result must hold.

#include <chrono>
#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <utility>

#include "check/prober.h"
#include "net/testing/run_now.h"

namespace monitorix::check {

inline ProberSettings open_to_loopback() {
  ProberSettings out{};
  out.outbound.allowed = {*net::parse_cidr("127.0.0.0/8")};
  return out;
}

struct House {
  SystemClock clock{};
  net::Loop loop{};
  Prober prober;
  explicit House(ProberSettings settings = open_to_loopback()) : prober(loop, clock, std::move(settings)) {}

  CheckResult run(Service service) {
    service.id = ServiceId{7};
    const WallTime at = clock.wall();
    auto result = net::run_now(loop, prober.run(std::make_shared<const Service>(std::move(service)), at));
    CHECK(result.service == ServiceId{7});
    CHECK(result.scheduled_at == at);
    const Phases& phases = result.phases;
    std::int64_t sum = 0;
    bool any = false;
    for (const auto& part : {phases.dns, phases.connect, phases.tls, phases.send, phases.first_byte, phases.transfer}) {
      sum += part.value_or(0);
      any = any || part;
    }
    if (any) CHECK(sum == result.took.count());
    CHECK(result.detail.size() <= 256);
    return result;
  }
};

inline Service http(const std::string& url, std::chrono::milliseconds timeout = std::chrono::milliseconds{5000}) {
  Service out{};
  out.type = url.starts_with("https") ? ServiceType::https : ServiceType::http;
  out.target = url;
  out.timeout = timeout;
  return out;
}

inline void check_is(const CheckResult& result, Verdict verdict, const char* reason, const char* parameter = nullptr) {
  CAPTURE(result.detail);
  CHECK(result.verdict == verdict);
  CHECK(result.reason == reason);
  if (parameter) CHECK(result.parameter == parameter);
}

inline const std::string kFine = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

}  // namespace monitorix::check
