#include "app/alerts/board.h"

#include <doctest/doctest.h>

#include "alert/testing/stand.h"

namespace monitorix::app {
namespace {

using alert::Standing;
using namespace std::chrono_literals;

/// An engine whose outcomes reach a board.
struct Bench {
  alert::State engine{};
  Board board{};
  alert::Now now = alert::at(0);

  Bench() {
    put(alert::PutRule{{.id = RuleId{1}, .name = "Down", .kind = RuleKind::check_state}});
    put(alert::PutRule{{.id = RuleId{2},
                        .name = "CPU",
                        .kind = RuleKind::metric,
                        .metric = Metric::cpu_ratio,
                        .comparison = Comparison::at_least,
                        .levels = {{Severity::warning, 0.8, 0.7, {}}}}});
    put(alert::Placed{alert::node(1), {.name = "pve1", .cluster = ClusterId{7}}, {}});
  }
  void put(const alert::Event& event) { board.note(alert::step(engine, event, now), engine, now.wall); }
  void report(Standing standing) {
    pass(1s);
    put(alert::Report{.entity = alert::node(1), .standing = standing, .started = now.run});
  }
  void pass(std::chrono::milliseconds span) {
    now.run += span;
    now.wall += span;
    board.note(alert::advance(engine, now), engine, now.wall);
  }
  std::shared_ptr<const state::AlertPicture> draw() { return board.draw(engine, now); }
};

}  // namespace

TEST_CASE("an incident is drawn when it begins, anew when something happens to it, and taken away when it is over") {
  Bench bench;
  const auto calm = bench.draw();
  REQUIRE(calm);
  CHECK(calm->incidents.empty());
  CHECK(!bench.draw());
  bench.report(Standing::down);
  const auto first = bench.draw();
  REQUIRE(first);
  REQUIRE(first->incidents.size() == 1);
  const auto& incident = *first->incidents.front();
  REQUIRE(incident.alerts.size() == 1);
  CHECK(incident.alerts.front()->name == "pve1");
  CHECK(incident.alerts.front()->rule->name == "Down");
  CHECK(incident.alerts.front()->cluster == ClusterId{7});
  CHECK(first->by_cluster.at(ClusterId{7}) == state::AlertPicture::Count{1, 1});
  CHECK(!bench.draw());

  bench.board.note(incident.id, bench.now.wall);  // a note, or what came of a message
  const auto noted = bench.draw();
  REQUIRE(noted);
  CHECK(noted->incidents.front()->updated_at > incident.updated_at);
  CHECK(noted->incidents.front()->alerts == incident.alerts);  // shared
  bench.board.note(incident.id, bench.now.wall - 1h);          // the clock was set back
  CHECK(bench.draw()->incidents.front()->updated_at > noted->incidents.front()->updated_at);

  bench.report(Standing::up);
  const auto over = bench.draw();
  REQUIRE(over);
  CHECK(over->incidents.empty());
  CHECK(over->by_cluster.empty());
}

TEST_CASE("a number that moves, a new name and a changed rule are seen within two seconds, a tremble is not") {
  Bench bench;
  const auto sample = [&](double value) {
    bench.put(alert::Sample{alert::node(1), Metric::cpu_ratio, value});
    bench.pass(2s);
  };
  sample(0.9);
  sample(0.9);
  auto picture = bench.draw();
  REQUIRE(picture);
  REQUIRE(picture->incidents.size() == 1);
  const auto shown = [&] { return *picture->incidents.front()->alerts.front(); };
  const WallTime updated = picture->incidents.front()->updated_at;
  sample(0.903);
  CHECK(!bench.draw());
  sample(0.95);
  picture = bench.draw();
  REQUIRE(picture);
  CHECK(shown().row.value == 0.95);
  CHECK(picture->incidents.front()->updated_at == updated);  // its page has nothing new to show
  bench.put(alert::Placed{alert::node(1), {.name = "oslo", .cluster = ClusterId{7}}, {}});
  bench.pass(2s);
  picture = bench.draw();
  REQUIRE(picture);
  CHECK(shown().name == "oslo");
  Rule rule = bench.engine.rules.at(RuleId{2});
  rule.name = "Busy";
  bench.put(alert::PutRule{rule});
  bench.pass(2s);
  picture = bench.draw();
  REQUIRE(picture);
  CHECK(shown().rule->name == "Busy");
}

}  // namespace monitorix::app
