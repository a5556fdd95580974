// State, dependency and delivery against the reference model (alerts I1, I3, I5, I6): a node and its services fail and
// return, checks run on their own schedule and when the engine asks for them.

#include <doctest/doctest.h>

#include "alert/testing/model.h"

namespace monitorix::alert {
namespace {

struct Delivery {
  double crash{0}, channel_fails{0};
};

struct Result {
  std::vector<std::pair<Entity, TellingKind>> lines{};
  std::vector<std::string> keys{};
  int crashes{};
  int of_services{}, of_node{};
};

/// All that one transaction changes.
struct Database {
  Stand stand{};
  ModelHouse house;
  std::vector<WantedMessage> outbox{};
};

void tell(Database& database, Entity entity, const ModelCheck& check, Seen seen, int now, const Outage& outage) {
  std::optional<seconds> uptime;
  if (entity.kind == EntityKind::node && seen == Seen::up && now >= outage.end) uptime = seconds{now - outage.end};
  const Standing standing =
      seen == Seen::unknown && check.standing == Standing::unknown ? Standing::unknown : check.standing;
  database.stand.report(entity, standing, uptime);
}

Entity entity_at(int check) { return check == 0 ? node(1) : service(100 + check); }

void obey(Database& database, int now) {
  for (const Entity entity : database.stand.asked) {
    const bool is_node = entity.kind == EntityKind::node;
    ModelCheck& check = database.house.checks[is_node ? 0 : static_cast<std::size_t>(entity.id - 100)];
    check.due = std::min(check.due, is_node ? now + 1 : now + kRetry);
  }
  database.stand.asked.clear();
}

void run_tick(Database& database, int now, const Outage& outage, Random& random) {
  for (int i = 0; i < static_cast<int>(database.house.checks.size()); ++i) {
    ModelCheck& check = database.house.checks[static_cast<std::size_t>(i)];
    if (now < check.due) continue;
    const Seen seen = outage.truth(random, i, now);
    check.take(seen, now);
    check.plan(now);
    tell(database, entity_at(i), check, seen, now, outage);
  }
  obey(database, now);
  for (Sent& one : database.stand.sent) database.outbox.push_back(std::move(one.message));
  database.stand.sent.clear();
}

Result run(std::uint64_t seed, int services, Delivery delivery, double noise, double unknown, NaiveSender* naive) {
  Random random(seed);
  const Outage outage(random, services, noise, unknown);
  Database database{.house = ModelHouse(random, services)};
  database.stand.place(node(1));
  for (int i = 1; i <= services; ++i) database.stand.place(entity_at(i), {node(1)});
  Random truth(seed + 2), fate(seed + 1);
  Result result;
  const Outage calm = [&] {
    Outage none = outage;
    none.begin = none.end = 1 << 30;
    none.noise = none.unknown = 0;
    for (int& lag : none.lags) lag = 0;
    return none;
  }();
  constexpr int kEnd = 2400, kCalm = 800;
  for (int now = 1; now < kEnd + kCalm; ++now) {
    if (now == kEnd) delivery = {};
    std::optional<Database> before;
    if (delivery.crash > 0) before = database;
    database.stand.run_to(now);
    run_tick(database, now, now < kEnd ? outage : calm, truth);
    if (naive) naive->look(database.house);
    if (delivery.crash > 0 && chance(fate, delivery.crash)) {  // killed before the commit
      ++result.crashes;
      database = *before;
      continue;
    }
    std::set<std::pair<RuleId, Entity>> open;
    for (const auto& [id, alert] : database.stand.state.alerts)
      if (alert.row.state != AlertState::resolved)
        REQUIRE(open.insert({alert.row.rule, alert.row.target.entity}).second);  // I1
    for (int i = 0; i <= services; ++i)  // an alert is open exactly while its check is down
      REQUIRE((database.stand.open_alert(entity_at(i)) != nullptr) ==
              database.house.checks[static_cast<std::size_t>(i)].is_down());
    while (!database.outbox.empty()) {
      if (delivery.channel_fails > 0 && chance(fate, delivery.channel_fails)) break;
      const WantedMessage& message = database.outbox.front();
      result.keys.push_back(message.dedup_key);
      for (const MessageLine& line : message.lines) {
        const Entity entity = database.stand.state.alerts.at(line.alert).row.target.entity;
        result.lines.emplace_back(entity, line.kind);
        ++(entity.kind == EntityKind::node ? result.of_node : result.of_services);
      }
      if (delivery.crash > 0 && chance(fate, delivery.crash)) {  // between sending and remembering
        ++result.crashes;
        break;
      }
      database.outbox.erase(database.outbox.begin());
    }
  }
  return result;
}

/// Never a resolved without its firing, never two in a row, once what was sent twice is counted once.
void check_order(const Result& result) {
  std::map<Entity, TellingKind> last;
  for (const auto& [entity, kind] : result.lines) {
    const auto before = last.find(entity);
    if (kind == TellingKind::resolved) CHECK(before != last.end());
    last[entity] = kind;
  }
}

}  // namespace

TEST_CASE("a node that goes and returns never lets a word slip about its services") {
  const int runs = histories(150, 2);
  int spurious = 0, naive_messages = 0, naive_runs = 0, worst = 0;
  for (int i = 0; i < runs; ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) * 7919 + 1;
    CAPTURE(seed);
    NaiveSender naive;
    const Result result = run(seed, 20, {}, 0, 0, &naive);
    spurious += result.of_services;
    CHECK(result.of_services == 0);
    CHECK((result.of_node == 0 || result.of_node == 2));
    naive_messages += naive.service_messages;
    naive_runs += naive.service_messages > 0;
    worst = std::max(worst, naive.service_messages);
  }
  MESSAGE(runs, " outages of a node with 20 services: messages about services ", spurious, "; a naive rule sends ",
          naive_messages, " in ", naive_runs, " of them, at worst ", worst);
}

TEST_CASE("with crashes and a channel that fails half of the time nothing is lost, and what comes twice has one key") {
  int crashes = 0, twice = 0;
  for (int i = 0; i < histories(20, 1); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) * 104'729 + 3;
    CAPTURE(seed);
    const Result calm = run(seed, 3, {}, 0, 0, nullptr);
    const Result rough = run(seed, 3, {.crash = 0.02, .channel_fails = 0.5}, 0, 0, nullptr);
    crashes += rough.crashes;
    for (const auto& line : calm.lines) CHECK(std::count(rough.lines.begin(), rough.lines.end(), line) > 0);
    const std::set<std::string> keys(rough.keys.begin(), rough.keys.end());
    twice += static_cast<int>(rough.keys.size() - keys.size());
    CHECK(rough.keys.size() <= keys.size() + static_cast<std::size_t>(rough.crashes));
    check_order(rough);
  }
  MESSAGE("crashes ", crashes, ", sent twice with the same key ", twice);
}

TEST_CASE("random failures and unknown results open and close alerts exactly as the model does") {
  for (int i = 0; i < histories(60, 4); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) * 31 + 5;
    CAPTURE(seed);
    const Result result = run(seed, 4, {}, i % 3 == 0 ? 0.3 : 0.03, 0.1, nullptr);
    check_order(result);
  }
}

}  // namespace monitorix::alert
