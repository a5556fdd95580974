#pragma once
// Something that happened to an object of ours: a task ended, a guest moved, a state changed. Structured, so that a
// page can say it in its reader's language; the names in it are those of then.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix {

enum class EventKind : std::uint8_t {
  task,       ///< a task of Proxmox VE ended
  migration,  ///< a guest is on another node than before
  state,      ///< an object's state became another
  appeared,   ///< an object that was not there before
  notice,     ///< a notification of Proxmox VE
};
enum class EventSeverity : std::uint8_t { info, warning, error };

/// What Proxmox VE says of a task; foreign text.
struct EndedTask {
  std::string upid{}, node{}, type{}, user{};
  std::string target{};                 ///< VMID, storage, service or ""
  std::optional<std::string> status{};  ///< OK, WARNINGS: n or the error
  bool operator==(const EndedTask&) const = default;
};

struct Event {
  std::int64_t id{};  ///< 0 until stored
  ClusterId cluster{};
  EventKind kind{};
  EventSeverity severity{};
  WallTime at{}, until{};  ///< equal, but for a task that took its time
  /// "vm:7", "node:2", "storage:5" or "cluster:1": what it happened to.
  std::string object{};
  /// Whose charts show it as well: the node that a guest's task ran on, the cluster of a node. "" = nobody's.
  std::string place{};
  std::string name{};  ///< of the object
  /// States as named on the wire; of a migration the nodes' names, of a notice its type and its title.
  std::optional<std::string> from{}, to{};
  std::optional<EndedTask> task{};
  std::string key{};  ///< one happening has one key, however often it is told
  bool operator==(const Event&) const = default;
};

}  // namespace monitorix
