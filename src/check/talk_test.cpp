#include "check/talk.h"

#include <doctest/doctest.h>

#include "check/prober.h"
#include "check/rude_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::check;
using namespace std::string_view_literals;

namespace {

CheckResult ask(Service service, int port) {
  const SystemClock clock;
  net::Loop loop;
  ProberSettings settings{};
  settings.outbound.allowed = {*net::parse_cidr("127.0.0.0/8")};
  Prober prober(loop, clock, settings);
  service.type = ServiceType::port;
  service.target = "127.0.0.1";
  service.port = port;
  service.timeout = std::chrono::milliseconds{2000};
  return net::run_now(loop, prober.run(std::make_shared<const Service>(service), clock.wall()));
}

struct Script {
  StartTls kind{};
  std::string greeting{};
  std::vector<std::pair<std::string, std::string>> turns{};  ///< what we must say, what the server answers
};

/// Plays the script and then talks no TLS: who got that far asked well.
CheckResult play(const Script& script) {
  RudeServer server([&](RudeTalk& talk) {
    talk.write(script.greeting);
    for (const auto& [wanted, answer] : script.turns) {
      const std::string said = talk.read(wanted.size());
      if (said != wanted) return;
      talk.write(answer);
    }
    talk.read(1);  // of the handshake
    talk.write("this is no TLS at all\r\n\r\n");
    talk.read(100'000);
  });
  Service service{};
  service.port_options.start_tls = script.kind;
  return ask(service, server.port());
}

const std::string kLdapYes("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", 14);
const std::string kLdapNo("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14);
const std::string kLdapAsk(
    "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
    "1.3.6.1.4.1.1466.20037",
    31);

/// protocol 10, version, thread, salt, filler, capabilities (SSL is 0x0800), and so on
std::string mysql_greeting(char high) {
  std::string body(
      "\x0a"
      "8.0.36\0"
      "\1\0\0\0"
      "12345678"
      "\0"
      "\xff",
      22);
  body += high;
  body += std::string(20, '\0');
  return std::string{static_cast<char>(body.size()), '\0', '\0', '\0'} + body;
}

}  // namespace

TEST_CASE("TLS is asked for as each protocol wants it") {
  const std::string mysql_ask = std::string("\x20\0\0\x01\x00\x8a\0\0\0\0\0\x01\x2d"sv) + std::string(23, '\0');
  const std::string xmpp_open =
      "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
      "version='1.0' to='127.0.0.1'>";
  const Script scripts[]{
      {StartTls::smtp,
       "220-a\r\n220 b\r\n",
       {{"EHLO monitorix\r\n", "250-x\r\n250 STARTTLS\r\n"}, {"STARTTLS\r\n", "220 go\r\n"}}},
      {StartTls::imap, "* OK ready\r\n", {{"a1 STARTTLS\r\n", "a1 OK begin\r\n"}}},
      {StartTls::pop3, "+OK ready\r\n", {{"STLS\r\n", "+OK begin\r\n"}}},
      {StartTls::ftp, "220-hello\r\n220 ready\r\n", {{"AUTH TLS\r\n", "234 go\r\n"}}},
      {StartTls::postgres, "", {{std::string("\0\0\0\x08\x04\xd2\x16\x2f"sv), "S"}}},
      {StartTls::ldap, "", {{kLdapAsk, kLdapYes}}},
      {StartTls::mysql, mysql_greeting('\xff'), {{mysql_ask, ""}}},
      {StartTls::xmpp,
       "",
       {{xmpp_open,
         "<stream:stream><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"},
        {"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
         "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}}}};
  for (const Script& script : scripts) {
    CAPTURE(static_cast<int>(script.kind));
    const CheckResult result = play(script);
    CHECK(result.verdict == Verdict::down);
    CHECK_MESSAGE(result.reason == "tls_protocol", result.detail);
  }
}

TEST_CASE("a server that offers no TLS is told so at once") {
  const Script scripts[]{{StartTls::smtp, "220 b\r\n", {{"EHLO monitorix\r\n", "502 what\r\n"}}},
                         {StartTls::imap, "* BYE\r\n", {}},
                         {StartTls::pop3, "+OK ready\r\n", {{"STLS\r\n", "-ERR no\r\n"}}},
                         {StartTls::ftp, "220 ready\r\n", {{"AUTH TLS\r\n", "534 no\r\n"}}},
                         {StartTls::postgres, "", {{std::string("\0\0\0\x08\x04\xd2\x16\x2f"sv), "N"}}},
                         {StartTls::postgres, "", {{std::string("\0\0\0\x08\x04\xd2\x16\x2f"sv), "Sinjected"}}},
                         {StartTls::ldap, "", {{kLdapAsk, kLdapNo}}},
                         {StartTls::mysql, mysql_greeting('\xf7'), {}}};
  for (const Script& script : scripts) {
    CAPTURE(static_cast<int>(script.kind));
    const CheckResult result = play(script);
    CHECK(result.verdict == Verdict::down);
    CHECK_MESSAGE(result.reason == "expect_failed", result.detail);
    CHECK(result.parameter == "starttls");
    CHECK(result.took < std::chrono::milliseconds{1500});
  }
}

TEST_CASE("a server that talks without end is not listened to for ever") {
  RudeServer server([](RudeTalk& talk) {
    while (talk.write(std::string(1000, 'x'))) continue;
  });
  Service service{};
  service.port_options.steps = {{"", "never", false}};
  const CheckResult result = ask(service, server.port());
  CHECK(result.reason == "expect_failed");
  CHECK(result.parameter == "1");
  CHECK(result.detail.size() <= 256);
}
