#pragma once
// What goes out for a message through one channel, whole and before it is sent: so that a preview shows what a receiver
// would get. Pure. Secrets are in it; preview_of leaves them out.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "notify/render.h"

namespace monitorix::notify {

struct HttpOut {
  std::string method{"POST"};
  Secret url{};
  std::vector<std::pair<std::string, Secret>> headers{};
  std::string body{};
};

struct MailOut {
  std::string from{};             ///< the bare address
  std::vector<std::string> to{};  ///< bare addresses
  std::string text{};             ///< headers and body, lines ended by CR LF
};

struct ExecOut {
  std::string program{};
  std::vector<std::string> environment{};
  std::string input{};
};

using Outgoing = std::variant<HttpOut, MailOut, ExecOut>;

struct Letter {
  const Channel& channel;
  const Message& message;
  Reader reader;
  WallTime now{};
};

/// Errc::invalid when the channel's fields cannot be used.
Result<Outgoing> compose(const Letter& letter);

Result<Preview> preview_of(const Letter& letter);

/// Does everything that is needed stand in the channel, and could it be used? Names the field that is wrong.
std::vector<ChannelFault> faults_of(const Channel& channel);

// Parts of compose, by kind of receiver.
Result<HttpOut> compose_chat(const Letter& letter, const Rendered& rendered);
Result<HttpOut> compose_push(const Letter& letter, const Rendered& rendered);
Result<HttpOut> compose_webhook(const Letter& letter, const Rendered& rendered);
Result<MailOut> compose_mail(const Letter& letter, const Rendered& rendered);
ExecOut compose_exec(const Letter& letter, const Rendered& rendered);

/// The facts as JSON: what webhooks and programs get.
std::string facts_json(const Letter& letter, const Rendered& rendered);
/// An address of the channel's server with a path behind it.
std::string at_server(const Channel& channel, std::string_view path);
HttpOut json_out(std::string url, std::string body);

}  // namespace monitorix::notify
