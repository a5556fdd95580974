#include "live/hub.h"

#include <doctest/doctest.h>
#include <map>
#include <random>

#include "base/json.h"
#include "live/channel.h"
#include "live/encode.h"

using namespace monitorix;
using namespace monitorix::live;

namespace {

WallTime at(std::int64_t seconds) { return WallTime{std::chrono::seconds{1'700'000'000 + seconds}}; }

/// A small world that changes at random; objects are replaced, never altered, as state/ does it.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (int c = 1; c <= 3; ++c) add_cluster(c);
  }
  [[nodiscard]] state::SnapshotPtr now() const { return shown_; }

  void step() {
    auto next = std::make_shared<state::Snapshot>(*shown_);
    ++next->revision;
    next->at = at(static_cast<std::int64_t>(next->revision));
    for (auto& [id, view] : next->clusters) {
      if (pick(3) == 0) continue;
      auto changed = std::make_shared<state::ClusterView>(*view);
      changed->last_poll_at = next->at;
      alter(*changed);
      view = changed;
    }
    next->alerts = went_wrong(*next);
    shown_ = next;
  }
  int pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  /// Incidents begin, change and end; those that do neither are shared with the picture before.
  std::shared_ptr<const state::AlertPicture> went_wrong(const state::Snapshot& world) {
    if (world.alerts && pick(3) == 0) return world.alerts;
    auto picture =
        world.alerts ? std::make_shared<state::AlertPicture>(*world.alerts) : std::make_shared<state::AlertPicture>();
    auto& open = picture->incidents;
    if (!open.empty() && pick(3) == 0) open.erase(open.begin() + pick(static_cast<int>(open.size())));
    if (!open.empty() && pick(2) == 0) {
      auto& one = open[static_cast<std::size_t>(pick(static_cast<int>(open.size())))];
      one = incident(one->id, pick(4) + 1);
    }
    if (pick(2) == 0) open.push_back(incident(IncidentId{++incidents_}, pick(4) + 1));
    return picture;
  }
  std::shared_ptr<const state::IncidentView> incident(IncidentId id, int alerts) {
    auto view = std::make_shared<state::IncidentView>();
    view->id = view->row.id = id;
    view->updated_at = at(pick(1000));
    for (int n = 0; n < alerts; ++n) {
      auto alert = std::make_shared<state::AlertView>();
      alert->row.id = AlertId{id.value * 10 + n};
      const int cluster = 1 + pick(3);
      alert->row.target.entity = pick(3) == 0 ? Entity{EntityKind::node, cluster * 10 + 1 + pick(3)}
                                              : Entity{EntityKind::guest, cluster * 1000 + 1 + pick(20)};
      alert->row.evidence = {.code = "alert.guest_stopped", .text = "why \"" + std::to_string(pick(9))};
      alert->name = "guest";
      alert->cluster = ClusterId{cluster};
      view->alerts.push_back(std::move(alert));
    }
    return view;
  }
  void add_cluster(int number) {
    auto next = shown_ ? std::make_shared<state::Snapshot>(*shown_) : std::make_shared<state::Snapshot>();
    auto view = std::make_shared<state::ClusterView>();
    view->config.id = ClusterId{number};
    view->config.name = "cluster" + std::to_string(number);
    view->tasks = std::make_shared<const std::vector<PveTask>>();
    for (int n = 1; n <= 3; ++n) view->nodes.push_back(new_node(*view, number * 10 + n));
    for (int g = 1; g <= 20; ++g) view->guests.push_back(new_guest(*view, number * 1000 + g));
    for (int s = 1; s <= 2; ++s) {
      auto storage = std::make_shared<Storage>();
      storage->id = StorageId{number * 10 + s};
      storage->cluster = view->config.id;
      storage->name = "local" + std::to_string(s);
      view->storages.push_back(storage);
    }
    next->clusters[view->config.id] = view;
    shown_ = next;
  }
  static std::shared_ptr<const Node> new_node(const state::ClusterView& view, int id) {
    auto node = std::make_shared<Node>();
    node->id = NodeId{id};
    node->cluster = view.config.id;
    node->name = "node" + std::to_string(id);
    return node;
  }
  std::shared_ptr<const Guest> new_guest(const state::ClusterView& view, int id) {
    auto guest = std::make_shared<Guest>();
    guest->id = GuestId{id};
    guest->cluster = view.config.id;
    guest->vmid = id;
    guest->name = "guest" + std::to_string(id);
    guest->pool = pick(2) == 0 ? "red" : "blue";
    guest->node = NodeId{view.config.id.value * 10 + 1 + pick(3)};
    return guest;
  }
  void alter(state::ClusterView& view) {
    for (auto& guest : view.guests) {
      if (pick(4) != 0) continue;
      auto changed = std::make_shared<Guest>(*guest);
      changed->status = static_cast<GuestStatus>(pick(6));
      changed->cpu_ratio = pick(5) == 0 ? std::nullopt : std::optional(pick(1000) / 997.0);
      changed->node = NodeId{view.config.id.value * 10 + 1 + pick(3)};
      if (pick(3) == 0) changed->pool = pick(2) == 0 ? "red" : "blue";
      if (pick(5) == 0) changed->tags = {"t\"" + std::to_string(pick(9))};
      guest = changed;
    }
    if (pick(3) == 0) view.guests.push_back(new_guest(view, static_cast<int>(view.guests.back()->id.value) + 1));
    if (pick(4) == 0) view.guests.erase(view.guests.begin() + pick(static_cast<int>(view.guests.size()) - 1));
    auto node = std::make_shared<Node>(*view.nodes.front());
    node->status = static_cast<NodeStatus>(pick(4));
    node->detail.pressure.cpu_some = pick(3) == 0 ? std::nullopt : std::optional(pick(100) / 100.0);
    view.nodes.front() = node;
    auto storage = std::make_shared<Storage>(*view.storages.back());
    storage->used_bytes = pick(100);
    storage->total_bytes = 100;
    if (pick(6) == 0)
      storage->deleted_at = at(0);
    else
      storage->deleted_at.reset();
    view.storages.back() = storage;
    if (pick(4) == 0) view.quorate = pick(2) == 0;
  }
  std::mt19937 random_;
  std::int64_t incidents_{0};
  state::SnapshotPtr shown_{};
};

/// What a browser would hold after the messages: items by id, members by name, as texts.
class Screen final : public Subscriber {
 public:
  void deliver(std::string head, std::shared_ptr<const std::string> body) override {
    ++messages;
    bodies.push_back(body);
    const auto message = Json::parse(head + *body);
    REQUIRE(message);
    const std::string type = *message->find("type")->as_string();
    types.push_back(type);
    const auto next = static_cast<std::uint64_t>(*message->find("seq")->as_int());
    const auto* data = message->find("data");
    if (type == "snapshot") {
      if (!in_snapshot) items.clear();
      in_snapshot = *data->find("more")->as_bool();
      take(*data->find("items")->as_array());
    } else if (type == "delta") {
      CHECK(next == seq + 1);
      take(*data->find("set")->as_array());
      for (const auto& id : *data->find("removed")->as_array()) items.erase(*id.as_string());
    }
    seq = next;
  }
  [[nodiscard]] bool is_congested() const override { return congested; }

  std::map<std::string, std::map<std::string, std::string>> items{};
  std::vector<std::shared_ptr<const std::string>> bodies{};
  std::vector<std::string> types{};
  std::uint64_t seq{0};
  int messages{0};
  bool congested{false}, in_snapshot{false};

 private:
  void take(const Json::Array& all) {
    for (const auto& item : all)
      for (const auto& [name, value] : *item.as_object()) items[*item.find("id")->as_string()][name] = value.dump();
  }
};

std::map<std::string, std::map<std::string, std::string>> fresh(const View& view, const state::Snapshot& world) {
  std::map<std::string, std::map<std::string, std::string>> all;
  for (const auto& text : encode_items(view, world)) {
    const auto item = Json::parse(text);
    REQUIRE(item);
    for (const auto& [name, value] : *item->as_object()) all[*item->find("id")->as_string()][name] = value.dump();
  }
  return all;
}

}  // namespace

TEST_CASE("a snapshot and its deltas equal a fresh list at the same number, whatever changes") {
  for (const unsigned seed : {1u, 7u, 42u, 20261122u}) {
    CAPTURE(seed);
    World world(seed);
    Hub hub([&] { return world.now(); }, "e1");
    std::vector<View> views;
    for (const auto stream :
         {Stream::overview, Stream::clusters, Stream::nodes, Stream::vms, Stream::storages, Stream::incidents}) {
      views.push_back({stream, {}, {}});
      views.push_back({stream, {}, {{ClusterId{2}}, {"red"}, {}}});
    }
    views.push_back({Stream::vms, {"1", "11", "", {}}, {}});
    std::vector<std::shared_ptr<Screen>> screens;
    for (const auto& view : views) {
      screens.push_back(std::make_shared<Screen>());
      REQUIRE(hub.subscribe(screens.back(), "s", view.stream, view.filter, view.scope, "", 0));
    }
    for (int round = 0; round < 60; ++round) {
      world.step();
      hub.flush(at(round));
      for (std::size_t n = 0; n < views.size(); ++n) {
        if (world.pick(20) == 0) screens[n]->congested = true;
        if (screens[n]->congested && world.pick(3) == 0) {
          screens[n]->congested = false;
          hub.drained(screens[n].get());
        }
        CAPTURE(round);
        CAPTURE(n);
        if (!screens[n]->congested) CHECK(screens[n]->items == fresh(views[n], *world.now()));
      }
    }
  }
}

TEST_CASE("one body is encoded once and shared by all who see the same") {
  World world(3);
  Hub hub([&] { return world.now(); }, "e1");
  std::vector<std::shared_ptr<Screen>> screens(5);
  for (auto& screen : screens) {
    screen = std::make_shared<Screen>();
    REQUIRE(hub.subscribe(screen, "a", Stream::vms, {}, {}, "", 0));
  }
  world.step();
  hub.flush(at(1));
  for (const auto& screen : screens) CHECK(screen->bodies.back() == screens[0]->bodies.back());
  CHECK(screens[0]->types == std::vector<std::string>{"subscribed", "snapshot", "delta"});
}

TEST_CASE("a thousand pages see what is wrong for the price of one encoding") {
  World world(11);
  Hub hub([&] { return world.now(); }, "e1");
  std::vector<std::shared_ptr<Screen>> screens(1000);
  for (auto& screen : screens) {
    screen = std::make_shared<Screen>();
    REQUIRE(hub.subscribe(screen, "a", Stream::incidents, {}, {}, "", 0));
  }
  for (int n = 1; n <= 5 || screens[0]->items.empty(); ++n) {
    world.step();
    hub.flush(at(n));
  }
  for (const auto& screen : screens) {
    screen->bodies.erase(screen->bodies.begin());  // "subscribed" is each one's own
    CHECK(screen->bodies == screens[0]->bodies);
  }
}

TEST_CASE("what goes wrong is told at once, and then at most once a second with all that came meanwhile") {
  World world(4);
  Hub hub([&] { return world.now(); }, "e1");
  const auto screen = std::make_shared<Screen>();
  const auto other = std::make_shared<Screen>();
  REQUIRE(hub.subscribe(screen, "a", Stream::incidents, {}, {}, "", 0));
  REQUIRE(hub.subscribe(other, "b", Stream::vms, {}, {}, "", 0));
  const auto deltas = [&] { return std::count(screen->types.begin(), screen->types.end(), "delta"); };
  const auto until_wrong = [&](WallTime now) {
    const View view{Stream::incidents, {}, {}};
    const auto before = fresh(view, *world.now());
    while (fresh(view, *world.now()) == before) world.step();
    hub.hurry(now);
  };
  until_wrong(at(10));
  CHECK(deltas() == 1);
  until_wrong(at(10) + std::chrono::milliseconds{200});  // a storm
  until_wrong(at(10) + std::chrono::milliseconds{400});
  hub.flush(at(10) + std::chrono::milliseconds{600});  // the beat of all the others
  CHECK(deltas() == 1);
  CHECK(std::count(other->types.begin(), other->types.end(), "delta") == 1);
  until_wrong(at(11));
  CHECK(deltas() == 2);
  CHECK(screen->items == fresh({Stream::incidents, {}, {}}, *world.now()));
  hub.flush(at(12));
  CHECK(deltas() == 2);
  until_wrong(at(5));  // the clock was set back
  CHECK(deltas() == 3);
}

TEST_CASE("nothing new is said when nothing changed") {
  World world(3);
  Hub hub([&] { return world.now(); }, "e1");
  const auto screen = std::make_shared<Screen>();
  REQUIRE(hub.subscribe(screen, "a", Stream::vms, {}, {}, "", 0));
  const int before = screen->messages;
  hub.flush(at(1));
  hub.flush(at(2));
  CHECK(screen->messages == before);
}

TEST_CASE("who comes back within the kept deltas gets only what was missed, else a snapshot") {
  World world(5);
  Hub hub([&] { return world.now(); }, "e1");
  const auto screen = std::make_shared<Screen>();
  REQUIRE(hub.subscribe(screen, "a", Stream::vms, {}, {}, "", 0));
  const auto seen = screen->seq;
  hub.unsubscribe_all(screen.get());
  for (int n = 0; n < 5; ++n) {
    world.step();
    hub.flush(at(n));
  }
  screen->types.clear();
  screen->messages = 0;
  REQUIRE(hub.subscribe(screen, "a", Stream::vms, {}, {}, "e1", seen));
  REQUIRE(screen->types.front() == "subscribed");
  CHECK(std::count(screen->types.begin(), screen->types.end(), "snapshot") == 0);
  hub.unsubscribe_all(screen.get());
  screen->types.clear();
  REQUIRE(hub.subscribe(screen, "a", Stream::vms, {}, {}, "another epoch", seen));
  CHECK(screen->types[1] == "snapshot");
}

TEST_CASE(
    "a reader that stays too slow costs a bounded number of waiting messages and gets one snapshot when it drains") {
  World world(9);
  Hub hub([&] { return world.now(); }, "e1");
  const auto slow = std::make_shared<Screen>();
  const auto quick = std::make_shared<Screen>();
  REQUIRE(hub.subscribe(slow, "a", Stream::vms, {}, {}, "", 0));
  REQUIRE(hub.subscribe(quick, "a", Stream::vms, {}, {}, "", 0));
  slow->congested = true;
  for (int n = 0; n < 200; ++n) {
    world.step();
    hub.flush(at(n));
  }
  CHECK(slow->messages == 2);
  CHECK(quick->messages > 150);
  slow->congested = false;
  hub.drained(slow.get());
  CHECK(slow->messages == 3);
  CHECK(slow->items == fresh({Stream::vms, {}, {}}, *world.now()));
}

TEST_CASE("snapshots come in parts of at most five hundred items") {
  auto world = std::make_shared<state::Snapshot>();
  auto view = std::make_shared<state::ClusterView>();
  view->config.id = ClusterId{1};
  for (int n = 1; n <= 1200; ++n) {
    auto guest = std::make_shared<Guest>();
    guest->id = GuestId{n};
    guest->cluster = ClusterId{1};
    view->guests.push_back(guest);
  }
  world->clusters[ClusterId{1}] = view;
  Hub hub([&]() -> state::SnapshotPtr { return world; }, "e1");
  const auto screen = std::make_shared<Screen>();
  REQUIRE(hub.subscribe(screen, "a", Stream::vms, {}, {}, "", 0));
  CHECK(screen->types == std::vector<std::string>{"subscribed", "snapshot", "snapshot", "snapshot"});
  CHECK(screen->items.size() == 1200);
}

TEST_CASE("only clusters that somebody looks at have viewers") {
  World world(1);
  Hub hub([&] { return world.now(); }, "e1");
  CHECK_FALSE(hub.has_viewers(ClusterId{1}));
  const auto screen = std::make_shared<Screen>();
  Filter filter;
  filter.cluster_id = "2";
  REQUIRE(hub.subscribe(screen, "a", Stream::nodes, filter, {}, "", 0));
  CHECK(hub.has_viewers(ClusterId{2}));
  CHECK_FALSE(hub.has_viewers(ClusterId{1}));
  hub.unsubscribe(screen.get(), "a");
  CHECK_FALSE(hub.has_viewers(ClusterId{2}));
}
