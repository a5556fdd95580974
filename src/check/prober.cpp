#include "check/prober.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/log.h"
#include "check/certificate_days.h"
#include "check/evidence.h"
#include "check/finding.h"
#include "check/text.h"

namespace monitorix::check {
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

using Part = std::optional<std::int64_t> Phases::*;
constexpr std::array<Part, 6> kParts{&Phases::dns,  &Phases::connect,    &Phases::tls,
                                     &Phases::send, &Phases::first_byte, &Phases::transfer};

std::int64_t sum_of(const Phases& phases) {
  std::int64_t sum = 0;
  for (const Part part : kParts) sum += (phases.*part).value_or(0);
  return sum;
}

/// The parts are the whole, exactly (checks C32): what lies between them belongs to the last one. A ping's whole is its
/// round trip, not the time between its echoes.
void settle_times(CheckResult& result, microseconds measured, ServiceType type) {
  const std::int64_t sum = sum_of(result.phases);
  const bool has_parts = std::ranges::any_of(kParts, [&](Part part) { return (result.phases.*part).has_value(); });
  result.took = measured;
  if (!has_parts) return;
  if (type == ServiceType::ping && result.phases.first_byte) {
    result.took = microseconds{sum};
    return;
  }
  const std::int64_t rest = measured.count() - sum;
  for (auto part = kParts.rbegin(); part != kParts.rend(); ++part) {
    auto& last = result.phases.**part;
    if (!last) continue;
    last = std::max<std::int64_t>(*last + rest, 0);
    break;
  }
  result.took = microseconds{sum_of(result.phases)};
}

Observed observed_in(const Finding& finding, WallTime now) {
  const CheckResult& result = finding.result;
  Observed out{};
  out.status = result.status_code;
  out.headers = &finding.headers;
  if (finding.body) {
    out.body = *finding.body;
    out.body_bytes = finding.body_bytes;
  }
  out.total_ms = duration_cast<milliseconds>(result.took).count();
  if (result.phases.first_byte) out.first_byte_ms = *result.phases.first_byte / 1000;
  if (result.certificate) out.certificate_days = days_left(*result.certificate, now);
  out.redirects = finding.redirects;
  out.remote_ip = result.address;
  out.http_version = finding.http_version;
  out.performance = &finding.performance;
  return out;
}

/// When the question for its address took half of the time, the service was not given what it is judged by (checks:C7).
void judge_wait(net::Resolver& resolver, microseconds allowed, CheckResult& result) {
  const microseconds waited{result.phases.dns.value_or(0)};
  if (result.verdict != Verdict::down || !is_timeout(result) || 2 * waited < allowed) return;
  result.verdict = Verdict::unknown;
  result.reason = "local_resolver";
  result.parameter.clear();
  result.detail = one_line(resolver.remedy_slow(duration_cast<milliseconds>(waited)));
}

void judge_content(const Service& service, WallTime now, Finding& finding) {
  if (!finding.is_good()) return;
  const Observed observed = observed_in(finding, now);
  if (const auto missed = first_missed(service.assertions, observed))
    return finding.judge(Verdict::down, "assert_failed", std::to_string(missed->index), missed->sentence);
  if (finding.result.verdict == Verdict::degraded) return;
  if (finding.result.certificate) {
    const SeenCertificate& seen = *finding.result.certificate;
    const auto state = judge_certificate(seen, service.tls, now);
    if (state != CertificateState::good) {
      const std::string left = std::to_string(days_left(seen, now));
      return finding.judge(Verdict::degraded, state == CertificateState::warn ? "cert_warn" : "cert_crit", left,
                           "the certificate ends in " + left + " days (position " +
                               std::to_string(seen.chain_position) + " of its chain)");
    }
  }
  if (const auto missed = first_missed(service.degraded_rules, observed))
    finding.judge(Verdict::degraded, "degraded_rule", std::to_string(missed->index), missed->sentence);
}

/// Of two families both must pass: the worse one speaks, and says which it is.
CheckResult worse_of(CheckResult v4, CheckResult v6) {
  static constexpr std::array kRank{0, 1, 3, 2};  // up, degraded, down, unknown
  const auto rank = [](const CheckResult& one) { return kRank[static_cast<std::size_t>(one.verdict)]; };
  const bool is_v6 = rank(v6) > rank(v4);
  CheckResult out = is_v6 ? v6 : v4;
  const CheckResult& other = is_v6 ? v4 : v6;
  if (out.verdict != Verdict::up) out.detail = one_line((is_v6 ? "IPv6: " : "IPv4: ") + out.detail);
  for (const Part part : kParts)
    if (other.phases.*part) out.phases.*part = (out.phases.*part).value_or(0) + *(other.phases.*part);
  out.took = v4.took + v6.took;
  return out;
}

net::Family family_of(const Service& service) {
  return service.ip_family == IpFamily::v4   ? net::Family::v4
         : service.ip_family == IpFamily::v6 ? net::Family::v6
                                             : net::Family::automatic;
}

CheckResult fault_of_ours(std::string detail) {
  CheckResult result{};
  result.reason = "local_fault";
  result.detail = std::move(detail);
  return result;
}

/// The mark of a run under way, which goes with its frame.
class Running {
 public:
  Running(std::vector<Running*>& all, std::weak_ptr<net::Limit> limit)
      : all_(all),
        at_(all.size()),
        limit_(std::move(limit)) {
    all_.push_back(this);
  }
  ~Running() {
    all_[at_] = all_.back();
    all_[at_]->at_ = at_;
    all_.pop_back();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  [[nodiscard]] const std::weak_ptr<net::Limit>& limit() const { return limit_; }

 private:
  std::vector<Running*>& all_;
  std::size_t at_;
  std::weak_ptr<net::Limit> limit_;
};

}  // namespace

struct Prober::Impl {
  Impl(net::Loop& loop, const Clock& clock) : tools(loop, clock) {}

  Tools tools;
  std::shared_ptr<const ProberSettings> settings{};
  std::shared_ptr<const net::OutboundPolicy> policy{};
  std::vector<Running*> running{};
  bool stopped{false};

  void take(ProberSettings wanted) {
    std::vector<net::SocketAddress> servers;
    for (const std::string& text : wanted.name_servers) {
      if (const auto server = net::SocketAddress::parse_with_port(text, 53))
        servers.push_back(*server);
      else
        log::warn("not the address of a name server", {{"address", text}});
    }
    tools.resolver.use_servers(std::move(servers));
    policy = std::make_shared<const net::OutboundPolicy>(wanted.outbound);
    settings = std::make_shared<const ProberSettings>(std::move(wanted));
    tools.exchanges.drop_warm();  // they were judged by the old policy
  }

  // find() hands a task on and is none itself: each coroutine between costs its frame.

  net::Task<> find(Attempt attempt, Finding& finding) {
    switch (attempt.service->type) {
      case ServiceType::http:
      case ServiceType::https:
        if (attempt.service->tls.expected_alert) return check_tls(tools, std::move(attempt), finding);
        return check_http(tools, std::move(attempt), finding);
      case ServiceType::ping: return check_ping(tools, std::move(attempt), finding);
      case ServiceType::port: return check_port(tools, std::move(attempt), finding);
      case ServiceType::dns: return check_dns(tools, std::move(attempt), finding);
      case ServiceType::tls: return check_tls(tools, std::move(attempt), finding);
      case ServiceType::custom: return check_program(tools, std::move(attempt), finding);
      case ServiceType::push:
      case ServiceType::composite: break;
    }
    return not_asked(finding);
  }

  static net::Task<> not_asked(Finding& finding) {
    finding.judge(Verdict::unknown, "local_fault", {}, "a service of this type is not asked over the network");
    co_return;
  }

  /// What a run over one family of addresses began with.
  struct Begin {
    std::shared_ptr<const Service> service{};
    steady_clock::time_point at{steady_clock::now()};
    microseconds allowed{};
    explicit Begin(const Attempt& attempt)
        : service(attempt.service),
          allowed(duration_cast<microseconds>(attempt.limit->at() - at)) {}
  };

  /// From what was found to the last rule.
  void conclude(const Begin& begin, Finding& finding) {
    const Service& service = *begin.service;
    judge_wait(tools.resolver, begin.allowed, finding.result);
    const auto measured = duration_cast<microseconds>(steady_clock::now() - begin.at) - finding.set_aside;
    settle_times(finding.result, measured, service.type);
    judge_content(service, tools.clock.wall(), finding);
    if (!finding.result.detail.empty())
      finding.result.detail = one_line(without_secrets(service, finding, std::move(finding.result.detail)));
    const bool failed = finding.result.verdict == Verdict::down || finding.result.verdict == Verdict::degraded;
    if (service.keep_evidence == KeepEvidence::always || (service.keep_evidence == KeepEvidence::on_failure && failed))
      finding.result.evidence = evidence_of(service, finding);
  }

  net::Task<> attempt_once(Attempt attempt, Finding& finding) {
    const Begin begin(attempt);
    co_await find(std::move(attempt), finding);
    conclude(begin, finding);
  }

  net::Task<> run_both(Attempt attempt, Finding& finding) {
    const auto whole = attempt.limit;
    Finding v4{}, v6{};
    attempt.family = net::Family::v4;
    attempt.limit =
        net::Limit::within(tools.loop, whole, whole->left() / 2);  // one that hangs leaves half to the other
    co_await attempt_once(attempt, v4);
    attempt.family = net::Family::v6;
    attempt.limit = whole;
    co_await attempt_once(std::move(attempt), v6);
    finding.result = worse_of(std::move(v4.result), std::move(v6.result));
  }

  static net::Task<std::shared_ptr<CheckResult>> find_out(std::shared_ptr<Impl> self,
                                                          std::shared_ptr<const Service> service,
                                                          WallTime scheduled_at) {
    const WallTime started = self->tools.clock.wall();
    const auto finding = std::make_shared<Finding>();
    CheckResult& result = finding->result;
    if (self->stopped) {
      result = fault_of_ours("Monitorix is stopping");
    } else {
      Attempt attempt{service, self->settings, self->policy};
      attempt.limit = net::Limit::until(self->tools.loop, steady_clock::now() + service->timeout);
      const Running mark(self->running, attempt.limit);
      std::string thrown;
      try {
        if (service->ip_family == IpFamily::both && service->type != ServiceType::custom) {
          co_await self->run_both(std::move(attempt), *finding);
        } else {
          attempt.family = family_of(*service);
          const Begin begin(attempt);
          co_await self->find(std::move(attempt), *finding);
          self->conclude(begin, *finding);
        }
      } catch (const std::exception& error) {
        thrown = error.what();
      }
      if (!thrown.empty()) {
        log::error("a check broke", {{"service", service->id.text()}, {"error", thrown}});
        result = fault_of_ours("an error inside of Monitorix; its log says more");
      }
    }
    result.service = service->id;
    result.scheduled_at = scheduled_at;
    result.started_at = started;
    co_return std::shared_ptr<CheckResult>(finding, &result);
  }
};

Prober::Prober(net::Loop& loop, const Clock& clock, ProberSettings settings)
    : impl_(std::make_shared<Impl>(loop, clock)) {
  impl_->take(std::move(settings));
}

Prober::~Prober() { stop(); }

net::Task<CheckResult> Prober::run(std::shared_ptr<const Service> service, WallTime scheduled_at) {
  const auto impl = impl_;
  const auto found = co_await Impl::find_out(impl, std::move(service), scheduled_at);
  co_return std::move(*found);
}

net::Task<std::shared_ptr<CheckResult>> Prober::find_out(std::shared_ptr<const Service> service,
                                                         WallTime scheduled_at) {
  return Impl::find_out(impl_, std::move(service), scheduled_at);
}

void Prober::set_settings(ProberSettings settings) { impl_->take(std::move(settings)); }

void Prober::stop() {
  impl_->stopped = true;
  std::vector<std::weak_ptr<net::Limit>> limits;  // a run that is cancelled may end at once
  for (const Running* run : impl_->running) limits.push_back(run->limit());
  for (const auto& one : limits)
    if (const auto limit = one.lock()) limit->cancel();
}

std::string Prober::ping_hindrance() const { return net::EchoHub::hindrance(); }

}  // namespace monitorix::check
