// CPU per check of one kind, asked through the Prober as fast as the target answers: bench_checks KIND TARGET PORT
// CHECKS [CA_FILE]. Prints the microseconds of user and system time of this process (all threads) per check.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <sys/resource.h>

#include "check/prober.h"

using namespace monitorix;

namespace {

constexpr int kAtOnce = 16;

struct Count {
  long left{}, good{};
  int running{};
  std::map<std::string, long> bad{};
};

net::Task<> ask_again_and_again(check::Prober& prober, const Clock& clock, std::shared_ptr<const Service> service,
                                Count& count, net::Loop& loop) {
  while (count.left > 0) {
    --count.left;
    const CheckResult result = co_await prober.run(service, clock.wall());
    if (result.verdict == Verdict::up)
      ++count.good;
    else
      ++count.bad[result.reason + ' ' + result.detail];
  }
  if (--count.running == 0) loop.stop();
}

double cpu_microseconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

Service service_of(const std::string& kind, const std::string& target, int port, const char* authority) {
  Service out{};
  out.id = ServiceId{1};
  out.target = target;
  out.port = port;
  out.tls.warn_days = 0;
  if (kind == "http") out.type = ServiceType::http;
  if (kind == "https") out.type = ServiceType::https;
  if (kind == "tcp") out.type = ServiceType::port;
  if (kind == "icmp") {
    out.type = ServiceType::ping;
    out.ping.count = 1;
  }
  if (authority) {
    std::ostringstream text;
    text << std::ifstream(authority).rdbuf();
    out.tls.ca_pem = text.str();
  }
  return out;
}

void run(check::Prober& prober, const Clock& clock, net::Loop& loop, const std::shared_ptr<const Service>& service,
         Count& count) {
  count.running = kAtOnce;
  loop.context().restart();
  for (int at = 0; at < kAtOnce; ++at) loop.spawn("bench", ask_again_and_again(prober, clock, service, count, loop));
  loop.run();
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 5) return std::fputs("usage: bench_checks KIND TARGET PORT CHECKS [CA_FILE]\n", stderr), 2;
  const SystemClock clock;
  net::Loop loop;
  check::ProberSettings settings{};
  settings.outbound.allowed.push_back(*net::parse_cidr("127.0.0.0/8"));
  check::Prober prober(loop, clock, settings);
  const auto service = std::make_shared<const Service>(
      service_of(arguments[1], arguments[2], std::stoi(arguments[3]), argument_count > 5 ? arguments[5] : nullptr));
  Count warm_up{200, 0, 0, {}}, count{std::stol(arguments[4]), 0, 0, {}};
  run(prober, clock, loop, service, warm_up);
  const double before = cpu_microseconds();
  const auto start = std::chrono::steady_clock::now();
  const long wanted = count.left;
  run(prober, clock, loop, service, count);
  const double used = cpu_microseconds() - before;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  for (const auto& [why, times] : count.bad) std::fprintf(stderr, "%ld x %s\n", times, why.c_str());
  std::printf("{\"cpu_us\": %.1f, \"per_second\": %.0f, \"good\": %ld}\n", used / static_cast<double>(wanted),
              static_cast<double>(wanted) / took.count(), count.good);
  return count.good == wanted ? 0 : 1;
}
