#include "api/auth/password.h"

#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::api;

TEST_CASE("passwords are twelve to seventy-two bytes, not common, not the user's own name") {
  const auto code = [](std::string_view text, std::string_view name = "kari") {
    const auto outcome = check_new_password(text, name);
    return outcome ? std::string("fine") : outcome.error().code == Errc::too_large ? "too long" : "refused";
  };
  CHECK(code("a-long-sentence-9") == "fine");
  CHECK(code("four random words here") == "fine");
  CHECK(code("blåbærsyltetøy i mai") == "fine");
  CHECK(code("short-one-9") == "refused");
  CHECK(code(std::string(73, 'q')) == "too long");
  CHECK(code("correct-tree-" + std::string(59, 'z')) == "fine");
  CHECK(code(std::string_view("a-long\0sentence-9", 17)) == "refused");
  CHECK(code("\xC3\x28-broken-text-here") == "refused");
  CHECK(code("kari12345678") == "refused");
  for (const char* common :
       {"password1234", "Password2024!", "P@ssw0rd1234", "123456789012", "qwertyuiop12", "qwertyuiopas", "aaaaaaaaaaaa",
        "abcabcabcabc", "adminadmin123", "monitorix2026", "1q2w3e4r5t6y", "letmein12345", "111222333444"})
    CHECK_MESSAGE(code(common) == "refused", common);
}

TEST_CASE("what guessers try first is refused, whatever its letters") {
  for (const char* common : {"Unbelievable", "1q2w3e4r5t6y7u8i", "leavemealone", "12345678900987654321", "123qwe123qwe",
                             "qwerty123456", "QwertyQwerty", "йцукенгшщз", "солнышко", "Password-2026!"})
    CHECK_MESSAGE(check_new_password(common, "kari").error().text == "is one of the most common passwords", common);
  CHECK(check_new_password("unbelievable trees", "kari"));
}

TEST_CASE("the same letters are the same password, however a keyboard composes them") {
  const std::string composed = "bl\u00E5b\u00E6rsyltet\u00F8y", decomposed = "bla\u030Ab\u00E6rsyltet\u00F8y";
  net::Loop loop;
  Passwords passwords(4);
  std::string outcome;
  loop.spawn(
      "test", [](Passwords& p, std::string one, std::string other, std::string& out, net::Loop& l) -> net::Task<> {
        const auto hash = co_await p.hash(one);
        const auto same = co_await p.verify(other, *hash);
        const auto plain = co_await p.verify("blaab\u00E6rsyltet\u00F8y", *hash);
        const auto back = co_await p.hash(other);
        const auto also = co_await p.verify(one, *back);
        const auto broken = co_await p.verify(one + "\xFF", *hash);
        out = std::string(*same ? "1" : "0") + (*plain ? "1" : "0") + (*also ? "1" : "0") + (*broken ? "1" : "0");
        l.stop();
      }(passwords, composed, decomposed, outcome, loop));
  loop.run();
  CHECK(outcome == "1010");
  // What is counted are the bytes of the normal form: a and its ring are three as typed, and two as å.
  const auto ringed = [](int count) {
    std::string out;
    for (int at = 0; at < count; ++at) out += at % 2 == 0 ? "a\u030A" : "o\u0308";
    return out;
  };
  CHECK(check_new_password(ringed(5), "kari").error().text == "must have at least 12 bytes");
  CHECK(check_new_password(ringed(35) + "xy", "kari"));
  CHECK(check_new_password(ringed(37), "kari").error().code == Errc::too_large);
}

TEST_CASE("two passwords equal in their first 72 bytes are not the same password") {
  net::Loop loop;
  Passwords passwords(4);
  const std::string first72(72, 'x');
  std::string outcome;
  loop.spawn("test", [](Passwords& p, std::string text, std::string& out, net::Loop& l) -> net::Task<> {
    const auto hash = co_await p.hash(text);
    const auto same = co_await p.verify(text, *hash);
    const auto longer = co_await p.verify(text + "y", *hash);
    const auto with_nul = co_await p.verify(text.substr(0, 71) + std::string(1, '\0'), *hash);
    const auto unknown_user = co_await p.verify(text, "");
    out =
        std::string(*same ? "1" : "0") + (*longer ? "1" : "0") + (*with_nul ? "1" : "0") + (*unknown_user ? "1" : "0");
    out += p.is_outdated(*hash) ? "o" : "-";
    l.stop();
  }(passwords, first72, outcome, loop));
  loop.run();
  CHECK(outcome == "1000-");
}

TEST_CASE("a hash of another program opens under its other name, and is made anew at the next sign-in") {
  net::Loop loop;
  Passwords passwords(4);
  std::string outcome;
  loop.spawn("test", [](Passwords& p, std::string& out, net::Loop& l) -> net::Task<> {
    const std::string text = "correct horse battery staple";
    std::string hash = *co_await p.hash(text);
    for (const char name : {'a', 'y'}) {
      hash[2] = name;
      const auto same = co_await p.verify(text, hash);
      const auto other = co_await p.verify(text + "s", hash);
      out += *same && !*other && p.is_outdated(hash) ? '1' : '0';
    }
    const auto scrypt = co_await p.verify(text, "scrypt:32768:8:1$salt$" + hash);
    out += *scrypt ? '1' : '0';
    l.stop();
  }(passwords, outcome, loop));
  loop.run();
  CHECK(outcome == "110");
}
