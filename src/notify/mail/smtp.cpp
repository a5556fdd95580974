#include "notify/mail/smtp.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "notify/answer.h"
#include "notify/mail/smtp_reply.h"

namespace monitorix::notify {
namespace {

using net::Outcome;
using net::Phase;
using net::Task;
using net::Trouble;

/// One side of the conversation: says a line, hears a reply.
class Speaker {
 public:
  explicit Speaker(net::Line& line) : line_(line) {}

  Task<Outcome<SmtpReply>> hear() {
    std::array<char, 4096> room{};
    for (;;) {
      if (auto reply = replies_.next()) co_return std::move(*reply);
      auto got = co_await line_.read_some(room.data(), room.size());
      if (!got) co_return net::broken(std::move(got).error());
      if (*got == 0) co_return net::broken(Trouble::closed, Phase::transfer, "the mail server closed the connection");
      if (auto taken = replies_.take({room.data(), *got}); !taken)
        co_return net::broken(Trouble::protocol, Phase::transfer, taken.error().text);
    }
  }

  Task<Outcome<SmtpReply>> ask(std::string line) {
    line += "\r\n";
    auto said = co_await line_.write(line);
    wipe(line);
    if (!said) co_return net::broken(std::move(said).error());
    co_return co_await hear();
  }

  [[nodiscard]] bool has_more() const { return replies_.has_more(); }

 private:
  net::Line& line_;
  SmtpReplies replies_{};
};

/// Who we say we are; servers want something that looks like a name.
constexpr std::string_view kGreeting = "EHLO monitorix.local";

bool offers(const SmtpReply& hello, std::string_view mechanism) {
  const auto list = hello.capability("AUTH");
  if (!list) return false;
  const std::string padded = " " + lower_ascii(*list) + " ";
  return padded.find(" " + lower_ascii(mechanism) + " ") != std::string::npos;
}

SendResult refused(std::string why) { return {.outcome = Sent::never, .said = std::move(why)}; }

/// A line that begins with a dot gets a second one; the end is a dot alone (RFC 5321 §4.5.2).
std::string stuffed(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  bool at_start = true;
  for (const char letter : text) {
    if (at_start && letter == '.') out += '.';
    out += letter;
    at_start = letter == '\n';
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out + ".";
}

/// Nothing when we are in.
Task<Outcome<std::optional<SendResult>>> sign_in(Speaker& speaker, SmtpReply hello, std::string user, Secret password) {
  using Done = std::optional<SendResult>;
  Outcome<SmtpReply> reply = SmtpReply{};
  if (offers(hello, "PLAIN")) {
    std::string plain = '\0' + user + '\0' + password.reveal();
    reply = co_await speaker.ask("AUTH PLAIN " + base64(plain));
    wipe(plain);
  } else if (offers(hello, "LOGIN")) {
    reply = co_await speaker.ask("AUTH LOGIN");
    if (reply && reply->code == 334) reply = co_await speaker.ask(base64(user));
    if (reply && reply->code == 334) reply = co_await speaker.ask(base64(password.reveal()));
  } else {
    co_return Done{refused("the mail server offers no way to sign in that we know (PLAIN, LOGIN)")};
  }
  if (!reply) co_return net::broken(std::move(reply).error());
  if (reply->is(2)) co_return Done{};
  SendResult result = judge_smtp(reply->code, reply->text());
  result.said = "the mail server refused the user or the password (" + std::to_string(reply->code) + ")";
  co_return Done{std::move(result)};
}

Task<Outcome<SendResult>> hand_over(Speaker& speaker, MailOut mail) {
  auto reply = co_await speaker.ask("MAIL FROM:<" + mail.from + ">");
  if (!reply) co_return net::broken(std::move(reply).error());
  if (!reply->is(2)) co_return judge_smtp(reply->code, reply->text());
  std::size_t accepted = 0;
  std::optional<SendResult> objection;
  for (const std::string& to : mail.to) {
    reply = co_await speaker.ask("RCPT TO:<" + to + ">");
    if (!reply) co_return net::broken(std::move(reply).error());
    if (reply->is(2)) {
      ++accepted;
      continue;
    }
    objection = judge_smtp(reply->code, to + ": " + reply->text());
    if (objection->outcome == Sent::again) co_return *objection;  // nothing was sent yet: nobody gets it twice
  }
  if (accepted == 0) co_return objection.value_or(refused("there is nobody to send it to"));
  reply = co_await speaker.ask("DATA");
  if (!reply) co_return net::broken(std::move(reply).error());
  if (reply->code != 354) co_return judge_smtp(reply->code, reply->text());
  reply = co_await speaker.ask(stuffed(mail.text));
  if (!reply) co_return net::broken(std::move(reply).error());
  SendResult result = judge_smtp(reply->code, reply->text());
  if (result.outcome == Sent::delivered && objection) result.answer = "not to " + objection->answer;
  co_return result;
}

Task<Outcome<SendResult>> converse(net::Line& line, net::TrustStore& trust, SmtpTerms terms, MailOut mail) {
  const net::TlsTerms tls{.name = terms.host};
  if (terms.tls == MailTls::implicit)
    if (auto safe = co_await line.start_tls(trust, tls); !safe) co_return net::broken(std::move(safe).error());
  auto speaker = std::make_unique<Speaker>(line);
  auto reply = co_await speaker->hear();
  if (!reply) co_return net::broken(std::move(reply).error());
  if (!reply->is(2)) co_return judge_smtp(reply->code, reply->text());
  auto hello = co_await speaker->ask(std::string(kGreeting));
  if (!hello) co_return net::broken(std::move(hello).error());
  if (terms.tls == MailTls::starttls) {
    if (!hello->capability("STARTTLS")) co_return refused("the mail server offers no STARTTLS; nothing was sent");
    reply = co_await speaker->ask("STARTTLS");
    if (!reply) co_return net::broken(std::move(reply).error());
    if (!reply->is(2)) co_return judge_smtp(reply->code, reply->text());
    if (speaker->has_more())
      co_return net::broken(Trouble::protocol, Phase::tls, "the mail server spoke on before TLS began");
    if (auto safe = co_await line.start_tls(trust, tls); !safe) co_return net::broken(std::move(safe).error());
    speaker = std::make_unique<Speaker>(line);  // what was said in the clear does not count
    hello = co_await speaker->ask(std::string(kGreeting));
    if (!hello) co_return net::broken(std::move(hello).error());
  }
  if (!hello->is(2)) co_return judge_smtp(hello->code, hello->text());
  if (!terms.user.empty()) {
    auto in = co_await sign_in(*speaker, *hello, terms.user, terms.password);
    if (!in) co_return net::broken(std::move(in).error());
    if (*in) co_return std::move(**in);
  }
  auto result = co_await hand_over(*speaker, std::move(mail));
  if (result) (void)co_await line.write("QUIT\r\n");  // a courtesy: what was accepted is accepted
  co_return result;
}

}  // namespace

Task<SendResult> send_mail(net::Loop& loop, net::TrustStore& trust, std::shared_ptr<const net::OutboundPolicy> policy,
                           SmtpTerms terms, MailOut mail, std::shared_ptr<net::Limit> limit) {
  const std::string host = terms.to.host();
  if (terms.tls == MailTls::none && !host.starts_with("127.") && host != "::1")
    co_return refused("mail without TLS goes to this machine only");
  auto line = co_await net::Line::dial(loop, *policy, terms.to, std::nullopt, limit);
  if (!line) co_return judge_fault(line.error());
  auto result = co_await converse(**line, trust, std::move(terms), std::move(mail));
  co_return result ? std::move(*result) : judge_fault(result.error());
}

}  // namespace monitorix::notify
