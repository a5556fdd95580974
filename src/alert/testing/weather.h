#pragma once
// Random histories of a small house: a node, guests and services that fail, flap, vanish and return; samples, tasks,
// silences, windows, people. A history is a list that does not depend on the engine, so it can be played again, with
// another clock, or with something left out.

#include "alert/testing/model.h"

namespace monitorix::alert {

struct Act {
  int at{};
  enum class Kind : std::uint8_t { world, order, acknowledge, unacknowledge, resolve, duplicate } kind{};
  Event event{};
  int pick{};  ///< which of the open alerts, for what people do
};

struct History {
  int end{}, services{};
  milliseconds confirm_for{0}, keep_for{0}, cooldown{0};
  int burst{5};
  std::vector<Act> acts{};
};

class Weather {
 public:
  explicit Weather(std::uint64_t seed) : random_(seed) {}

  History make() {
    history_.end = 600 + below(random_, 900);
    history_.services = 1 + below(random_, 5);
    history_.confirm_for = seconds{below(random_, 3) * 30};
    history_.keep_for = seconds{below(random_, 3) * 40};
    history_.cooldown = seconds{below(random_, 3) * 100};
    history_.burst = 1 + below(random_, 6);
    add_check(node(1), 0.01);
    for (int i = 0; i < history_.services; ++i) add_check(service(100 + i), 0.06);
    add_guest();
    if (chance(random_, 0.4)) add_samples();
    add_people();
    std::stable_sort(history_.acts.begin(), history_.acts.end(),
                     [](const Act& a, const Act& b) { return a.at < b.at; });
    return std::move(history_);
  }

 private:
  void add(int at, Act::Kind kind, Event event, int pick = 0) {
    history_.acts.push_back({at, kind, std::move(event), pick});
  }

  void report(Entity entity, Standing standing, int at) {
    add(at, Act::Kind::world, Report{.entity = entity, .standing = standing, .started = run_at(at)});
    if (chance(random_, 0.03))
      add(at + below(random_, 30), Act::Kind::duplicate,
          Report{.entity = entity,
                 .standing = chance(random_, 0.5) ? Standing::down : Standing::up,
                 .started = run_at(at)});
  }

  void add_check(Entity entity, double failing) {
    ModelCheck check;
    check.phase = check.due = below(random_, kInterval);
    int outage_until = 0, gone_until = 0;
    for (int now = 1; now < history_.end; ++now) {
      if (now < check.due) continue;
      if (now < gone_until) {
        check.plan(now);
        continue;
      }
      if (gone_until > 0 && check.last == -1) add(now, Act::Kind::order, placed(entity));
      if (now >= outage_until && chance(random_, failing)) outage_until = now + 15 + below(random_, 586);
      Seen seen = now < outage_until || chance(random_, 0.03) ? Seen::down : Seen::up;
      if (chance(random_, 0.1)) seen = Seen::unknown;
      check.take(seen, now);
      check.plan(now);
      if (chance(random_, 0.01) && entity.kind == EntityKind::service) {
        report(entity, Standing::paused, now);
      } else if (chance(random_, 0.005) && entity.kind == EntityKind::service) {
        add(now, Act::Kind::order, Removed{entity});
        gone_until = now + below(random_, 200);
        check = ModelCheck{.phase = check.phase, .due = check.due};
      } else {
        report(entity, seen == Seen::unknown && chance(random_, 0.3) ? Standing::unknown : check.standing, now);
      }
    }
  }

  [[nodiscard]] static Placed placed(Entity entity) {
    if (entity.kind == EntityKind::node) return {entity, {.name = "pve1"}, {}};
    const Entity below_it = entity.kind == EntityKind::guest || entity.id % 2 == 0 ? node(1) : guest(50);
    return {
        entity, {.name = "x" + std::to_string(entity.id), .pool = "p" + std::to_string(entity.id % 2)}, {{{below_it}}}};
  }

  void add_guest() {
    for (int now = 5; now < history_.end; now += 10 + below(random_, 200)) {
      const int length = 10 + below(random_, 120);
      const bool has_task = chance(random_, 0.5);
      if (chance(random_, 0.3)) continue;
      const std::string upid = "UPID:" + std::to_string(now);
      if (has_task) add(now, Act::Kind::world, WorkBegan{guest(50), HoldKind::task, "vzdump", upid});
      report(guest(50), Standing::down, now + 1);
      report(guest(50), chance(random_, 0.2) ? Standing::resting : Standing::up, now + 2 + length);
      if (has_task) add(now + length, Act::Kind::world, WorkEnded{guest(50), upid});
      now += length;
    }
  }

  void add_samples() {
    double value = 0.7;
    for (int now = 1; now < history_.end; now += 10) {
      value = std::clamp(value + (static_cast<double>(below(random_, 201)) - 100) / 800, 0.0, 1.0);
      if (chance(random_, 0.05)) continue;
      add(now, Act::Kind::world,
          Sample{guest(50), Metric::memory_ratio, chance(random_, 0.05) ? std::nullopt : std::optional<double>(value)});
    }
  }

  void add_people() {
    for (int i = below(random_, 6); i > 0; --i) {
      const int begin = below(random_, history_.end), length = 20 + below(random_, 300);
      const std::int64_t id = i;
      if (chance(random_, 0.5)) {
        Silence silence{.id = SilenceId{id}, .starts_at = wall_at(begin), .ends_at = wall_at(begin + length)};
        silence.matchers = {{"name", chance(random_, 0.5) ? "*" : "x10" + std::to_string(below(random_, 4)), true}};
        add(std::max(1, begin - below(random_, 40)), Act::Kind::order, PutSilence{silence});
        if (chance(random_, 0.3)) add(begin + below(random_, length), Act::Kind::order, RemoveSilence{silence.id});
      } else {
        Window window{.id = WindowId{id}, .starts_at = wall_at(begin), .duration = seconds{length}};
        window.selector.entities = {chance(random_, 0.3) ? node(1) : service(100 + below(random_, 4))};
        add(std::max(1, begin - 5), Act::Kind::order, PutWindow{window});
      }
    }
    for (int i = below(random_, 5); i > 0; --i) {
      const int when = below(random_, history_.end), pick = below(random_, 10);
      const int what = below(random_, 4);
      Acknowledgement ack{.by = "ann", .is_sticky = chance(random_, 0.3)};
      if (chance(random_, 0.4)) ack.until = wall_at(when + 100);
      if (what < 2)
        add(when, Act::Kind::acknowledge, Acknowledge{{}, ack}, pick);
      else if (what == 2)
        add(when, Act::Kind::unacknowledge, Unacknowledge{{}, "ann"}, pick);
      else
        add(when, Act::Kind::resolve, ResolveByHand{{}, "ann"}, pick);
    }
  }

  Random random_;
  History history_{};
};

}  // namespace monitorix::alert
