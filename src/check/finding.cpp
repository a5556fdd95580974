#include "check/finding.h"

#include <array>
#include <cerrno>
#include <chrono>

#include "base/text.h"
#include "check/text.h"

namespace monitorix::check {
using net::Trouble;

namespace {

struct Blame {
  Verdict verdict{};
  const char* reason{};
};

/// The codes of checks.md §3. `protocol` speaks the language of the type.
Blame blame_of(const net::Fault& fault, ServiceType type) {
  const bool is_http = type == ServiceType::http || type == ServiceType::https;
  switch (fault.trouble) {
    case Trouble::name_unknown: return {Verdict::down, "dns_nxdomain"};
    case Trouble::name_failed: return {Verdict::down, "dns_servfail"};
    case Trouble::name_without_address: return {Verdict::down, "dns_no_address"};
    case Trouble::refused: return {Verdict::down, "conn_refused"};
    case Trouble::timed_out: return {Verdict::down, fault.number == ETIMEDOUT ? "conn_timeout" : "timeout_phase"};
    case Trouble::reset:
    case Trouble::closed: return {Verdict::down, "conn_reset"};
    case Trouble::net_unreachable: return {Verdict::down, "net_unreach"};
    case Trouble::host_unreachable: return {Verdict::down, "host_unreach"};
    case Trouble::untrusted: return {Verdict::down, "tls_verify"};
    case Trouble::expired: return {Verdict::down, "tls_expired"};
    case Trouble::not_yet_valid: return {Verdict::down, "tls_not_yet_valid"};
    case Trouble::other_name: return {Verdict::down, "tls_name"};
    case Trouble::alert: return {Verdict::down, "tls_alert"};
    case Trouble::version: return {Verdict::down, "tls_version"};
    case Trouble::too_large: return {Verdict::down, "body_too_large"};
    case Trouble::protocol:
      if (fault.phase == net::Phase::tls) return {Verdict::down, "tls_protocol"};
      if (type == ServiceType::dns) return {Verdict::down, "dns_answer"};
      return {Verdict::down, is_http ? "http_protocol" : "conn_reset"};
    case Trouble::denied: return {Verdict::unknown, "policy_denied"};
    case Trouble::resolver: return {Verdict::unknown, "local_resolver"};
    case Trouble::permission: return {Verdict::unknown, "permission"};
    case Trouble::local:
    case Trouble::cancelled: return {Verdict::unknown, "local_fault"};
  }
  return {Verdict::unknown, "local_fault"};
}

}  // namespace

std::string_view phase_name(net::Phase phase) {
  static constexpr std::array<std::string_view, 6> kNames{"dns", "connect", "tls", "send", "ttfb", "transfer"};
  return kNames[static_cast<std::size_t>(phase)];
}

void Finding::judge(Verdict verdict, std::string reason, std::string parameter, std::string_view detail) {
  result.verdict = verdict;
  result.reason = std::move(reason);
  result.parameter = std::move(parameter);
  result.detail = one_line(detail);
}

void Finding::blame(const net::Fault& fault, ServiceType type) {
  const Blame blame = blame_of(fault, type);
  std::string parameter;
  if (fault.trouble == Trouble::timed_out && fault.number == 0) parameter = phase_name(fault.phase);
  if (fault.trouble == Trouble::alert) parameter = std::to_string(fault.number);
  judge(blame.verdict, blame.reason, std::move(parameter), fault.text);
}

void Finding::note(const std::optional<net::PeerChain>& peer) {
  if (!peer) return;
  SeenCertificate seen{};
  seen.not_after = peer->leaf.not_after.value_or(WallTime{});
  seen.not_before = peer->leaf.not_before.value_or(WallTime{});
  seen.chain_not_after = peer->not_after;
  seen.chain_position = peer->position;
  seen.sha256 = to_hex({reinterpret_cast<const char*>(peer->leaf.fingerprint.data()), peer->leaf.fingerprint.size()});
  seen.issuer = one_line(peer->leaf.issuer);
  seen.subject = one_line(peer->leaf.subject);
  seen.protocol = peer->protocol;
  seen.verified = peer->verified;
  result.certificate = std::move(seen);
}

std::optional<net::Outcome<Target>> given_target(const Attempt& attempt, const std::string& host, int port) {
  const Service& service = *attempt.service;
  if (!service.address_override.empty()) {
    const auto given = net::SocketAddress::parse_with_port(service.address_override, port);
    if (given) return Target{*given};
    return net::broken(Trouble::local, net::Phase::dns,
                       "the address to dial in place of the host is not an IP address");
  }
  if (host.empty() || host.starts_with('-'))
    return net::broken(Trouble::local, net::Phase::dns, "the service names no host that could be called");
  const auto number = net::SocketAddress::parse(host, port);
  if (!number || !net::is_of(attempt.family, *number)) return std::nullopt;
  return Target{*number};
}

net::Task<net::Outcome<Target>> find_target(Tools& tools, Attempt attempt, std::string host, int port) {
  if (auto given = given_target(attempt, host, port)) co_return std::move(*given);
  const auto start = std::chrono::steady_clock::now();
  auto found = co_await tools.resolver.resolve(std::move(host), port, attempt.family, attempt.limit);
  if (!found) co_return net::broken(std::move(found).error());
  Target target{found->front()};
  target.looked_up =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
  co_return target;
}

net::Outcome<std::optional<net::SocketAddress>> source_of(const Service& service) {
  if (service.source_address.empty()) return std::optional<net::SocketAddress>{};
  const auto address = net::SocketAddress::parse(service.source_address, 0);
  if (!address) return net::broken(Trouble::local, net::Phase::connect, "the source address is not an IP address");
  return address;
}

net::TlsTerms tls_terms(const Service& service, const std::string& host) {
  const TlsOptions& wanted = service.tls;
  return {wanted.verify,
          wanted.ca_pem,
          wanted.client_certificate_pem,
          wanted.client_key_pem,
          wanted.server_name.empty() ? host : wanted.server_name,
          wanted.minimum_version};
}

}  // namespace monitorix::check
