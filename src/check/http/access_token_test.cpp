#include "check/http/access_token.h"

#include <mutex>

#include "check/rude_server.h"
#include "check/testing/prober_house.h"

using namespace monitorix;
using namespace monitorix::check;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// A token endpoint, and a page that lets its newest token through. One server, as each may be asked what it saw.
class Guarded {
 public:
  int life{3600};
  std::string answer{};         ///< instead of a token
  std::string wanted{};         ///< instead of the newest token
  milliseconds pause{0};        ///< before a token is given
  bool tells_what_came{false};  ///< the page fails and repeats the header

  [[nodiscard]] int asked() const { return asked_; }
  std::string head{}, form{};  ///< of the last question for a token
  RudeServer tokens{[this](RudeTalk& talk) { give(talk); }};
  RudeServer page{[this](RudeTalk& talk) { let_in(talk); }};

  Service service(milliseconds timeout = milliseconds{5000}) const {
    Service out = http(page.url("/page"), timeout);
    out.http.auth = HttpAuth::oauth2;
    out.http.user = "watch dog";
    out.http.secret = Secret("s3cret/+canary");
    out.http.token.url = tokens.url("/token");
    return out;
  }

 private:
  void give(RudeTalk& talk) {
    head = talk.read_head();
    if (head.empty()) return;
    static constexpr std::string_view kLength = "Content-Length: ";
    form = talk.read(std::stoul(head.substr(head.find(kLength) + kLength.size())));
    std::this_thread::sleep_for(pause);
    newest_ = "token-" + std::to_string(++asked_);
    const std::string token = R"({"access_token":")" + newest_ + R"(","token_type":"bearer","expires_in":)";
    talk.write(answer.empty() ? ok(token + std::to_string(life) + "}") : answer);
  }

  void let_in(RudeTalk& talk) {
    const std::string asks = talk.read_head();
    const bool knows =
        asks.find("Authorization: Bearer " + (wanted.empty() ? newest_ : wanted) + "\r\n") != std::string::npos;
    if (tells_what_came)
      talk.write("HTTP/1.1 500 Broken\r\nContent-Length: " + std::to_string(asks.size()) + "\r\n\r\n" + asks);
    else
      talk.write(knows ? kFine : "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  }

  std::atomic<int> asked_{0};
  std::string newest_{};  // written before the answer that lets its reader ask the page
};

}  // namespace

TEST_CASE("a token is fetched with the client's credentials and kept while it is good") {
  Guarded there;
  House house;
  Service service = there.service();
  service.http.token.scope = "read write";
  service.http.token.audience = "https://api.example/";
  check_is(house.run(service), Verdict::up, "ok");
  CHECK(there.head.starts_with("POST /token HTTP/1.1\r\n"));
  // watch%20dog:s3cret%2F%2Bcanary
  CHECK(there.head.find("Authorization: Basic d2F0Y2glMjBkb2c6czNjcmV0JTJGJTJCY2FuYXJ5\r\n") != std::string::npos);
  CHECK(there.head.find("Content-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
  CHECK(there.form == "grant_type=client_credentials&scope=read%20write&audience=https%3A%2F%2Fapi.example%2F");
  check_is(house.run(service), Verdict::up, "ok");
  CHECK(there.asked() == 1);
  SUBCASE("other settings need another token") {
    service.http.token.credentials = TokenCredentials::body;
    service.http.token.scope.clear();
    check_is(house.run(service), Verdict::up, "ok");
    CHECK(there.head.find("Authorization") == std::string::npos);
    CHECK(there.form ==
          "grant_type=client_credentials&audience=https%3A%2F%2Fapi.example%2F"
          "&client_id=watch%20dog&client_secret=s3cret%2F%2Bcanary");
    CHECK(there.asked() == 2);
  }
  SUBCASE("one that is called back before its time is fetched anew, once") {
    there.wanted = "token-2";
    check_is(house.run(service), Verdict::up, "ok");
    CHECK(there.asked() == 2);
    there.wanted = "another";
    check_is(house.run(service), Verdict::down, "http_status", "401");
    CHECK(there.asked() == 3);
  }
}

TEST_CASE("a token that may end during a run, or that does not say when it ends, is not used again") {
  Guarded there;
  House house;
  SUBCASE("shorter than a run") { there.life = 5; }
  SUBCASE("silent") { there.answer = ok(R"({"access_token":"own","token_type":"Bearer"})"), there.wanted = "own"; }
  for (int run = 1; run <= 2; ++run) {
    check_is(house.run(there.service()), Verdict::up, "ok");
    CHECK(there.asked() == run);
  }
}

TEST_CASE("who gets no token knows nothing of the service, and says why") {
  Guarded there;
  House house;
  const auto detail = [&](const std::string& answer) {
    there.answer = answer;
    const CheckResult result = house.run(there.service());
    check_is(result, Verdict::unknown, "token_failed", "");
    CHECK(result.status_code == std::nullopt);
    const std::string start = "no token from http://127.0.0.1:" + std::to_string(there.tokens.port()) + ": ";
    CHECK(result.detail.starts_with(start));
    CHECK(result.detail.find("canary") == std::string::npos);
    return result.detail.substr(std::min(start.size(), result.detail.size()));
  };
  const std::string refusal = R"({"error":"invalid_client","error_description":"s3cret/+canary is wrong"})";
  CHECK(detail("HTTP/1.1 401 No\r\nContent-Length: " + std::to_string(refusal.size()) + "\r\n\r\n" + refusal) ==
        "status 401, invalid_client (••• is wrong)");
  CHECK(detail("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n") == "status 302");
  CHECK(detail(ok("<html>")) == "its answer is not JSON");
  CHECK(detail(ok("{}")) == "its answer holds no access_token that can be sent");
  CHECK(detail(ok(R"({"access_token":"a\r\nX-Smuggled: 1"})")) == "its answer holds no access_token that can be sent");
  CHECK(detail(ok(R"({"access_token":"a","token_type":"mac"})")) ==
        "its token is of the type 'mac', which is not known here");
  CHECK_FALSE(detail(ok(std::string(100'000, ' '))).empty());
  CHECK(there.page.connections() == 0);
  Service nobody = there.service();
  nobody.http.token.url = "http://127.0.0.1:1/token";
  check_is(house.run(nobody), Verdict::unknown, "token_failed");
  nobody.http.token.url = "http://169.254.169.254/token";
  check_is(house.run(nobody), Verdict::unknown, "policy_denied");
}

TEST_CASE("the time that a token takes is not the service's") {
  Guarded there;
  House house;
  there.pause = milliseconds{300};
  const CheckResult result = house.run(there.service());
  check_is(result, Verdict::up, "ok");
  CHECK(result.took < milliseconds{300});
  RudeServer silent([](RudeTalk& talk) {
    talk.read_head();
    talk.read_head();
  });
  Service slow = there.service(milliseconds{500});
  slow.target = silent.url();
  slow.http.token.scope = "one";
  check_is(house.run(slow), Verdict::unknown, "token_failed");
  there.pause = milliseconds{0};
  check_is(house.run(slow), Verdict::down, "timeout_phase", "ttfb");
  there.pause = milliseconds{5000};
  slow.http.token.scope = "another";
  check_is(house.run(slow), Verdict::unknown, "token_failed");
}

TEST_CASE("a token stands in no evidence and goes to no other origin") {
  Guarded there;
  House house;
  there.tells_what_came = true;
  const CheckResult result = house.run(there.service());
  check_is(result, Verdict::down, "http_status", "500");
  REQUIRE(result.evidence);
  CHECK(result.evidence->body.find("Authorization: Bearer •••") != std::string::npos);
  CHECK(result.evidence->body.find("token-1") == std::string::npos);
  std::string seen;
  RudeServer other([&](RudeTalk& talk) {
    seen = talk.read_head();
    talk.write(kFine);
  });
  RudeServer home([&](RudeTalk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 302 Found\r\nLocation: " + other.url() + "\r\nContent-Length: 0\r\n\r\n");
  });
  Service led_away = there.service();
  led_away.target = home.url();
  check_is(house.run(led_away), Verdict::up, "ok");
  CHECK(seen.find("Authorization") == std::string::npos);
}

TEST_CASE("what a token endpoint says of a token's life") {
  const auto life = [](const std::string& value) {
    const auto read = read_token(200, R"({"access_token":"a","expires_in":)" + value + "}");
    return read ? read->life : std::nullopt;
  };
  CHECK(life("300") == seconds{300});
  CHECK(life(R"("300")") == seconds{300});
  CHECK(life("1e300") == seconds{86'400});
  for (const char* none : {"0", "-5", "null", R"("soon")", "[]"}) CHECK(life(none) == std::nullopt);
}

TEST_CASE("tokens that are over do not stay") {
  AccessTokens tokens;
  const AccessTokens::Time start{seconds{1000}};
  Service service = http("http://a.example/");
  for (int id = 1; id <= 100; ++id) {
    service.id = ServiceId{id};
    tokens.keep(service, Secret("t"), start, seconds{60});
  }
  CHECK(tokens.count() == 100);
  CHECK(tokens.find(service, start + seconds{55}));
  CHECK_FALSE(tokens.find(service, start + seconds{56}));
  service.id = ServiceId{500};
  tokens.keep(service, Secret("t"), start + seconds{61}, seconds{60});
  CHECK(tokens.count() == 1);
}
