#pragma once
// What an answer means: taken, try again (and when), or never. Pure; the bodies are foreign bytes.

#include <string>
#include <string_view>

#include "model/notify/message.h"
#include "net/outbound/exchange.h"

namespace monitorix::notify {

SendResult judge_answer(ChannelType type, const net::HttpAnswer& answer, WallTime now);
/// `code` of the reply that ended the conversation.
SendResult judge_smtp(int code, std::string_view reply);
SendResult judge_fault(const net::Fault& fault);

/// Seconds, or a date of HTTP; at most an hour, because nobody may silence us for longer.
std::optional<std::chrono::milliseconds> retry_after(std::string_view text, WallTime now);

}  // namespace monitorix::notify
