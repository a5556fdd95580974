// The invariants of alerts.md §10 on random histories: I1-I4, I7-I9, I13-I18. MONITORIX_HISTORIES says how many.

#include <doctest/doctest.h>

#include "alert/testing/house.h"

namespace monitorix::alert {
namespace {

/// What an outsider writes down of a condition: how long it has been true, without what was unknown.
struct Truths {
  std::map<Entity, Standing> standing{};
  std::map<Entity, int> true_for{};
  std::map<Entity, bool> is_true{}, is_frozen{};
  void take(const Event& event, const std::map<Entity, RunTime>& started) {
    if (const auto* gone = std::get_if<Removed>(&event)) is_true[gone->entity] = is_frozen[gone->entity] = false;
    const auto* report = std::get_if<Report>(&event);
    if (!report) return;
    const auto last = started.find(report->entity);
    if (last != started.end() && report->started <= last->second) return;
    const Entity entity = report->entity;
    switch (report->standing) {
      case Standing::soft_down:
      case Standing::soft_up: return;
      case Standing::unknown: is_frozen[entity] = true; return;
      case Standing::down:
      case Standing::degraded: is_true[entity] = true; break;
      default: is_true[entity] = false;
    }
    is_frozen[entity] = false;
    if (!is_true[entity]) true_for[entity] = 0;
  }
  void tick() {
    for (auto& [entity, is] : is_true)
      if (is && !is_frozen[entity]) ++true_for[entity];
  }
};

struct Player {
  Stand stand;
  std::size_t next{0};
  std::set<std::pair<AlertId, ChannelId>> heard{};
  std::map<std::pair<AlertId, ChannelId>, TellingKind> last{};
  std::size_t seen_messages{0}, seen_happenings{0};
  Truths truths{};
  std::map<Entity, RunTime> started{};

  explicit Player(const History& history) : stand(furnished(history)) {}

  void check_messages(const History& history) {
    for (; seen_messages < stand.sent.size(); ++seen_messages) {
      const Sent& sent = stand.sent[seen_messages];
      int within = 0;  // I14
      for (std::size_t i = seen_messages + 1; i-- > 0 && stand.sent[i].at > sent.at - 60;)
        within += stand.sent[i].message.channel == sent.message.channel;
      REQUIRE(within <= history.burst);
      for (const MessageLine& line : sent.message.lines) {
        const std::pair key{line.alert, sent.message.channel};
        const Alert& alert = stand.alert(line.alert);
        if (line.kind == TellingKind::resolved) {  // I3
          REQUIRE(last.contains(key));
          REQUIRE(last[key] != TellingKind::resolved);
          REQUIRE(alert.state == AlertState::resolved);
        }
        if (line.kind == TellingKind::firing || line.kind == TellingKind::reminder) {
          REQUIRE(alert.state != AlertState::resolved);
          REQUIRE(!alert.held);
          const bool is_acked = alert.ack && (!alert.ack->until || stand.now().wall < *alert.ack->until);
          if (is_acked) {  // I15
            REQUIRE(line.kind == TellingKind::firing);
            REQUIRE(!heard.contains(key));
          }
        }
        if (line.kind == TellingKind::firing || line.kind == TellingKind::resolved) last[key] = line.kind;
        if (line.kind == TellingKind::firing) heard.insert(key);
      }
    }
  }
  void check_states() {
    std::set<std::pair<RuleId, Target>> open;
    for (const auto& [id, alert] : stand.state.alerts)
      if (alert.row.state != AlertState::resolved)
        REQUIRE(open.insert({alert.row.rule, alert.row.target}).second);  // I1
  }
  /// Plays on until `end`.
  void play(const History& history, int end, const std::function<bool(const Act&)>& is_wanted) {
    for (int now = stand.time() > 0 ? static_cast<int>(stand.time()) + 1 : 1; now < end; ++now) {
      truths.tick();
      stand.run_to(now);
      check_opened(history);
      check_messages(history);
      for (; next < history.acts.size() && history.acts[next].at <= now; ++next) {
        const Act& act = history.acts[next];
        if (!is_wanted(act)) continue;
        const auto event = meant_by(act, stand);
        if (!event) continue;
        truths.take(*event, started);
        if (const auto* report = std::get_if<Report>(&*event))
          started[report->entity] = std::max(started[report->entity], report->started);
        if (const auto* gone = std::get_if<Removed>(&*event)) started.erase(gone->entity);
        stand.put(*event);
        check_opened(history);
        check_messages(history);
        check_removed(*event);
      }
      if (now % 16 == 0) check_states();
    }
    check_states();
  }
  void check_opened(const History& history) {
    for (; seen_happenings < stand.happenings.size(); ++seen_happenings) {  // I2
      const Happening& one = stand.happenings[seen_happenings];
      const bool is_first = one.kind == HappeningKind::opened && stand.alert(one.alert).reopen_count == 0;
      if (!is_first || stand.alert(one.alert).rule != kStateRule) continue;
      REQUIRE(seconds{truths.true_for[stand.alert(one.alert).target.entity]} >= history.confirm_for);
      REQUIRE(truths.is_true[stand.alert(one.alert).target.entity]);
    }
  }
  void check_removed(const Event& event) {  // I17
    const auto* gone = std::get_if<Removed>(&event);
    if (!gone) return;
    REQUIRE(stand.open_alert(gone->entity) == nullptr);
    for (const auto& [id, alert] : stand.state.alerts)
      if (alert.row.target.entity == gone->entity) REQUIRE(alert.row.state == AlertState::resolved);
  }
};

bool everything(const Act&) { return true; }
bool is_peoples(const Act& act) {
  return std::holds_alternative<PutSilence>(act.event) || std::holds_alternative<RemoveSilence>(act.event) ||
         std::holds_alternative<PutWindow>(act.event);
}

/// What became of the alerts, whoever was told.
std::vector<std::tuple<WallTime, AlertId, HappeningKind>> course_of(const Stand& stand) {
  std::vector<std::tuple<WallTime, AlertId, HappeningKind>> course;
  for (const Happening& one : stand.happenings)
    if (one.kind <= HappeningKind::resolved) course.emplace_back(one.at, one.alert, one.kind);
  return course;
}

bool is_equal(const std::vector<Sent>& a, const std::vector<Sent>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Sent& one, const Sent& other) {
    return one.at == other.at && one.message.dedup_key == other.message.dedup_key &&
           one.message.lines.size() == other.message.lines.size();
  });
}

/// After the storm everything that still fires is told, and everything that ended is ended for whoever heard of it
/// (I4).
void check_calm(Player& player, const History& history) {
  Stand& stand = player.stand;
  for (int i = 1; i < 10; ++i) {
    stand.put(RemoveSilence{SilenceId{i}});
    player.check_messages(history);  // at once: a second later what was told may be held
    stand.put(RemoveWindow{WindowId{i}});
    player.check_messages(history);
  }
  std::map<Entity, Standing> standing;
  for (const Member& member : stand.state.members)
    if (member.exists && member.reported_at) standing[member.entity] = member.standing;
  const std::int64_t end = stand.time() + 7200;
  for (std::int64_t now = stand.time() + 1; now < end; now += 30) {
    while (stand.time() < now) {
      stand.run_to(stand.time() + 1);
      player.check_messages(history);
    }
    for (const auto& [entity, is] : standing) stand.report(entity, is == Standing::soft_down ? Standing::up : is);
    player.check_messages(history);
  }
  for (const auto& [id, alert] : stand.state.alerts) {
    const bool is_firing = alert.row.state == AlertState::firing || alert.row.state == AlertState::recovering;
    REQUIRE(!alert.row.is_flapping);
    if (is_firing && !alert.row.held && !alert.row.ack) REQUIRE(player.heard.contains({id, kMail}));
    if (is_firing && alert.row.held)  // its node is down, or a backup never ended
      REQUIRE((alert.row.held->kind == HoldKind::parent || alert.row.held->kind == HoldKind::task));
    if (alert.row.state == AlertState::resolved)
      for (const ChannelId channel : {kMail, kPager})
        if (const auto last = player.last.find({id, channel}); last != player.last.end())
          REQUIRE(last->second == TellingKind::resolved);
  }
}

}  // namespace

TEST_CASE("whatever happens in a house, the invariants hold, and in the end everybody knows") {
  for (int i = 0; i < histories(700, 40); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 1;
    CAPTURE(seed);
    const History history = Weather(seed).make();
    Player player(history);
    player.play(history, history.end, everything);
    check_calm(player, history);
  }
}

TEST_CASE("played again, a history ends with the same alerts, incidents and messages") {
  for (int i = 0; i < histories(100, 10); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 1'000'000;
    CAPTURE(seed);
    const History history = Weather(seed).make();
    Player once(history), again(history);
    once.play(history, history.end, everything);
    // A checkpoint in the middle is a copy.
    again.play(history, history.end / 2, everything);
    Player restored = again;
    restored.play(history, history.end, everything);
    REQUIRE(is_equal(once.stand.sent, restored.stand.sent));
    REQUIRE(once.stand.happenings == restored.stand.happenings);
    for (const auto& [id, alert] : once.stand.state.alerts) REQUIRE(alert.row == restored.stand.alert(id));
    for (const auto& [id, group] : once.stand.state.groups)
      REQUIRE(group.row == restored.stand.state.groups.at(id).row);
  }
}

TEST_CASE("silences and maintenance change no alert, only who is told") {
  for (int i = 0; i < histories(100, 10); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 2'000'000;
    CAPTURE(seed);
    const History history = Weather(seed).make();
    Player with(history), without(history);
    with.play(history, history.end, everything);
    without.play(history, history.end, [](const Act& act) { return !is_peoples(act); });
    REQUIRE(course_of(with.stand) == course_of(without.stand));
  }
}

TEST_CASE("results that come twice or late change nothing") {
  for (int i = 0; i < histories(100, 10); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 3'000'000;
    CAPTURE(seed);
    const History history = Weather(seed).make();
    Player with(history), without(history);
    with.play(history, history.end, everything);
    without.play(history, history.end, [](const Act& act) { return act.kind != Act::Kind::duplicate; });
    REQUIRE(is_equal(with.stand.sent, without.stand.sent));
    REQUIRE(with.stand.happenings == without.stand.happenings);
  }
}

TEST_CASE("a clock that jumps by a day fires, resolves and tells nothing by itself") {
  for (int i = 0; i < histories(100, 10); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 4'000'000;
    CAPTURE(seed);
    const History history = Weather(seed).make();
    const auto is_timeless = [](const Act& act) {  // what people set by the clock follows the clock
      return !is_peoples(act) && act.kind != Act::Kind::acknowledge;
    };
    Player steady(history), jumping(history);
    Random random(seed);
    steady.play(history, history.end, is_timeless);
    for (int now = 1; now < history.end; now += 60) {
      jumping.stand.wall_shift += std::chrono::hours{24} * (below(random, 3) - 1) + seconds{below(random, 9) - 4};
      jumping.play(history, std::min(now + 60, history.end), is_timeless);
    }
    REQUIRE(steady.stand.sent.size() == jumping.stand.sent.size());
    REQUIRE(is_equal(steady.stand.sent, jumping.stand.sent));
  }
}

}  // namespace monitorix::alert
