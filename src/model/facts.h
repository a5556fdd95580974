#pragma once
// What is asked rarely of members, guests and the cluster itself: a fact for each question, with its last answer, when
// that came, and why the newest question brought none. Unknown is nullopt, never empty.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/reason.h"
#include "model/watched/availability.h"
#include "model/watched/disk.h"
#include "model/watched/guest_inside.h"
#include "model/watched/options.h"
#include "model/watched/pools.h"
#include "model/watched/replication.h"
#include "model/watched/software.h"

namespace monitorix {

template <class T>
struct Fact {
  std::optional<T> value{};         ///< the last answer; it stays when a later question fails
  std::optional<WallTime> at{};     ///< when it came
  std::optional<Reason> missing{};  ///< why the newest question brought none

  /// Whether anything was asked yet.
  [[nodiscard]] bool is_asked() const { return at || missing; }
  /// Takes the outcome of a newer question: an answer replaces all, a failure only says why.
  void take(const Fact& newer) {
    if (newer.value)
      *this = newer;
    else if (newer.missing)
      missing = newer.missing;
  }
  bool operator==(const Fact&) const = default;
};

struct NodeFacts {
  Fact<std::vector<Disk>> disks{};
  Fact<std::vector<ZfsPool>> zfs{};
  Fact<std::vector<ThinPool>> thin_pools{};
  Fact<NodeSoftware> software{};
  Fact<NodeRepositories> repositories{};
  Fact<std::vector<ReplicationJob>> replication{};
  Fact<NodeClock> clock{};

  static constexpr auto members() {
    return std::tuple{std::pair{"disks", &NodeFacts::disks},
                      std::pair{"zfs", &NodeFacts::zfs},
                      std::pair{"thin_pools", &NodeFacts::thin_pools},
                      std::pair{"software", &NodeFacts::software},
                      std::pair{"repositories", &NodeFacts::repositories},
                      std::pair{"replication", &NodeFacts::replication},
                      std::pair{"clock", &NodeFacts::clock}};
  }
  bool operator==(const NodeFacts&) const = default;
};

struct GuestFacts {
  Fact<std::vector<GuestSnapshot>> snapshots{};
  Fact<GuestConfig> config{};
  Fact<std::vector<FileSystem>> file_systems{};    ///< VMs, as their agent says
  Fact<std::vector<GuestInterface>> interfaces{};  ///< as the agent says; of containers, as their node does
  Fact<GuestOs> os{};                              ///< VMs, as their agent says

  static constexpr auto members() {
    return std::tuple{std::pair{"snapshots", &GuestFacts::snapshots}, std::pair{"config", &GuestFacts::config},
                      std::pair{"file_systems", &GuestFacts::file_systems},
                      std::pair{"interfaces", &GuestFacts::interfaces}, std::pair{"os", &GuestFacts::os}};
  }
  bool operator==(const GuestFacts&) const = default;
};

struct ClusterFacts {
  Fact<HaStatus> ha{};
  Fact<QDevice> qdevice{};
  Fact<ClusterOptions> options{};

  static constexpr auto members() {
    return std::tuple{std::pair{"ha", &ClusterFacts::ha}, std::pair{"qdevice", &ClusterFacts::qdevice},
                      std::pair{"options", &ClusterFacts::options}};
  }
  bool operator==(const ClusterFacts&) const = default;
};

/// Calls `each` with the name and the fact of every member; the names are those of the topics that ask.
template <class Facts, class Each>
void each_fact(Facts& facts, Each each) {
  std::apply([&](const auto&... member) { (each(std::string_view(member.first), facts.*member.second), ...); },
             std::remove_cv_t<Facts>::members());
}

/// Takes what newer questions brought.
template <class Facts>
void take_newer(Facts& mine, const Facts& newer) {
  std::apply([&](const auto&... member) { ((mine.*member.second).take(newer.*member.second), ...); }, Facts::members());
}

/// All facts of one cluster.
struct FactBook {
  ClusterFacts cluster{};
  std::map<NodeId, std::shared_ptr<const NodeFacts>> nodes{};
  std::map<GuestId, std::shared_ptr<const GuestFacts>> guests{};

  [[nodiscard]] const NodeFacts& of(NodeId id) const {
    static const NodeFacts nothing;
    const auto found = nodes.find(id);
    return found == nodes.end() ? nothing : *found->second;
  }
  [[nodiscard]] const GuestFacts& of(GuestId id) const {
    static const GuestFacts nothing;
    const auto found = guests.find(id);
    return found == guests.end() ? nothing : *found->second;
  }
};

}  // namespace monitorix
