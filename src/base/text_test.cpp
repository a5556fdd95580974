#include "base/text.h"

#include <doctest/doctest.h>

#include "base/time_text.h"

using namespace monitorix;

TEST_CASE("broken UTF-8 becomes replacement characters and is cut between characters") {
  CHECK(valid_utf8("blåbær", 256) == "blåbær");
  CHECK(valid_utf8("a\xFFz", 256) == "a\xEF\xBF\xBDz");
  CHECK(valid_utf8("\xC0\x80", 256) == "\xEF\xBF\xBD\xEF\xBF\xBD");          // over-long NUL
  CHECK(valid_utf8("\xED\xA0\x80", 256).find('\xED') == std::string::npos);  // a surrogate half
  CHECK(valid_utf8("åå", 3) == "å");
  CHECK(valid_utf8("\xE2\x82", 256) == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("terminals and logs never see control, ANSI or bidi characters") {
  CHECK(escape_controls("a\x1b[31mb\n\t") == "a\\u001b[31mb\\n\\t");
  CHECK(escape_controls("x\u202Ey") == "x\\u202ey");
  CHECK(escape_controls("\xFF") == "\\xff");
  CHECK(escape_controls("blå") == "blå");
}

TEST_CASE("a path segment keeps only unreserved characters") {
  CHECK(percent_encode("UPID:pve1:root@pam!x/..") == "UPID%3Apve1%3Aroot%40pam%21x%2F..");
  std::string out;
  CHECK(percent_decode("a%20b+c", out, true));
  CHECK(out == "a b c");
  CHECK_FALSE(percent_decode("a%2", out, false));
  CHECK_FALSE(percent_decode("a%zz", out, false));
}

TEST_CASE("base64url has one text per value") {
  std::string out;
  for (const std::string_view text : {"", "f", "fo", "foo", "foob"}) {
    CHECK(base64url_decode(base64url(text), out));
    CHECK(out == text);
  }
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK_FALSE(base64url_decode("Zm9vYg==", out));
  CHECK_FALSE(base64url_decode("Zh", out));  // stray bits
  CHECK_FALSE(base64url_decode("Z", out));
}

TEST_CASE("times are RFC 3339 in UTC and read back the same") {
  const WallTime at = from_ms(1'795'388'812'120);
  CHECK(rfc3339(at) == "2026-11-22T23:06:52.120Z");
  CHECK(parse_rfc3339("2026-11-22T23:06:52.120Z") == at);
  CHECK(parse_rfc3339("2026-11-23T00:06:52.12+01:00") == at);
  for (const auto* bad : {"", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22 23:06:52Z",
                          "2026-11-22T23:06:52", "2026-11-22T23:06:52Zx", "2026-11-22T25:00:00Z"})
    CHECK_FALSE(parse_rfc3339(bad));
}

TEST_CASE("versions compare by their numbers, whatever stands between them") {
  CHECK(numbers_in("6.14.11-3-pve") == std::vector<int>{6, 14, 11, 3});
  CHECK(numbers_in("8.4.1") < numbers_in("8.10"));
  CHECK(numbers_in("6.8.12-4-pve") < numbers_in("6.8.12-10-pve"));
  CHECK(numbers_in("none").empty());
  CHECK(numbers_in("99999999999999999999").size() == 1);
}
