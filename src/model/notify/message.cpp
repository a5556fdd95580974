#include "model/notify/message.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix {
namespace {

constexpr std::array<std::string_view, 7> kKinds{"firing", "resolved", "reminder", "flapping",
                                                 "digest", "passed",   "test"};
constexpr std::array<std::string_view, 5> kStates{"queued", "leased", "sent", "dead", "replaced"};
constexpr std::array<std::string_view, 3> kOutcomes{"delivered", "again", "never"};

template <class Enum, class Words>
std::optional<Enum> word(const Words& words, std::string_view name) {
  const auto found = std::ranges::find(words, name);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace

std::string dedup_key_of(const WantedDelivery& wanted) {
  // Parts are ended by a byte that none of them holds, so that no two lists of parts read alike.
  std::string all = wanted.alert;
  for (const std::string& part : {std::to_string(wanted.version), std::string(name_of(wanted.message.kind)),
                                  wanted.channel.text(), std::to_string(wanted.step), std::to_string(wanted.repeat)})
    all += '\0' + part;
  const Digest digest = sha256(all);
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::string_view name_of(MessageKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }
std::optional<MessageKind> message_kind(std::string_view name) { return word<MessageKind>(kKinds, name); }
std::string_view name_of(DeliveryState state) { return kStates.at(static_cast<std::size_t>(state)); }
std::optional<DeliveryState> delivery_state(std::string_view name) { return word<DeliveryState>(kStates, name); }
std::string_view name_of(Sent outcome) { return kOutcomes.at(static_cast<std::size_t>(outcome)); }

}  // namespace monitorix
