#pragma once
// The executable reference model of checks.md and alerts.md (alerts_model.py), told again in C++: the state machine of
// a check, random outages of a node and of what runs on it, and two senders of messages: the naive one that only looks
// whether the node's alert is open already, and nothing more. Seconds are whole; one tick is one second.

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "alert/testing/stand.h"

namespace monitorix::alert {

constexpr int kFailAfter = 3, kRecoverAfter = 2, kInterval = 60, kRetry = 10;

using Random = std::mt19937_64;
inline int below(Random& random, int end) { return static_cast<int>(random() % static_cast<std::uint64_t>(end)); }
inline bool chance(Random& random, double probability) {
  return static_cast<double>(random() % 1'000'000) < probability * 1'000'000;
}

enum class Seen : std::uint8_t { up, down, unknown };

/// step() of the model.
struct ModelCheck {
  Standing standing{Standing::unknown};  ///< unknown = NEW
  int bad{}, good{};
  int last{-1};
  int phase{}, due{};

  bool take(Seen seen, int now) {
    if (now <= last) return false;
    last = now;
    if (seen == Seen::unknown) return false;
    const bool is_good = seen == Seen::up;
    switch (standing) {
      case Standing::unknown:
      case Standing::up:
        if (is_good)
          standing = Standing::up;
        else
          standing = Standing::soft_down, bad = 1;
        break;
      case Standing::soft_down:
        if (is_good)
          standing = Standing::up, bad = 0;
        else
          ++bad;
        break;
      case Standing::down:
        if (is_good) standing = Standing::soft_up, good = 1;
        break;
      case Standing::soft_up:
        if (is_good)
          ++good;
        else
          standing = Standing::down, good = 0;
        break;
      default: break;
    }
    if (standing == Standing::soft_down && bad >= kFailAfter) standing = Standing::down;
    if (standing == Standing::soft_up && good >= kRecoverAfter) standing = Standing::up, bad = 0;
    return true;
  }
  void plan(int now) {
    const bool soft = standing == Standing::soft_down || standing == Standing::soft_up;
    due = soft ? now + kRetry : now - ((now - phase) % kInterval + kInterval) % kInterval + kInterval;
  }
  [[nodiscard]] bool is_down() const { return standing == Standing::down || standing == Standing::soft_up; }
};

/// One outage of a node and its services, as run() of the model makes them.
struct Outage {
  int begin{}, end{};
  std::vector<int> leads{}, lags{};
  double noise{}, unknown{};

  Outage(Random& random, int services, double noise_share, double unknown_share)
      : noise(noise_share),
        unknown(unknown_share) {
    begin = 600 + below(random, 60);
    end = begin + 15 + below(random, 586);
    for (int i = 0; i < services; ++i) {
      leads.push_back(below(random, 16));
      lags.push_back(below(random, 90));
    }
  }
  /// Check 0 is the node's, the others are the services'.
  [[nodiscard]] Seen truth(Random& random, int check, int now) const {
    if (unknown > 0 && chance(random, unknown)) return Seen::unknown;
    if (noise > 0 && chance(random, noise)) return Seen::down;
    if (check == 0) return begin <= now && now < end ? Seen::down : Seen::up;
    const auto i = static_cast<std::size_t>(check - 1);
    return begin - leads[i] <= now && now < end + lags[i] ? Seen::down : Seen::up;
  }
};

/// Checks on their own schedule, and who asks for one at once.
struct ModelHouse {
  std::vector<ModelCheck> checks{};
  ModelHouse(Random& random, int services) {
    for (int i = 0; i <= services; ++i) {
      ModelCheck check;
      check.phase = check.due = below(random, kInterval);
      checks.push_back(check);
    }
  }
};

/// The model's sender with verify = False: a service's alert is held only while the node's is open.
struct NaiveSender {
  std::map<int, bool> open{};  ///< check -> was told
  int service_messages{};
  void look(const ModelHouse& house) {
    for (int i = 0; i < static_cast<int>(house.checks.size()); ++i) {
      const ModelCheck& check = house.checks[static_cast<std::size_t>(i)];
      const auto alert = open.find(i);
      if (check.standing == Standing::up && alert != open.end()) {
        service_messages += alert->second && i > 0;
        open.erase(alert);
        continue;
      }
      if (alert == open.end() && check.standing == Standing::down) open[i] = false;
      if (open.contains(i) && !open[i] && (i == 0 || !open.contains(0))) {
        open[i] = true;
        service_messages += i > 0;
      }
    }
  }
};

/// How many histories a test runs: few in the daily run, all that are asked for with MONITORIX_HISTORIES.
inline int histories(int daily, int share_percent) {
  const char* asked = std::getenv("MONITORIX_HISTORIES");
  return asked ? std::max(daily, std::stoi(asked) * share_percent / 100) : daily;
}

}  // namespace monitorix::alert
