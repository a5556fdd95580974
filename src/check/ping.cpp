#include <algorithm>
#include <chrono>

#include "check/finding.h"
#include "check/text.h"

namespace monitorix::check {
namespace {

using std::chrono::microseconds;

struct Numbers {
  int lost_percent{};
  microseconds mean{}, jitter{};
  int answered{};
};

/// Jitter is the mean of the differences between neighbours.
Numbers numbers_of(const net::EchoSeries& series) {
  Numbers out{};
  microseconds sum{}, changes{};
  std::optional<microseconds> before;
  for (const auto& trip : series.round_trips) {
    if (!trip) continue;
    sum += *trip;
    if (before) changes += std::chrono::abs(*trip - *before);
    before = trip;
    ++out.answered;
  }
  if (out.answered > 0) out.mean = sum / out.answered;
  if (out.answered > 1) out.jitter = changes / (out.answered - 1);
  if (series.sent > 0) out.lost_percent = (series.sent - out.answered) * 100 / series.sent;
  return out;
}

std::string ms_text(microseconds time) { return number_text(static_cast<double>(time.count()) / 1000.0) + " ms"; }

void judge(const PingOptions& options, const net::EchoSeries& series, const Numbers& numbers, Finding& finding) {
  const auto blame_loss = [&](Verdict verdict) {
    const std::string lost = std::to_string(numbers.lost_percent);
    finding.judge(verdict, "icmp_loss", lost, lost + " % lost of " + std::to_string(series.sent));
  };
  const bool is_slow = options.rtt_warn_ms && numbers.mean > std::chrono::milliseconds{*options.rtt_warn_ms};
  const bool is_uneven = options.jitter_warn_ms && numbers.jitter > std::chrono::milliseconds{*options.jitter_warn_ms};
  if (numbers.answered == 0 && series.refusal) {
    finding.judge(Verdict::down, "icmp_unreach",
                  std::to_string(series.refusal->type) + '/' + std::to_string(series.refusal->code),
                  series.refusal->text);
  } else if (numbers.answered == 0 || numbers.lost_percent >= options.loss_critical_percent) {
    blame_loss(Verdict::down);
  } else if (numbers.lost_percent > 0 && numbers.lost_percent >= options.loss_warn_percent) {
    blame_loss(Verdict::degraded);
  } else if (is_slow) {
    finding.judge(Verdict::degraded, "icmp_slow", "rtt",
                  "mean " + ms_text(numbers.mean) + " > " + std::to_string(*options.rtt_warn_ms) + " ms");
  } else if (is_uneven) {
    finding.judge(Verdict::degraded, "icmp_slow", "jitter",
                  "jitter " + ms_text(numbers.jitter) + " > " + std::to_string(*options.jitter_warn_ms) + " ms");
  }
}

}  // namespace

net::Task<> check_ping(Tools& tools, Attempt attempt, Finding& finding) {
  const Service& service = *attempt.service;
  const auto from = source_of(service);
  if (!from) {
    finding.blame(from.error(), service.type);
    co_return;
  }
  auto target = given_target(attempt, service.target, 0);
  if (!target) target = co_await find_target(tools, attempt, service.target, 0);
  if (!*target) {
    finding.blame(target->error(), service.type);
    co_return;
  }
  finding.result.phases.dns = (*target)->looked_up;
  finding.result.address = (*target)->address.host();
  net::EchoTerms terms{};
  terms.to = (*target)->address.with_port(0);
  terms.from = *from;
  terms.count = std::clamp(service.ping.count, 1, 20);
  terms.spacing = service.ping.spacing;
  terms.size = static_cast<std::size_t>(std::clamp(service.ping.size, 8, 65'500));
  terms.ttl = service.ping.ttl;
  terms.dscp = service.ping.dscp;
  const auto series = co_await tools.echoes.ping(std::move(terms), attempt.policy, attempt.limit);
  if (series.fault) {
    finding.blame(*series.fault, service.type);
    co_return;
  }
  const Numbers numbers = numbers_of(series);
  if (numbers.answered > 0) finding.result.phases.first_byte = numbers.mean.count();
  judge(service.ping, series, numbers, finding);
}

}  // namespace monitorix::check
