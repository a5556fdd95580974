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
