#pragma once
// A way to tell people: where a channel leads, in fields that its type names, and whom it speaks to. Data only.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"

namespace monitorix {

struct Channel;
using ChannelId = Id<Channel>;

enum class ChannelType : std::uint8_t {
  email,
  webhook,
  slack,
  discord,
  teams,
  telegram,
  ntfy,
  gotify,
  matrix,
  pushover,
  pagerduty,
  apprise,
  exec,
};

struct Channel {
  ChannelId id{};
  std::string name{};
  ChannelType type{};
  bool is_active{true}, send_resolved{true};
  std::string language{"en"}, time_zone{"UTC"};               ///< of whom it speaks to
  std::vector<std::string> alert_types{}, severity_filter{};  ///< empty = all
  std::map<std::string, std::string> options{};               ///< by the names of channel_fields
  std::map<std::string, Secret> secrets{};                    ///< the same, never shown
  WallTime created_at{};
};

struct ChannelRecord {
  Channel channel{};
  std::int64_t version{1};
  WallTime updated_at{};
  /// How the last of its deliveries went.
  std::optional<WallTime> last_delivery_at{}, last_error_at{};
  std::string last_error{};
  std::int64_t waiting{0}, dead{0};  ///< deliveries
};

}  // namespace monitorix
