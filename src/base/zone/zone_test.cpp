#include "base/zone/zone.h"

#include <cstdlib>
#include <ctime>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "base/zone/yearly_rule.h"
#include "base/zone/zone_files.h"

// The C library reads the same files with code of its own; it is what we are compared with.

namespace monitorix {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr const char* kZones[] = {"Europe/Oslo",       "America/New_York",  "Australia/Lord_Howe", "Pacific/Apia",
                                  "Africa/Cairo",      "America/Havana",    "Asia/Kolkata",        "America/Goose_Bay",
                                  "Africa/Casablanca", "America/Sao_Paulo", "Europe/Dublin",       "Antarctica/Troll",
                                  "Asia/Gaza",         "Pacific/Chatham",   "Etc/GMT+3",           "America/Nuuk"};

void choose(const char* name) {
  ::setenv("TZ", (std::string(":") + name).c_str(), 1);
  ::tzset();
}

std::int64_t offset_by_library(std::int64_t second) {
  const auto at = static_cast<std::time_t>(second);
  std::tm local{};
  ::localtime_r(&at, &local);
  return local.tm_gmtoff;
}

Zone zone_named(const char* name) {
  auto zone = ZoneFiles().find(name);
  REQUIRE(zone);
  return *zone;
}

}  // namespace

TEST_CASE("offsets are those of the C library, from 1900 to 2120") {
  const std::uint64_t seed = 11;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const char* name : kZones) {
    CAPTURE(std::string(name));
    choose(name);
    const Zone zone = zone_named(name);
    const auto check = [&](std::int64_t second) {
      CHECK(zone.offset_at(sys_seconds{seconds{second}}).count() == offset_by_library(second));
    };
    for (int i = 0; i < 3000; ++i) check(static_cast<std::int64_t>(random() % 6'942'240'000) - 2'208'988'800);
    // And to the second around each change of a few years.
    for (std::int64_t hour = 1'100'000'000; hour < 1'900'000'000; hour += 3600)
      if (offset_by_library(hour) != offset_by_library(hour + 3600))
        for (std::int64_t second = hour; second <= hour + 3600; second += 60) check(second), check(second + 59);
  }
}

TEST_CASE("a local time is the first moment that shows it, or the end of the gap it lies in") {
  for (const char* name : kZones) {
    CAPTURE(std::string(name));
    choose(name);
    const Zone zone = zone_named(name);
    int changes = 0;
    for (std::int64_t hour = 1'293'840'000; hour < 1'830'000'000 && changes < 12; hour += 3600) {
      if (offset_by_library(hour) == offset_by_library(hour + 3600)) continue;
      ++changes;
      for (std::int64_t off = -4 * 3600; off <= 28 * 3600; off += 1500) {
        const std::int64_t local = hour + offset_by_library(hour) + off;
        std::int64_t expected = local - 15 * 3600;
        bool is_shown = false;
        for (std::int64_t at = expected; at < local + 15 * 3600 && !is_shown; at += 60)
          if (at + offset_by_library(at) == local) expected = at, is_shown = true;
        if (!is_shown)
          while (expected + offset_by_library(expected) < local) expected += 60;
        CHECK(zone.to_wall(LocalSeconds{seconds{local}}) == WallTime{seconds{expected}});
      }
    }
  }
}

TEST_CASE("months and days have the borders of their place, on nights of change as well") {
  using namespace std::chrono;
  const Zone oslo = zone_named("Europe/Oslo");
  const auto march = month_of(oslo, WallTime{sys_days{2026y / 3 / 15}});
  CHECK(march.begin == WallTime{sys_days{2026y / 2 / 28} + 23h});
  CHECK(march.end == WallTime{sys_days{2026y / 3 / 31} + 22h});
  CHECK(march.end - march.begin == 31 * 24h - 1h);
  const auto december = month_of(oslo, 2026y / December);
  CHECK(december.end == month_of(oslo, 2027y / January).begin);
  const auto spring = day_of(oslo, WallTime{sys_days{2026y / 3 / 29} + 12h});
  CHECK(spring.end - spring.begin == 23h);
  const auto autumn = day_of(oslo, WallTime{sys_days{2026y / 10 / 25} + 12h});
  CHECK(autumn.end - autumn.begin == 25h);
  // Cuba changes at midnight: that day begins at 01:00.
  const auto cuba = day_of(zone_named("America/Havana"), WallTime{sys_days{2026y / 3 / 8} + 12h});
  CHECK(cuba.end - cuba.begin == 23h);
  CHECK(cuba.begin == WallTime{sys_days{2026y / 3 / 8} + 5h});
  // Samoa had no 30 December 2011.
  const auto samoa = day_of(zone_named("Pacific/Apia"), WallTime{sys_days{2011y / 12 / 30} + 9h});
  CHECK(samoa.end == WallTime{sys_days{2011y / 12 / 30} + 10h});
  CHECK(day_of(Zone(), WallTime{sys_days{2026y / 5 / 5} + 3h}).begin == WallTime{sys_days{2026y / 5 / 5}});
}

TEST_CASE("zones are found by name, and no name leads out of their directory") {
  ZoneFiles files;
  CHECK(files.find(""));
  CHECK(files.find("UTC"));
  CHECK(files.find("Europe/Oslo"));
  CHECK(files.find("Europe/Oslo"));
  for (const char* name : {"Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "Europe/", "zone.tab", ".",
                           "Europe//Oslo", "tzdata.zi", "Europe/Oslo\n"})
    CHECK_MESSAGE(files.find(name).error().code == Errc::not_found, name);
  CHECK(!files.find(std::string_view("Europe/Oslo\0x", 13)));
  CHECK(!files.find(std::string(100'000, 'A')));
}

TEST_CASE("rules of later years are read as POSIX writes them, and no others") {
  for (const char* rule : {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
                           "EST5EDT,J60,J300/1:30", "IST-1GMT0,M10.5.0,M3.5.0/1", "XXX3EDT4,0/0,J365/23",
                           "EET-2EEST,M4.5.5/0,M10.5.4/24", "<+0330>-3:30", "IST-2IDT,M3.4.4/26,M10.5.0"})
    CHECK_MESSAGE(parse_yearly_rule(rule), rule);
  for (const char* rule : {"", "C1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J3", "CET-25",
                           "CET-1CEST,M3.5.0,M10.5.0/168", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0x", "CET-1CEST,366,1"})
    CHECK_MESSAGE(!parse_yearly_rule(rule), rule);
}

TEST_CASE("a damaged file is refused or read as something, and never ends the program") {
  std::ifstream file("/usr/share/zoneinfo/Europe/Oslo", std::ios::binary);
  const std::string sound((std::istreambuf_iterator<char>(file)), {});
  REQUIRE(Zone::parse(sound));
  for (std::size_t i = 0; i < sound.size(); ++i) CHECK(!Zone::parse(std::string_view(sound).substr(0, i)));
  const std::uint64_t seed = 12;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  int refused = 0;
  for (int turn = 0; turn < 20'000; ++turn) {
    std::string bent = sound;
    for (std::size_t i = 1 + random() % 4; i > 0; --i) bent[random() % bent.size()] = static_cast<char>(random());
    const auto zone = Zone::parse(bent);
    refused += !zone;
    if (zone) (void)month_of(*zone, WallTime{seconds{static_cast<std::int64_t>(random() % 4'000'000'000)}});
  }
  CHECK(refused > 1000);
}

}  // namespace monitorix
