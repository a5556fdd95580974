#include "api/auth/jwt.h"

#include <doctest/doctest.h>

#include "base/crypto.h"
#include "base/text.h"

using namespace monitorix;
using namespace monitorix::api;

namespace {

const Secret kKey(std::string(32, 'k'));
const WallTime kNow{std::chrono::seconds{1'700'000'000}};

AccessClaims claims() { return {UserId{7}, "family-1", 3, kNow, kNow + std::chrono::minutes{30}}; }

std::string forged(const std::string& header, const std::string& payload, const Secret& key = kKey) {
  const auto start = base64url(header) + '.' + base64url(payload);
  return start + '.' + base64url(hmac_sha256(key.reveal(), start));
}

constexpr const char* kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr const char* kPayload =
    R"({"iss":"monitorix","aud":"monitorix-api","typ":"access","sub":"7","sid":"family-1","tv":3,"iat":1700000000,"exp":1700001800})";

}  // namespace

TEST_CASE("a token that we signed tells who it is until it ends") {
  const auto token = sign(kKey, claims());
  CHECK(token == forged(kHeader, kPayload));
  CHECK(verify(kKey, token, kNow).fault == TokenFault::none);
  CHECK(verify(kKey, token, kNow).claims == claims());
  CHECK(verify(kKey, token, kNow + std::chrono::minutes{30}).fault == TokenFault::expired);
  CHECK(verify(Secret(std::string(32, 'x')), token, kNow).fault == TokenFault::malformed);
}

TEST_CASE("forged tokens open nothing") {
  const std::string good = sign(kKey, claims());
  const std::string payload = kPayload;
  const auto with = [&](std::string from, std::string to) {
    auto text = payload;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::pair<const char*, std::string> table[] = {
      {"alg none", base64url(R"({"alg":"none","typ":"JWT"})") + '.' + base64url(payload) + '.'},
      {"alg none, signed", forged(R"({"alg":"none","typ":"JWT"})", payload)},
      {"RS256", forged(R"({"alg":"RS256","typ":"JWT"})", payload)},
      {"kid", forged(R"({"alg":"HS256","typ":"JWT","kid":"1"})", payload)},
      {"jku", forged(R"({"alg":"HS256","typ":"JWT","jku":"http://x"})", payload)},
      {"x5u", forged(R"({"alg":"HS256","typ":"JWT","x5u":"http://x"})", payload)},
      {"crit", forged(R"({"alg":"HS256","typ":"JWT","crit":["b64"]})", payload)},
      {"another issuer", forged(kHeader, with("\"monitorix\"", "\"other\""))},
      {"another audience", forged(kHeader, with("monitorix-api", "other"))},
      {"refresh type", forged(kHeader, with("\"access\"", "\"refresh\""))},
      {"doubled claim", forged(kHeader, with("\"sub\":\"7\"", "\"sub\":\"7\",\"sub\":\"1\""))},
      {"extra claim", forged(kHeader, with("\"tv\":3", "\"tv\":3,\"admin\":true"))},
      {"missing tv", forged(kHeader, with("\"tv\":3,", ""))},
      {"missing sid", forged(kHeader, with("\"sid\":\"family-1\",", ""))},
      {"no expiry", forged(kHeader, with(",\"exp\":1700001800", ""))},
      {"from the future", forged(kHeader, with("1700000000", "1700000100"))},
      {"not JSON", forged(kHeader, "hello")},
      {"white space", forged(kHeader, payload + " ")},
      {"trailing bytes", good + "AA"},
      {"padding", good + "="},
      {"a fourth part", good + ".e30"},
      {"two parts", good.substr(0, good.rfind('.'))},
      {"empty signature", good.substr(0, good.rfind('.') + 1)},
      {"empty", ""}};
  for (const auto& bad : table) {
    CAPTURE(bad.first);
    CHECK(verify(kKey, bad.second, kNow).fault == TokenFault::malformed);
  }
}

TEST_CASE("a signature in another base64 spelling is not the same signature") {
  auto token = sign(kKey, claims());
  // 32 bytes end in a character of which two bits are unused: flipping one of them decodes to the same bytes loosely.
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  token.back() = alphabet[alphabet.find(token.back()) ^ 1u];
  CHECK(verify(kKey, token, kNow).fault == TokenFault::malformed);
}
