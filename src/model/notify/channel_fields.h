#pragma once
// Which fields each type of channel has: one table for reading bodies, for keeping secrets and for telling what is
// missing. Pure.

#include <optional>
#include <span>
#include <string_view>

#include "model/notify/channel.h"

namespace monitorix {

enum class FieldKind : std::uint8_t {
  line,    ///< one line of text
  text,    ///< several lines
  number,  ///< a whole number from 1 to 65535
  url,     ///< http or https
  choice,  ///< one of `choices`
};

struct ChannelField {
  std::string_view name{};
  FieldKind kind{};
  bool is_required{false};
  bool is_secret{false};  ///< write-only
  bool is_aim{false};     ///< says where secrets go: who changes it enters them again (security S38)
  std::string_view fallback{};
  std::string_view choices{};  ///< with a blank between
};

std::span<const ChannelField> channel_fields(ChannelType type);
std::string_view name_of(ChannelType type);
std::optional<ChannelType> channel_type(std::string_view name);

/// The option, or what stands in when it was left empty.
std::string option_of(const Channel& channel, std::string_view name);
const std::string& secret_of(const Channel& channel, std::string_view name);

/// Does a message of this kind and severity go there at all?
bool wants(const Channel& channel, std::string_view alert_type, std::string_view severity);

}  // namespace monitorix
