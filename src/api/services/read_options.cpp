// The options of a service by type.

#include <algorithm>

#include "api/services/services.h"
#include "live/secret_headers.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostHeaderBytes = 65'536;
constexpr std::size_t kMostSteps = 16, kMostMembers = 500, kMostNames = 64;

void read_text(Fields& body, std::string_view name, std::string& into, TextRule rule) {
  if (auto text = body.text(name, rule)) into = std::move(*text);
}
void read_flag(Fields& body, std::string_view name, bool& into) {
  if (const auto flag = body.flag(name)) into = *flag;
}
template <class Number>
void read_number(Fields& body, std::string_view name, Number& into, std::int64_t least, std::int64_t most) {
  if (const auto number = body.number(name, least, most)) into = static_cast<Number>(*number);
}
void read_maybe(Fields& body, std::string_view name, std::optional<int>& into, std::int64_t least, std::int64_t most) {
  if (!body.has(name)) return;
  into.reset();
  if (body.is_null(name)) return;
  if (const auto number = body.number(name, least, most)) into = static_cast<int>(*number);
}
void read_choice(Fields& body, std::string_view name, std::string& into,
                 std::initializer_list<std::string_view> choices) {
  const auto text = body.text(name, {1, 40});
  if (!text) return;
  if (std::ranges::find(choices, *text) != choices.end()) {
    into = *text;
    return;
  }
  std::string all;
  for (const auto choice : choices) all += (all.empty() ? "" : ", ") + std::string(choice);
  body.wrong(name, "invalid", "must be one of " + all);
}
void read_secret(Fields& body, std::string_view name, Secret& into, std::size_t most, bool one_line) {
  if (!body.has(name)) return;
  if (auto text = body.text(name, {0, most, true, one_line}))
    into = Secret(std::move(*text));
  else if (body.is_null(name))
    into = {};
}

bool is_token(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

/// A secret's value is not answered, so a null one keeps what is there.
void read_headers(Fields& body, HttpOptions& http, EnteredSecrets& entered) {
  auto list = body.objects("headers", kMostNames);
  if (!list) return;
  entered.headers = true;
  const auto before = http.headers;
  http.headers.clear();
  std::size_t bytes = 0;
  for (Fields& one : *list) {
    std::string name = one.required_text("name", {1, 200});
    std::optional<std::string> value = one.text("value", {0, 8192, true});
    if (!is_token(name)) one.wrong("name", "invalid", "is no name of a header");
    if (!value && one.is_null("value") && live::is_secret_header(name)) {
      const auto kept = std::ranges::find(before, name, &std::pair<std::string, std::string>::first);
      if (kept != before.end()) value = kept->second, entered.headers = false;
    }
    if (!value && one.is_null("value")) one.wrong("value", "required", "is required: there is none that could be kept");
    bytes += name.size() + value.value_or("").size();
    http.headers.emplace_back(std::move(name), value.value_or(""));
    body.take_errors(one);
  }
  if (bytes > kMostHeaderBytes) body.wrong("headers", "out_of_range", "at most 64 KiB together");
}

void read_http(Fields& body, HttpOptions& http, EnteredSecrets& entered) {
  read_choice(body, "method", http.method, {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"});
  read_headers(body, http, entered);
  read_text(body, "body", http.body, {0, 65'536, false, false});
  read_word(body, "body_encoding", http.body_encoding, "auto, json, form, xml, text");
  if (const auto text = body.text("expected_status", {1, 200})) {
    if (auto ranges = parse_status_ranges(*text))
      http.expected_status = std::move(*ranges);
    else
      body.wrong("expected_status", "invalid", "must be statuses and ranges of them, as 200-299,401");
  }
  read_word(body, "redirects", http.redirects, "follow, same_host, none");
  read_number(body, "max_redirects", http.max_redirects, 0, 10);
  read_number(body, "max_body_bytes", http.max_body_bytes, 0, 16 << 20);
  read_choice(body, "version", http.version, {"auto", "1.1", "2"});
  read_word(body, "auth", http.auth, "none, basic, bearer, proxmox_token, oauth2");
  read_text(body, "user", http.user, {0, 200});
  entered.secret = body.has("secret");
  read_secret(body, "secret", http.secret, 8192, true);
  read_text(body, "token_url", http.token.url, {0, 2048});
  read_text(body, "token_scope", http.token.scope, {0, 1000});
  read_text(body, "token_audience", http.token.audience, {0, 2048});
  read_word(body, "token_credentials", http.token.credentials, "header, body");
  // As it is answered, the password is hidden: that one keeps what is there.
  if (const auto proxy = body.text("proxy", {0, 2048}); proxy && *proxy != live::without_password(http.proxy))
    http.proxy = *proxy;
  const auto is_proxy = [&](std::string_view scheme) { return http.proxy.starts_with(scheme); };
  if (!http.proxy.empty() && !is_proxy("http://") && !is_proxy("https://") && !is_proxy("socks5://"))
    body.wrong("proxy", "invalid", "must begin with http://, https:// or socks5://");
  read_flag(body, "decompress", http.decompress);
  read_flag(body, "fresh_connection", http.fresh_connection);
}

void read_tls(Fields& body, TlsOptions& tls) {
  read_flag(body, "verify", tls.verify);
  read_text(body, "ca_pem", tls.ca_pem, {0, 65'536, false, false});
  read_text(body, "client_certificate_pem", tls.client_certificate_pem, {0, 65'536, false, false});
  read_secret(body, "client_key_pem", tls.client_key_pem, 65'536, false);
  read_text(body, "server_name", tls.server_name, {0, 255});
  read_choice(body, "minimum_version", tls.minimum_version, {"1.0", "1.1", "1.2", "1.3"});
  read_maybe(body, "expected_alert", tls.expected_alert, 0, 255);
  read_number(body, "warn_days", tls.warn_days, 0, 3650);
  read_number(body, "critical_days", tls.critical_days, 0, 3650);
  if (tls.client_certificate_pem.empty() != tls.client_key_pem.empty())
    body.wrong("client_key_pem", "invalid", "a client certificate and its key belong together");
}

void read_port(const Desk& desk, Fields& body, PortOptions& port) {
  read_flag(body, "tls", port.tls);
  read_word(body, "start_tls", port.start_tls, "none, smtp, imap, pop3, ftp, xmpp, postgres, ldap, mysql");
  auto list = body.objects("steps", kMostSteps);
  if (!list) return;
  port.steps.clear();
  for (Fields& one : *list) {
    TalkStep step;
    read_text(one, "send", step.send, {0, 4096, false, false});
    read_text(one, "expect", step.expect, {0, 1024});
    read_flag(one, "start_tls", step.start_tls);
    if (int{!step.send.empty()} + int{!step.expect.empty()} + int{step.start_tls} != 1)
      one.wrong("send", "invalid", "exactly one of send, expect and start_tls");
    if (!step.expect.empty())
      if (const auto fine = desk.house.checks.judge_pattern(step.expect); !fine)
        one.wrong("expect", "invalid", fine.error().text);
    body.take_errors(one);
    port.steps.push_back(std::move(step));
  }
}

void read_ping(Fields& body, PingOptions& ping) {
  read_number(body, "count", ping.count, 1, 20);
  if (const auto spacing = body.number("spacing_ms", 10, 2000)) ping.spacing = std::chrono::milliseconds{*spacing};
  read_number(body, "size", ping.size, 8, 65'500);
  read_maybe(body, "ttl", ping.ttl, 1, 255);
  read_maybe(body, "dscp", ping.dscp, 0, 63);
  read_number(body, "loss_warn_percent", ping.loss_warn_percent, 1, 100);
  read_number(body, "loss_critical_percent", ping.loss_critical_percent, 1, 100);
  read_maybe(body, "rtt_warn_ms", ping.rtt_warn_ms, 1, 60'000);
  read_maybe(body, "jitter_warn_ms", ping.jitter_warn_ms, 1, 60'000);
}

void read_dns(const Desk& desk, Fields& body, DnsOptions& dns) {
  read_text(body, "server", dns.server, {0, 255});
  read_choice(body, "transport", dns.transport, {"udp", "tcp", "dot"});
  read_choice(body, "record_type", dns.record_type,
              {"A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT", "CAA"});
  read_choice(body, "rcode", dns.rcode, {"NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP"});
  read_choice(body, "match", dns.match, {"any_of", "all_of", "none_of", "regex"});
  if (auto answers = body.texts("answers", kMostNames, {1, 1024})) dns.answers = std::move(*answers);
  read_maybe(body, "min_ttl", dns.min_ttl, 0, INT32_MAX);
  read_maybe(body, "max_ttl", dns.max_ttl, 0, INT32_MAX);
  if (auto servers = body.texts("serial_servers", kMostSteps, {1, 255})) dns.serial_servers = std::move(*servers);
  read_flag(body, "require_ad", dns.require_ad);
  if (dns.match != "regex") return;
  for (const std::string& pattern : dns.answers)
    if (const auto fine = desk.house.checks.judge_pattern(pattern); !fine)
      body.wrong("answers", "invalid", fine.error().text);
}

void read_push(Fields& body, PushOptions& push) {
  if (const auto period = body.number("period_seconds", 10, 31'622'400)) push.period = std::chrono::seconds{*period};
  if (const auto grace = body.number("grace_seconds", 0, 2'592'000)) push.grace = std::chrono::seconds{*grace};
  read_text(body, "cron", push.cron, {0, 200});
  read_text(body, "time_zone", push.time_zone, {0, 64});
}

void read_composite(Fields& body, CompositeOptions& composite) {
  read_word(body, "rule", composite.rule, "all, any, k_of_n");
  read_number(body, "needed", composite.needed, 1, kMostMembers);
  const auto ids = body.texts("member_ids", kMostMembers, {1, 20});
  if (!ids) return;
  composite.members.clear();
  for (const std::string& text : *ids) {
    const auto id = parse_id(text);
    if (!id)
      body.wrong("member_ids", "not_found", "there is no service '" + text + "'");
    else if (std::ranges::find(composite.members, ServiceId{*id}) == composite.members.end())
      composite.members.push_back(ServiceId{*id});
  }
}

void read_custom(Fields& body, CustomOptions& custom) {
  read_text(body, "command", custom.command, {0, 100});
  if (auto arguments = body.texts("arguments", kMostNames, {0, 1024})) custom.arguments = std::move(*arguments);
}

}  // namespace

EnteredSecrets read_options(const Desk& desk, Fields& options, WatchedService& s) {
  EnteredSecrets entered{};
  const auto part = [&](std::string_view name, auto read) {
    if (options.is_null(name)) return;  // as it is answered for other types
    if (auto body = options.object(name)) {
      read(*body);
      options.take_errors(*body);
    }
  };
  part("http", [&](Fields& body) { read_http(body, s.http, entered); });
  part("tls", [&](Fields& body) { read_tls(body, s.tls); });
  part("port", [&](Fields& body) { read_port(desk, body, s.port_options); });
  part("ping", [&](Fields& body) { read_ping(body, s.ping); });
  part("dns", [&](Fields& body) { read_dns(desk, body, s.dns); });
  part("push", [&](Fields& body) { read_push(body, s.push); });
  part("composite", [&](Fields& body) { read_composite(body, s.composite); });
  part("custom", [&](Fields& body) { read_custom(body, s.custom); });
  return entered;
}

}  // namespace monitorix::api
