#include <algorithm>
#include <array>

#include "base/text.h"
#include "check/http/hop.h"
#include "check/text.h"

// One HTTP check: as many exchanges as there are hops. Each hop is looked up, judged and dialled anew (security S55).
namespace monitorix::check {
namespace {

constexpr int kMostRedirects = 10;
/// What may go to another origin; all else may be a credential.
constexpr std::array kHarmless{"accept",        "accept-language", "accept-charset",
                               "cache-control", "content-type",    "pragma"};

/// "" when nothing is known of it.
std::string content_type_of(const HttpOptions& http) {
  if (http.body.empty()) return {};
  switch (http.body_encoding) {
    case BodyEncoding::json: return "application/json";
    case BodyEncoding::form: return "application/x-www-form-urlencoded";
    case BodyEncoding::xml: return "application/xml; charset=utf-8";
    case BodyEncoding::text: return "text/plain; charset=utf-8";
    case BodyEncoding::automatic: break;
  }
  return http.body.starts_with('{') || http.body.starts_with('[') ? "application/json" : "";
}

Headers headers_of(const Service& service, const net::Url& url, const Secret& token) {
  const HttpOptions& http = service.http;
  Headers out;
  for (const auto& [name, value] : http.headers) out.emplace_back(bare(name), bare(value));
  const std::string secret = bare(http.secret.reveal());
  if (http.auth == HttpAuth::basic) out.emplace_back("Authorization", "Basic " + base64(http.user + ':' + secret));
  if (http.auth == HttpAuth::oauth2) out.emplace_back("Authorization", "Bearer " + token.reveal());
  if (http.auth == HttpAuth::bearer) out.emplace_back("Authorization", "Bearer " + secret);
  if (http.auth == HttpAuth::proxmox_token)
    out.emplace_back("Authorization", secret.starts_with("PVEAPIToken=") ? secret : "PVEAPIToken=" + secret);
  if (http.auth == HttpAuth::none && !url.user.empty())
    out.emplace_back("Authorization", "Basic " + base64(url.user + ':' + url.password));
  if (const std::string type = content_type_of(http); !type.empty() && !has_header(out, "content-type"))
    out.emplace_back("Content-Type", type);
  return out;
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

net::Task<> follow_hops(Tools& tools, Attempt attempt, Finding& finding) {
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
  Hop hop{service.http.method, *url, headers_of(service, *url, finding.token), service.http.body};
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

/// Time that the token took is not held against the service.
void judge_wait(std::chrono::microseconds allowed, Finding& finding) {
  if (finding.result.verdict != Verdict::down || !is_timeout(finding.result) || 2 * finding.set_aside < allowed) return;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(finding.set_aside);
  finding.judge(
      Verdict::unknown, "token_failed", {},
      "the token took " + std::to_string(waited.count()) + " ms, what was left was too short for the service");
}

net::Task<> check_with_token(Tools& tools, Attempt attempt, Finding& finding) {
  const auto begun = std::chrono::steady_clock::now();
  const std::chrono::microseconds allowed = attempt.limit->left();
  const auto kept = tools.tokens.find(*attempt.service, begun);
  if (kept) {
    finding.token = *kept;
    co_await follow_hops(tools, attempt, finding);
    if (finding.is_good() || finding.result.status_code != 401) co_return;
    // It may have been called back before its time: a fresh one decides.
    tools.tokens.drop(attempt.service->id);
    finding = Finding();
    finding.set_aside = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
  }
  if (!co_await obtain_token(tools, attempt, finding)) co_return;
  co_await follow_hops(tools, attempt, finding);
  judge_wait(allowed, finding);
}

}  // namespace

net::Task<> check_http(Tools& tools, Attempt attempt, Finding& finding) {
  if (attempt.service->http.auth == HttpAuth::oauth2) return check_with_token(tools, std::move(attempt), finding);
  return follow_hops(tools, std::move(attempt), finding);
}

}  // namespace monitorix::check
