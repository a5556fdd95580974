#pragma once
// What is to be told, as plain facts; the words of a language are added by whoever sends. And one telling of it on its
// way through the outbox. Data only.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/notify/channel.h"

namespace monitorix {

/// `passed` stands for a firing and its end, both before anybody could be told (alerts A13).
enum class MessageKind : std::uint8_t { firing, resolved, reminder, flapping, digest, passed, test };

struct Message {
  MessageKind kind{};
  std::string severity{"warning"};  ///< critical, warning, info
  std::string alert_type{};         ///< what channels filter by; empty = goes to all
  std::string title{};              ///< what it is about: "node pve1 does not answer"
  std::string cause{};              ///< why, and what is known
  std::vector<std::string> affected{};
  int affected_more{0};  ///< beyond those named
  std::optional<WallTime> since{}, until{};
  std::string held{};  ///< "held by maintenance until 12:00"; why this comes late
  std::string link{};  ///< of the incident; a path is completed by the house's public address
  std::string incident{}, alert{};
  std::string dedup_key{};  ///< given when it is enqueued
};

/// One row to be made: what the planner wants told (alerts A1).
struct WantedDelivery {
  std::string alert{}, incident{};
  ChannelId channel{};
  int step{0}, repeat{0};
  std::int64_t version{0};
  Message message{};
  bool is_own{false};                 ///< about Monitorix itself: goes also while the outbox cannot be written
  std::optional<WallTime> sent_at{};  ///< it went so; the row only says that it did
};

/// sha256 over alert, version, kind, channel, step and repeat number, in hex (alerts §7).
std::string dedup_key_of(const WantedDelivery& wanted);

enum class DeliveryState : std::uint8_t { queued, leased, sent, dead, replaced };

struct Delivery {
  std::int64_t id{};
  ChannelId channel{};
  std::string alert{}, incident{}, dedup_key{};
  MessageKind kind{};
  DeliveryState state{};
  Message message{};
  int attempts{0};
  WallTime created_at{};
  std::optional<WallTime> next_try_at{}, sent_at{};
  std::string last_error{}, last_answer{};
  std::int64_t fence{0};
};

/// What came of one attempt.
enum class Sent : std::uint8_t { delivered, again, never };
struct SendResult {
  Sent outcome{};
  std::optional<std::chrono::milliseconds> after{};  ///< the receiver asked for this pause
  std::string said{};                                ///< what came of it, for everybody who may look
  std::string answer{};     ///< the receiver's own words, for those who may edit (security S56)
  int status{0};            ///< of HTTP or SMTP
  bool is_doubtful{false};  ///< the line broke after something was said: it may have arrived
};

/// For people, before anything is sent: what a receiver would get, but for what only the receiver may know.
struct Preview {
  std::string heading{}, text{}, body{}, html{};
};
struct ChannelFault {
  std::string field{}, text{};
};

std::string_view name_of(MessageKind kind);
std::optional<MessageKind> message_kind(std::string_view name);
std::string_view name_of(DeliveryState state);
std::optional<DeliveryState> delivery_state(std::string_view name);
std::string_view name_of(Sent outcome);

}  // namespace monitorix
