#pragma once
// What an alert can be about: one of our objects, or Monitorix itself. Identity, never a name or a place, so that what
// hangs on it survives migration and rename (alerts:A9).

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "model/ids.h"

namespace monitorix {

enum class EntityKind : std::uint8_t { monitor, cluster, node, guest, storage, service };

struct Entity {
  EntityKind kind{};
  std::int64_t id{};  ///< of the kind's own ids; 1 for Monitorix itself
  auto operator<=>(const Entity&) const = default;
};

inline Entity entity_of(ClusterId id) { return {EntityKind::cluster, id.value}; }
inline Entity entity_of(NodeId id) { return {EntityKind::node, id.value}; }
inline Entity entity_of(GuestId id) { return {EntityKind::guest, id.value}; }
inline Entity entity_of(StorageId id) { return {EntityKind::storage, id.value}; }
inline Entity entity_of(ServiceId id) { return {EntityKind::service, id.value}; }

/// An entity, or a part of it that has alerts of its own: a certificate's place in its chain, a disk, a job.
struct Target {
  Entity entity{};
  std::string part{};
  auto operator<=>(const Target&) const = default;
};

}  // namespace monitorix

template <>
struct std::hash<monitorix::Entity> {
  std::size_t operator()(const monitorix::Entity& entity) const noexcept {
    return std::hash<std::int64_t>{}(entity.id * 8 + static_cast<std::int64_t>(entity.kind));
  }
};
