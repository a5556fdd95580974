#include <algorithm>
#include <array>

#include "base/text.h"
#include "check/finding.h"
#include "check/text.h"

// One HTTP check: as many exchanges as there are hops. Each hop is looked up, judged and dialled anew (security S55).
namespace monitorix::check {
namespace {

constexpr std::int64_t kMostWasted = 10 << 20;  // a body past `max_body_bytes` is thrown away, but not for ever
constexpr std::int64_t kEvidence = 16 << 10;
constexpr int kMostRedirects = 10;
/// What may go to another origin; all else may be a credential.
constexpr std::array kHarmless{"accept",        "accept-language", "accept-charset",
                               "cache-control", "content-type",    "pragma"};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Hop {
  std::string method{};
  net::Url url{};
  Headers headers{};
  std::string body{};
  bool is_home{true};  ///< still the origin that the credentials are meant for
};

std::string bare(std::string_view text) {  // a line break would smuggle a second header
  std::string out(text);
  std::erase_if(out, [](char letter) { return letter == '\r' || letter == '\n' || letter == '\0'; });
  return out;
}

bool has_header(const Headers& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& header) { return lower_ascii(header.first) == name; });
}

Headers headers_of(const Service& service, const net::Url& url) {
  const HttpOptions& http = service.http;
  Headers out;
  for (const auto& [name, value] : http.headers) out.emplace_back(bare(name), bare(value));
  const std::string secret = bare(http.secret.reveal());
  if (http.auth == HttpAuth::basic) out.emplace_back("Authorization", "Basic " + base64(http.user + ':' + secret));
  if (http.auth == HttpAuth::bearer) out.emplace_back("Authorization", "Bearer " + secret);
  if (http.auth == HttpAuth::proxmox_token)
    out.emplace_back("Authorization", secret.starts_with("PVEAPIToken=") ? secret : "PVEAPIToken=" + secret);
  if (http.auth == HttpAuth::none && !url.user.empty())
    out.emplace_back("Authorization", "Basic " + base64(url.user + ':' + url.password));
  const bool looks_like_json = http.body.starts_with('{') || http.body.starts_with('[');
  if (looks_like_json && !has_header(out, "content-type")) out.emplace_back("Content-Type", "application/json");
  return out;
}

bool wants_body(const std::vector<Assertion>& assertions) {
  return std::ranges::any_of(assertions, [](const Assertion& assertion) {
    return assertion.source == "body" || assertion.source.starts_with("json:");
  });
}

bool is_expected(const std::vector<StatusRange>& ranges, int status) {
  return std::ranges::any_of(
      ranges, [status](const StatusRange& range) { return range.first <= status && status <= range.last; });
}

std::string ranges_text(const std::vector<StatusRange>& ranges) {
  std::string out;
  for (const StatusRange& range : ranges) {
    out += (out.empty() ? "" : ",") + std::to_string(range.first);
    if (range.last != range.first) out += '-' + std::to_string(range.last);
  }
  return out;
}

void add(std::optional<std::int64_t>& sum, const std::optional<std::int64_t>& part) {
  if (part) sum = sum.value_or(0) + *part;
}

void add_times(Phases& phases, const std::optional<std::int64_t>& dns, const net::HttpTimes& times) {
  add(phases.dns, dns);
  add(phases.connect, times.connect);
  add(phases.tls, times.tls);
  add(phases.send, times.send);
  add(phases.first_byte, times.first_byte);
  add(phases.transfer, times.transfer);
}

net::HttpVersion version_of(const std::string& text) {
  if (text == "1.1") return net::HttpVersion::v1_1;
  return text == "2" ? net::HttpVersion::v2 : net::HttpVersion::automatic;
}

struct Proxy {
  std::string host{}, text{};
  int port{};
};

/// "" when there is none; nothing when it is not one that we speak to.
std::optional<Proxy> proxy_of(const std::string& text) {
  if (text.empty()) return Proxy{};
  static constexpr std::string_view kSocks = "socks5://";
  const bool is_socks = text.starts_with(kSocks);
  const auto url = net::parse_url(is_socks ? "http://" + text.substr(kSocks.size()) : text);
  if (!url) return std::nullopt;
  const bool names_port = text.find(':', text.find("//") + 2) != std::string::npos;
  return Proxy{url->host, text, is_socks && !names_port ? 1080 : url->port};
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

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The next hop, or the reason why there is none (told in `finding`).
std::optional<Hop> next_hop(const Service& service, const Hop& hop, const net::HttpAnswer& answer, std::int64_t done,
                            Finding& finding) {
  const std::string* location = answer.header("location");
  if (!is_redirect(answer.status) || !location || service.http.redirects == RedirectMode::none) return std::nullopt;
  const auto deny = [&finding](std::string_view why) {
    finding.judge(Verdict::down, "redirect_denied", {}, why);
    return std::nullopt;
  };
  const int most = std::clamp(service.http.max_redirects, 0, kMostRedirects);
  if (done >= most) {
    finding.judge(Verdict::down, "redirect_limit", std::to_string(most),
                  "more than " + std::to_string(most) + " redirects");
    return std::nullopt;
  }
  auto url = net::follow(hop.url, *location);
  if (!url) return deny("redirect to " + *location + ": " + url.error().text);
  if (service.http.redirects == RedirectMode::same_host && lower_ascii(url->host) != lower_ascii(hop.url.host))
    return deny("redirect to another host: " + url->host);
  Hop next{hop.method, *url, hop.headers, hop.body, hop.is_home && url->same_origin(hop.url)};
  const bool drops_body =
      answer.status == 303 || (answer.status != 307 && answer.status != 308 && hop.method == "POST");
  if (drops_body) {
    if (next.method != "HEAD") next.method = "GET";
    next.body.clear();
  }
  if (!next.is_home) {
    if (!next.body.empty()) return deny("the body is not carried to another origin: " + url->origin());
    std::erase_if(next.headers, [](const auto& header) {
      const std::string name = lower_ascii(header.first);
      return std::ranges::none_of(kHarmless, [&](const char* known) { return name == known; });
    });
  }
  return next;
}

void conclude(const Service& service, net::HttpAnswer answer, Finding& finding) {
  const HttpOptions& http = service.http;
  if (finding.is_good() && http.version == "2" && !answer.version.starts_with('2'))
    finding.judge(Verdict::down, "http_protocol", {},
                  "the server answers with HTTP/" + answer.version + " instead of HTTP/2");
  if (finding.is_good() && !is_expected(http.expected_status, answer.status))
    finding.judge(Verdict::down, "http_status", std::to_string(answer.status),
                  "status (" + std::to_string(answer.status) + ") in " + ranges_text(http.expected_status));
  finding.result.status_code = answer.status;
  finding.headers = std::move(answer.headers);
  finding.body = std::move(answer.body);
  finding.body_bytes = answer.body_bytes;
  finding.http_version = std::move(answer.version);
}

/// Where this hop is dialled: the proxy, the service's override for its own origin, or the name.
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

}  // namespace

net::Task<> check_http(Tools& tools, Attempt attempt, Finding& finding) {
  const Service& service = *attempt.service;
  const auto url = net::parse_url(service.target);
  const auto proxy = proxy_of(service.http.proxy);
  const auto from = source_of(service);
  if (!url || !proxy || !from) {
    finding.judge(Verdict::unknown, "local_fault", {},
                  !url   ? url.error().text
                  : from ? "the proxy is not an address that can be called"
                         : from.error().text);
    co_return;
  }
  Hop hop{service.http.method, *url, headers_of(service, *url), service.http.body};
  finding.request = hop.method + ' ' + hop.url.text();
  for (std::int64_t hops = 0;; ++hops) {
    finding.redirects = hops;
    const auto target = co_await target_of(tools, attempt, hop, *proxy);
    if (!target) {
      finding.blame(target.error(), service.type);
      if (hops > 0 && target.error().trouble == net::Trouble::denied)
        finding.judge(Verdict::down, "redirect_denied", {}, target.error().text);
      co_return;
    }
    finding.result.address = target->address.host();
    auto answer = co_await tools.exchanges.ask(call_of(attempt, hop, target->address, *from), attempt.limit);
    add_times(finding.result.phases, target->looked_up, answer.times);
    finding.note(answer.peer);
    if (answer.fault) {
      finding.blame(*answer.fault, service.type);
      if (hops > 0 && answer.fault->trouble == net::Trouble::denied)
        finding.judge(Verdict::down, "redirect_denied", {}, answer.fault->text);
    } else if (auto next = next_hop(service, hop, answer, hops, finding)) {
      hop = std::move(*next);
      finding.request += " -> " + hop.url.text();
      continue;
    }
    conclude(service, std::move(answer), finding);
    co_return;
  }
}

}  // namespace monitorix::check
