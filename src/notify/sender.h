#pragma once
// The door of this room: one message through one channel, once. Never throws; what came of it is a SendResult. Each
// attempt has one deadline of ten seconds, goes where the outbound policy lets it, follows no redirect and speaks in
// the clear only to addresses of the administrator's list. On the loop.

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/notify/message.h"
#include "net/outbound/policy.h"
#include "net/task.h"
#include "notify/outgoing.h"

namespace monitorix::notify {

/// A program that an administrator lets channels of type exec start.
struct AllowedProgram {
  std::string name{}, path{};
  std::vector<std::string> arguments{};
};

struct SenderSettings {
  net::OutboundPolicy outbound{};
  std::vector<AllowedProgram> programs{};  ///< empty = channels of type exec are off
  std::vector<std::string> name_servers{};
  std::string user_agent{"Monitorix"};
  std::string public_url{};  ///< where people open this house; without it messages carry no link
};

class Sender {
 public:
  Sender(net::Loop& loop, const Clock& clock, SenderSettings settings);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  net::Task<SendResult> send(std::shared_ptr<const Channel> channel, Message message);
  /// What would go out, without sending it.
  [[nodiscard]] Result<Preview> preview(const Channel& channel, const Message& message) const;
  /// What is wrong with these fields here, in this house.
  [[nodiscard]] std::vector<ChannelFault> faults(const Channel& channel) const;
  /// Ends what runs and starts nothing more; quick, may be called twice.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace monitorix::notify
