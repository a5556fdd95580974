#include "live/encode.h"
#include "live/fields.h"
#include "live/secret_headers.h"
#include "model/service/service_names.h"

// A service as the contract has it: what a person chose, where it stands, and never a secret.

namespace monitorix::live {

using state::ServiceView;

/// Parts of the service itself: they differ when another form of it came.
struct OptionsOf {
  const Service* service;
  bool operator==(const OptionsOf& other) const { return service == other.service; }
};
struct AssertionsOf {
  const std::vector<Assertion>* assertions;
  bool operator==(const AssertionsOf& other) const { return *assertions == *other.assertions; }
};

namespace {

const state::HeartbeatBar kNoBar;  // of a service that was never summed up

template <class T>
void maybe(JsonWriter& out, std::string_view name, const std::optional<T>& value) {
  out.key(name);
  write(out, value);
}

void put_http(JsonWriter& out, const HttpOptions& http) {
  out.begin_object().member("method", http.method).key("headers").begin_array();
  for (const auto& [name, value] : http.headers) {
    out.begin_object().member("name", name).key("value");
    if (is_secret_header(name))
      out.null();
    else
      out.value(value);
    out.end_object();
  }
  out.end_array().member("body", http.body).member("body_encoding", name_of(http.body_encoding));
  out.member("expected_status", status_ranges_text(http.expected_status)).member("decompress", http.decompress);
  out.member("redirects", name_of(http.redirects)).member("max_redirects", http.max_redirects);
  out.member("max_body_bytes", http.max_body_bytes).member("version", http.version);
  out.member("auth", name_of(http.auth)).member("user", http.user).member("proxy", without_password(http.proxy));
  out.member("token_url", http.token.url).member("token_scope", http.token.scope);
  out.member("token_audience", http.token.audience);
  out.member("token_credentials", name_of(http.token.credentials));
  out.member("fresh_connection", http.fresh_connection).member("has_secret", !http.secret.empty()).end_object();
}

void put_tls(JsonWriter& out, const TlsOptions& tls) {
  out.begin_object().member("verify", tls.verify).member("ca_pem", tls.ca_pem);
  out.member("client_certificate_pem", tls.client_certificate_pem).member("server_name", tls.server_name);
  out.member("minimum_version", tls.minimum_version).member("expected_alert", tls.expected_alert);
  out.member("warn_days", tls.warn_days).member("critical_days", tls.critical_days);
  out.member("has_client_key", !tls.client_key_pem.empty()).end_object();
}

void put_port(JsonWriter& out, const PortOptions& port) {
  out.begin_object().member("tls", port.tls).member("start_tls", name_of(port.start_tls)).key("steps").begin_array();
  for (const TalkStep& step : port.steps)
    out.begin_object()
        .member("send", step.send)
        .member("expect", step.expect)
        .member("start_tls", step.start_tls)
        .end_object();
  out.end_array().end_object();
}

void put_ping(JsonWriter& out, const PingOptions& ping) {
  out.begin_object().member("count", ping.count).member("spacing_ms", std::int64_t{ping.spacing.count()});
  out.member("size", ping.size).member("ttl", ping.ttl).member("dscp", ping.dscp);
  out.member("loss_warn_percent", ping.loss_warn_percent);
  out.member("loss_critical_percent", ping.loss_critical_percent).member("rtt_warn_ms", ping.rtt_warn_ms);
  out.member("jitter_warn_ms", ping.jitter_warn_ms).end_object();
}

void put_dns(JsonWriter& out, const DnsOptions& dns) {
  out.begin_object().member("server", dns.server).member("transport", dns.transport);
  out.member("record_type", dns.record_type).member("rcode", dns.rcode).member("match", dns.match).key("answers");
  write(out, dns.answers);
  out.member("min_ttl", dns.min_ttl).member("max_ttl", dns.max_ttl).key("serial_servers");
  write(out, dns.serial_servers);
  out.member("require_ad", dns.require_ad).end_object();
}

std::int64_t seconds(std::chrono::milliseconds span) { return span.count() / 1000; }

void put_push(JsonWriter& out, const PushOptions& push) {
  out.begin_object().member("period_seconds", seconds(push.period)).member("grace_seconds", seconds(push.grace));
  out.member("cron", push.cron).member("time_zone", push.time_zone).end_object();
}

void put_composite(JsonWriter& out, const CompositeOptions& composite) {
  out.begin_object().member("rule", name_of(composite.rule)).member("needed", composite.needed).key("member_ids");
  out.begin_array();
  for (const ServiceId id : composite.members) out.value(id.text());
  out.end_array().end_object();
}

void put_custom(JsonWriter& out, const CustomOptions& custom) {
  out.begin_object().member("command", custom.command).key("arguments");
  write(out, custom.arguments);
  out.end_object();
}

/// Whole seconds without a fraction, as old clients expect.
WireRatio in_seconds(std::chrono::milliseconds span) { return {static_cast<double>(span.count()) / 1000}; }
WireRatio in_ms(std::chrono::microseconds span) { return {static_cast<double>(span.count()) / 1000}; }

template <class IdType>
std::optional<std::string> text_of(const std::optional<IdType>& id) {
  return id ? std::optional(id->text()) : std::nullopt;
}

std::optional<std::int64_t> one_status(const Service& s) {
  if (!uses_http(s.type) || s.http.expected_status.size() != 1) return std::nullopt;
  const StatusRange& only = s.http.expected_status.front();
  return only.first == only.last ? std::optional<std::int64_t>(only.first) : std::nullopt;
}

std::optional<std::string> filled(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

constexpr auto kChosenFields = [](auto&& field) {
  using V = const ServiceView&;
  field("id", [](V v) { return v.id.text(); });
  field("name", [](V v) -> const std::string& { return v.service->name; });
  field("type", [](V v) { return name_of(v.service->type); });
  field("target", [](V v) -> const std::string& { return v.service->target; });
  field("port", [](V v) { return v.service->port; });
  field("vm_id", [](V v) { return text_of(v.service->guest); });
  field("node_id", [](V v) { return text_of(v.service->node); });
  field("cluster_id", [](V v) { return text_of(v.service->cluster); });
  field("storage_id", [](V v) { return text_of(v.service->storage); });
  field("check_interval", [](V v) { return in_seconds(v.service->interval); });
  field("timeout", [](V v) { return in_seconds(v.service->timeout); });
  field("retries", [](V v) { return v.service->fail_after - 1; });
  field("retry_interval", [](V v) { return in_seconds(v.service->retry_interval); });
  field("recover_after", [](V v) { return v.service->recover_after; });
  field("degraded_after", [](V v) { return v.service->degraded_after; });
  field("nodata_grace",
        [](V v) { return v.service->nodata_grace ? in_seconds(*v.service->nodata_grace) : WireRatio{}; });
  field("is_active", [](V v) { return v.service->is_active; });
  field("maintenance_mode", [](V v) { return v.service->maintenance_mode; });
  field("expected_status", [](V v) { return one_status(*v.service); });
  field("custom_command", [](V v) { return filled(v.service->custom.command); });
  field("custom_script", [](V) { return nullptr; });
  field("invert", [](V v) { return v.service->invert; });
  field("ip_family", [](V v) { return name_of(v.service->ip_family); });
  field("address_override", [](V v) -> const std::string& { return v.service->address_override; });
  field("source_address", [](V v) -> const std::string& { return v.service->source_address; });
  field("keep_evidence", [](V v) { return name_of(v.service->keep_evidence); });
  field(
      "tags", [](V v) -> const auto& { return v.service->tags; });
  field("notes", [](V v) -> const std::string& { return v.service->notes; });
  field("runbook_url", [](V v) -> const std::string& { return v.service->runbook_url; });
  field("assertions", [](V v) { return AssertionsOf{&v.service->assertions}; });
  field("degraded_rules", [](V v) { return AssertionsOf{&v.service->degraded_rules}; });
  field("options", [](V v) { return OptionsOf{v.service.get()}; });
  field("has_push_token", [](V v) { return v.has_push_token; });
  field("created_at", [](V v) { return v.service->created_at; });
};

constexpr auto kServiceFields = [](auto&& field) {
  using V = const ServiceView&;
  kChosenFields(field);
  field("status", [](V v) { return state::name_of(v.status); });
  field("status_since", [](V v) { return v.status_since; });
  field("phase", [](V v) { return v.phase; });
  field("reason", [](V v) { return v.latest ? std::optional(v.latest->reason) : std::nullopt; });
  field("reason_parameter", [](V v) { return v.latest ? filled(v.latest->parameter) : std::nullopt; });
  field("reason_detail", [](V v) { return v.latest ? filled(v.latest->detail) : std::nullopt; });
  field(
      "cause", [](V v) -> const auto& { return v.cause; });
  field("cause_incident_id", [](V) { return nullptr; });
  field("last_check", [](V v) { return v.latest ? std::optional(v.latest->scheduled_at) : std::nullopt; });
  field("next_check", [](V v) { return v.next_check; });
  field("response_time", [](V v) {
    const bool is_known = v.latest && v.latest->took.count() > 0 &&
                          (v.latest->verdict == Verdict::up || v.latest->verdict == Verdict::degraded);
    return is_known ? in_ms(v.latest->took) : WireRatio{};
  });
  field("response_time_p95", [](V v) { return v.response_p95 ? in_ms(*v.response_p95) : WireRatio{}; });
  field("certificate_expires_at", [](V v) { return v.certificate_expires_at; });
  field("uptime_day", [](V v) { return v.day; });
  field("uptime_month", [](V v) { return v.month; });
  field("uptime_quarter", [](V v) { return v.quarter; });
  field(
      "heartbeat", [](V v) -> const auto& { return v.bar ? *v.bar : kNoBar; });
};

}  // namespace

void write(JsonWriter& out, const OptionsOf& of) {
  const Service& s = *of.service;
  const auto part = [&](std::string_view name, bool is_used, auto put, const auto& options) {
    out.key(name);
    if (is_used)
      put(out, options);
    else
      out.null();
  };
  const bool speaks_tls = s.type == ServiceType::https || s.type == ServiceType::tls || s.type == ServiceType::port;
  out.begin_object();
  part("http", uses_http(s.type), put_http, s.http);
  part("tls", speaks_tls, put_tls, s.tls);
  part("port", s.type == ServiceType::port, put_port, s.port_options);
  part("ping", s.type == ServiceType::ping, put_ping, s.ping);
  part("dns", s.type == ServiceType::dns, put_dns, s.dns);
  part("push", s.type == ServiceType::push, put_push, s.push);
  part("composite", s.type == ServiceType::composite, put_composite, s.composite);
  part("custom", s.type == ServiceType::custom, put_custom, s.custom);
  out.end_object();
}

void write(JsonWriter& out, const AssertionsOf& of) {
  out.begin_array();
  for (const Assertion& one : *of.assertions)
    out.begin_object().member("source", one.source).member("op", one.op).member("value", one.value).end_object();
  out.end_array();
}

void write(JsonWriter& out, const state::ServiceCause& cause) {
  out.begin_object().member("kind", cause.kind).member("id", cause.id).member("name", cause.name);
  out.member("status", cause.status).end_object();
}

void write(JsonWriter& out, const state::UptimeShare& share) {
  out.begin_object().member("uptime_percent", share.percent).member("coverage_ratio", share.coverage).end_object();
}

void write(JsonWriter& out, const state::HeartbeatBar& bar) {
  out.begin_object().member("begin", rfc3339(bar.begin));
  out.member("cell_seconds", std::int64_t{state::kHeartbeatCell.count()}).member("cells", bar.cells);
  out.member("shares", bar.shares).end_object();
}

void encode_service(JsonWriter& out, const ServiceView& service) { write_all(out, kServiceFields, service); }

bool encode_service_delta(JsonWriter& out, const ServiceView& before, const ServiceView& after) {
  return write_changed(out, kServiceFields, after.id.text(), before, after);
}

void encode_chosen(JsonWriter& out, const Service& service) {
  ServiceView view;
  view.id = service.id;
  view.service = std::make_shared<const Service>(service);
  out.begin_object();
  kChosenFields([&](std::string_view name, auto&& getter) {
    if (name == "id" || name == "created_at" || name == "has_push_token") return;
    out.key(name);
    write(out, getter(view));
  });
  out.end_object();
}

}  // namespace monitorix::live
