#include "api/auth/throttle.h"

#include <algorithm>

#include "base/text.h"
#include "net/http_server.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostKeys = 50'000;
constexpr int kFreeFailures = 5;
constexpr std::chrono::seconds kLongestWait{300};
constexpr int kLoginsPerNetwork = 30;  // a minute, over all accounts
constexpr int kLoginsInAll = 50;       // a second

std::string account_key(const std::string& account) { return lower_ascii(account).substr(0, 128); }

int ceil_seconds(SteadyTime::duration left) {
  return std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count()));
}

}  // namespace

std::string client_address(std::string_view peer, std::string_view forwarded_for,
                           const std::vector<std::string>& trusted_proxies) {
  std::string address(peer);
  if (trusted_proxies.empty()) return address;
  while (net::address_in(address, trusted_proxies) && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    auto hop = trim(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1));
    forwarded_for = comma == std::string_view::npos ? std::string_view{} : forwarded_for.substr(0, comma);
    const bool is_address =
        !hop.empty() && hop.size() <= 45 && hop.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
    if (!is_address) break;
    address = std::string(hop);
  }
  return address;
}

std::string network_of(const std::string& address) {
  if (address.find(':') == std::string::npos) return address;
  // The first four groups; an address shortened earlier is cut at its "::", which is the same network or a wider one.
  std::size_t at = 0;
  for (int groups = 0; groups < 4 && at != std::string::npos; ++groups) {
    const auto colon = address.find(':', at);
    if (colon == std::string::npos || (colon + 1 < address.size() && address[colon + 1] == ':'))
      return address.substr(0, colon);
    at = colon + 1;
  }
  return address.substr(0, at);
}

Allowance Throttle::count(const std::string& key, int limit, std::chrono::seconds length) {
  prune();
  auto& window = windows_[key];
  const auto now = clock_.steady();
  if (window.count == 0 || now - window.start >= length) window = {now, 0};
  Allowance allowance{window.count < limit, limit, 0, ceil_seconds(window.start + length - now)};
  if (allowance.allowed) ++window.count;
  allowance.remaining = std::max(0, limit - window.count);
  return allowance;
}

void Throttle::prune() {
  if (windows_.size() < kMostKeys) return;
  const auto now = clock_.steady();
  std::erase_if(windows_, [&](const auto& entry) { return now - entry.second.start > std::chrono::minutes{1}; });
  if (windows_.size() >= kMostKeys) windows_.clear();
}

Allowance Throttle::count_user_call(UserId user) {
  if (!limits_.enabled) return {};
  return count("u" + user.text(), limits_.user_per_minute, std::chrono::minutes{1});
}

Allowance Throttle::count_anonymous_call(const std::string& address) {
  if (!limits_.enabled) return {};
  const auto network = network_of(address);
  const auto hour = count("h" + network, limits_.address_per_hour, std::chrono::hours{1});
  if (!hour.allowed) return hour;
  return count("a" + network, limits_.address_per_minute, std::chrono::minutes{1});
}

int Throttle::begin_login(const std::string& address, const std::string& account) {
  if (!limits_.enabled) return 0;
  const auto found = accounts_.find(account_key(account));
  const auto now = clock_.steady();
  if (found != accounts_.end() && found->second.free_at > now) return ceil_seconds(found->second.free_at - now);
  const auto network = network_of(address);
  for (const auto& one :
       {count("l" + address, limits_.login_per_minute, std::chrono::minutes{1}),
        count("n" + network, std::max(kLoginsPerNetwork, limits_.login_per_minute), std::chrono::minutes{1}),
        count("all", std::max(kLoginsInAll, limits_.login_per_minute), std::chrono::seconds{1})})
    if (!one.allowed) return one.reset_seconds;
  return 0;
}

void Throttle::login_failed(const std::string& account) {
  if (!limits_.enabled) return;
  if (accounts_.size() >= kMostKeys) accounts_.clear();
  auto& entry = accounts_[account_key(account)];
  ++entry.failures;
  if (entry.failures < kFreeFailures) return;
  const int doublings = std::min(entry.failures - kFreeFailures, 9);
  entry.free_at = clock_.steady() + std::min(kLongestWait, std::chrono::seconds{1 << doublings});
}

void Throttle::login_succeeded(const std::string& account) { accounts_.erase(account_key(account)); }

}  // namespace monitorix::api
