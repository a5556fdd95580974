#include "app/self/sentinel.h"

#include "base/log.h"
#include "net/outbound/address.h"

namespace monitorix::app {
namespace {

std::shared_ptr<const Service> service_for(const std::string& target) {
  Service service{.name = target, .type = ServiceType::ping, .target = target};
  service.timeout = Sentinel::kTimeout;
  service.keep_evidence = KeepEvidence::none;
  const auto colon = target.rfind(':');
  const bool is_v6 = target.find(':') != colon && !target.starts_with('[');
  if (colon != std::string::npos && !is_v6 && !target.ends_with(']')) {
    service.type = ServiceType::port;
    service.target = target.substr(0, colon);
    service.port = std::stoi(target.substr(colon + 1));
  }
  if (service.target.starts_with('[')) service.target = service.target.substr(1, service.target.size() - 2);
  return std::make_shared<const Service>(std::move(service));
}

/// That we may not ask says nothing of the network.
bool is_our_own_fault(const CheckResult& result) {
  return result.reason == "permission" || result.reason == "policy_denied";
}

}  // namespace

Sentinel::Sentinel(net::Loop& loop, const Clock& clock, check::ProberSettings settings,
                   const std::vector<std::string>& targets, Listener heard)
    : loop_(loop),
      clock_(clock),
      prober_(loop, clock, std::move(settings)),
      heard_(std::move(heard)) {
  for (const std::string& target : targets) targets_.push_back(service_for(target));
}

void Sentinel::begin() {
  if (!is_watching()) return;
  request();
  loop_.every("uplink", kPeriod, [this] { request(); });
}

void Sentinel::stop() {
  is_stopping_ = true;
  prober_.stop();
}

void Sentinel::request() {
  const SteadyTime now = clock_.steady();
  const bool is_too_soon = began_ != SteadyTime{} && now - began_ < kLeastPause;
  if (!is_watching() || is_asking_ || is_stopping_ || is_too_soon) return;
  is_asking_ = true;
  began_ = now;
  auto round = std::make_shared<Round>(Round{.began = now, .pending = targets_.size()});
  for (const auto& target : targets_) loop_.spawn("uplink " + target->name, ask(target, round));
}

net::Task<> Sentinel::ask(std::shared_ptr<const Service> target, std::shared_ptr<Round> round) {
  auto asking = prober_.run(target, clock_.wall());
  const CheckResult result = co_await std::move(asking);
  take(*target, result, *round);
  if (--round->pending == 0) end(*round);
}

void Sentinel::take(const Service& target, const CheckResult& result, Round& round) {
  if (result.verdict == Verdict::up || result.verdict == Verdict::degraded) {
    ++round.answered;
    return;
  }
  if (is_our_own_fault(result)) {
    if (result.reason == "permission") denied_ = target.name;
    if (!std::exchange(has_warned_, true))
      log::warn("a place that tells whether we are cut off cannot be asked",
                {{"target", target.name}, {"why", result.detail.empty() ? result.reason : result.detail}});
    return;
  }
  ++round.failed;
  round.said += (round.said.empty() ? "" : ", ") + target.name + " (" + result.reason + ")";
}

void Sentinel::end(const Round& round) {
  is_asking_ = false;
  if (is_stopping_ || round.failed + round.answered == 0) return;
  const bool was_isolated = std::exchange(is_isolated_, round.answered == 0);
  if (is_isolated_ && !was_isolated) log::error("we are cut off from the network", {{"no_answer", round.said}});
  if (!is_isolated_ && was_isolated) log::info("the network is back");
  heard_(is_isolated_, round.began, is_isolated_ ? "No answer from " + round.said : std::string());
}

}  // namespace monitorix::app
