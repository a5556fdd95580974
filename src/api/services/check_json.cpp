#include "api/services/services.h"
#include "base/time_text.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

double in_ms(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1000; }

void maybe_text(JsonWriter& out, std::string_view name, const std::string& text) {
  out.key(name);
  if (text.empty())
    out.null();
  else
    out.value(text);
}

void write_phases(JsonWriter& out, const Phases& phases) {
  if (phases == Phases{}) {
    out.null();
    return;
  }
  out.begin_object();
  const auto phase = [&](std::string_view name, const std::optional<std::int64_t>& took) {
    out.member(name, took ? std::optional(in_ms(*took)) : std::nullopt);
  };
  phase("dns_ms", phases.dns);
  phase("connect_ms", phases.connect);
  phase("tls_ms", phases.tls);
  phase("send_ms", phases.send);
  phase("first_byte_ms", phases.first_byte);
  phase("transfer_ms", phases.transfer);
  out.end_object();
}

void write_certificate(JsonWriter& out, const Boxed<SeenCertificate>& seen) {
  if (!seen) {
    out.null();
    return;
  }
  out.begin_object().key("not_before");
  if (seen->not_before == WallTime{})
    out.null();
  else
    out.value(rfc3339(seen->not_before));
  out.member("not_after", rfc3339(seen->not_after)).member("chain_not_after", rfc3339(seen->chain_not_after));
  out.member("chain_position", seen->chain_position).member("sha256", seen->sha256).member("issuer", seen->issuer);
  out.member("subject", seen->subject).member("protocol", seen->protocol).member("verified", seen->verified);
  out.end_object();
}

}  // namespace

void write_result(JsonWriter& out, const monitorix::CheckResult& result) {
  out.member("status", name_of(result.verdict)).key("response_time");
  if (result.took.count() > 0)
    out.value(in_ms(result.took.count()));
  else
    out.null();
  out.member("status_code", result.status_code);
  maybe_text(out, "error_message", result.detail);
  out.member("checked_at", rfc3339(result.scheduled_at)).member("reason", result.reason);
  maybe_text(out, "reason_parameter", result.parameter);
  maybe_text(out, "address", result.address);
  const auto late = std::max<std::int64_t>(0, to_ms(result.started_at) - to_ms(result.scheduled_at));
  out.member("late_ms", late).key("phases");
  write_phases(out, result.phases);
  out.key("certificate");
  write_certificate(out, result.certificate);
}

void write_evidence(JsonWriter& out, const Boxed<Evidence>& evidence) {
  if (!evidence) {
    out.null();
    return;
  }
  out.begin_object().member("request", evidence->request).member("headers", evidence->headers);
  out.member("body", evidence->body).end_object();
}

void write_check(JsonWriter& out, const std::string& id, const monitorix::CheckResult& result, bool has_evidence) {
  out.begin_object().member("id", id).member("service_id", result.service.text());
  write_result(out, result);
  out.member("has_evidence", has_evidence).end_object();
}

std::string check_id(const monitorix::CheckResult& result) {
  return result.service.text() + "-" + std::to_string(to_ms(result.scheduled_at));
}

}  // namespace monitorix::api
