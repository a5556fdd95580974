#include "app/alerts/unreached.h"

#include <doctest/doctest.h>

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr ChannelId kMail{1}, kPager{2}, kChat{3};
constexpr Entity kNode{EntityKind::node, 1};

/// A node that is well, and a path that goes on to a third channel after a quarter of an hour.
struct Bench {
  alert::State engine{};
  alert::Now now{alert::RunTime{100'000s}, from_ms(1'700'000'000'000)};
  std::vector<WantedMessage> told{};
  Unreached unreached{};

  explicit Bench(std::vector<ChannelId> first) {
    for (const ChannelId id : {kMail, kPager, kChat}) step(alert::PutChannel{{.id = id, .burst = 100}});
    Route route{.id = RouteId{1}, .name = "all", .is_default = true};
    route.steps = {{.channels = std::move(first)}, {.after = 15min, .channels = {kChat}}};
    step(alert::PutRoute{route});
    step(alert::PutRule{{.id = RuleId{1}, .name = "state", .kind = RuleKind::check_state, .cooldown = 0ms}});
    step(alert::Placed{kNode, {.name = "pve1"}, {}});
    step(alert::Report{.entity = kNode, .standing = alert::Standing::up, .started = now.run});
  }
  void step(const alert::Event& event) {
    for (auto& one : alert::step(engine, event, now).wanted) told.push_back(std::move(one));
  }
  void pass(std::chrono::seconds time) {
    for (auto left = time; left > 0s; left -= 1s) {
      now.run += 1s;
      now.wall += 1s;
      for (auto& one : alert::advance(engine, now).wanted) told.push_back(std::move(one));
    }
  }
  void fail(std::int64_t service) {
    const Entity entity{EntityKind::service, service};
    step(alert::Placed{entity, {.name = "s"}, {{{kNode}}}});
    step(alert::Report{.entity = entity, .standing = alert::Standing::down, .started = now.run});
  }
  /// As the program does with what comes of it.
  void miss(AlertId alert, ChannelId channel) {
    for (const alert::StepFailed& one : unreached.miss(engine, alert, channel)) step(one);
  }
  [[nodiscard]] std::size_t to(ChannelId channel) const {
    std::size_t count = 0;
    for (const WantedMessage& one : told) count += one.channel == channel ? one.lines.size() : 0;
    return count;
  }
};

}  // namespace

TEST_CASE("the next step is due when no channel of this one was reached, not before") {
  Bench bench({kMail, kPager});
  bench.fail(1);
  bench.pass(40s);
  REQUIRE(bench.to(kMail) == 1);
  bench.miss(AlertId{1}, kMail);
  bench.pass(100s);
  CHECK(bench.to(kChat) == 0);  // somebody has it on the pager, or will
  bench.miss(AlertId{1}, kPager);
  bench.pass(2s);
  CHECK(bench.to(kChat) == 1);
  bench.miss(AlertId{1}, kPager);  // said again with every try
  bench.miss(AlertId{1}, kChat);
  bench.pass(3600s);
  CHECK(bench.to(kChat) == 1);
}

TEST_CASE("a channel that works again is not held against a later step") {
  Bench bench({kMail, kPager});
  bench.fail(1);
  bench.pass(40s);
  bench.miss(AlertId{1}, kMail);
  bench.unreached.forget(kMail);
  bench.miss(AlertId{1}, kPager);
  bench.pass(60s);
  CHECK(bench.to(kChat) == 0);
  bench.pass(900s);
  CHECK(bench.to(kChat) == 1);
}

TEST_CASE("all that were told in one message go on together, and what is over does not") {
  Bench bench({kMail});
  bench.fail(1);
  bench.fail(2);
  bench.pass(40s);
  REQUIRE(bench.told.size() == 1);
  REQUIRE(bench.to(kMail) == 2);
  bench.fail(3);
  bench.pass(70s);
  REQUIRE(bench.to(kMail) == 3);
  bench.miss(AlertId{1}, kMail);
  bench.pass(5s);
  CHECK(bench.to(kChat) == 2);  // the third came in a message of its own
  CHECK(bench.told.size() == 3);
  bench.step(alert::ResolveByHand{AlertId{3}, "ann"});
  bench.miss(AlertId{3}, kMail);
  bench.unreached.tidy(bench.engine);
  bench.pass(5s);
  CHECK(bench.to(kChat) == 2);
  CHECK(bench.unreached.miss(bench.engine, AlertId{77}, kMail).empty());
}

}  // namespace monitorix::app
