#include "api/answer.h"

#include <array>

#include "api/gzip.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kWorthCompressing = 1024;
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'";

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Not signed in";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 406: return "Version not supported";
    case 409: return "Conflict";
    case 412: return "Changed meanwhile";
    case 413: return "Too large";
    case 415: return "Unsupported media type";
    case 422: return "Invalid";
    case 429: return "Too many requests";
    case 500: return "Internal error";
    case 502: return "Proxmox answered with an error";
    case 503: return "Not available now";
    case 504: return "Proxmox did not answer in time";
    default: return "Problem";
  }
}

std::string short_hash(std::string_view body) {
  const auto digest = sha256(body);
  return to_hex({reinterpret_cast<const char*>(digest.data()), 12});
}

bool accepts_gzip(const net::Request& request) {
  const auto accepted = request.header("accept-encoding");
  const auto at = accepted.find("gzip");
  return at != std::string_view::npos && accepted.substr(at + 4, 4) != ";q=0";
}

/// Does If-None-Match name this tag, in either encoding?
bool is_known(std::string_view header, std::string_view etag) {
  if (header.empty()) return false;
  if (trim(header) == "*") return true;
  for (auto at = header.find(etag); at != std::string_view::npos; at = header.find(etag, at + 1)) {
    const auto after = header.substr(at + etag.size());
    if (at > 0 && header[at - 1] == '"' && (after.starts_with('"') || after.starts_with("-gz\""))) return true;
  }
  return false;
}

std::string problem_text(const net::Request& request, const Problem& problem, int status, const std::string& id) {
  JsonWriter out;
  out.begin_object().member("type", "https://monitorix/problems/" + problem.code).member("title", title_of(status));
  out.member("status", status).member("detail", problem.detail).member("instance", valid_utf8(request.path, 512));
  out.member("code", problem.code);
  if (!problem.errors.empty()) {
    out.key("errors").begin_array();
    for (const auto& error : problem.errors)
      out.begin_object()
          .member("field", error.field)
          .member("code", error.code)
          .member("message", error.message)
          .end_object();
    out.end_array();
  }
  out.member("request_id", id);
  if (problem.retry_after_seconds > 0) out.member("retry_after_seconds", problem.retry_after_seconds);
  for (const auto& [name, value] : problem.members) out.key(name).raw(value);
  out.end_object();
  return out.take();
}

bool is_name(std::string_view host) {
  const auto bare = host.substr(0, host.find(':'));
  return !bare.empty() && bare != "localhost" && bare.find_first_not_of("0123456789.") != std::string_view::npos &&
         host.front() != '[';
}

bool has_header(const net::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return true;
  return false;
}

void add_standing_headers(net::Response& response, const net::Request& request, const std::string& id, bool is_secure) {
  auto& h = response.headers;
  h.reserve(h.size() + 12);
  h.emplace_back("X-Request-Id", id);
  h.emplace_back("X-API-Version", "v1");
  h.emplace_back("X-Content-Type-Options", "nosniff");
  h.emplace_back("Referrer-Policy", "no-referrer");
  h.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  h.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  if (!has_header(response, "Cross-Origin-Resource-Policy"))
    h.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  h.emplace_back("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  h.emplace_back("Vary", "Accept-Encoding, Authorization, Origin");
  if (is_secure && is_name(request.header("host"))) h.emplace_back("Strict-Transport-Security", "max-age=31536000");
}

void take_encoded(net::Response& response, const net::Request& request, const Encoded& encoded) {
  response.headers.insert(response.headers.end(), encoded.headers.begin(), encoded.headers.end());
  const bool pack = encoded.compressed && accepts_gzip(request);
  response.headers.emplace_back("ETag", '"' + encoded.etag + (pack ? "-gz\"" : "\""));
  if (is_known(request.header("if-none-match"), encoded.etag)) {
    response.status = 304;
    return;
  }
  if (pack) response.headers.emplace_back("Content-Encoding", "gzip");
  response.shared_body = pack ? encoded.compressed : encoded.plain;
}

}  // namespace

std::shared_ptr<const Encoded> encode_once(std::string body, std::string_view version) {
  auto encoded = std::make_shared<Encoded>();
  encoded->etag = version.empty() ? short_hash(body) : std::string(version) + '.' + short_hash(body);
  if (body.size() >= kWorthCompressing) {
    auto packed = gzip(body);
    if (!packed.empty() && packed.size() < body.size())
      encoded->compressed = std::make_shared<const std::string>(std::move(packed));
  }
  encoded->plain = std::make_shared<const std::string>(std::move(body));
  return encoded;
}

Answer json(JsonWriter& out, int status) { return json(out.take(), status); }
Answer json(std::string body, int status) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}
Answer no_content() {
  Answer answer;
  answer.status = 204;
  return answer;
}
Answer problem(int status, std::string code, std::string detail) {
  Answer answer;
  answer.status = status;
  answer.problem.push_back({std::move(code), std::move(detail), {}, 0, {}});
  return answer;
}
Answer invalid(std::vector<FieldError> errors) {
  auto answer =
      problem(422, "validation_failed",
              errors.empty() ? "the body is not valid" : errors.front().field + ": " + errors.front().message);
  answer.problem.front().errors = std::move(errors);
  return answer;
}
Answer invalid_field(std::string field, std::string code, std::string message) {
  return invalid({{std::move(field), std::move(code), std::move(message)}});
}
Answer not_found() { return problem(404, "not_found", "there is nothing here"); }

Error unstored(const Error& error) {
  if (error.code != Errc::unavailable && error.code != Errc::io) return error;
  log::warn("the store refused", {{"error", error}});
  return {Errc::io, "the database is away or its disk is full: nothing can be stored just now"};
}

Answer from_error(const Error& error) {
  switch (error.code) {
    case Errc::invalid: return problem(422, "validation_failed", error.text);
    case Errc::not_found: return not_found();
    case Errc::conflict: return problem(409, "already_exists", error.text);
    case Errc::denied: return problem(502, "proxmox_auth_failed", error.text);
    case Errc::timeout: return problem(504, "proxmox_timeout", error.text);
    case Errc::tls_mismatch: return problem(502, "tls_mismatch", error.text);
    case Errc::unreachable:
    case Errc::too_large:
    case Errc::protocol: return problem(502, "proxmox_error", error.text);
    case Errc::io: {
      auto answer = problem(503, "read_only", error.text);
      answer.problem.front().retry_after_seconds = 10;
      return answer;
    }
    case Errc::unavailable:
    case Errc::cancelled: {
      auto answer = problem(503, "not_ready", error.text);
      answer.problem.front().retry_after_seconds = 2;
      return answer;
    }
  }
  return problem(500, "internal", "unexpected error");
}

std::string wanted_version(const net::Request& request) {
  auto tag = trim(request.header("if-match"));
  if (tag.empty() || tag == "*") return {};
  if (tag.starts_with('"')) tag.remove_prefix(1);
  return std::string(tag.substr(0, tag.find_first_of(".\"")));
}

std::optional<Answer> refuse_stale(const net::Request& request, std::string_view version, std::string_view what) {
  const auto expected = wanted_version(request);
  if (expected.empty() || expected == version) return std::nullopt;
  return problem(412, "version_mismatch", std::string(what) + " has changed meanwhile");
}

net::Response finish(const net::Request& request, Answer answer, const std::string& request_id, bool is_secure) {
  net::Response response;
  response.status = answer.status;
  response.headers = std::move(answer.headers);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!answer.problem.empty()) {
    const auto& problem = answer.problem.front();
    if (problem.retry_after_seconds > 0)
      response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_seconds));
    response.headers.emplace_back("Content-Type", "application/problem+json");
    response.body = problem_text(request, problem, answer.status, request_id);
  } else if (answer.status != 204) {
    response.headers.emplace_back("Content-Type", answer.content_type);
    if (answer.encoded) {
      take_encoded(response, request, *answer.encoded);
    } else if (reads && answer.status == 200) {
      take_encoded(response, request, *encode_once(std::move(answer.body), answer.version));
    } else {
      if (!answer.version.empty())
        response.headers.emplace_back("ETag", '"' + answer.version + '.' + short_hash(answer.body) + '"');
      response.body = std::move(answer.body);
    }
  }
  if (!has_header(response, "Cache-Control"))
    response.headers.emplace_back("Cache-Control", reads && response.status < 400 ? "private, no-cache" : "no-store");
  add_standing_headers(response, request, request_id, is_secure);
  return response;
}

}  // namespace monitorix::api
