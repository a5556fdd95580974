#include <algorithm>

#include "base/text.h"
#include "check/finding.h"
#include "check/pattern.h"
#include "check/text.h"
#include "net/dns/ask.h"

namespace monitorix::check {
namespace {

constexpr int kDnsPort = 53, kDotPort = 853;
constexpr std::size_t kMostSerialServers = 8;

net::DnsTransport transport_of(const std::string& text) {
  if (text == "tcp") return net::DnsTransport::tcp;
  return text == "dot" ? net::DnsTransport::tls : net::DnsTransport::udp;
}

/// Names without regard to case or a last dot, addresses in their one form.
std::string canonical(std::string_view text) {
  text = trim(text);
  if (const auto address = net::SocketAddress::parse(text, 0);
      address && text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos &&
      text.find_first_of(".:") != std::string_view::npos)
    return address->host();
  if (text.ends_with('.')) text.remove_suffix(1);
  return lower_ascii(text);
}

bool is_listed(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

bool fits(const DnsOptions& options, const std::vector<std::string>& seen) {
  if (options.answers.empty()) return !seen.empty();
  if (options.match == "regex")
    return std::ranges::any_of(options.answers, [&](const std::string& text) {
      const auto pattern = Pattern::compile(text);
      return pattern && std::ranges::any_of(seen, [&](const auto& one) { return pattern->is_found_in(one); });
    });
  std::vector<std::string> wanted, found;
  for (const std::string& text : options.answers) wanted.push_back(canonical(text));
  for (const std::string& text : seen) found.push_back(canonical(text));
  const auto is_found = [&](const std::string& text) { return is_listed(found, text); };
  if (options.match == "all_of") return std::ranges::all_of(wanted, is_found);
  if (options.match == "none_of") return std::ranges::none_of(wanted, is_found);
  return std::ranges::any_of(wanted, is_found);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out.empty() ? "none" : out;
}

void judge(const DnsOptions& options, std::uint16_t type, const net::DnsMessage& message, Finding& finding) {
  std::vector<std::string> seen;
  std::optional<std::uint32_t> lowest, highest;
  for (const net::DnsRecord& record : message.answers) {
    if (record.type != type) continue;
    seen.push_back(record.text);
    lowest = std::min(lowest.value_or(record.ttl), record.ttl);
    highest = std::max(highest.value_or(record.ttl), record.ttl);
  }
  finding.body = joined(seen);
  finding.body_bytes = static_cast<std::int64_t>(finding.body->size());
  const std::string rcode = net::dns_rcode(message.rcode);
  if (rcode != options.rcode)
    return finding.judge(Verdict::down, "dns_rcode", rcode, "rcode (" + rcode + ") == " + options.rcode);
  if (rcode == "NOERROR" && !fits(options, seen))
    return finding.judge(Verdict::down, "dns_answer", {},
                         "answers (" + joined(seen) + ") " +
                             (options.answers.empty() ? "exist" : options.match + ' ' + joined(options.answers)));
  if (options.min_ttl && lowest && static_cast<std::int64_t>(*lowest) < *options.min_ttl)
    return finding.judge(Verdict::down, "dns_answer", "ttl",
                         "ttl (" + std::to_string(*lowest) + ") >= " + std::to_string(*options.min_ttl));
  if (options.max_ttl && highest && static_cast<std::int64_t>(*highest) > *options.max_ttl)
    return finding.judge(Verdict::down, "dns_answer", "ttl",
                         "ttl (" + std::to_string(*highest) + ") <= " + std::to_string(*options.max_ttl));
  if (options.require_ad && !message.authentic)
    return finding.judge(Verdict::down, "dns_answer", "ad", "the answer is not marked as validated (AD)");
}

std::optional<std::uint32_t> serial_in(const net::DnsMessage& message) {
  for (const net::DnsRecord& record : message.answers)
    if (record.serial) return record.serial;
  return std::nullopt;
}

/// The other servers must know the same version of the zone.
net::Task<void> compare_serials(Tools& tools, Attempt attempt, net::DnsCall call, std::uint32_t serial,
                                Finding& finding) {
  const auto& servers = attempt.service->dns.serial_servers;
  for (std::size_t at = 0; at < std::min(servers.size(), kMostSerialServers); ++at) {
    const auto server = net::SocketAddress::parse_with_port(servers[at], call.server.port());
    if (!server) {
      finding.judge(Verdict::unknown, "local_fault", {}, servers[at] + " is not the address of a server");
      co_return;
    }
    call.server = *server;
    auto answer = co_await ask_dns(tools.loop, *attempt.policy, tools.trust, call, attempt.limit);
    if (!answer && (answer.error().trouble == net::Trouble::denied || answer.error().trouble == net::Trouble::local)) {
      finding.blame(answer.error(), ServiceType::dns);
      co_return;
    }
    const auto other = answer ? serial_in(answer->message) : std::nullopt;
    if (other == serial) continue;
    finding.judge(Verdict::degraded, "dns_serial", server->host(),
                  "serial at " + server->host() + " (" + (other ? std::to_string(*other) : std::string("no answer")) +
                      ") == " + std::to_string(serial));
    co_return;
  }
}

/// The server asked; nothing when the text is no address.
std::optional<net::SocketAddress> server_of(Tools& tools, const Service& service) {
  const int port = service.dns.transport == "dot" ? kDotPort : kDnsPort;
  if (!service.dns.server.empty()) return net::SocketAddress::parse_with_port(service.dns.server, port);
  const auto own = tools.resolver.servers();
  return own.empty() ? std::nullopt
                     : std::optional(service.dns.transport == "dot" ? own.front().with_port(port) : own.front());
}

/// The machine's own server may be asked wherever it is; it may be 127.0.0.53.
std::shared_ptr<const net::OutboundPolicy> opened_for(const net::SocketAddress& server,
                                                      const net::OutboundPolicy& policy) {
  auto open = std::make_shared<net::OutboundPolicy>(policy);
  if (auto range = net::parse_cidr(server.host().substr(0, server.host().find('%')))) open->allowed.push_back(*range);
  return open;
}

}  // namespace

net::Task<> check_dns(Tools& tools, Attempt attempt, Finding& finding) {
  const auto service = attempt.service;
  const DnsOptions& options = service->dns;
  const auto server = server_of(tools, *service);
  const auto type = net::dns_type(options.record_type);
  const auto from = source_of(*service);
  if (!server || !type || !from) {
    finding.judge(Verdict::unknown, "local_fault", {},
                  !from ? from.error().text : "the server is not an address, or the record type is not known");
    co_return;
  }
  const bool is_ours = options.server.empty();
  if (is_ours) attempt.policy = opened_for(*server, *attempt.policy);
  net::DnsCall call{};
  call.server = *server;
  const auto number = options.record_type == "PTR" ? net::SocketAddress::parse(service->target, 0) : std::nullopt;
  call.question = {number ? net::reverse_name(*number) : service->target, *type, true, options.require_ad};
  call.transport = transport_of(options.transport);
  call.from = *from;
  call.tls = tls_terms(*service, server->host());
  finding.result.address = server->host();
  finding.request = options.record_type + ' ' + call.question.name + " @" + server->text();
  auto answer = co_await ask_dns(tools.loop, *attempt.policy, tools.trust, call, attempt.limit);
  if (!answer) {
    finding.blame(answer.error(), service->type);
    const bool is_silent =
        answer.error().trouble == net::Trouble::timed_out || answer.error().trouble == net::Trouble::refused;
    if (is_ours && is_silent) finding.judge(Verdict::unknown, "local_resolver", {}, tools.resolver.remedy(*server));
    co_return;
  }
  Phases& phases = finding.result.phases;
  if (answer->connect.count() > 0) phases.connect = answer->connect.count();
  if (answer->tls.count() > 0) phases.tls = answer->tls.count();
  phases.first_byte = answer->answer.count();
  finding.note(answer->peer);
  judge(options, *type, answer->message, finding);
  const auto serial = serial_in(answer->message);
  if (finding.is_good() && serial && !options.serial_servers.empty())
    co_await compare_serials(tools, attempt, std::move(call), *serial, finding);
}

}  // namespace monitorix::check
