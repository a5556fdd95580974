#include "verdict/composite.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <random>

namespace monitorix::verdict {
namespace {

/// What is known for sure, by trying out every state that unknown members may really have.
Verdict by_trying(const CompositeOptions& options, std::vector<Shown> members) {
  if (options.rule != CompositeRule::k_of_n) std::erase(members, Shown::paused);
  if (std::all_of(members.begin(), members.end(), [](Shown one) { return one == Shown::paused; }) &&
      options.rule != CompositeRule::k_of_n)
    return Verdict::unknown;
  const auto unknown = std::find_if(members.begin(), members.end(),
                                    [](Shown one) { return one == Shown::unknown || one == Shown::paused; });
  if (unknown != members.end()) {
    std::optional<Verdict> seen;
    for (const Shown real : {Shown::up, Shown::degraded, Shown::down}) {
      *unknown = real;
      const Verdict verdict = by_trying(options, members);
      const bool is_good = verdict == Verdict::up || verdict == Verdict::degraded;
      const bool was_good = seen && (*seen == Verdict::up || *seen == Verdict::degraded);
      if (verdict == Verdict::unknown || (seen && is_good != was_good)) return Verdict::unknown;
      if (!seen || verdict == Verdict::degraded) seen = verdict;
    }
    return *seen;
  }
  const auto count = [&](Shown state) { return std::count(members.begin(), members.end(), state); };
  const auto needed = options.rule == CompositeRule::all   ? static_cast<std::int64_t>(members.size())
                      : options.rule == CompositeRule::any ? 1
                                                           : options.needed;
  if (count(Shown::up) >= needed) return Verdict::up;
  return count(Shown::up) + count(Shown::degraded) >= needed ? Verdict::degraded : Verdict::down;
}

}  // namespace

TEST_CASE("all, any and k of n are right for every combination of five members") {
  std::vector<Shown> members(5);
  for (std::size_t count = 1; count <= members.size(); ++count) {
    std::size_t combinations = 1;
    for (std::size_t i = 0; i < count; ++i) combinations *= kShownCount;
    for (std::size_t number = 0; number < combinations; ++number) {
      std::vector<Shown> some(count);
      for (std::size_t i = 0, rest = number; i < count; ++i, rest /= kShownCount)
        some[i] = static_cast<Shown>(rest % kShownCount);
      for (const auto rule : {CompositeRule::all, CompositeRule::any, CompositeRule::k_of_n}) {
        const CompositeOptions options{.rule = rule, .needed = 1 + static_cast<int>(number % count)};
        const Verdict expected = by_trying(options, some);
        const Verdict found = judge_composite(options, some).verdict;
        if (found != expected) {
          CAPTURE(number);
          CAPTURE(static_cast<int>(rule));
          CHECK(found == expected);
        }
      }
    }
  }
  CHECK(judge_composite({}, {}).verdict == Verdict::unknown);
}

TEST_CASE("a composite says how many were good") {
  const CompositeOptions options{.rule = CompositeRule::k_of_n, .needed = 2};
  const auto judged = judge_composite(options, {Shown::up, Shown::down, Shown::unreachable});
  CHECK(judged.verdict == Verdict::down);
  CHECK(judged.parameter == "1/3");
  CHECK(judge_composite(options, {Shown::up, Shown::degraded, Shown::down}).reason == "members_degraded");
  CHECK(judge_composite({.rule = CompositeRule::all}, {Shown::up, Shown::paused}).verdict == Verdict::up);
  CHECK(judge_composite({.rule = CompositeRule::all}, {Shown::paused}).verdict == Verdict::unknown);
}

TEST_CASE("a circle is found exactly when there is one, and is one") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const std::int64_t count = 2 + static_cast<std::int64_t>(random() % 9);
    std::map<ServiceId, std::vector<ServiceId>> members;
    // What is stored has no circle: members have greater ids there.
    for (std::int64_t id = 1; id <= count; ++id)
      for (std::int64_t member = id + 1; member <= count; ++member)
        if (random() % 3 == 0) members[ServiceId{id}].push_back(ServiceId{member});
    const ServiceId changed{1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count))};
    std::vector<ServiceId> wanted;
    for (std::int64_t id = 1; id <= count; ++id)
      if (random() % 4 == 0) wanted.push_back(ServiceId{id});
    // Whoever can be reached from the wanted members, by spreading until nothing is new.
    std::map<ServiceId, bool> reached;
    for (const ServiceId one : wanted) reached[one] = true;
    for (std::int64_t round = 0; round < count; ++round)
      for (std::int64_t id = 1; id <= count; ++id)
        if (reached[ServiceId{id}] && ServiceId{id} != changed)
          for (const ServiceId one : members[ServiceId{id}]) reached[one] = true;
    const auto cycle = find_cycle(changed, wanted, [&](ServiceId id) { return members[id]; });
    CHECK(cycle.has_value() == reached[changed]);
    if (!cycle) continue;
    CHECK(cycle->front() == changed);
    CHECK(cycle->back() == changed);
    for (std::size_t i = 1; i < cycle->size(); ++i) {
      const auto& of = i == 1 ? wanted : members[(*cycle)[i - 1]];
      CHECK(std::find(of.begin(), of.end(), (*cycle)[i]) != of.end());
    }
  }
  CHECK(find_cycle(ServiceId{1}, {ServiceId{1}}, [](ServiceId) { return std::vector<ServiceId>{}; }));
}

TEST_CASE("a nest of a hundred thousand composites is searched without a fall") {
  const auto next = [](ServiceId id) {
    return id.value < 100'000 ? std::vector<ServiceId>{ServiceId{id.value + 1}} : std::vector<ServiceId>{};
  };
  CHECK(!find_cycle(ServiceId{200'000}, {ServiceId{1}}, next));
}

}  // namespace monitorix::verdict
