#include "notify/answer.h"

#include <doctest/doctest.h>

namespace monitorix::notify {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = WallTime{1'800'000'000'000ms};  // Fri, 15 Jan 2027 08:00:00 GMT

SendResult judged(int status, const std::string& body = "", ChannelType type = ChannelType::webhook,
                  const std::string& retry = "") {
  net::HttpAnswer answer{.status = status, .body = body};
  if (!retry.empty()) answer.headers = {{"Retry-After", retry}};
  return judge_answer(type, answer, kNow);
}

}  // namespace

TEST_CASE("what may pass later is tried again, what will not is given up") {
  for (const int status : {200, 201, 202, 204}) CHECK(judged(status).outcome == Sent::delivered);
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) CHECK(judged(status).outcome == Sent::again);
  for (const int status : {301, 302, 307, 400, 401, 403, 404, 410, 422}) CHECK(judged(status).outcome == Sent::never);
  CHECK(judged(302).said.find("redirects") != std::string::npos);
}

TEST_CASE("a receiver's wish for a pause is heard in each of its forms, up to an hour") {
  CHECK(judged(429, "", ChannelType::slack, "30").after == 30s);
  CHECK(judged(503, "", ChannelType::webhook, "Fri, 15 Jan 2027 08:01:30 GMT").after == 90s);
  CHECK(judged(503, "", ChannelType::webhook, "Fri, 15 Jan 2027 07:00:00 GMT").after == 0s);
  CHECK(judged(429, R"({"retry_after":0.65})", ChannelType::discord).after == 650ms);
  CHECK(judged(429, R"({"ok":false,"parameters":{"retry_after":7}})", ChannelType::telegram).after == 7s);
  CHECK(judged(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000})", ChannelType::matrix).after == 2s);
  CHECK(judged(429, "", ChannelType::webhook, "999999999999").after == 1h);
  CHECK(judged(429, R"({"retry_after":-1})", ChannelType::discord, "x").after == std::nullopt);
  for (const char* odd : {"", "soon", "Fri, 99 Foo 2027 08:00:00 GMT", "-5", "1e9"})
    CHECK_MESSAGE(!retry_after(odd, kNow), odd);
}

TEST_CASE("what a receiver says is one short line before anybody sees it") {
  const auto result = judged(400, "a\r\nb\x1b[31m" + std::string(5000, 'x'));
  CHECK(result.answer.size() <= 256);
  CHECK(result.answer.find('\n') == std::string::npos);
  CHECK(result.answer.find('\x1b') == std::string::npos);
}

TEST_CASE("a line that broke after something was said leaves a doubt; one that never came about leaves none") {
  using net::Phase;
  CHECK(!judge_fault({net::Trouble::refused, Phase::connect, "refused"}).is_doubtful);
  CHECK(!judge_fault({net::Trouble::untrusted, Phase::tls, "who?"}).is_doubtful);
  CHECK(judge_fault({net::Trouble::closed, Phase::first_byte, "closed"}).is_doubtful);
  CHECK(judge_fault({net::Trouble::timed_out, Phase::transfer, "slow"}).is_doubtful);
  CHECK(judge_fault({net::Trouble::denied, Phase::connect, "no"}).outcome == Sent::never);
}

TEST_CASE("a mail server's word decides by its first digit") {
  CHECK(judge_smtp(250, "250 ok").outcome == Sent::delivered);
  CHECK(judge_smtp(451, "451 later").outcome == Sent::again);
  CHECK(judge_smtp(550, "550 who?").outcome == Sent::never);
}

}  // namespace monitorix::notify
