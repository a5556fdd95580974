#include <doctest/doctest.h>

#include "notify/mail/mail_address.h"
#include "notify/mail/mail_html.h"
#include "notify/mail/smtp_reply.h"
#include "notify/outgoing.h"

namespace monitorix::notify {
namespace {

Channel mail_channel() {
  Channel channel{.type = ChannelType::email};
  channel.options = {{"host", "mx.example"}, {"from", "Huset <mon@house.example>"}, {"to", "kari@duty.example"}};
  return channel;
}

std::string mail_of(const Message& message) {
  const Channel channel = mail_channel();
  const Zone utc;
  const auto out = compose({channel, message, {"en", utc, ""}, from_ms(1'800'000'000'000)});
  REQUIRE(out);
  return std::get<MailOut>(*out).text;
}

}  // namespace

TEST_CASE("addresses are taken as people write them, and nothing else is") {
  CHECK(parse_mail_address(" Kari N. <kari@example.org> ")->address == "kari@example.org");
  CHECK(parse_mail_address("\"N, Kari\" <kari@example.org>")->name == "N, Kari");
  CHECK(parse_mail_addresses("a@b.c; d@e.f,")->size() == 2);
  for (const char* wrong : {"", "kari", "@b.c", "a@", "a@b@c", "a b@c.d", "a@b.c>\r\nRCPT TO:<x@y.z", "a@-b.c",
                            "<a@b.c", "a@b.c\n", "a\"@b.c", "x<>"})
    CHECK_MESSAGE(!parse_mail_address(wrong).has_value() == (std::string_view(wrong) != "a@b.c\n"), wrong);
}

TEST_CASE("nothing in a message can add a header or end the mail") {
  Message message{.title = "x\r\nBcc: all@example.org\r\n\r\n.\r\n", .cause = ".\r\n.\r\nQUIT", .dedup_key = "k"};
  message.alert = "a\r\nb>";
  const std::string mail = mail_of(message);
  CHECK(mail.find("\r\nBcc:") == std::string::npos);
  CHECK(mail.find("\r\n.\r\n") == std::string::npos);
  const auto head = mail.substr(0, mail.find("\r\n\r\n"));
  CHECK(head.find("\r\nb>") == std::string::npos);
  for (const char letter : mail) CHECK((letter == '\r' || letter == '\n' || (letter >= ' ' && letter <= '~')));
}

TEST_CASE("the mails of an incident are one thread, each with a name of its own that stays") {
  Message message{.title = "pve1", .incident = "7", .dedup_key = "abc"};
  const std::string one = mail_of(message), same = mail_of(message);
  CHECK(one == same);
  CHECK(one.find("Message-ID: <abc@house.example>") != std::string::npos);
  CHECK(one.find("References: <incident.Nw@house.example>") != std::string::npos);
}

TEST_CASE("in the HTML of a mail everything is text") {
  Rendered rendered{.heading = "<script>x</script>", .cause = "a\n<b>\"", .facts = {{"<i>", "&"}}};
  rendered.link = "https://x.example/?a=1&b=\"";
  rendered.color = "#c62828";
  const std::string html = mail_html(rendered, "en");
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("a<br>&lt;b&gt;&quot;") != std::string::npos);
  CHECK(html.find("b=&quot;") != std::string::npos);
}

TEST_CASE("replies of mail servers are read however they are cut") {
  const std::string all = "250-mx.example\r\n250-SIZE 1000\r\n250-AUTH plain LOGIN\r\n250 8BITMIME\r\n354\r\n";
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    SmtpReplies replies;
    REQUIRE(replies.take(all.substr(0, cut)));
    REQUIRE(replies.take(all.substr(cut)));
    const auto hello = replies.next();
    REQUIRE(hello);
    CHECK(hello->code == 250);
    CHECK(hello->lines.size() == 4);
    CHECK(hello->capability("auth") == "plain LOGIN");
    CHECK(hello->capability("8BITMIME") == "");
    CHECK(!hello->capability("STARTTLS"));
    CHECK(replies.has_more());
    CHECK(replies.next()->code == 354);
    CHECK(!replies.has_more());
  }
  for (const char* wrong : {"hello\r\n", "99 x\r\n", "199 x\r\n", "250-a\r\n251 b\r\n", "2500 x\r\n", "\r\n"})
    CHECK_MESSAGE(!SmtpReplies().take(wrong), wrong);
  SmtpReplies endless;
  CHECK(!endless.take(std::string(70'000, '2')));
  Status taken{};
  for (int line = 0; line < 300 && taken; ++line) taken = endless.take("250-more\r\n");
  CHECK(!taken);
}

}  // namespace monitorix::notify
