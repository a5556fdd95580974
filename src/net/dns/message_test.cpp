#include "net/dns/message.h"

#include <doctest/doctest.h>

#include "net/dns/resolver.h"

using namespace monitorix;
using namespace monitorix::net;

namespace {

/// An answer to (example.test, type) whose records are given as they stand after the question.
std::string answer(int records, std::string_view bytes, int flags = 0x8180) {
  std::string out("\x12\x34\0\0\0\1\0\0\0\0\0\0", 12);
  out[2] = static_cast<char>(flags >> 8);
  out[3] = static_cast<char>(flags & 0xff);
  out[7] = static_cast<char>(records);
  out += std::string_view("\7example\4test\0\0\1\0\1", 18);
  out += bytes;
  return out;
}

std::string record(std::uint16_t type, std::string_view data, std::string_view name = "\xc0\x0c") {
  std::string out(name);
  out += static_cast<char>(type >> 8);
  out += static_cast<char>(type & 0xff);
  out += std::string_view("\0\1\0\0\0\x78\0", 7);
  out += static_cast<char>(data.size());
  out += data;
  return out;
}

std::string text_of(std::uint16_t type, std::string_view data) {
  const auto message = parse_dns_message(answer(1, record(type, data)));
  REQUIRE_MESSAGE(message, type);
  REQUIRE(message->answers.size() == 1);
  CHECK(message->answers[0].ttl == 120);
  return message->answers[0].text;
}

using namespace std::string_view_literals;

}  // namespace

TEST_CASE("a question goes out with its name, type and room for a large answer") {
  const auto bytes = encode_question(0x1234, {"example.test", 28, true, false});
  REQUIRE(bytes);
  const auto back = parse_dns_message(*bytes);
  REQUIRE(back);
  CHECK(back->id == 0x1234);
  CHECK(back->questions[0].name == "example.test");
  CHECK(back->questions[0].type == 28);
  CHECK(!back->is_answer);
  for (const char* name :
       {"a..b", ".a", "a..", "0123456789012345678901234567890123456789012345678901234567890123.test"})
    CHECK_MESSAGE(!encode_question(1, {name, 1}), name);
  CHECK(!encode_question(1, {std::string(254, 'a'), 1}));
  CHECK(encode_question(1, {"", 6}));
}

TEST_CASE("records of each type read as zone files write them") {
  CHECK(text_of(1, "\xc0\0\2\7"sv) == "192.0.2.7");
  CHECK(text_of(28, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"sv) == "2001:db8::1");
  CHECK(text_of(5, "\3www\xc0\x0c"sv) == "www.example.test");
  CHECK(text_of(15, "\0\x0a\4mail\xc0\x0c"sv) == "10 mail.example.test");
  CHECK(text_of(33, "\0\1\0\2\x13\x88\3sip\xc0\x0c"sv) == "1 2 5000 sip.example.test");
  CHECK(text_of(16, "\5hello\6 world"sv) == "hello world");
  CHECK(text_of(257, "\0\5issueca.test"sv) == "0 issue \"ca.test\"");
  CHECK(text_of(6, "\2ns\xc0\x0c\5admin\xc0\x0c\0\0\0\x2a\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"sv) ==
        "ns.example.test admin.example.test 42 1 2 3 4");
  CHECK(text_of(999, "\x01\xff"sv) == "01ff");
  CHECK(text_of(5, "\5a.b\\\1\0"sv) == "a\\.b\\\\\\001");
}

TEST_CASE("what is broken, looped or cut is no message") {
  CHECK(!parse_dns_message(""));
  CHECK(!parse_dns_message("\x12\x34\x81\x80\0\1"sv));
  CHECK(!parse_dns_message(answer(1, record(5, "\xc0\x29"sv))));     // a pointer to itself
  CHECK(!parse_dns_message(answer(1, record(5, "\xc0\xff"sv))));     // and past the end
  CHECK(!parse_dns_message(answer(1, record(1, "\1\2\3"sv))));       // an address that is too short
  CHECK(!parse_dns_message(answer(1, record(1, "\1\2\3\4\5"sv))));   // and too long
  CHECK(!parse_dns_message(answer(2, record(1, "\1\2\3\4"sv))));     // fewer records than announced
  CHECK(!parse_dns_message(answer(1, record(16, "\xff hello"sv))));  // a text longer than its record
  const auto cut = parse_dns_message(answer(2, record(1, "\1\2\3\4"sv), 0x8380));
  REQUIRE(cut);
  CHECK(cut->truncated);
}

TEST_CASE("an answer belongs to its question") {
  const auto message = parse_dns_message(answer(0, ""));
  REQUIRE(message);
  CHECK(answers_question(*message, 0x1234, {"EXAMPLE.test.", 1}));
  CHECK(!answers_question(*message, 0x1235, {"example.test", 1}));
  CHECK(!answers_question(*message, 0x1234, {"example.test", 28}));
  CHECK(!answers_question(*message, 0x1234, {"other.test", 1}));
}

TEST_CASE("the files of the resolver are read as the C library reads them") {
  const auto file = parse_resolver_file(
      "# ours\nnameserver 192.0.2.1\nnameserver fe80::1%lo\nnameserver bad\nsearch a.test b.test ; x\noptions ndots:2 "
      "rotate\n");
  REQUIRE(file.servers.size() == 2);
  CHECK(file.servers[0].text() == "192.0.2.1:53");
  CHECK(file.search == std::vector<std::string>{"a.test", "b.test"});
  CHECK(file.dots == 2);
  CHECK(parse_resolver_file("").servers[0].text() == "127.0.0.1:53");
  const auto found = addresses_in_hosts("192.0.2.9 web web.test # web2\n::1 web\nx web\n192.0.2.8 other\n", "WEB");
  REQUIRE(found.size() == 2);
  CHECK(found[0].host() == "192.0.2.9");
  CHECK(addresses_in_hosts("192.0.2.9 web # web2\n", "web2").empty());
}

TEST_CASE("reverse names") {
  CHECK(reverse_name(*SocketAddress::parse("192.0.2.7", 0)) == "7.2.0.192.in-addr.arpa");
  CHECK(reverse_name(*SocketAddress::parse("2001:db8::1", 0)) ==
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}
