#include "api/auth/jwt.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::chrono::seconds kSkew{30};
constexpr std::size_t kLongest = 1024;

WallTime from_seconds(std::int64_t seconds) { return WallTime{std::chrono::seconds{seconds}}; }

std::string payload_of(const AccessClaims& c) {
  JsonWriter out;
  out.begin_object().member("iss", "monitorix").member("aud", "monitorix-api").member("typ", "access");
  out.member("sub", c.user.text()).member("sid", c.session).member("tv", c.token_version);
  out.member("iat", to_seconds(c.issued_at)).member("exp", to_seconds(c.expires_at)).end_object();
  return out.take();
}

std::int64_t whole(const Json& payload, std::string_view name) {
  const auto* found = payload.find(name);
  const auto* number = found ? found->as_int() : nullptr;
  return number ? *number : 0;
}

std::string text(const Json& payload, std::string_view name) {
  const auto* found = payload.find(name);
  const auto* value = found ? found->as_string() : nullptr;
  return value ? *value : std::string{};
}

bool read_claims(const std::string& payload, AccessClaims& claims) {
  const auto parsed = Json::parse(payload);
  if (!parsed) return false;
  const std::string subject = text(*parsed, "sub");
  if (subject.empty() || subject.size() > 18 || subject.find_first_not_of("0123456789") != std::string::npos)
    return false;
  claims.user = UserId{std::stoll(subject)};
  claims.session = text(*parsed, "sid");
  claims.token_version = whole(*parsed, "tv");
  constexpr std::int64_t kFarthest = 253402300799;
  const auto issued = whole(*parsed, "iat");
  const auto expires = whole(*parsed, "exp");
  if (issued <= 0 || issued > kFarthest || expires <= issued || expires > kFarthest || claims.session.empty())
    return false;
  claims.issued_at = from_seconds(issued);
  claims.expires_at = from_seconds(expires);
  return payload_of(claims) == payload;
}

}  // namespace

std::string sign(const Secret& key, const AccessClaims& claims) {
  std::string token = base64url(kHeader) + '.' + base64url(payload_of(claims));
  return token + '.' + base64url(hmac_sha256(key.reveal(), token));
}

Verified verify(const Secret& key, std::string_view token, WallTime now) {
  static const std::string kStart = base64url(kHeader) + '.';
  Verified outcome;
  const auto last = token.rfind('.');
  if (token.size() > kLongest || !token.starts_with(kStart) || last < kStart.size()) return outcome;
  std::string signature;
  std::string payload;
  if (!base64url_decode(token.substr(last + 1), signature)) return outcome;
  if (!equal_constant_time(signature, hmac_sha256(key.reveal(), token.substr(0, last)))) return outcome;
  if (!base64url_decode(token.substr(kStart.size(), last - kStart.size()), payload)) return outcome;
  if (!read_claims(payload, outcome.claims)) return outcome;
  if (outcome.claims.issued_at > now + kSkew) return outcome;
  outcome.fault = now < outcome.claims.expires_at ? TokenFault::none : TokenFault::expired;
  return outcome;
}

}  // namespace monitorix::api
