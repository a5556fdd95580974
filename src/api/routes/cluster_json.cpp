#include "api/routes/cluster_json.h"

#include "base/time_text.h"
#include "live/encode.h"

namespace monitorix::api {
namespace {

constexpr std::string_view kDuplicate = "duplicate_cluster:";

std::string_view name_of(CheckResult result) {
  switch (result) {
    case CheckResult::ok: return "ok";
    case CheckResult::warn: return "warn";
    case CheckResult::fail: return "fail";
    case CheckResult::skip: return "skip";
  }
  return "";
}

void write_list(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.value(text);
  out.end_array();
}

void write_features(JsonWriter& out, const std::vector<Reason>& features) {
  out.key("feature_lost").begin_array();
  for (const auto& feature : features) out.value(feature.text);
  out.end_array().key("feature_codes").begin_array();
  for (const auto& feature : features) out.value(feature.code);
  out.end_array();
}

}  // namespace

Answer cluster_answer(const state::ClusterView& cluster, int status) {
  JsonWriter out;
  live::encode_cluster(out, cluster);
  Answer answer = json(out, status);
  answer.version = std::to_string(cluster.config.version);
  return answer;
}

std::string doctor_json(const DoctorReport& report) {
  JsonWriter out;
  out.begin_object().member("ran_at", rfc3339(report.ran_at)).key("checks").begin_array();
  for (const auto& check : report.checks) {
    out.begin_object().member("id", check.id).member("title", check.title).member("result", name_of(check.result));
    out.member("detail", check.found.text).member("code", check.found.code).key("params");
    live::encode_params(out, check.found.params);
    write_features(out, check.features_lost);
    out.member("fix", check.fix).member("took_ms", check.took_ms).end_object();
  }
  out.end_array().end_object();
  return out.take();
}

std::string certificate_json(const net::Certificate& certificate) {
  JsonWriter out;
  out.begin_object().member("fingerprint_sha256", fingerprint_text(certificate.fingerprint));
  out.member("subject", certificate.subject).member("issuer", certificate.issuer);
  write_list(out, "sans", certificate.sans);
  out.key("not_before");
  if (certificate.not_before)
    out.value(rfc3339(*certificate.not_before));
  else
    out.null();
  out.key("not_after");
  if (certificate.not_after)
    out.value(rfc3339(*certificate.not_after));
  else
    out.null();
  out.member("chain_trusted", certificate.chain_trusted).end_object();
  return out.take();
}

Answer from_cluster_error(const Error& error) {
  const auto at = error.text.find(kDuplicate);
  if (error.code == Errc::conflict && at != std::string::npos) {
    auto answer = problem(409, "duplicate_cluster", "this cluster is connected already");
    answer.problem.front().members.emplace_back("cluster_id", '"' + error.text.substr(at + kDuplicate.size()) + '"');
    return answer;
  }
  if (error.code == Errc::conflict)
    return problem(409, "already_exists", "a connection with this name exists, or it was changed meanwhile");
  return from_error(error);
}

}  // namespace monitorix::api
