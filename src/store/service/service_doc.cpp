#include "store/service/service_doc.h"

#include <array>

#include "store/service/fields_of_json.h"

namespace monitorix::store {
namespace {

constexpr std::array kTypes{ServiceType::http, ServiceType::https,  ServiceType::ping,
                            ServiceType::port, ServiceType::dns,    ServiceType::tls,
                            ServiceType::push, ServiceType::custom, ServiceType::composite};

constexpr auto kAssertion = [](auto& field, Assertion& one) {
  field("source", one.source);
  field("op", one.op);
  field("value", one.value);
};
constexpr auto kRange = [](auto& field, StatusRange& one) {
  field("first", one.first);
  field("last", one.last);
};
using Header = std::pair<std::string, std::string>;
constexpr auto kHeader = [](auto& field, Header& one) {
  field("name", one.first);
  field("value", one.second);
};
constexpr auto kStep = [](auto& field, TalkStep& one) {
  field("send", one.send);
  field("expect", one.expect);
  field("start_tls", one.start_tls);
};

constexpr auto kHow = [](auto& field, Service& s) {
  field("interval_ms", s.interval);
  field("timeout_ms", s.timeout);
  field("retry_interval_ms", s.retry_interval);
  field("fail_after", s.fail_after);
  field("recover_after", s.recover_after);
  field("degraded_after", s.degraded_after);
  field("nodata_grace_ms", s.nodata_grace);
  field("invert", s.invert);
  field("ip_family", s.ip_family);
  field("address_override", s.address_override);
  field("source_address", s.source_address);
  field("keep_evidence", s.keep_evidence);
  field("notes", s.notes);
  field("runbook_url", s.runbook_url);
  field.list("assertions", s.assertions, kAssertion);
  field.list("degraded_rules", s.degraded_rules, kAssertion);
};

constexpr auto kTls = [](auto& field, Service& s) {
  field("tls_verify", s.tls.verify);
  field("tls_ca", s.tls.ca_pem);
  field("tls_certificate", s.tls.client_certificate_pem);
  field("tls_name", s.tls.server_name);
  field("tls_minimum", s.tls.minimum_version);
  field("tls_alert", s.tls.expected_alert);
  field("tls_warn_days", s.tls.warn_days);
  field("tls_critical_days", s.tls.critical_days);
};

constexpr auto kHttp = [](auto& field, Service& s) {
  field("http_method", s.http.method);
  field.list("http_status", s.http.expected_status, kRange);
  field("http_redirects", s.http.redirects);
  field("http_max_redirects", s.http.max_redirects);
  field("http_max_body", s.http.max_body_bytes);
  field("http_version", s.http.version);
  field("http_auth", s.http.auth);
  field("http_user", s.http.user);
  field("http_fresh", s.http.fresh_connection);
  field("http_body_encoding", s.http.body_encoding);
  field("http_decompress", s.http.decompress);
  field("http_token_url", s.http.token.url);
  field("http_token_scope", s.http.token.scope);
  field("http_token_audience", s.http.token.audience);
  field("http_token_credentials", s.http.token.credentials);
};

constexpr auto kOthers = [](auto& field, Service& s) {
  field("port_tls", s.port_options.tls);
  field("port_start_tls", s.port_options.start_tls);
  field("ping_count", s.ping.count);
  field("ping_spacing_ms", s.ping.spacing);
  field("ping_size", s.ping.size);
  field("ping_ttl", s.ping.ttl);
  field("ping_dscp", s.ping.dscp);
  field("ping_loss_warn", s.ping.loss_warn_percent);
  field("ping_loss_critical", s.ping.loss_critical_percent);
  field("ping_rtt_warn_ms", s.ping.rtt_warn_ms);
  field("ping_jitter_warn_ms", s.ping.jitter_warn_ms);
  field("dns_server", s.dns.server);
  field("dns_transport", s.dns.transport);
  field("dns_type", s.dns.record_type);
  field("dns_rcode", s.dns.rcode);
  field("dns_match", s.dns.match);
  field("dns_answers", s.dns.answers);
  field("dns_min_ttl", s.dns.min_ttl);
  field("dns_max_ttl", s.dns.max_ttl);
  field("dns_serials", s.dns.serial_servers);
  field("dns_ad", s.dns.require_ad);
  field("push_period_ms", s.push.period);
  field("push_grace_ms", s.push.grace);
  field("push_cron", s.push.cron);
  field("push_zone", s.push.time_zone);
  field("composite_rule", s.composite.rule);
  field("composite_needed", s.composite.needed);
  field("composite_members", s.composite.members);
  field("custom_command", s.custom.command);
};

constexpr auto kService = [](auto& field, Service& s) {
  kHow(field, s);
  kTls(field, s);
  kHttp(field, s);
  kOthers(field, s);
};

constexpr auto kSecrets = [](auto& field, Service& s) {
  field.list("http_headers", s.http.headers, kHeader);
  field("http_body", s.http.body);
  field("http_secret", s.http.secret);
  field("http_proxy", s.http.proxy);
  field("tls_key", s.tls.client_key_pem);
  field.list("port_steps", s.port_options.steps, kStep);
  field("custom_arguments", s.custom.arguments);
};

constexpr auto kPhases = [](auto& field, Phases& p) {
  field("dns", p.dns);
  field("connect", p.connect);
  field("tls", p.tls);
  field("send", p.send);
  field("first_byte", p.first_byte);
  field("transfer", p.transfer);
};
constexpr auto kCertificate = [](auto& field, SeenCertificate& c) {
  field("not_after", c.not_after);
  field("chain_not_after", c.chain_not_after);
  field("chain_position", c.chain_position);
  field("not_before", c.not_before);
  field("sha256", c.sha256);
  field("issuer", c.issuer);
  field("subject", c.subject);
  field("protocol", c.protocol);
  field("verified", c.verified);
};
constexpr auto kResult = [](auto& field, CheckResult& r) {
  field("started_at", r.started_at);
  field("took_us", r.took);
  field("reason", r.reason);
  field("parameter", r.parameter);
  field("address", r.address);
  kPhases(field, r.phases);
  field.maybe("certificate", r.certificate, kCertificate);
};
constexpr auto kEvidence = [](auto& field, Evidence& e) {
  field("request", e.request);
  field("headers", e.headers);
  field("body", e.body);
};

constexpr auto kItem = [](auto& field, StatusItem& i) {
  field("key", i.key);
  field("service", i.service);
  field("name", i.name);
};
constexpr auto kGroup = [](auto& field, StatusGroup& g) {
  field("name", g.name);
  field.list("items", g.items, kItem);
};
constexpr auto kNotice = [](auto& field, StatusNotice& n) {
  field("title", n.title);
  field("text", n.text);
  field("severity", n.severity);
  field("at", n.at);
};
constexpr auto kPage = [](auto& field, StatusPage& p) {
  field("title", p.title);
  field("description", p.description);
  field.list("groups", p.groups, kGroup);
  field("theme", p.theme);
  field("language", p.language);
  field("is_public", p.is_public);
  field("days", p.show_history_days);
  field.list("notices", p.notices, kNotice);
};

}  // namespace

std::string doc_of(const Service& service) { return members_text(service, kService); }

void read_doc(const std::string& doc, Service& service) { read_members(doc, service, kService); }

Secret secrets_of(const Service& service) { return Secret(members_text(service, kSecrets)); }

void read_secrets(const Secret& secrets, Service& service) { read_members(secrets.reveal(), service, kSecrets); }

std::int64_t type_number(ServiceType type) {
  for (std::size_t at = 0; at < kTypes.size(); ++at)
    if (kTypes[at] == type) return static_cast<std::int64_t>(at);
  return 0;
}

ServiceType type_of_number(std::int64_t number) {
  return number >= 0 && number < static_cast<std::int64_t>(kTypes.size()) ? kTypes[static_cast<std::size_t>(number)]
                                                                          : ServiceType::custom;
}

std::string doc_of(const CheckResult& result) { return members_text(result, kResult); }
void read_doc(const std::string& doc, CheckResult& result) { read_members(doc, result, kResult); }
std::string evidence_text(const Evidence& evidence) { return members_text(evidence, kEvidence); }

Evidence read_evidence(const std::string& text) {
  Evidence evidence;
  read_members(text, evidence, kEvidence);
  return evidence;
}

std::string doc_of(const StatusPage& page) { return members_text(page, kPage); }
void read_doc(const std::string& doc, StatusPage& page) { read_members(doc, page, kPage); }

}  // namespace monitorix::store
