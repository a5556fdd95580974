#include "proxmox/backups/calendar.h"

#include <doctest/doctest.h>
#include <string>

using namespace monitorix::proxmox;
using namespace std::chrono_literals;

TEST_CASE("the longest pause of a schedule is that between its events farthest apart") {
  constexpr auto day = 24h;
  struct Case {
    const char* event;
    std::chrono::seconds pause;
  };
  for (const Case& one : {Case{"02:30", day},
                          {"2:30", day},
                          {"22:00:00", day},
                          {"daily", day},
                          {"*-*-* 03:00", day},
                          {"sat 02:00", 7 * day},
                          {"Sat 02:00", 7 * day},
                          {"Sunday 02:00", 7 * day},
                          {"weekly", 7 * day},
                          {"sun", 7 * day},
                          {"mon..fri 22:00", 3 * day},
                          {"mon,wed,fri 22:00", 3 * day},
                          {"sat,sun 01:00", 6 * day},
                          {"fri..mon 01:00", 4 * day},
                          {"*/30", 30min},
                          {"0/20", 20min},
                          {"*:00", 1h},
                          {"hourly", 1h},
                          {"minutely", 1min},
                          {"*:0/15", 15min},
                          {"8..17:00", 15h},
                          {"8..17,22:0/15", 9h + 15min},
                          {"0/6:00", 6h},
                          {"01,13:00", 12h},
                          {"21:00/15", 23h + 15min},
                          {"mon..fri 8..17:00", 3 * day - 9h},
                          {"*-01 00:00", 31 * day},
                          {"monthly", 31 * day},
                          {"*-1,15 04:00", 17 * day},
                          {"sun *-1..7 02:00", 35 * day},
                          {"yearly", 366 * day},
                          {"quarterly", 92 * day}}) {
    CAPTURE(one.event);
    const auto found = longest_pause(one.event);
    REQUIRE(found);
    CHECK(found->count() == one.pause.count());
  }
}

TEST_CASE("a schedule of another form has no pause that we know") {
  for (const char* event : {"",
                            " ",
                            "22",
                            "mon..fri 22",
                            "2026-01-01 00:00",
                            "25:00",
                            "12:60",
                            "funday 02:00",
                            "mon.. 02:00",
                            "*/0",
                            "10..5:00",
                            "02:00 02:00",
                            "mon tue 02:00",
                            "*-13-01",
                            "1:2:3:4",
                            "-5:00",
                            "02:00 UTC",
                            "*-02-30 00:00",
                            "every day",
                            "*:",
                            ":00",
                            "mon,,tue 02:00"}) {
    CAPTURE(event);
    CHECK_FALSE(longest_pause(event));
  }
  CHECK_FALSE(longest_pause(std::string(10'000, '*')));
}
