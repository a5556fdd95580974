// Flapping, grouping, cooldown, escalation, reminders, silences and acknowledgements against a naive second planner:
// the same messages in the same second, whatever happens.

#include <doctest/doctest.h>

#include "alert/testing/model.h"
#include "alert/testing/naive_planner.h"

namespace monitorix::alert {
namespace {

struct Pairing {
  Stand stand{};
  NaivePlanner naive{};
  Random random;
  int now{0}, compared{0};

  explicit Pairing(std::uint64_t seed) : random(seed) {
    naive.books.confirm = below(random, 2) * 20;
    naive.books.keep = below(random, 2) * 25;
    naive.books.cooldown = below(random, 2) * 150;
    naive.books.route = {.id = kRoute, .name = "all", .is_default = true};
    int after = 0;
    for (int i = 1 + below(random, 3); i > 0; --i) {
      RouteStep step{.after = seconds{after}, .channels = {chance(random, 0.5) ? kMail : kPager}};
      if (chance(random, 0.2)) step.channels = {kMail, kPager};
      if (chance(random, 0.3)) step.min_severity = Severity::critical;
      naive.books.route.steps.push_back(step);
      after += below(random, 300);
    }
    if (chance(random, 0.5)) naive.books.route.repeat_last = seconds{100 + below(random, 400)};
    stand.put(PutChannel{{.id = kPager, .burst = 1000}});
    stand.put(PutRoute{naive.books.route});
    stand.put(PutRule{{.id = kStateRule,
                       .name = "state",
                       .kind = RuleKind::check_state,
                       .confirm_for = seconds{naive.books.confirm},
                       .keep_for = seconds{naive.books.keep},
                       .cooldown = seconds{naive.books.cooldown}}});
    stand.place(node(1));
    stand.place(node(2));
    for (int id = 10; id < 15; ++id) {
      naive.books.entities[id].node = 1 + id % 2;
      stand.place(service(id), {node(1 + id % 2)});
    }
  }

  void run(int end) {
    const int calm = 10 + below(random, 300);  // seconds between changes of one entity, on average
    for (now = 1; now < end; ++now) {
      stand.sent.clear();
      naive.messages.clear();
      naive.tick(now);
      stand.run_to(now);
      for (int id = 10; id < 15; ++id) {
        if (below(random, calm) != 0) continue;
        const Standing standing = chance(random, 0.5)   ? Standing::up
                                  : chance(random, 0.3) ? Standing::degraded
                                                        : Standing::down;
        if (standing == Standing::up && naive.books.entities[id].standing == Standing::unknown) continue;
        naive.report(id, standing, now);
        stand.put(Report{.entity = service(id), .standing = standing, .started = run_at(now)});
      }
      if (below(random, 150) == 0) set_silence();
      if (below(random, 100) == 0) let_people_act();
      compare();
    }
  }
  void set_silence() {
    const int id = 1 + below(random, 4);
    if (naive.books.silences.erase(id) > 0) {
      stand.put(RemoveSilence{SilenceId{id}});
    } else {
      const int begin = now + below(random, 30);
      Silence silence{
          .id = SilenceId{id}, .starts_at = wall_at(begin), .ends_at = wall_at(begin + 1 + below(random, 300))};
      silence.matchers = {{"name", chance(random, 0.3) ? "*" : std::to_string(10 + below(random, 5)), true}};
      naive.books.silences[id] = silence;
      stand.put(PutSilence{silence});
    }
    naive.look_and_flush(now);
  }
  void let_people_act() {
    const int id = below(random, static_cast<int>(naive.books.alerts.size()));
    if (!naive.books.is_open(id)) return;
    NaiveAlert& alert = naive.books.alerts[static_cast<std::size_t>(id)];
    const int what = below(random, 4);
    if (what < 2) {
      Acknowledgement ack{.by = "ann", .is_sticky = what == 1};
      if (chance(random, 0.5)) ack.until = wall_at(now + 1 + below(random, 200));
      alert.ack = ack;
      stand.put(Acknowledge{AlertId{id}, ack});
    } else if (what == 2) {
      alert.ack.reset();
      stand.put(Unacknowledge{AlertId{id}, "ann"});
    } else {
      const int step = below(random, 2);
      naive.step_failed(id, step, now);
      stand.put(StepFailed{AlertId{id}, step});
    }
    naive.look_and_flush(now);
  }
  void compare() {
    std::vector<std::string> ours;
    for (const Sent& one : stand.sent) {
      std::string text = one.message.channel.text() + " step " + std::to_string(one.message.step) + " kind " +
                         std::to_string(static_cast<int>(one.message.kind));
      std::set<std::int64_t> ids;
      for (const MessageLine& line : one.message.lines) ids.insert(line.alert.value);
      for (const std::int64_t id : ids) text += " " + std::to_string(id);
      ours.push_back(text);
    }
    std::sort(ours.begin(), ours.end());
    std::sort(naive.messages.begin(), naive.messages.end());
    compared += static_cast<int>(ours.size());
    if (ours == naive.messages) return;
    CAPTURE(now);
    for (const auto& text : ours) MESSAGE("ours  ", text);
    for (const auto& text : naive.messages) MESSAGE("naive ", text);
    FAIL("told otherwise");
  }
};

}  // namespace

TEST_CASE("the planner and a naive one that looks at everything every second tell the same") {
  int compared = 0;
  for (int i = 0; i < histories(500, 30); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 1;
    CAPTURE(seed);
    Pairing pairing(seed);
    pairing.run(1200);
    compared += pairing.compared;
  }
  CHECK(compared > 1000);
}

}  // namespace monitorix::alert
