#pragma once
// The keys by which series know their objects. They are made of what an object is, not of our row numbers, so that a
// restored state finds its own history and not another's. A guest's incarnation tells it from an earlier one with the
// same VMID.

#include <array>
#include <string>
#include <string_view>

#include "model/cluster.h"
#include "model/guest.h"
#include "model/node.h"
#include "model/storage.h"

namespace monitorix::history {

inline std::string object_key(ClusterId cluster) { return "c" + cluster.text(); }
/// A guest whose type is not known yet has its history under `guest`; the type's name takes that place when it is
/// learnt.
inline std::string object_key(const Guest& guest, GuestType type) {
  constexpr std::array<std::string_view, 3> kPlaces{"/qemu/", "/lxc/", "/guest/"};
  return object_key(guest.cluster) + std::string(kPlaces[static_cast<std::size_t>(type)]) + std::to_string(guest.vmid) +
         "/" + std::to_string(guest.incarnation);
}
inline std::string object_key(const Guest& guest) { return object_key(guest, guest.type); }
inline std::string object_key(const Node& node) { return object_key(node.cluster) + "/node/" + node.name; }
/// All guests of a node together.
inline std::string guests_key(const Node& node) { return object_key(node) + "/guests"; }
/// `node`: where a storage that is not shared lies.
inline std::string object_key(const Storage& storage, std::string_view node) {
  return object_key(storage.cluster) + "/storage/" + (storage.shared ? "" : std::string(node) + "/") + storage.name;
}
/// The answers of one address to our polls.
inline std::string object_key(ClusterId cluster, const Endpoint& endpoint) {
  return object_key(cluster) + "/endpoint/" + endpoint.address + ":" + std::to_string(endpoint.port);
}
inline std::string object_key(ServiceId service) { return "check/" + service.text(); }
inline constexpr std::string_view kFleetKey = "fleet";

}  // namespace monitorix::history
