#include <algorithm>

#include "store/alert/alert_store.h"
#include "store/backup.h"
#include "store/outbox/outbox_store.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using namespace std::chrono_literals;

const WallTime kNoon = from_ms(1'790'000'000'000);

ChannelId some_channel(Store& store, const std::string& name) {
  Channel channel{.name = name, .type = ChannelType::gotify};
  channel.options["server"] = "https://gotify.example.org";
  channel.created_at = kNoon;
  return must(store.outbox().create_channel(channel)).channel.id;
}

Route on_call(ChannelId mail, ChannelId pager) {
  Route route{.name = "on call «night»", .repeat_last = 30min};
  route.steps = {{.channels = {mail, pager}, .min_severity = Severity::warning},
                 {.after = 15min, .is_to_all = true},
                 {.after = 1h, .channels = {pager}, .min_severity = Severity::critical}};
  route.steps.back().hours = WeekHours{.days = 0x1f, .from = 22h, .until = 7h, .time_zone = "Europe/Oslo"};
  return route;
}

const Route& with_id(const std::vector<Versioned<Route>>& all, RouteId id) {
  return std::ranges::find(all, id, [](const auto& one) { return one.item.id; })->item;
}

std::size_t defaults_in(const std::vector<Versioned<Route>>& all) {
  return static_cast<std::size_t>(std::ranges::count_if(all, [](const auto& one) { return one.item.is_default; }));
}

}  // namespace

ON_BOTH_ENGINES("a route keeps every choice, and a change of an old form is refused") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  const ChannelId mail = some_channel(*store, "mail"), pager = some_channel(*store, "pager");
  must(alerts.create(Route{.name = "all", .steps = {{.is_to_all = true}}, .key = "everybody"}, kNoon));
  const auto made = must(alerts.create(on_call(mail, pager), kNoon));
  Route expected = on_call(mail, pager);
  expected.id = made.item.id;
  CHECK(made.item == expected);
  CHECK(with_id(must(alerts.routes()), expected.id) == expected);
  expected.steps.pop_back();
  expected.repeat_last.reset();
  const auto changed = must(alerts.update(expected, made.version, kNoon + 1s));
  CHECK(changed.version == 2);
  CHECK(changed.item == expected);
  const auto all = must(alerts.routes());
  CHECK(with_id(all, expected.id) == expected);
  CHECK(all.back().version == 2);
  CHECK(all.back().updated_at == kNoon + 1s);
  CHECK(all.front().item.key == "everybody");
  CHECK(alerts.update(expected, 1, kNoon).error().code == Errc::conflict);
  must(alerts.remove(expected.id));
  CHECK(alerts.remove(expected.id).error().code == Errc::not_found);
  CHECK(alerts.update(expected, 0, kNoon).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("exactly one route is the default, whatever is made and changed") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  Route first{.name = "first", .steps = {{.is_to_all = true}}};
  first.id = must(alerts.create(first, kNoon)).item.id;
  CHECK(must(alerts.routes()).front().item.is_default);
  Route second{.name = "second", .steps = {{.is_to_all = true}}};
  second.id = must(alerts.create(second, kNoon)).item.id;
  CHECK(defaults_in(must(alerts.routes())) == 1);
  second.is_default = true;
  must(alerts.update(second, 0, kNoon));
  auto all = must(alerts.routes());
  CHECK(defaults_in(all) == 1);
  CHECK(with_id(all, second.id).is_default);
  CHECK(all.front().version == 2);  // that it is the default no more is a change
  Route third{.name = "third", .steps = {{.is_to_all = true}}, .is_default = true};
  third.id = must(alerts.create(third, kNoon)).item.id;
  second.is_default = false;
  must(alerts.update(second, 0, kNoon));
  third.is_default = false;
  must(alerts.update(third, 0, kNoon));  // it stays the default until another one becomes it
  all = must(alerts.routes());
  CHECK(defaults_in(all) == 1);
  CHECK(with_id(all, third.id).is_default);
  CHECK(alerts.remove(third.id).error().code == Errc::conflict);
  must(alerts.remove(first.id));
}

ON_BOTH_ENGINES("what a route or a rule names is there, and what is named stays") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  const ChannelId mail = some_channel(*store, "mail"), pager = some_channel(*store, "pager");
  must(alerts.create(Route{.name = "all", .steps = {{.is_to_all = true}}}, kNoon));
  CHECK(alerts.create(on_call(mail, ChannelId{77}), kNoon).error().code == Errc::invalid);
  Route route = must(alerts.create(on_call(mail, pager), kNoon)).item;
  Rule rule{.name = "web", .route = RouteId{77}};
  CHECK(alerts.create(rule, kNoon).error().code == Errc::invalid);
  rule.route = route.id;
  rule = must(alerts.create(rule, kNoon)).item;
  CHECK(alerts.remove(route.id).error().code == Errc::conflict);
  rule.route = RouteId{78};
  CHECK(alerts.update(rule, 0, kNoon).error().code == Errc::invalid);
  route.steps.front().channels = {ChannelId{78}};
  CHECK(alerts.update(route, 0, kNoon).error().code == Errc::invalid);
  rule.route = {};
  must(alerts.update(rule, 0, kNoon));
  must(alerts.remove(route.id));
}

ON_BOTH_ENGINES("a channel that is removed leaves the steps, but for one that tells nobody else") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  const ChannelId mail = some_channel(*store, "mail"), pager = some_channel(*store, "pager");
  must(alerts.create(Route{.name = "all", .steps = {{.is_to_all = true}}}, kNoon));
  const Route route = must(alerts.create(on_call(mail, pager), kNoon)).item;
  const auto refused = store->outbox().remove_channel(pager, kNoon);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::conflict);
  CHECK(refused.error().text.find("step 3 of the escalation path on call «night»") != std::string::npos);
  CHECK(with_id(must(alerts.routes()), route.id) == route);  // nothing of a refused order is done
  must(store->outbox().remove_channel(mail, kNoon + 1s));
  const auto all = must(alerts.routes());
  CHECK(with_id(all, route.id).steps.front().channels == std::vector{pager});
  CHECK(all.back().version == 2);
  CHECK(all.front().version == 1);
}

ON_BOTH_ENGINES("a backup carries the routes") {
  const Stand from, to;
  const std::string file = from.directory.path() + "/one.backup";
  Route route;
  {
    const auto store = from.open();
    must(store->alerts().create(Route{.name = "all", .steps = {{.is_to_all = true}}}, kNoon));
    route = must(store->alerts().create(on_call(some_channel(*store, "a"), some_channel(*store, "b")), kNoon)).item;
    must(store->backup(file));
  }
  must(restore_backup(file, to.options(), test_keyring()));
  const auto store = to.open();
  const auto all = must(store->alerts().routes());
  REQUIRE(all.size() == 2);
  CHECK(all.front().item.is_default);
  CHECK(all.back().item == route);
  CHECK(must(store->alerts().create(Route{.name = "new", .steps = {{.is_to_all = true}}}, kNoon)).item.id > route.id);
}

}  // namespace monitorix::store
