#include "check/http/hop.h"

#include <algorithm>

#include "base/text.h"

namespace monitorix::check {
namespace {

constexpr std::int64_t kMostWasted = 10 << 20;  // a body past `max_body_bytes` is thrown away, but not for ever
constexpr std::int64_t kEvidence = 16 << 10;

bool wants_body(const std::vector<Assertion>& assertions) {
  return std::ranges::any_of(assertions, [](const Assertion& assertion) {
    return assertion.source == "body" || assertion.source.starts_with("json:");
  });
}

net::HttpVersion version_of(const std::string& text) {
  if (text == "1.1") return net::HttpVersion::v1_1;
  return text == "2" ? net::HttpVersion::v2 : net::HttpVersion::automatic;
}

/// Behind a proxy the socket is the proxy's. What we can say ourselves about the target's address still holds.
net::Task<std::optional<net::Fault>> forbidden_behind_proxy(Tools& tools, Attempt attempt, net::Url url) {
  const auto found = co_await tools.resolver.resolve(url.host, url.port, attempt.family, attempt.limit);
  if (!found) co_return std::nullopt;  // a name that only the proxy knows
  for (const net::SocketAddress& address : *found) {
    const net::Ruling ruling = net::judge(address, *attempt.policy);
    if (ruling != net::Ruling::allowed)
      co_return net::Fault{net::Trouble::denied, net::Phase::connect, net::explain(ruling, address)};
  }
  co_return std::nullopt;
}

/// A kept connection serves only calls that judge its peer in the same way.
std::string trust_mark(const net::TlsTerms& terms) {
  const std::string all = terms.name + '\n' + terms.minimum_version + (terms.verify ? "\nv\n" : "\n-\n") +
                          terms.ca_pem + '\n' + terms.client_certificate_pem;
  return std::to_string(std::hash<std::string>{}(all));
}

}  // namespace

std::string bare(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char letter) { return letter == '\r' || letter == '\n' || letter == '\0'; });
  return out;
}

bool has_header(const Headers& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& header) { return lower_ascii(header.first) == name; });
}

std::optional<Proxy> proxy_of(const std::string& text) {
  if (text.empty()) return Proxy{};
  static constexpr std::string_view kSocks = "socks5://";
  const bool is_socks = text.starts_with(kSocks);
  const auto url = net::parse_url(is_socks ? "http://" + text.substr(kSocks.size()) : text);
  if (!url) return std::nullopt;
  const bool names_port = text.find(':', text.find("//") + 2) != std::string::npos;
  return Proxy{url->host, text, is_socks && !names_port ? 1080 : url->port};
}

net::Task<net::Outcome<Target>> target_of(Tools& tools, Attempt attempt, Hop hop, Proxy proxy) {
  if (proxy.text.empty() && hop.is_home) co_return co_await find_target(tools, attempt, hop.url.host, hop.url.port);
  if (!proxy.text.empty())
    if (auto fault = co_await forbidden_behind_proxy(tools, attempt, hop.url)) co_return net::broken(std::move(*fault));
  auto elsewhere = std::make_shared<Service>(*attempt.service);
  elsewhere->address_override.clear();
  attempt.service = std::move(elsewhere);
  const bool direct = proxy.text.empty();
  co_return co_await find_target(tools, attempt, direct ? hop.url.host : proxy.host,
                                 direct ? hop.url.port : proxy.port);
}

net::HttpCall call_of(const Attempt& attempt, const Hop& hop, const net::SocketAddress& to,
                      std::optional<net::SocketAddress> from) {
  const Service& service = *attempt.service;
  net::HttpCall call{};
  call.method = hop.method;
  call.url = hop.url;
  call.headers = hop.headers;
  call.body = hop.body;
  call.user_agent = has_header(hop.headers, "user-agent") ? std::string() : attempt.settings->user_agent;
  call.version = version_of(service.http.version);
  if (hop.url.is_https) {
    call.tls = tls_terms(service, hop.url.host);
    if (!hop.is_home) {
      call.tls.name = hop.url.host;
      call.tls.client_certificate_pem.clear();
      call.tls.client_key_pem = Secret();
    }
  }
  call.decompress = service.http.decompress;
  call.to = to;
  call.from = std::move(from);
  call.proxy = service.http.proxy;
  if (!call.proxy.empty()) call.proxy_host = proxy_of(call.proxy)->host;
  const bool reads_body = wants_body(service.assertions) || wants_body(service.degraded_rules);
  call.keep_bytes = reads_body ? service.http.max_body_bytes : std::min(service.http.max_body_bytes, kEvidence);
  call.most_bytes = std::max(10 * service.http.max_body_bytes, kMostWasted);
  if (!service.http.fresh_connection)
    call.warm_key = service.id.text() + ' ' + to.text() + ' ' + hop.url.origin() + ' ' + trust_mark(call.tls);
  call.policy = attempt.policy;
  return call;
}

}  // namespace monitorix::check
