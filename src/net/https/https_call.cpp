#include "net/https/https_call.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/secret.h"
#include "base/text.h"
#include "net/https/answer_reader.h"
#include "net/outbound/line.h"

namespace monitorix::net {
namespace {

using std::chrono::steady_clock;

/// What these would change, libcurl knows how to do.
constexpr std::array kForCurl{"host", "accept-encoding", "connection", "content-length",   "expect",
                              "te",   "trailer",         "upgrade",    "transfer-encoding"};

bool has(const HttpCall& call, std::string_view name) {
  return std::ranges::any_of(call.headers, [&](const auto& header) { return lower_ascii(header.first) == name; });
}

std::string request_of(const HttpCall& call) {
  std::string origin = call.url.origin().substr(8);
  if (call.url.port == 443) origin.resize(origin.rfind(':'));
  std::string out = call.method + ' ' + call.url.path + " HTTP/1.1\r\nHost: " + origin + "\r\n";
  if (!call.user_agent.empty()) out += "User-Agent: " + call.user_agent + "\r\n";
  if (!has(call, "accept")) out += "Accept: */*\r\n";
  out += "Accept-Encoding: gzip, deflate\r\n";
  for (const auto& [name, value] : call.headers) out += name + ": " + value + "\r\n";
  out += "\r\n";
  return out;
}

/// Microseconds since the last look.
class Lap {
 public:
  std::int64_t next() {
    const auto now = steady_clock::now();
    const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(now - last_);
    last_ += passed;
    return passed.count();
  }

 private:
  steady_clock::time_point last_{steady_clock::now()};
};

/// False when the answer is not ours to read.
Task<bool> receive(Line& line, const HttpCall& call, HttpAnswer& answer, Lap& lap) {
  using Step = AnswerReader::Step;
  AnswerReader reader({call.method == "HEAD", call.keep_bytes, call.most_bytes}, answer);
  for (Step step = Step::more; step == Step::more;) {
    const auto [into, room] = reader.room();
    auto got = co_await line.read_some(into, room);
    if (!answer.times.first_byte) answer.times.first_byte = lap.next();
    if (got) {
      step = *got > 0 ? reader.take(*got) : reader.end();
    } else {
      step = Step::failed;
      answer.fault = std::move(got).error();
      answer.fault->phase = reader.has_headers() ? Phase::transfer : Phase::first_byte;
      if (answer.fault->trouble == Trouble::alert) answer.fault->phase = Phase::tls;  // TLS 1.3 tells it this late
    }
    if (step == Step::not_ours) co_return false;
  }
  if (reader.has_headers()) answer.times.transfer = lap.next();
  co_return true;
}

}  // namespace

bool fits_own_line(const HttpCall& call) {
  return call.url.is_https && call.decompress && call.proxy.empty() && call.warm_key.empty() &&
         call.version != HttpVersion::v2 && (call.method == "GET" || call.method == "HEAD") && call.body.empty() &&
         call.url.host.find('%') == std::string::npos &&
         std::ranges::none_of(kForCurl, [&](const char* name) { return has(call, name); });
}

Task<std::optional<HttpAnswer>> ask_over_line(Loop& loop, TrustStore& trust, HttpCall call,
                                              std::shared_ptr<Limit> limit) {
  HttpAnswer answer{};
  Lap lap;
  auto line = co_await Line::dial(loop, *call.policy, call.to, call.from, limit);
  if (line || line.error().trouble != Trouble::denied) answer.times.connect = lap.next();
  if (!line) {
    answer.fault = std::move(line).error();
    co_return answer;
  }
  if (call.version == HttpVersion::automatic) call.tls.protocols = {"h2", "http/1.1"};
  if (call.version == HttpVersion::v1_1) call.tls.protocols = {"http/1.1"};
  auto secured = co_await (*line)->start_tls(trust, call.tls);
  answer.times.tls = lap.next();
  answer.peer = (*line)->peer();
  if (!secured) {
    answer.fault = std::move(secured).error();
    co_return answer;
  }
  if ((*line)->protocol() == "h2") co_return std::nullopt;
  std::string request = request_of(call);
  auto sent = co_await (*line)->write(request);
  wipe(request);  // it may hold a credential
  answer.times.send = lap.next();
  if (!sent) {
    answer.fault = std::move(sent).error();
    co_return answer;
  }
  const bool is_understood = co_await receive(**line, call, answer, lap);
  if (!is_understood) co_return std::nullopt;
  co_return answer;
}

}  // namespace monitorix::net
