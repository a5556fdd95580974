#pragma once
// What the check of one type hands to the common end of a run, and the tools it works with. Included by this room only.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "check/assertion.h"
#include "check/http/access_token.h"
#include "check/prober.h"
#include "model/service/check_result.h"
#include "model/service/service.h"
#include "net/dns/resolver.h"
#include "net/outbound/echo.h"
#include "net/outbound/exchange.h"
#include "net/outbound/fault.h"
#include "net/outbound/limit.h"
#include "net/outbound/trust.h"

namespace monitorix::check {

/// Shared by all runs; outlives them.
struct Tools {
  Tools(net::Loop& owner, const Clock& its_clock)
      : loop(owner),
        clock(its_clock),
        resolver(owner, trust),
        exchanges(owner, trust),
        echoes(owner) {}
  net::Loop& loop;
  const Clock& clock;
  net::TrustStore trust{};
  net::Resolver resolver;
  net::Exchanges exchanges;
  net::EchoHub echoes;
  AccessTokens tokens{};
};

/// One run by one family of addresses. Its parts are shared: a change of settings touches no run that has begun.
struct Attempt {
  std::shared_ptr<const Service> service{};
  std::shared_ptr<const ProberSettings> settings{};
  std::shared_ptr<const net::OutboundPolicy> policy{};
  std::shared_ptr<net::Limit> limit{};
  net::Family family{};
};

struct Finding {
  CheckResult result{};  ///< verdict `up` until something is found
  std::vector<std::pair<std::string, std::string>> headers{};
  std::optional<std::string> body{};
  std::int64_t body_bytes{0};
  std::optional<std::int64_t> redirects{};
  std::string http_version{}, request{};
  std::vector<Performance> performance{};
  Secret token{};                          ///< with which it was asked, where one had to be fetched
  std::chrono::microseconds set_aside{0};  ///< of the run, which the service is not to answer for

  Finding() { result.verdict = Verdict::up; }
  void judge(Verdict verdict, std::string reason, std::string parameter = {}, std::string_view detail = {});
  void blame(const net::Fault& fault, ServiceType type);
  void note(const std::optional<net::PeerChain>& peer);
  [[nodiscard]] bool is_good() const { return result.verdict == Verdict::up || result.verdict == Verdict::degraded; }
};

struct Target {
  net::SocketAddress address{};
  std::optional<std::int64_t> looked_up{};  ///< microseconds; absent when nothing had to be
};
/// Where it is dialled, or why not, when nobody need be asked: its override or its number.
std::optional<net::Outcome<Target>> given_target(const Attempt& attempt, const std::string& host, int port);
/// Where a service is dialled: its override, its number, or the first address of its name.
net::Task<net::Outcome<Target>> find_target(Tools& tools, Attempt attempt, std::string host, int port);
/// Its source address; a fault when it is none.
net::Outcome<std::optional<net::SocketAddress>> source_of(const Service& service);
net::TlsTerms tls_terms(const Service& service, const std::string& host);
std::string_view phase_name(net::Phase phase);

/// What they find goes into `finding`, which outlives them: passed on by each coroutine it would be in every one's
/// frame.
net::Task<> check_http(Tools& tools, Attempt attempt, Finding& finding);
net::Task<> check_port(Tools& tools, Attempt attempt, Finding& finding);
net::Task<> check_tls(Tools& tools, Attempt attempt, Finding& finding);
net::Task<> check_ping(Tools& tools, Attempt attempt, Finding& finding);
net::Task<> check_dns(Tools& tools, Attempt attempt, Finding& finding);
net::Task<> check_program(Tools& tools, Attempt attempt, Finding& finding);

}  // namespace monitorix::check
