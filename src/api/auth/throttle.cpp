#include "api/auth/throttle.h"

#include <algorithm>

#include "base/text.h"
#include "net/http_server.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostKeys = 50'000;
constexpr std::size_t kKeysAfterPruning = 45'000;  // so that the work of pruning is shared by the next 5 000 keys
constexpr std::chrono::seconds kPruneAgain{1};     // looking through them all in vain is not repeated for each call
constexpr int kFreeFailures = 5;
constexpr std::chrono::seconds kLongestWait{300};
constexpr int kLoginsPerNetwork = 30;  // a minute, over all accounts
constexpr int kLoginsInAll = 50;       // a second

std::string account_key(const std::string& account) { return lower_ascii(account).substr(0, 128); }

int ceil_seconds(SteadyTime::duration left) {
  return std::max(1, static_cast<int>(std::chrono::ceil<std::chrono::seconds>(left).count()));
}

/// Drops what is over, then the oldest, but never an entry that makes somebody wait: else a flood of new names would
/// set its author free.
template <class Map, class Over, class Blocks, class Since>
void prune(Map& entries, Over over, Blocks blocks, Since since) {
  std::erase_if(entries, [&](const auto& entry) { return over(entry.second); });
  if (entries.size() <= kKeysAfterPruning) return;
  std::vector<SteadyTime> ages;
  for (const auto& [key, entry] : entries)
    if (!blocks(entry)) ages.push_back(since(entry));
  if (ages.empty()) return;
  const auto surplus = std::min(entries.size() - kKeysAfterPruning, ages.size());
  const auto last = ages.begin() + static_cast<std::ptrdiff_t>(surplus - 1);
  std::ranges::nth_element(ages, last);
  std::size_t dropped = 0;
  std::erase_if(entries, [&, oldest = *last](const auto& entry) {
    return !blocks(entry.second) && since(entry.second) <= oldest && dropped++ < surplus;
  });
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
  const auto now = clock_.steady();
  auto& window = windows_[place_for(key)];
  if (window.count == 0 || now >= window.start + length) window = {now, now + length, 0, false};
  Allowance allowance{window.count < limit, limit, 0, ceil_seconds(window.start + length - now)};
  if (allowance.allowed) ++window.count;
  window.is_full = window.count >= limit;
  allowance.remaining = std::max(0, limit - window.count);
  return allowance;
}

/// The key itself, or, when all places are held by full windows, one place for all newcomers of that kind: they are
/// still counted, and the memory stays bounded.
std::string Throttle::place_for(const std::string& key) {
  if (windows_.size() < kMostKeys || windows_.contains(key)) return key;
  const auto now = clock_.steady();
  if (now < prune_again_) return key.substr(0, 1) + "*";
  prune(
      windows_, [&](const Window& one) { return one.end <= now; }, [](const Window& one) { return one.is_full; },
      [](const Window& one) { return one.start; });
  if (windows_.size() < kMostKeys) return key;
  prune_again_ = now + kPruneAgain;
  return key.substr(0, 1) + "*";
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

Allowance Throttle::count_deed(const std::string& key, int per_minute) {
  return count("d" + key, per_minute, std::chrono::minutes{1});
}

int Throttle::begin_login(const std::string& address, const std::string& account) {
  const auto found = accounts_.find(account_key(account));
  const auto now = clock_.steady();
  if (found != accounts_.end() && found->second.free_at > now) return ceil_seconds(found->second.free_at - now);
  // One after the other: who is refused for the address does not use up what all share.
  const auto own = count("l" + address, limits_.login_per_minute, std::chrono::minutes{1});
  if (!own.allowed) return own.reset_seconds;
  const auto network =
      count("n" + network_of(address), std::max(kLoginsPerNetwork, limits_.login_per_minute), std::chrono::minutes{1});
  if (!network.allowed) return network.reset_seconds;
  const auto all = count("all", std::max(kLoginsInAll, limits_.login_per_minute), std::chrono::seconds{1});
  return all.allowed ? 0 : all.reset_seconds;
}

void Throttle::login_failed(const std::string& account) {
  make_room_for_account();
  const auto now = clock_.steady();
  auto& entry = accounts_[account_key(account)];
  entry.failed_at = now;
  ++entry.failures;
  if (entry.failures < kFreeFailures) return;
  const int doublings = std::min(entry.failures - kFreeFailures, 9);
  entry.free_at = now + std::min(kLongestWait, std::chrono::seconds{1 << doublings});
}

/// Accounts that wait are few by nature: each has cost five hashes of a password within the last 300 s.
void Throttle::make_room_for_account() {
  if (accounts_.size() < kMostKeys) return;
  const auto now = clock_.steady();
  prune(
      accounts_, [](const Account&) { return false; }, [&](const Account& one) { return one.free_at > now; },
      [](const Account& one) { return one.failed_at; });
}

void Throttle::login_succeeded(const std::string& account) { accounts_.erase(account_key(account)); }

}  // namespace monitorix::api
