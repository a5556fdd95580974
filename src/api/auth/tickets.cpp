#include "api/auth/tickets.h"

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::chrono::seconds kLife{30};
constexpr std::size_t kMost = 10'000;

}  // namespace

std::string Tickets::issue(const Caller& caller) {
  const auto now = clock_.steady();
  std::erase_if(waiting_, [&](const auto& entry) { return entry.second.expires_at <= now; });
  if (waiting_.size() >= kMost) waiting_.clear();
  auto ticket = base64url(random_bytes(24));
  waiting_[ticket] = {caller, now + kLife};
  return ticket;
}

std::optional<Caller> Tickets::redeem(const std::string& ticket) {
  const auto found = waiting_.find(ticket);
  if (found == waiting_.end()) return std::nullopt;
  const Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  if (waiting.expires_at <= clock_.steady()) return std::nullopt;
  return waiting.caller;
}

}  // namespace monitorix::api
