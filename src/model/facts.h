#pragma once
// What is asked rarely of members, guests and the cluster itself: a fact for each question, with its last answer, when
// that came, and why the newest question brought none. Unknown is nullopt, never empty.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/reason.h"
#include "model/watched/availability.h"
#include "model/watched/disk.h"
#include "model/watched/guest_inside.h"
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
  Fact<std::vector<ReplicationJob>> replication{};
  Fact<NodeClock> clock{};

  template <class Each>
  static void pairwise(NodeFacts& mine, const NodeFacts& other, Each each) {
    each(mine.disks, other.disks);
    each(mine.zfs, other.zfs);
    each(mine.thin_pools, other.thin_pools);
    each(mine.software, other.software);
    each(mine.replication, other.replication);
    each(mine.clock, other.clock);
  }
  bool operator==(const NodeFacts&) const = default;
};

struct GuestFacts {
  Fact<std::vector<GuestSnapshot>> snapshots{};
  Fact<GuestConfig> config{};
  Fact<std::vector<FileSystem>> file_systems{};    ///< VMs, as their agent says
  Fact<std::vector<GuestInterface>> interfaces{};  ///< as the agent says; of containers, as their node does
  Fact<GuestOs> os{};                              ///< VMs, as their agent says

  template <class Each>
  static void pairwise(GuestFacts& mine, const GuestFacts& other, Each each) {
    each(mine.snapshots, other.snapshots);
    each(mine.config, other.config);
    each(mine.file_systems, other.file_systems);
    each(mine.interfaces, other.interfaces);
    each(mine.os, other.os);
  }
  bool operator==(const GuestFacts&) const = default;
};

struct ClusterFacts {
  Fact<HaStatus> ha{};
  Fact<QDevice> qdevice{};

  template <class Each>
  static void pairwise(ClusterFacts& mine, const ClusterFacts& other, Each each) {
    each(mine.ha, other.ha);
    each(mine.qdevice, other.qdevice);
  }
  bool operator==(const ClusterFacts&) const = default;
};

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
