#include "proxmox/rota/rota.h"

#include <doctest/doctest.h>
#include <map>
#include <utility>

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;

namespace {

const SteadyTime kStart{std::chrono::hours{1000}};

std::vector<Question> questions(std::uint64_t count, std::chrono::seconds period) {
  std::vector<Question> out;
  for (std::uint64_t id = 1; id <= count; ++id) out.push_back({id, period, 0});
  return out;
}

/// Asks once every `pause` until `end`; how often each question came.
std::map<std::uint64_t, int> run(Rota& rota, SteadyTime& now, std::chrono::seconds length,
                                 std::chrono::milliseconds pause) {
  std::map<std::uint64_t, int> asked;
  for (const SteadyTime end = now + length; now < end; now += pause)
    if (const auto id = rota.next(now)) {
      ++asked[*id];
      rota.note(*id, Outcome::answered, now);
    }
  return asked;
}

}  // namespace

TEST_CASE("with room enough every question is asked in its period, and none more often than a tenth before it") {
  Rota rota;
  SteadyTime now = kStart;
  rota.set(questions(20, 300s), now);
  const auto asked = run(rota, now, 3600s, 1s);
  CHECK(asked.size() == 20);
  for (const auto& [id, times] : asked) {
    CHECK(times >= 12);
    CHECK(times <= 14);
  }
}

TEST_CASE("with too little room all get later alike, and nobody is forgotten") {
  Rota rota;
  SteadyTime now = kStart;
  rota.set(questions(200, 300s), now);
  const auto asked = run(rota, now, 7200s, 7500ms);  // 960 turns for what wants 4,800
  CHECK(asked.size() == 200);
  for (const auto& [id, times] : asked) {
    CHECK(times >= 4);
    CHECK(times <= 6);
  }
}

TEST_CASE("a long first round does not starve what is asked often, and lower ranks come first in it") {
  Rota rota;
  SteadyTime now = kStart;
  auto wanted = questions(400, 6h);
  for (Question& one : wanted) one.rank = one.id > 200 ? 2 : 1;
  wanted.push_back({1000, 60s, 0});
  rota.set(wanted, now);
  std::size_t first_of_second_rank = 0, turns = 0, often = 0;
  while (!rota.is_settled() && turns < 2000) {
    const auto id = rota.next(now);
    REQUIRE(id);
    if (*id == 1000) ++often;
    if (*id > 200 && *id < 1000 && first_of_second_rank == 0) first_of_second_rank = turns;
    rota.note(*id, Outcome::answered, now);
    now += 2s;
    ++turns;
  }
  CHECK(rota.is_settled());
  CHECK(first_of_second_rank >= 200);
  CHECK(often >= 5);  // in 800 s and more
}

TEST_CASE("what does not answer waits 1, 5, 15 and 60 minutes, and is on time again after one answer") {
  Rota rota;
  SteadyTime now = kStart;
  rota.set({{7, 60s, 0}}, now);
  std::vector<std::int64_t> waits;
  for (int turn = 0; turn < 6; ++turn) {
    const SteadyTime before = now;
    while (!rota.next(now)) now += 1s;
    waits.push_back(std::chrono::duration_cast<std::chrono::minutes>(now - before + 30s).count());
    rota.note(7, turn == 5 ? Outcome::answered : Outcome::failed, now);
  }
  CHECK(waits[0] == 0);
  CHECK(waits[1] == 1);
  CHECK((waits[2] == 5 || waits[2] == 4));
  CHECK(waits[3] >= 13);
  CHECK(waits[3] <= 15);
  CHECK(waits[4] >= 54);
  CHECK(waits[5] >= 54);
  CHECK(rota.next(now + 60s));
}

TEST_CASE("a refused privilege is tried again after half an hour, an unknown call after six") {
  Rota rota;
  rota.set({{1, 60s, 0}, {2, 60s, 0}}, kStart);
  rota.note(1, Outcome::denied, kStart);
  rota.note(2, Outcome::unsupported, kStart);
  CHECK_FALSE(rota.next(kStart + 29min));
  CHECK(rota.next(kStart + 30min) == 1u);
  rota.note(1, Outcome::answered, kStart + 30min);
  rota.note(1, Outcome::answered, kStart + 5h + 59min);
  CHECK(rota.next(kStart + 5h + 59min) == std::nullopt);
  CHECK(rota.next(kStart + 6h + 10s));
}

TEST_CASE("a hurried question is the next one, once") {
  Rota rota;
  SteadyTime now = kStart;
  rota.set(questions(5, 6h), now);
  run(rota, now, 60s, 1s);
  CHECK_FALSE(rota.next(now));
  rota.hurry(4);
  rota.hurry(99);
  CHECK(rota.next(now) == 4u);
  rota.note(4, Outcome::answered, now);
  CHECK_FALSE(rota.next(now));
}

TEST_CASE("questions that come and go leave the turns of the others as they were") {
  Rota rota;
  SteadyTime now = kStart;
  rota.set(questions(3, 600s), now);
  run(rota, now, 10s, 1s);
  rota.set({{2, 600s, 0}, {9, 600s, 0}}, now);
  CHECK(rota.size() == 2);
  CHECK_FALSE(rota.is_settled());
  CHECK(rota.next(now) == 9u);
  rota.note(9, Outcome::answered, now);
  rota.note(3, Outcome::answered, now);  // its subject went meanwhile
  CHECK(rota.is_settled());
  CHECK_FALSE(rota.next(now));
  rota.set({{2, 30s, 0}}, now);  // more often from now on: not only after the old period
  CHECK(rota.next(now + 30s) == 2u);
}

TEST_CASE("a slow cluster is asked half as often, down to an eighth, and as before when it has been quiet") {
  Rota rota;
  SteadyTime now = kStart;
  const auto hear = [&](int calls, std::chrono::milliseconds took, bool failed) {
    for (int turn = 0; turn < calls; ++turn, now += 3s) rota.note_call(took, failed, now);
  };
  hear(40, 50ms, false);
  CHECK(rota.stretch() == 1);
  hear(20, 5s, false);
  CHECK(rota.stretch() == 2);
  hear(200, 5s, false);
  CHECK(rota.stretch() == 8);
  hear(100, 50ms, false);  // five minutes
  CHECK(rota.stretch() == 8);
  hear(140, 50ms, false);
  CHECK(rota.stretch() == 4);
  hear(500, 50ms, false);
  CHECK(rota.stretch() == 1);
  hear(1, 50ms, true);
  hear(19, 50ms, false);
  CHECK(rota.stretch() == 1);
  hear(2, 50ms, true);
  CHECK(rota.stretch() == 2);
}
