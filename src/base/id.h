#pragma once
// Strong ids: an Id<Node> is not an Id<Guest>. Made from database ids; on the wire they are opaque strings.

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace monitorix {

template <class Tag>
struct Id {
  std::int64_t value{0};  ///< 0 = none
  [[nodiscard]] bool exists() const { return value != 0; }
  [[nodiscard]] std::string text() const { return std::to_string(value); }
  auto operator<=>(const Id&) const = default;
};

}  // namespace monitorix

template <class Tag>
struct std::hash<monitorix::Id<Tag>> {
  std::size_t operator()(monitorix::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
