#include "app/alerts/outside.h"

#include <doctest/doctest.h>

#include "alert/default_rules/default_rules.h"
#include "app/alerts/standing.h"
#include "state/inventory.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr ClusterId kOslo{1}, kBergen{2};

/// Two clusters that both have a guest "web", and the engine that hears of them.
struct Bench {
  state::Inventory inventory{};
  alert::State engine{};
  alert::Now now{alert::RunTime{100'000s}, from_ms(1'700'000'000'000)};
  Outside outside{};
  std::size_t refused{0};

  Bench() {
    for (const Rule& rule : alert::default_rules()) alert::step(engine, alert::PutRule{rule}, now);
    see(kOslo, "oslo", {"pve1", "pve2"}, {{100, "web"}, {101, "mail"}});
    see(kBergen, "bergen", {"pve9"}, {{100, "web"}, {900, "shop"}});
    step(alert::Placed{kMonitor, {.name = "Monitorix"}, {}});
    for (const auto& [id, cluster] : world()->clusters) {
      step(alert::Placed{entity_of(id), labels_of(*cluster), {}});
      for (const auto& node : cluster->nodes) step(alert::Placed{entity_of(node->id), labels_of(*cluster, *node), {}});
    }
  }
  void see(ClusterId id, const std::string& name, const std::vector<std::string>& nodes,
           const std::vector<std::pair<int, std::string>>& guests) {
    inventory.put_cluster({.id = id, .name = name}, now.wall);
    Resources rows;
    for (const auto& node : nodes) rows.nodes.push_back({.name = node, .status = "online"});
    for (const auto& [vmid, guest] : guests)
      rows.guests.push_back(
          {.type = GuestType::lxc, .vmid = vmid, .node = nodes.front(), .status = "running", .name = guest});
    (void)inventory.apply({.cluster = id, .at = now.wall, .what = ClusterHealth{.state = ClusterState::ok}});
    (void)inventory.apply({.cluster = id, .at = now.wall, .what = rows});
  }
  [[nodiscard]] state::SnapshotPtr world() const { return inventory.snapshot(); }
  void step(const alert::Event& event) { alert::step(engine, event, now); }
  void put(const Outside::Events& events) {
    for (const auto& event : events) step(event);
  }
  void send(const OutsideAlert& alert) { put(outside.take({alert}, *world(), engine, now, refused)); }
  void pass(std::chrono::milliseconds time) {
    now.run += time;
    now.wall += time;
    put(outside.tick(now));
    alert::advance(engine, now);
  }
  [[nodiscard]] std::vector<const Alert*> open() const {
    std::vector<const Alert*> all;
    for (const auto& [id, alert] : engine.alerts)
      if (alert.row.state != AlertState::resolved) all.push_back(&alert.row);
    return all;
  }
  [[nodiscard]] std::string meant(std::vector<std::pair<std::string, std::string>> labels) const {
    const auto entity = meant_by({.labels = std::move(labels)}, *world());
    if (!entity) return "nobody";
    if (entity->kind == EntityKind::cluster) return world()->cluster(ClusterId{entity->id})->config.name;
    if (entity->kind == EntityKind::node) return world()->node(NodeId{entity->id})->name;
    const auto guest = world()->guest(GuestId{entity->id});
    return guest->name + " of " + world()->cluster(guest->cluster)->config.name;
  }
};

OutsideAlert alert_of(const std::string& fingerprint, std::vector<std::pair<std::string, std::string>> labels = {}) {
  return {.fingerprint = fingerprint, .name = "Disk", .about = "nas1", .text = "full", .labels = std::move(labels)};
}
const std::string kPrint = "0123456789abcdef";

}  // namespace

TEST_CASE("labels mean the object that they name, and nobody where several could be meant") {
  const Bench bench;
  CHECK(bench.meant({{"instance", "pve2:9100"}}) == "pve2");
  CHECK(bench.meant({{"instance", "https://PVE2.example.org:9100/metrics"}}) == "pve2");
  CHECK(bench.meant({{"instance", "nas1:9100"}}) == "nobody");
  CHECK(bench.meant({{"id", "node/pve9"}}) == "pve9");
  CHECK(bench.meant({{"id", "lxc/900"}, {"instance", "pve1"}}) == "shop of bergen");
  CHECK(bench.meant({{"vmid", "101"}}) == "mail of oslo");
  CHECK(bench.meant({{"name", "web"}, {"instance", "pve1"}}) == "nobody");  // there are two, and pve1 is not meant
  CHECK(bench.meant({{"name", "web"}, {"cluster", "bergen"}}) == "web of bergen");
  CHECK(bench.meant({{"host", "mail.example.org"}}) == "mail of oslo");
  CHECK(bench.meant({{"cluster", "oslo"}, {"job", "backup"}}) == "oslo");
  CHECK(bench.meant({{"cluster", "elsewhere"}, {"instance", "pve1"}}) == "pve1");
  CHECK(bench.meant({}) == "nobody");
}

TEST_CASE(
    "an alert that is not sent again ends after five minutes, one with an end then, and one that is sent again goes "
    "on") {
  Bench bench;
  bench.send(alert_of(kPrint));
  REQUIRE(bench.open().size() == 1);
  CHECK(is_foreign(bench.open().front()->target.entity));
  CHECK(title_of_part(bench.open().front()->target.part) == "Disk (nas1)");
  CHECK(bench.open().front()->evidence.text == "Disk: full");
  for (int i = 0; i < 5; ++i) {
    bench.pass(4min);
    bench.send(alert_of(kPrint));
    CHECK(bench.open().size() == 1);
  }
  bench.pass(5min - 1s);
  CHECK(bench.open().size() == 1);
  bench.pass(2s);
  CHECK(bench.open().empty());
  CHECK(bench.engine.alerts.size() == 1);  // it was one alert all the time

  auto ending = alert_of(kPrint);
  ending.ends_at = bench.now.wall + 20min;
  bench.send(ending);
  bench.pass(19min);
  CHECK(bench.open().size() == 1);
  ending.ends_at = bench.now.wall;
  bench.send(ending);
  CHECK(bench.open().empty());
}

TEST_CASE("an alert about a guest gives it a place, and stays with it when the labels fit no more") {
  Bench bench;
  bench.send(alert_of(kPrint, {{"name", "shop"}}));
  REQUIRE(bench.open().size() == 1);
  const Entity shop = bench.open().front()->target.entity;
  CHECK(shop.kind == EntityKind::guest);
  bench.see(kBergen, "bergen", {"pve9"}, {{900, "store"}});
  bench.send(alert_of(kPrint, {{"name", "shop"}}));
  REQUIRE(bench.open().size() == 1);
  CHECK(bench.open().front()->target.entity == shop);
}

TEST_CASE("what others report leaves nothing behind when it is over") {
  Bench bench;
  const std::size_t members = bench.engine.member_at.size();
  for (int i = 0; i < 50; ++i) {
    const std::string print = kPrint.substr(0, 14) + std::to_string(10 + i);
    bench.send(alert_of(std::string(1, static_cast<char>('0' + i % 10)) + print.substr(1)));
    bench.send(alert_of(print.substr(0, 12) + "f" + print.substr(13), {{"instance", "pve1"}}));
  }
  CHECK(bench.open().size() >= 10);
  bench.pass(6min);
  CHECK(bench.open().empty());
  bench.pass(3h);
  bench.engine.channels.clear();
  for (auto& [id, group] : bench.engine.groups) group.live.clear();  // all was told
  alert::forget_settled(bench.engine);
  bench.outside.tidy(bench.engine, bench.now);
  CHECK(bench.engine.member_at.size() == members);
  const auto node = entity_of(bench.world()->cluster(kOslo)->nodes.front()->id);
  for (const auto pair : bench.engine.members[bench.engine.member_at.at(node)].pairs)
    CHECK(bench.engine.pairs[pair].part.empty());
}

TEST_CASE("more than there is room for is refused, and what is known goes on") {
  Bench bench;
  std::vector<OutsideAlert> many;
  for (std::size_t i = 0; i < Outside::kMostOpen + 5; ++i) {
    std::string print = std::to_string(1'000'000 + i);
    many.push_back(alert_of(print + std::string(16 - print.size(), 'a')));
  }
  bench.put(bench.outside.take(many, *bench.world(), bench.engine, bench.now, bench.refused));
  CHECK(bench.refused == 5);
  bench.refused = 0;
  bench.send(many.front());
  CHECK(bench.refused == 0);
}

TEST_CASE("a notification is an alert of its node for a day, until the same job goes well, or until a person ends it") {
  Bench bench;
  const auto& oslo = *bench.world()->cluster(kOslo);
  ProxmoxNotice notice{.title = "backup failed", .type = "vzdump", .hostname = "PVE2", .job = "nightly"};
  notice.severity = Severity::critical;
  const auto send = [&](std::optional<Severity> severity, const std::string& job) {
    notice.severity = severity;
    notice.job = job;
    bench.put(bench.outside.take(notice, oslo, bench.now));
  };
  send(Severity::critical, "nightly");
  REQUIRE(bench.open().size() == 1);
  CHECK(bench.world()->node(NodeId{bench.open().front()->target.entity.id})->name == "pve2");
  send(std::nullopt, "weekly");
  CHECK(bench.open().size() == 1);
  send(std::nullopt, "nightly");
  CHECK(bench.open().empty());

  send(Severity::warning, "nightly");
  bench.pass(23h);
  CHECK(bench.open().size() == 1);
  bench.pass(61min);
  CHECK(bench.open().empty());

  send(Severity::critical, "weekly");
  REQUIRE(bench.open().size() == 1);
  const Alert ended = *bench.open().front();
  bench.step(alert::ResolveByHand{ended.id, "ada"});
  bench.put(bench.outside.dismiss(ended.target));
  bench.pass(10min);
  CHECK(bench.open().empty());
}

TEST_CASE("after a restart what was reported goes on, and ends unless it is sent again") {
  Bench bench;
  bench.send(alert_of(kPrint));
  bench.send(alert_of("f" + kPrint.substr(1), {{"instance", "pve1"}}));
  bench.outside = Outside{};
  bench.put(bench.outside.begin(bench.engine, bench.now));
  bench.pass(4min);
  CHECK(bench.open().size() == 2);
  bench.send(alert_of(kPrint));
  bench.pass(2min);
  REQUIRE(bench.open().size() == 1);
  CHECK(title_of_part(bench.open().front()->target.part) == "Disk (nas1)");
}

}  // namespace monitorix::app
