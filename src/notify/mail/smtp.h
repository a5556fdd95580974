#pragma once
// One mail handed to a mail server: SMTP (RFC 5321) with STARTTLS or TLS from the start, AUTH PLAIN or LOGIN, over a
// line that the outbound policy judged. Without TLS only to this machine. On the loop.

#include <memory>
#include <string>

#include "base/secret.h"
#include "model/notify/message.h"
#include "net/outbound/limit.h"
#include "net/outbound/line.h"
#include "net/outbound/trust.h"
#include "notify/outgoing.h"

namespace monitorix::notify {

enum class MailTls : std::uint8_t { implicit, starttls, none };

struct SmtpTerms {
  std::string host{};
  net::SocketAddress to{};
  MailTls tls{MailTls::starttls};
  std::string user{};
  Secret password{};
};

/// All recipients or none: when one of them is refused for now, nothing is sent yet; when one is refused for good, the
/// others get it and the answer says so.
net::Task<SendResult> send_mail(net::Loop& loop, net::TrustStore& trust,
                                std::shared_ptr<const net::OutboundPolicy> policy, SmtpTerms terms, MailOut mail,
                                std::shared_ptr<net::Limit> limit);

}  // namespace monitorix::notify
