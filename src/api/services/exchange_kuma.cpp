// monitorList of a backup of Uptime Kuma 1.x: kinds that are known here become bodies, the others get a word of why
// not.

#include <algorithm>

#include "api/services/exchange.h"
#include "base/json.h"
#include "base/json_writer.h"

namespace monitorix::api {
namespace {

std::string text_in(const Json& json, std::string_view name) {
  const auto* value = json.find(name);
  if (value == nullptr || value->is_null()) return "";
  return value->as_string() != nullptr ? *value->as_string() : value->dump();
}

std::optional<double> number_in(const Json& json, std::string_view name) {
  const auto* value = json.find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto number = value->as_number()) return number;
  const auto parsed = value->as_string() != nullptr ? Json::parse(*value->as_string()) : Result<Json>(*value);
  return parsed ? parsed->as_number() : std::nullopt;
}

/// Kuma writes flags as true, 1 or "1".
bool flag_in(const Json& json, std::string_view name, bool otherwise = false) {
  const auto* value = json.find(name);
  if (value == nullptr || value->is_null()) return otherwise;
  if (const auto* flag = value->as_bool()) return *flag;
  return number_in(json, name).value_or(0) != 0;
}

struct Rows {
  JsonWriter out{};
  std::string remark{};

  void note(const std::string& what) { remark += (remark.empty() ? "" : "; ") + what; }
};

void put_times(JsonWriter& out, const Json& monitor) {
  const double interval = std::clamp(number_in(monitor, "interval").value_or(60), 1.0, 86'400.0);
  const double longest = std::max(1.0, interval * 0.8);
  const double timeout = std::clamp(number_in(monitor, "timeout").value_or(0), 0.0, 60.0);
  out.member("check_interval", interval);
  out.member("timeout", std::min(longest, timeout >= 0.1 ? timeout : std::min(48.0, longest)));
  out.member("retries", static_cast<std::int64_t>(std::clamp(number_in(monitor, "maxretries").value_or(0), 0.0, 19.0)));
  out.member("retry_interval", std::clamp(number_in(monitor, "retryInterval").value_or(interval), 1.0, interval));
}

void put_tags(JsonWriter& out, const Json& monitor) {
  const auto* tags = monitor.find("tags");
  if (tags == nullptr || tags->as_array() == nullptr || tags->as_array()->empty()) return;
  out.key("tags").begin_array();
  std::size_t count = 0;
  for (const Json& tag : *tags->as_array()) {
    std::string name = text_in(tag, "name");
    if (const auto value = text_in(tag, "value"); !value.empty()) name += ":" + value;
    if (!name.empty() && count++ < 32) out.value(name.substr(0, 64));
  }
  out.end_array();
}

void put_headers(Rows& row, const Json& monitor) {
  const auto text = text_in(monitor, "headers");
  if (text.empty()) return;
  const auto headers = Json::parse(text);
  if (!headers || headers->as_object() == nullptr) return row.note("its headers cannot be read");
  row.out.key("headers").begin_array();
  for (const auto& [name, value] : *headers->as_object())
    row.out.begin_object()
        .member("name", name)
        .member("value", value.as_string() != nullptr ? *value.as_string() : value.dump())
        .end_object();
  row.out.end_array();
}

void put_sign_in(Rows& row, const Json& monitor) {
  JsonWriter& out = row.out;
  const auto method = text_in(monitor, "authMethod");
  if (method == "ntlm") return row.note("its sign-in by NTLM is not taken over");
  if (method == "oauth2-cc") {
    const bool in_form = text_in(monitor, "oauth_auth_method") == "client_secret_post";
    out.member("auth", "oauth2").member("user", text_in(monitor, "oauth_client_id"));
    out.member("secret", text_in(monitor, "oauth_client_secret"));
    out.member("token_url", text_in(monitor, "oauth_token_url"))
        .member("token_scope", text_in(monitor, "oauth_scopes"));
    out.member("token_audience", text_in(monitor, "oauth_audience"));
    out.member("token_credentials", in_form ? "body" : "header");
  } else if (const auto user = text_in(monitor, "basic_auth_user"); !user.empty()) {
    out.member("auth", "basic").member("user", user).member("secret", text_in(monitor, "basic_auth_pass"));
  }
}

void put_http_options(Rows& row, const Json& monitor) {
  JsonWriter& out = row.out;
  out.key("options").begin_object().key("http").begin_object();
  if (const auto method = text_in(monitor, "method"); !method.empty()) out.member("method", method);
  put_headers(row, monitor);
  if (const auto body = text_in(monitor, "body"); !body.empty()) {
    const auto encoding = text_in(monitor, "httpBodyEncoding");
    const bool is_known = encoding == "json" || encoding == "form" || encoding == "xml";
    out.member("body", body).member("body_encoding", is_known ? encoding : "auto");
  }
  std::string statuses;
  if (const auto* codes = monitor.find("accepted_statuscodes"); codes != nullptr && codes->as_array() != nullptr)
    for (const Json& code : *codes->as_array())
      if (code.as_string() != nullptr) statuses += (statuses.empty() ? "" : ",") + *code.as_string();
  if (!statuses.empty()) out.member("expected_status", statuses);
  const auto redirects = number_in(monitor, "maxredirects").value_or(10);
  if (redirects <= 0)
    out.member("redirects", "none");
  else
    out.member("max_redirects", static_cast<std::int64_t>(std::min(redirects, 10.0)));
  put_sign_in(row, monitor);
  out.end_object();
  const bool is_mutual = text_in(monitor, "authMethod") == "mtls";
  if (flag_in(monitor, "ignoreTls") || is_mutual) {
    out.key("tls").begin_object().member("verify", !flag_in(monitor, "ignoreTls"));
    if (is_mutual)
      out.member("ca_pem", text_in(monitor, "tlsCa"))
          .member("client_certificate_pem", text_in(monitor, "tlsCert"))
          .member("client_key_pem", text_in(monitor, "tlsKey"));
    out.end_object();
  }
  out.end_object();
}

void put_assertion(JsonWriter& out, const std::string& source, const std::string& op, const std::string& value) {
  out.key("assertions").begin_array().begin_object();
  out.member("source", source).member("op", op).member("value", value).end_object().end_array();
}

void put_http(Rows& row, const Json& monitor, const std::string& type) {
  const auto url = text_in(monitor, "url");
  row.out.member("type", url.starts_with("http://") ? "http" : "https").member("target", url);
  put_http_options(row, monitor);
  if (type == "keyword")
    put_assertion(row.out, "body", flag_in(monitor, "invertKeyword") ? "!contains" : "contains",
                  text_in(monitor, "keyword"));
  if (type == "json-query") {
    const auto path = text_in(monitor, "jsonPath");
    const bool is_plain = !path.empty() && path.find_first_of("[]()*?{}&=<>| ") == std::string::npos;
    if (!is_plain) row.note("its JSON query is not taken over");
    std::string pointer = path.starts_with("$.") ? path.substr(2) : path;
    std::ranges::replace(pointer, '.', '/');
    if (is_plain) put_assertion(row.out, "json:/" + pointer, "==", text_in(monitor, "expectedValue"));
  }
}

/// False when it is of a kind that is not known here.
bool put_kind(Rows& row, const Json& monitor, const std::string& type) {
  JsonWriter& out = row.out;
  const auto port = number_in(monitor, "port");
  if (type == "http" || type == "keyword" || type == "json-query") {
    put_http(row, monitor, type);
  } else if (type == "ping") {
    out.member("type", "ping").member("target", text_in(monitor, "hostname"));
  } else if (type == "port") {
    out.member("type", "port").member("target", text_in(monitor, "hostname"));
    if (port) out.member("port", static_cast<std::int64_t>(*port));
  } else if (type == "dns") {
    out.member("type", "dns").member("target", text_in(monitor, "hostname"));
    out.key("options").begin_object().key("dns").begin_object();
    if (const auto server = text_in(monitor, "dns_resolve_server"); !server.empty())
      out.member("server", server.substr(0, server.find(',')) +
                               (port && *port != 53 ? ":" + std::to_string(static_cast<int>(*port)) : ""));
    if (const auto record = text_in(monitor, "dns_resolve_type"); !record.empty()) out.member("record_type", record);
    out.end_object().end_object();
  } else if (type == "push") {
    out.member("type", "push").key("options").begin_object().key("push").begin_object();
    const auto period = std::max(10.0, number_in(monitor, "interval").value_or(60));
    out.member("period_seconds", static_cast<std::int64_t>(period)).end_object().end_object();
    row.note("it gets an address of its own: put that into the job");
  } else {
    return false;
  }
  return true;
}

ImportedRow row_of(const Json& monitor) {
  ImportedRow out{.name = text_in(monitor, "name"), .type = text_in(monitor, "type")};
  Rows row;
  row.out.begin_object().member("name", out.name);
  if (!put_kind(row, monitor, out.type)) {
    out.remark = "monitors of type " + out.type + " are not known here";
    return out;
  }
  put_times(row.out, monitor);
  put_tags(row.out, monitor);
  row.out.member("is_active", flag_in(monitor, "active", true)).member("invert", flag_in(monitor, "upsideDown"));
  if (const auto notes = text_in(monitor, "description"); !notes.empty()) row.out.member("notes", notes);
  if (const auto* parent = monitor.find("parent"); parent != nullptr && !parent->is_null())
    row.note("the group it is in is not taken over");
  out.json = row.out.end_object().take();
  out.remark = row.remark;
  return out;
}

}  // namespace

Result<ImportedFile> read_kuma(std::string_view text) {
  const auto json = Json::parse(text);
  if (!json) return fail(Errc::invalid, "it is not JSON: " + json.error().text);
  const auto* list = json->find("monitorList");
  if (list == nullptr || list->as_array() == nullptr)
    return fail(Errc::invalid, "there is no monitorList in it: it is no backup of Uptime Kuma");
  ImportedFile file;
  for (const Json& monitor : *list->as_array()) file.rows.push_back(row_of(monitor));
  const auto* channels = json->find("notificationList");
  if (channels != nullptr && channels->as_array() != nullptr && !channels->as_array()->empty())
    file.warnings.push_back(std::to_string(channels->as_array()->size()) +
                            " notification channels of the file are not taken over");
  const auto* proxies = json->find("proxyList");
  if (proxies != nullptr && proxies->as_array() != nullptr && !proxies->as_array()->empty())
    file.warnings.push_back(std::to_string(proxies->as_array()->size()) + " proxies of the file are not taken over");
  return file;
}

}  // namespace monitorix::api
