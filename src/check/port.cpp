#include <array>
#include <chrono>

#include "check/finding.h"
#include "check/talk.h"
#include "check/text.h"

// TCP: connect, perhaps TLS at once or after the protocol's own request, then the steps of a conversation.
// TLS: the handshake and what it shows.
namespace monitorix::check {
using net::Outcome;
using net::Phase;
using net::Task;
using net::Trouble;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostSteps = 16;

/// Notes how long each phase took; phases that come again add up.
class Stopwatch {
 public:
  explicit Stopwatch(Phases& phases) : phases_(phases) {}
  void restart() { start_ = steady_clock::now(); }
  void lap(std::optional<std::int64_t> Phases::*phase) {
    const auto now = steady_clock::now();
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - start_).count();
    phases_.*phase = (phases_.*phase).value_or(0) + took;
    start_ = now;
  }

 private:
  Phases& phases_;
  steady_clock::time_point start_{steady_clock::now()};
};

/// One connection and what is known about it.
struct Call {
  Finding& finding;
  std::unique_ptr<net::Line> line{};
};

Task<> connect(Tools& tools, Attempt attempt, int port, Call& call) {
  const Service& service = *attempt.service;
  const auto from = source_of(service);
  if (!from) {
    call.finding.blame(from.error(), service.type);
    co_return;
  }
  auto target = given_target(attempt, service.target, port);
  if (!target) target = co_await find_target(tools, attempt, service.target, port);
  if (!*target) {
    call.finding.blame(target->error(), service.type);
    co_return;
  }
  call.finding.result.phases.dns = (*target)->looked_up;
  call.finding.result.address = (*target)->address.host();
  Stopwatch watch(call.finding.result.phases);
  auto line = co_await net::Line::dial(tools.loop, *attempt.policy, (*target)->address, *from, attempt.limit);
  if (line || line.error().trouble != Trouble::denied) watch.lap(&Phases::connect);
  if (!line) {
    call.finding.blame(line.error(), service.type);
  } else {
    call.line = std::move(*line);
  }
}

Task<Outcome<void>> shake_hands(Tools& tools, Attempt attempt, Call& call) {
  Stopwatch watch(call.finding.result.phases);
  auto done = co_await call.line->start_tls(tools.trust, tls_terms(*attempt.service, attempt.service->target));
  watch.lap(&Phases::tls);
  call.finding.note(call.line->peer());
  co_return done;
}

/// A step that was not fulfilled, but to which the server did say something.
void blame_step(Finding& finding, const net::Fault& fault, const std::string& step, const Talk& talk,
                ServiceType type) {
  const bool is_content = fault.trouble == Trouble::protocol || fault.trouble == Trouble::closed ||
                          (fault.trouble == Trouble::timed_out && fault.phase == Phase::transfer);
  if (!is_content) return finding.blame(fault, type);
  std::string detail = fault.text;
  if (!talk.heard().empty()) detail += "; it said: " + talk.heard();
  finding.judge(Verdict::down, "expect_failed", step, detail);
}

Task<void> converse(Tools& tools, Attempt attempt, Call& call, Talk& talk) {
  const Service& service = *attempt.service;
  Stopwatch watch(call.finding.result.phases);
  std::size_t number = 0;
  for (const TalkStep& step : service.port_options.steps) {
    if (++number > kMostSteps) break;
    Outcome<void> done{};
    if (step.start_tls) {
      watch.lap(&Phases::transfer);
      done = co_await shake_hands(tools, attempt, call);
      watch.restart();
    } else if (!step.send.empty()) {
      done = co_await talk.say(step.send);
    } else {
      auto pattern = Pattern::compile(step.expect);
      if (pattern) {
        done = co_await talk.hear(std::move(*pattern));
      } else {
        done = net::broken(Trouble::local, Phase::transfer, pattern.error().text);
      }
    }
    if (done) continue;
    if (done.error().phase == Phase::tls) {
      call.finding.blame(done.error(), service.type);
    } else {
      blame_step(call.finding, done.error(), std::to_string(number), talk, service.type);
    }
    break;
  }
  watch.lap(&Phases::transfer);
  call.finding.body = talk.heard();
  call.finding.body_bytes = static_cast<std::int64_t>(talk.heard().size());
}

/// TLS at once or after its request in the protocol; false when that failed (told in the finding).
Task<bool> secure(Tools& tools, Attempt attempt, Call& call, Talk& talk) {
  const Service& service = *attempt.service;
  if (service.port_options.start_tls != StartTls::none) {
    Stopwatch watch(call.finding.result.phases);
    auto asked = co_await ask_for_tls(talk, service.port_options.start_tls, service.target);
    watch.lap(&Phases::send);
    if (!asked) {
      blame_step(call.finding, asked.error(), "starttls", talk, service.type);
      co_return false;
    }
  }
  auto done = co_await shake_hands(tools, attempt, call);
  if (!done) call.finding.blame(done.error(), service.type);
  co_return done.has_value();
}

/// Passes only if the server sends this alert, in the handshake or, as TLS 1.3 has it, right after.
Task<void> wait_for_alert(Attempt attempt, Call& call, bool shaken, int wanted) {
  Finding& finding = call.finding;
  if (shaken) {
    std::array<char, 256> room;
    const auto got = co_await call.line->read_some(room.data(), room.size());
    if (!got) finding.blame(got.error(), attempt.service->type);
  }
  if (finding.result.reason == "tls_alert" && finding.result.parameter == std::to_string(wanted)) {
    finding.judge(Verdict::up, "ok", {}, "the server sends the expected alert " + std::to_string(wanted));
  } else if (finding.result.verdict != Verdict::unknown) {
    const std::string instead = finding.result.reason == "tls_alert" ? "alert " + finding.result.parameter : "none";
    finding.judge(Verdict::down, "tls_alert", finding.result.parameter,
                  "expected alert " + std::to_string(wanted) + ", seen: " + instead);
  }
}

}  // namespace

Task<> check_port(Tools& tools, Attempt attempt, Finding& finding) {
  const Service& service = *attempt.service;
  Call call{finding};
  co_await connect(tools, attempt, service.port.value_or(0), call);
  if (!call.line) co_return;
  Talk talk(*call.line);
  const bool wants_tls = service.port_options.tls || service.port_options.start_tls != StartTls::none;
  if (wants_tls) {
    const bool is_secure = co_await secure(tools, attempt, call, talk);
    if (!is_secure) co_return;
  }
  if (!service.port_options.steps.empty()) co_await converse(tools, attempt, call, talk);
}

Task<> check_tls(Tools& tools, Attempt attempt, Finding& finding) {
  const Service& service = *attempt.service;
  auto aim = std::make_shared<Service>(service);
  int port = service.port.value_or(443);
  if (service.type == ServiceType::https || service.type == ServiceType::http) {  // a wall that is asked by its URL
    const auto url = net::parse_url(service.target);
    aim->target = url ? url->host : std::string();
    port = url ? url->port : port;
  }
  attempt.service = aim;
  Call call{finding};
  co_await connect(tools, attempt, port, call);
  if (!call.line) co_return;
  Talk talk(*call.line);
  const bool is_secure = co_await secure(tools, attempt, call, talk);
  if (service.tls.expected_alert) co_await wait_for_alert(attempt, call, is_secure, *service.tls.expected_alert);
}

}  // namespace monitorix::check
