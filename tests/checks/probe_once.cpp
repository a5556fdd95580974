// For tests only: runs one check and prints what it found. `probe_once FILE` reads a JSON object whose members are
// those of model/service/service.h (flat texts and numbers, options in objects); "outbound" lists the networks that are
// opened.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/json.h"
#include "base/json_writer.h"
#include "check/prober.h"
#include "model/service/service_names.h"
#include "net/testing/run_now.h"

using namespace monitorix;

namespace {

std::string text_of(const Json* json, const std::string& fallback = {}) {
  const std::string* text = json ? json->as_string() : nullptr;
  return text ? *text : fallback;
}

int number_of(const Json* json, int fallback) {
  const std::int64_t* number = json ? json->as_int() : nullptr;
  return number ? static_cast<int>(*number) : fallback;
}

bool flag_of(const Json* json, bool fallback) {
  const bool* flag = json ? json->as_bool() : nullptr;
  return flag ? *flag : fallback;
}

std::vector<std::string> texts_of(const Json* json) {
  std::vector<std::string> out;
  if (json && json->as_array())
    for (const Json& item : *json->as_array()) out.push_back(text_of(&item));
  return out;
}

std::vector<Assertion> assertions_of(const Json* json) {
  std::vector<Assertion> out;
  if (json && json->as_array())
    for (const Json& item : *json->as_array())
      out.push_back({text_of(item.find("source")), text_of(item.find("op")), text_of(item.find("value"))});
  return out;
}

ServiceType type_of(const std::string& text) {
  if (text == "http") return ServiceType::http;
  if (text == "https") return ServiceType::https;
  if (text == "ping") return ServiceType::ping;
  if (text == "port") return ServiceType::port;
  if (text == "dns") return ServiceType::dns;
  if (text == "tls") return ServiceType::tls;
  if (text == "custom") return ServiceType::custom;
  std::cerr << "no such type: " << text << '\n';
  std::exit(2);
}

StartTls start_tls_of(const std::string& text) {
  if (text == "smtp") return StartTls::smtp;
  if (text == "imap") return StartTls::imap;
  if (text == "postgres") return StartTls::postgres;
  return StartTls::none;
}

HttpAuth auth_of(const std::string& text) {
  if (const auto known = service_word<HttpAuth>(text)) return *known;
  std::cerr << "no such way to sign in: " << text << '\n';
  std::exit(2);
}

Service service_of(const Json& json) {
  Service out{};
  out.id = ServiceId{1};
  out.type = type_of(text_of(json.find("type")));
  out.target = text_of(json.find("target"));
  if (json.find("port")) out.port = number_of(json.find("port"), 0);
  out.timeout = std::chrono::milliseconds{number_of(json.find("timeout_ms"), 5000)};
  const std::string family = text_of(json.find("ip_family"), "auto");
  out.ip_family = family == "v4"     ? IpFamily::v4
                  : family == "v6"   ? IpFamily::v6
                  : family == "both" ? IpFamily::both
                                     : IpFamily::automatic;
  out.address_override = text_of(json.find("address_override"));
  out.assertions = assertions_of(json.find("assertions"));
  out.degraded_rules = assertions_of(json.find("degraded_rules"));
  out.tls.verify = flag_of(json.find("verify"), true);
  out.tls.ca_pem = text_of(json.find("ca_pem"));
  out.tls.server_name = text_of(json.find("server_name"));
  out.tls.client_certificate_pem = text_of(json.find("client_certificate"));
  out.tls.client_key_pem = Secret(text_of(json.find("client_key")));
  out.tls.minimum_version = text_of(json.find("minimum_version"), "1.2");
  if (json.find("expected_alert")) out.tls.expected_alert = number_of(json.find("expected_alert"), 0);
  out.tls.warn_days = number_of(json.find("warn_days"), 14);
  out.http.method = text_of(json.find("method"), "GET");
  out.http.body = text_of(json.find("body"));
  out.http.version = text_of(json.find("version"), "auto");
  out.http.max_redirects = number_of(json.find("max_redirects"), 5);
  out.http.proxy = text_of(json.find("proxy"));
  out.http.auth = auth_of(text_of(json.find("auth"), "none"));
  out.http.user = text_of(json.find("user"));
  out.http.secret = Secret(text_of(json.find("secret")));
  out.http.token.url = text_of(json.find("token_url"));
  out.http.token.scope = text_of(json.find("token_scope"));
  if (text_of(json.find("token_credentials")) == "body") out.http.token.credentials = TokenCredentials::body;
  out.port_options.tls = flag_of(json.find("tls"), false);
  out.port_options.start_tls = start_tls_of(text_of(json.find("start_tls")));
  if (const Json* steps = json.find("steps"); steps && steps->as_array())
    for (const Json& step : *steps->as_array())
      out.port_options.steps.push_back(
          {text_of(step.find("send")), text_of(step.find("expect")), flag_of(step.find("start_tls"), false)});
  out.ping.count = number_of(json.find("count"), 3);
  out.ping.spacing = std::chrono::milliseconds{number_of(json.find("spacing_ms"), 20)};
  out.dns.server = text_of(json.find("server"));
  out.dns.transport = text_of(json.find("transport"), "udp");
  out.dns.record_type = text_of(json.find("record_type"), "A");
  out.dns.rcode = text_of(json.find("rcode"), "NOERROR");
  out.dns.match = text_of(json.find("match"), "any_of");
  out.dns.answers = texts_of(json.find("answers"));
  if (json.find("min_ttl")) out.dns.min_ttl = number_of(json.find("min_ttl"), 0);
  out.dns.serial_servers = texts_of(json.find("serial_servers"));
  out.custom.command = text_of(json.find("command"));
  out.custom.arguments = texts_of(json.find("arguments"));
  return out;
}

check::ProberSettings settings_of(const Json& json) {
  check::ProberSettings out{};
  for (const std::string& text : texts_of(json.find("outbound")))
    if (auto range = net::parse_cidr(text)) out.outbound.allowed.push_back(*range);
  for (const std::string& text : texts_of(json.find("programs"))) {
    const auto equals = text.find('=');
    out.programs.push_back({text.substr(0, equals), text.substr(equals + 1), {}});
  }
  out.name_servers = texts_of(json.find("name_servers"));
  return out;
}

void print(const CheckResult& result) {
  static constexpr const char* kVerdicts[]{"up", "degraded", "down", "unknown"};
  JsonWriter out;
  out.begin_object();
  out.member("verdict", kVerdicts[static_cast<int>(result.verdict)]).member("reason", result.reason);
  out.member("parameter", result.parameter).member("detail", result.detail).member("address", result.address);
  out.member("took_us", static_cast<std::int64_t>(result.took.count())).member("status", result.status_code);
  out.key("phases").begin_object();
  out.member("dns", result.phases.dns).member("connect", result.phases.connect).member("tls", result.phases.tls);
  out.member("send", result.phases.send)
      .member("ttfb", result.phases.first_byte)
      .member("transfer", result.phases.transfer);
  out.end_object();
  if (result.certificate)
    out.member("issuer", result.certificate->issuer)
        .member("protocol", result.certificate->protocol)
        .member("verified", result.certificate->verified);
  if (result.evidence) out.member("request", result.evidence->request).member("body", result.evidence->body);
  out.end_object();
  std::puts(out.text().c_str());
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return std::fputs("usage: probe_once FILE\n", stderr), 2;
  std::ostringstream text;
  text << std::ifstream(arguments[1]).rdbuf();
  const auto json = Json::parse(text.str());
  if (!json) return std::fprintf(stderr, "%s\n", json.error().text.c_str()), 2;
  const SystemClock clock;
  net::Loop loop;
  check::Prober prober(loop, clock, settings_of(*json));
  print(net::run_now(loop, prober.run(std::make_shared<const Service>(service_of(*json)), clock.wall())));
  return 0;
}
