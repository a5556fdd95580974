#include "app/self/own_troubles.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>

#include "alert/default_rules/default_rules.h"
#include "app/self/loop_lag.h"
#include "notify/reason_words.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'800'000'000'000ms};

const alert::Condition* find(const std::vector<alert::Condition>& all, const std::string& code) {
  const auto found = std::ranges::find(all, code, &alert::Condition::code);
  return found == all.end() ? nullptr : &*found;
}

DiskRoom room(double free) {
  return {.free_bytes = static_cast<std::uint64_t>(free * 1e12), .total_bytes = 1'000'000'000'000};
}

std::optional<Severity> disk_at(OwnTroubles& troubles, const DiskRoom& room) {
  const auto said = troubles.judge({.at = kNow, .disk = room}, {});
  const auto* disk = find(said, "own_disk");
  REQUIRE(disk);
  return disk->truth == alert::Truth::yes ? std::optional(disk->severity) : std::nullopt;
}

}  // namespace

TEST_CASE("a disk at the edge does not come and go") {
  OwnTroubles troubles;
  const std::pair<double, std::optional<Severity>> steps[] = {{0.20, {}},
                                                              {0.101, {}},
                                                              {0.099, Severity::warning},
                                                              {0.11, Severity::warning},
                                                              {0.121, {}},
                                                              {0.11, {}},
                                                              {0.02, Severity::critical},
                                                              {0.04, Severity::critical},
                                                              {0.051, Severity::warning},
                                                              {0.04, Severity::warning},
                                                              {0.5, {}}};
  for (const auto& step : steps) {
    CAPTURE(step.first);
    CHECK(disk_at(troubles, room(step.first)) == step.second);
  }
}

TEST_CASE("a disk without room for another file is as full as one without room for bytes") {
  OwnTroubles troubles;
  DiskRoom one = room(0.5);
  one.free_files = 3;
  one.total_files = 1000;
  CHECK(disk_at(troubles, one) == Severity::critical);
  CHECK(find(troubles.judge({.at = kNow, .disk = one}, {}), "own_disk")->evidence.text == "inodes: 3 / 1000 (0.3 %)");
  one.total_files = one.free_files = 0;  // a file system that does not count them
  CHECK_FALSE(disk_at(troubles, one));
}

TEST_CASE("this file system has room that can be measured, and what is not there has none") {
  const auto here = room_at(std::filesystem::temp_directory_path().string());
  REQUIRE(here);
  CHECK(here->total_bytes > 0);
  CHECK(here->free_bytes <= here->total_bytes);
  CHECK_FALSE(room_at("/nowhere/at/all"));
}

TEST_CASE("what was not measured says nothing, and what is well says so") {
  OwnTroubles troubles;
  const auto said = troubles.judge({.at = kNow}, {});
  CHECK(said.size() == 3);
  for (const auto& one : said) CHECK(one.truth == alert::Truth::no);
}

TEST_CASE("messages that wait, messages that were given up, a late loop, a database that takes nothing") {
  OwnTroubles troubles;
  OwnMeasure measure{.at = kNow, .storing_fault = "disk full", .lag = 2400ms};
  measure.queues =
      std::vector<store::ChannelQueue>{{.name = "vakt", .waiting = 12, .oldest = kNow - 61s},
                                       {.name = "off", .is_active = false, .waiting = 3, .oldest = kNow - 1h},
                                       {.name = "post", .waiting = 1, .oldest = kNow - 59s}};
  measure.given_up = std::vector<store::GivenUp>{{.name = "vakt", .count = 2}};
  const auto said = troubles.judge(measure, {});
  CHECK(find(said, "own_database")->evidence.text == "disk full");
  CHECK(find(said, "own_database")->severity == Severity::critical);
  CHECK(find(said, "own_lag")->evidence.text == "2.4 s");
  CHECK(find(said, "own_outbox")->evidence.text == "vakt (12)");
  CHECK(find(said, "own_dead_letters")->evidence.text == "vakt (2)");
  measure.queues->front().oldest = kNow - 5s;
  measure.given_up->clear();
  CHECK(find(troubles.judge(measure, {}), "own_outbox")->truth == alert::Truth::no);
  CHECK(find(troubles.judge(measure, {}), "own_dead_letters")->truth == alert::Truth::no);
}

TEST_CASE("checks that the system does not permit are named, and those that are paused are not") {
  const auto view = [](const char* name, const char* reason, state::ServiceStatus status) {
    auto one = std::make_shared<state::ServiceView>();
    one->service = std::make_shared<const Service>(Service{.name = name, .type = ServiceType::ping});
    auto result = std::make_shared<CheckResult>();
    result->reason = reason;
    one->latest = result;
    one->status = status;
    return std::shared_ptr<const state::ServiceView>(one);
  };
  using enum state::ServiceStatus;
  const state::ServiceBook book{view("gateway", "permission", unknown), view("web", "ok", up),
                                view("old", "permission", paused)};
  OwnTroubles troubles;
  CHECK(find(troubles.judge({.at = kNow, .uplink_denied = "192.0.2.1"}, book), "own_privilege")->evidence.text ==
        "192.0.2.1, gateway");
  CHECK(find(troubles.judge({.at = kNow}, {book[1], book[2]}), "own_privilege")->truth == alert::Truth::no);
}

TEST_CASE("each of these has a rule, and the rule's name is the one that messages translate") {
  std::size_t found = 0;
  for (const Rule& rule : alert::default_rules()) {
    const bool is_own = rule.key.starts_with("own_") || rule.key == "isolated" || rule.key == "token_rights";
    CHECK(notify::word_of("meaning." + rule.key, "en").empty() == !is_own);
    CHECK(notify::word_of("deed." + rule.key, "en").empty() == !is_own);
    if (!is_own) continue;
    ++found;
    CHECK(notify::word_of("rule." + rule.key, "en") == rule.name);
  }
  CHECK(found == 8);
}

TEST_CASE("who was late since a check began is late, also before anybody noticed") {
  LoopLag lag;
  SteadyTime now{100s};
  CHECK_FALSE(lag.was_too_late(now, now + 1h));  // it does not run yet
  for (int i = 0; i < 10; ++i) lag.tick(now += LoopLag::kPeriod);
  CHECK_FALSE(lag.was_too_late(now - 5s, now + LoopLag::kPeriod + 1400ms));
  CHECK(lag.was_too_late(now - 5s, now + LoopLag::kPeriod + 1600ms));
  lag.tick(now += LoopLag::kPeriod + 2000ms);
  CHECK(lag.was_too_late(now - 5s, now));
  CHECK_FALSE(lag.was_too_late(now + 1s, now + 400ms));
}

}  // namespace monitorix::app
