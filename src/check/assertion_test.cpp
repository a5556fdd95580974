#include "check/assertion.h"

#include <doctest/doctest.h>

#include "check/certificate_days.h"
#include "check/evidence.h"
#include "check/pattern.h"
#include "check/plugin.h"

using namespace monitorix;
using namespace monitorix::check;
using std::chrono::days;

namespace {

struct Answer {
  std::vector<std::pair<std::string, std::string>> headers{{"Content-Type", "text/html"}, {"X-Empty", ""}};
  std::string body{R"({"a": {"b~/c": [1, 2.5, "three"]}, "on": true, "none": null})"};
  std::vector<Performance> performance{{"load", 0.5, ""}};
  [[nodiscard]] Observed observed() const {
    Observed out{};
    out.status = 503;
    out.headers = &headers;
    out.body = body;
    out.body_bytes = 60;
    out.total_ms = 1200;
    out.http_version = "1.1";
    out.performance = &performance;
    return out;
  }
};

bool holds(std::string source, std::string op, std::string value = {}) {
  const Answer answer;
  const Assertion assertion{std::move(source), std::move(op), std::move(value)};
  REQUIRE_MESSAGE(check_assertion(assertion), assertion.source);
  return !first_missed({assertion}, answer.observed());
}

}  // namespace

TEST_CASE("assertions compare numbers as numbers and texts as texts") {
  CHECK(holds("status", "==", "503"));
  CHECK(holds("status", "==", "503.0"));
  CHECK(holds("status", "!=", "200"));
  CHECK(holds("status", "in", "200-299, 503"));
  CHECK(holds("status", "in", "500-599"));
  CHECK(holds("status", "!in", "200-299,401"));
  CHECK(holds("total_ms", ">", "1000"));
  CHECK(!holds("total_ms", "<=", "1000"));
  CHECK(holds("total_ms", ">", "200"));  // not as texts, where 1200 < 200
  CHECK(holds("header:content-type", "contains", "html"));
  CHECK(holds("header:X-Empty", "exists"));
  CHECK(holds("header:x-empty", "==", ""));
  CHECK(holds("header:nope", "!exists"));
  CHECK(holds("http_version", "==", "1.1"));
  CHECK(holds("body", "matches", "\"on\": *(true|yes)"));
  CHECK(holds("body", "!matches", "^on"));
  CHECK(holds("perf:load", "<", "1"));
}

TEST_CASE("a JSON pointer finds what it names") {
  CHECK(holds("json:/a/b~0~1c/0", "==", "1"));
  CHECK(holds("json:/a/b~0~1c/1", "==", "2.5"));
  CHECK(holds("json:/a/b~0~1c/2", "==", "three"));
  CHECK(holds("json:/on", "==", "true"));
  CHECK(holds("json:/none", "exists"));
  CHECK(holds("json:/a/b~0~1c/3", "!exists"));
  CHECK(holds("json:/nope", "!exists"));
  CHECK(holds("json:", "exists"));
}

TEST_CASE("what is missing fulfils only what denies it") {
  for (const char* op : {"==", "<", "<=", ">", ">="}) CHECK_MESSAGE(!holds("cert_days", op, "1"), op);
  for (const char* op : {"contains", "matches", "in", "exists"}) CHECK_MESSAGE(!holds("remote_ip", op, "1"), op);
  for (const char* op : {"!=", "!contains", "!matches", "!in", "!exists"})
    CHECK_MESSAGE(holds("remote_ip", op, "1"), op);
}

TEST_CASE("the sentence shows the left side, short and without control characters") {
  const Answer answer;
  CHECK(first_missed({{"status", "==", "200"}}, answer.observed())->sentence == "status (503) == 200");
  CHECK(first_missed({{"header:no", "exists", ""}}, answer.observed())->sentence == "header:no (absent) exists");
  Answer rude;
  rude.body = std::string(1000, 'x') + "\x1b[31m";
  const auto missed = first_missed({{"status", "==", "503"}, {"body", "contains", "\x1b[0m" + std::string(1000, 'y')}},
                                   rude.observed());
  REQUIRE(missed);
  CHECK(missed->index == 1);
  CHECK(missed->sentence.size() <= 256);
  CHECK(missed->sentence.find('\x1b') == std::string::npos);
}

TEST_CASE("an assertion that could never be judged is refused") {
  const Assertion bad[]{{"stat", "==", "1"},         {"header:", "==", "1"},
                        {"json:a", "==", "1"},       {"status", "=", "1"},
                        {"status", "<", "ten"},      {"body", "matches", "(a"},
                        {"body", "<", ""},           {"body", "matches", std::string(1025, 'a')},
                        {"body", "matches", "(?=a)"}};
  for (const Assertion& assertion : bad) CHECK_MESSAGE(!check_assertion(assertion), assertion.source);
}

TEST_CASE("a pattern that others choke on takes no time") {
  const auto pattern = Pattern::compile("^(a+)+$");
  REQUIRE(pattern);
  CHECK(pattern->is_found_in(std::string(1u << 20, 'a') + '!'));  // what lies past 1 MiB is not looked at
  CHECK(!pattern->is_found_in(std::string(100'000, 'a') + '!'));
}

TEST_CASE("certificates warn by days, and short-lived ones by their own measure") {
  const WallTime now{days{20'000}};
  SeenCertificate seen{};
  seen.not_before = now - days{80};
  const auto state = [&](int left, TlsOptions options = {}) {
    seen.not_after = seen.chain_not_after = now + days{left};
    return judge_certificate(seen, options, now);
  };
  CHECK(state(15) == CertificateState::good);
  CHECK(state(13) == CertificateState::warn);
  CHECK(state(2) == CertificateState::critical);
  CHECK(state(-1) == CertificateState::critical);
  TlsOptions off{};
  off.warn_days = off.critical_days = 0;
  CHECK(state(1, off) == CertificateState::good);
  seen.not_before = now - days{5};
  CHECK(state(3) == CertificateState::good);  // of eight days, three are left
  CHECK(state(2) == CertificateState::warn);
  seen.not_before = now - days{6};
  CHECK(state(1) == CertificateState::critical);
  seen.chain_not_after = now + std::chrono::hours{47};
  CHECK(days_left(seen, now) == 1);
}

TEST_CASE("a plugin's values are read, and noise is left out") {
  const auto output = parse_plugin_output(
      "OK - fine | load=0.5;1;2 'my disk'=12GB;;;0;20 it''s=1 U=U bad =3 x=nan last=7%\nmore | y=1\n");
  CHECK(output.line == "OK - fine");
  REQUIRE(output.performance.size() == 4);
  CHECK(output.performance[0].label == "load");
  CHECK(output.performance[0].value == 0.5);
  CHECK(output.performance[1].label == "my disk");
  CHECK(output.performance[1].unit == "GB");
  CHECK(output.performance[3].label == "last");
  CHECK(output.performance[3].unit == "%");
  CHECK(parse_plugin_output("").line.empty());
  CHECK(parse_plugin_output("x|'").performance.empty());
}

TEST_CASE("evidence holds no secret and at most 4 KiB") {
  Service service{};
  service.http.auth = HttpAuth::bearer;
  service.http.secret = Secret("s3cret-token");
  service.http.headers = {{"X-Api-Key", "another-one"}, {"Accept", "text/html"}};
  Finding finding{};
  finding.request = "GET https://example.test/?token=abcdef&page=2";
  finding.headers = {{"Set-Cookie", "session=1"}, {"X-Echo", "Bearer s3cret-token"}, {"Content-Type", "text/html"}};
  finding.body = "you sent s3cret-token and another-one" + std::string(8000, 'x') + "s3cret-token";
  const Evidence evidence = evidence_of(service, finding);
  for (const std::string* part : {&evidence.request, &evidence.headers, &evidence.body}) {
    CHECK(part->size() <= 4096);
    for (const char* secret : {"s3cret", "another-one", "abcdef", "session=1"})
      CHECK(part->find(secret) == std::string::npos);
  }
  CHECK(evidence.request.find("page=2") != std::string::npos);
  CHECK(evidence.headers.find("text/html") != std::string::npos);
  CHECK(evidence.body.starts_with("you sent ••• and •••"));
}
