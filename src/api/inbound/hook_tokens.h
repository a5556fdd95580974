#pragma once
// The secrets in the addresses that Proxmox VE calls, by their hash: one for each cluster, kept as a setting.

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix::api {

class HookTokens {
 public:
  struct Held {
    std::string hash{};  ///< 32 bytes SHA-256 of the token, which is kept nowhere
    WallTime created_at{};
    std::optional<WallTime> used_at{};  ///< since we started
  };

  void put(ClusterId cluster, Held held) { held_.insert_or_assign(cluster, std::move(held)); }
  void remove(ClusterId cluster) { held_.erase(cluster); }
  [[nodiscard]] const Held* find(ClusterId cluster) const {
    const auto found = held_.find(cluster);
    return found == held_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::optional<ClusterId> cluster_of(const std::string& hash) const {
    for (const auto& [cluster, held] : held_)
      if (held.hash == hash) return cluster;
    return std::nullopt;
  }
  void note_use(ClusterId cluster, WallTime at) {
    if (const auto found = held_.find(cluster); found != held_.end()) found->second.used_at = at;
  }

 private:
  std::map<ClusterId, Held> held_{};
};

}  // namespace monitorix::api
