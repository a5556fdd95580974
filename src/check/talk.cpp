#include "check/talk.h"

#include <array>

#include "check/text.h"

namespace monitorix::check {
using net::Outcome;
using net::Phase;
using net::Task;
using net::Trouble;

Task<Outcome<void>> Talk::say(std::string_view bytes) {
  heard_.clear();
  co_return co_await line_.write(bytes);
}

Task<Outcome<void>> Talk::read_more() {
  std::array<char, 4096> room;
  const std::size_t most = std::min(room.size(), kMostRead - std::min(total_, kMostRead));
  if (most == 0) co_return net::broken(Trouble::protocol, Phase::transfer, "the server talks more than 64 KiB");
  auto got = co_await line_.read_some(room.data(), most);
  if (!got) {
    if (got.error().trouble == Trouble::timed_out && total_ == 0) got.error().phase = Phase::first_byte;
    co_return net::broken(std::move(got).error());
  }
  if (*got == 0) co_return net::broken(Trouble::closed, Phase::transfer, "the server closed the connection");
  heard_.append(room.data(), *got);
  total_ += *got;
  co_return Outcome<void>{};
}

Task<Outcome<void>> Talk::hear(Pattern pattern) {
  while (!pattern.is_found_in(heard_)) {
    auto more = co_await read_more();
    if (!more) co_return more;
  }
  co_return Outcome<void>{};
}

Task<Outcome<void>> Talk::hear_bytes(std::size_t count) {
  while (heard_.size() < count) {
    auto more = co_await read_more();
    if (!more) co_return more;
  }
  co_return Outcome<void>{};
}

namespace {

/// A line of the protocol each way: what must come, then what we say.
struct Turn {
  const char* hear{};
  const char* say{};
};

Task<Outcome<void>> by_turns(Talk& talk, const Turn* turns, std::size_t count) {
  for (std::size_t at = 0; at < count; ++at) {
    const Turn& turn = turns[at];
    // A whole last line: `250-` goes on, `250 ` ends. What is refused comes in one line as well.
    auto wanted = Pattern::compile(turn.hear);
    auto any_answer = Pattern::compile("(?m)^(?:[0-9]{3} [^\\n]*|[^0-9][^\\n]*)\\n");
    for (;;) {
      if (wanted->is_found_in(talk.heard())) break;
      if (any_answer->is_found_in(talk.heard()))
        co_return net::broken(Trouble::protocol, Phase::send,
                              "the server offers no STARTTLS: " + one_line(talk.heard()));
      auto more = co_await talk.hear_bytes(talk.heard().size() + 1);
      if (!more) co_return more;
    }
    if (!turn.say) continue;
    auto said = co_await talk.say(turn.say);
    if (!said) co_return said;
  }
  talk.forget();
  co_return Outcome<void>{};
}

constexpr std::array kSmtp{Turn{"(?m)^220 [^\\n]*\\n", "EHLO monitorix\r\n"},
                           Turn{"(?m)^250 [^\\n]*\\n", "STARTTLS\r\n"}, Turn{"(?m)^220 [^\\n]*\\n", nullptr}};
constexpr std::array kImap{Turn{"(?m)^\\* (?:OK|PREAUTH)[^\\n]*\\n", "a1 STARTTLS\r\n"},
                           Turn{"(?m)^a1 OK[^\\n]*\\n", nullptr}};
constexpr std::array kPop3{Turn{"(?m)^\\+OK[^\\n]*\\n", "STLS\r\n"}, Turn{"(?m)^\\+OK[^\\n]*\\n", nullptr}};
constexpr std::array kFtp{Turn{"(?m)^220 [^\\n]*\\n", "AUTH TLS\r\n"}, Turn{"(?m)^234 [^\\n]*\\n", nullptr}};

Task<Outcome<void>> refusal(const Talk& talk) {
  co_return net::broken(Trouble::protocol, Phase::send, "the server offers no STARTTLS: " + one_line(talk.heard()));
}

Task<Outcome<void>> by_postgres(Talk& talk) {
  static constexpr std::string_view kSslRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);
  if (auto said = co_await talk.say(kSslRequest); !said) co_return said;
  if (auto more = co_await talk.hear_bytes(1); !more) co_return more;
  if (talk.heard() != "S") co_return co_await refusal(talk);  // more than the one byte would be somebody's injection
  talk.forget();
  co_return Outcome<void>{};
}

/// An extended request of the object identifier of StartTLS; in the answer an enumerated result of 0.
Task<Outcome<void>> by_ldap(Talk& talk) {
  static constexpr std::string_view kRequest(
      "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
      "1.3.6.1.4.1.1466.20037",
      31);
  if (auto said = co_await talk.say(kRequest); !said) co_return said;
  if (auto more = co_await talk.hear_bytes(2); !more) co_return more;
  const auto length = static_cast<unsigned char>(talk.heard()[1]);
  if (length >= 0x80) co_return co_await refusal(talk);
  if (auto more = co_await talk.hear_bytes(2u + length); !more) co_return more;
  if (talk.heard().find(std::string_view("\x0a\x01\x00", 3)) == std::string::npos) co_return co_await refusal(talk);
  talk.forget();
  co_return Outcome<void>{};
}

/// packet = length:3 (little-endian) number:1 payload; the greeting is number 0, our request number 1.
Task<Outcome<void>> by_mysql(Talk& talk) {
  if (auto more = co_await talk.hear_bytes(4); !more) co_return more;
  const auto byte = [&talk](std::size_t at) { return static_cast<unsigned char>(talk.heard()[at]); };
  const std::size_t length = byte(0) | static_cast<std::size_t>(byte(1)) << 8 | static_cast<std::size_t>(byte(2)) << 16;
  if (length > 4096) co_return co_await refusal(talk);
  if (auto more = co_await talk.hear_bytes(4 + length); !more) co_return more;
  const auto version_end = talk.heard().find('\0', 5);
  const std::size_t flags = version_end == std::string::npos ? 0 : version_end + 14;  // thread, salt and filler between
  const bool offers = byte(4) == 10 && flags != 0 && flags + 1 < talk.heard().size() && (byte(flags + 1) & 0x08) != 0;
  if (!offers) co_return co_await refusal(talk);
  // Capabilities 0x8a00: protocol 4.1 is bit 9, SSL bit 11, secure passwords bit 15; packets up to 16 MiB; utf8mb4.
  std::string request("\x20\0\0\x01\x00\x8a\0\0\0\0\0\x01\x2d", 13);
  request.append(23, '\0');
  if (auto said = co_await talk.say(request); !said) co_return said;
  talk.forget();
  co_return Outcome<void>{};
}

Task<Outcome<void>> by_xmpp(Talk& talk, std::string host) {
  std::erase_if(host, [](char letter) { return letter == '\'' || letter == '<' || letter == '&'; });
  const std::string open =
      "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
      "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' to='" +
      host + "'>";
  if (auto said = co_await talk.say(open); !said) co_return said;
  auto features = Pattern::compile("</stream:features>|<stream:error");
  if (auto more = co_await talk.hear(*features); !more) co_return more;
  if (talk.heard().find("urn:ietf:params:xml:ns:xmpp-tls") == std::string::npos) co_return co_await refusal(talk);
  if (auto said = co_await talk.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"); !said) co_return said;
  auto answer = Pattern::compile("<proceed[^>]*>|<failure[^>]*>");
  if (auto more = co_await talk.hear(*answer); !more) co_return more;
  if (talk.heard().find("<proceed") == std::string::npos) co_return co_await refusal(talk);
  talk.forget();
  co_return Outcome<void>{};
}

}  // namespace

Task<Outcome<void>> ask_for_tls(Talk& talk, StartTls kind, std::string host) {
  switch (kind) {
    case StartTls::none: co_return Outcome<void>{};
    case StartTls::smtp: co_return co_await by_turns(talk, kSmtp.data(), kSmtp.size());
    case StartTls::imap: co_return co_await by_turns(talk, kImap.data(), kImap.size());
    case StartTls::pop3: co_return co_await by_turns(talk, kPop3.data(), kPop3.size());
    case StartTls::ftp: co_return co_await by_turns(talk, kFtp.data(), kFtp.size());
    case StartTls::xmpp: co_return co_await by_xmpp(talk, std::move(host));
    case StartTls::postgres: co_return co_await by_postgres(talk);
    case StartTls::ldap: co_return co_await by_ldap(talk);
    case StartTls::mysql: co_return co_await by_mysql(talk);
  }
  co_return Outcome<void>{};
}

}  // namespace monitorix::check
