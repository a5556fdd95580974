#include "check/http/access_token.h"

#include "base/json.h"
#include "base/text.h"
#include "check/http/hop.h"
#include "check/text.h"

namespace monitorix::check {
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr std::int64_t kMostAnswer = 64 << 10;
constexpr std::size_t kMostToken = 16 << 10;
constexpr seconds kLongestLife{86'400}, kSweep{60};

/// All that a token depends on.
Secret given_for(const HttpOptions& http) {
  std::string all = http.user;
  for (const std::string* part : {&http.secret.reveal(), &http.token.url, &http.token.scope, &http.token.audience})
    all += '\n' + *part;
  return Secret(std::move(all));
}

/// RFC 6749 §2.3.1: both are encoded before they become a header.
std::string basic(const HttpOptions& http) {
  return "Basic " + base64(percent_encode(http.user) + ':' + percent_encode(http.secret.reveal()));
}

Hop question(const HttpOptions& http, const net::Url& url, bool is_home) {
  std::string form = "grant_type=client_credentials";
  const auto add = [&form](std::string_view name, const std::string& value) {
    if (!value.empty()) form += '&' + std::string(name) + '=' + percent_encode(value);
  };
  add("scope", http.token.scope);
  add("audience", http.token.audience);
  Headers headers{{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}};
  if (http.token.credentials == TokenCredentials::body) {
    add("client_id", http.user);
    add("client_secret", http.secret.reveal());
  } else {
    headers.emplace_back("Authorization", basic(http));
  }
  return {"POST", url, std::move(headers), std::move(form), is_home};
}

std::string text_in(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member && member->as_string() ? *member->as_string() : std::string();
}

/// RFC 6750 §2.1 lets fewer through; what could end a header never does.
bool is_sendable(std::string_view token) {
  return !token.empty() && token.size() <= kMostToken &&
         token.find_first_not_of(
             "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
             "abcdefghijklmnopqrstuvwxyz{|}~") == std::string_view::npos;
}

/// Some send it as a text.
std::optional<seconds> life_in(const Json& json) {
  const Json* member = json.find("expires_in");
  if (!member) return std::nullopt;
  std::optional<double> number = member->as_number();
  if (const std::string* text = member->as_string()) number = number_of(*text);
  if (!number || !(*number > 0)) return std::nullopt;
  return seconds{static_cast<std::int64_t>(std::min(*number, static_cast<double>(kLongestLife.count())))};
}

/// Where the fault is this machine's, its own word is better than ours.
void blame(const net::Fault& fault, const std::string& origin, ServiceType type, Finding& finding) {
  finding.blame(fault, type);
  if (finding.result.verdict != Verdict::unknown)
    finding.judge(Verdict::unknown, "token_failed", {}, "no token from " + origin + ": " + fault.text);
}

}  // namespace

std::optional<Secret> AccessTokens::find(const Service& service, Time now) {
  const auto kept = kept_.find(service.id);
  if (kept == kept_.end() || kept->second.until < now + service.timeout) return std::nullopt;
  if (!(kept->second.given_for == given_for(service.http))) return std::nullopt;
  return kept->second.token;
}

void AccessTokens::keep(const Service& service, Secret token, Time now, seconds life) {
  if (now >= next_sweep_) {
    std::erase_if(kept_, [now](const auto& one) { return one.second.until <= now; });
    next_sweep_ = now + kSweep;
  }
  if (life <= service.timeout) return drop(service.id);
  kept_.insert_or_assign(service.id, Kept{std::move(token), given_for(service.http), now + life});
}

Result<TokenAnswer> read_token(int status, std::string_view body) {
  const auto refuse = [](std::string why) { return fail(Errc::invalid, std::move(why)); };
  const auto json = Json::parse(body);
  if (status != 200) {
    std::string why = "status " + std::to_string(status);
    const std::string code = json ? text_in(*json, "error") : std::string();
    const std::string words = json ? text_in(*json, "error_description") : std::string();
    if (!code.empty()) why += ", " + code;
    if (!words.empty()) why += " (" + words + ')';
    return refuse(std::move(why));
  }
  if (!json) return refuse("its answer is not JSON");
  TokenAnswer out{Secret(text_in(*json, "access_token")), life_in(*json)};
  if (!is_sendable(out.token.reveal())) return refuse("its answer holds no access_token that can be sent");
  const std::string type = text_in(*json, "token_type");
  if (!type.empty() && lower_ascii(type) != "bearer")
    return refuse("its token is of the type '" + type + "', which is not known here");
  return out;
}

net::Task<bool> obtain_token(Tools& tools, Attempt attempt, Finding& finding) {
  const Service& service = *attempt.service;
  const auto begun = steady_clock::now();
  const auto url = net::parse_url(service.http.token.url);
  const auto home = net::parse_url(service.target);
  const auto proxy = proxy_of(service.http.proxy);
  const auto from = source_of(service);
  if (!url || !home || !proxy || !from) {
    finding.judge(Verdict::unknown, "local_fault", {}, "the address of the token, the target or the proxy is none");
    co_return false;
  }
  const std::string origin = url->origin();
  const Hop hop = question(service.http, *url, url->same_origin(*home));
  const auto target = co_await target_of(tools, attempt, hop, *proxy);
  if (!target) {
    blame(target.error(), origin, service.type, finding);
    co_return false;
  }
  net::HttpCall call = call_of(attempt, hop, target->address, *from);
  call.version = net::HttpVersion::automatic;  // the service's wishes are about itself
  call.decompress = true;
  call.keep_bytes = call.most_bytes = kMostAnswer;
  const auto answer = co_await tools.exchanges.ask(std::move(call), attempt.limit);
  const auto now = steady_clock::now();
  finding.set_aside += duration_cast<microseconds>(now - begun);
  if (answer.fault) {
    blame(*answer.fault, origin, service.type, finding);
    co_return false;
  }
  auto read = read_token(answer.status, answer.body);
  if (!read) {
    finding.judge(Verdict::unknown, "token_failed", {}, "no token from " + origin + ": " + read.error().text);
    co_return false;
  }
  finding.token = std::move(read->token);
  if (read->life) tools.tokens.keep(service, finding.token, now, *read->life);
  co_return true;
}

}  // namespace monitorix::check
