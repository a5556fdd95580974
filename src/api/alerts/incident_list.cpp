#include "api/alerts/incident_list.h"

#include <algorithm>

#include "api/list.h"
#include "live/incidents.h"

namespace monitorix::api {
namespace {

constexpr int kRead = 100;               ///< incidents at a time
constexpr std::size_t kMostRead = 5000;  ///< for one answer: who searches for more narrows the time

struct Wish {
  PageWish page{};
  std::vector<std::string> states{}, severities{};
  std::optional<WallTime> since{}, until{};
  std::string q{};
};

struct Found {
  std::string items{};
  std::size_t shown{0};
  std::optional<std::int64_t> last{}, next{};
  std::optional<std::uint64_t> total{};
};

Result<Wish> read_wish(const Query& query) {
  if (auto known = query.allow({"state", "severity", "since", "until", "q", "limit", "cursor", "count"}); !known)
    return fail(known.error());
  const auto since = query.time("since"), until = query.time("until");
  if (!since) return fail(since.error());
  if (!until) return fail(until.error());
  auto page = read_page(query);
  if (!page) return fail(page.error());
  return Wish{.page = *page,
              .states = query.all("state"),
              .severities = query.all("severity"),
              .since = *since,
              .until = *until,
              .q = lower(query.text("q"))};
}

bool fits(const Wish& wish, const state::IncidentView& incident) {
  return wanted(wish.states, name_of(incident.row.state)) &&
         wanted(wish.severities, severity_name(incident.row.severity)) &&
         (!wish.since || incident.row.opened_at >= *wish.since) &&
         (!wish.until || incident.row.opened_at < *wish.until) && has_text(live::title_of(incident), wish.q);
}

/// Writes what fits until the page is full, and says what came after it.
class Pager {
 public:
  Pager(const Wish& wish, const live::Scope& scope, const state::Snapshot& world)
      : wish_(wish),
        scope_(scope),
        world_(world) {
    out_.begin_array();
  }
  void take(const std::shared_ptr<const state::IncidentView>& incident) {
    const auto seen = live::visible_part(scope_, incident, world_);
    if (!seen || !fits(wish_, *seen)) return;
    ++total_;
    if (wish_.page.before && seen->id.value >= *wish_.page.before) return;
    if (found_.shown == wish_.page.limit) {
      found_.next = found_.last;
      return;
    }
    ++found_.shown;
    found_.last = seen->id.value;
    live::encode_incident(out_, *seen);
  }
  [[nodiscard]] bool is_done() const { return found_.next && !wish_.page.is_counted; }
  /// `stopped_at`: what is older was not read.
  Found finish(std::optional<std::int64_t> stopped_at = {}) && {
    found_.items = out_.end_array().take();
    if (wish_.page.is_counted && !stopped_at) found_.total = total_;
    if (stopped_at && !found_.next) found_.next = stopped_at;
    return std::move(found_);
  }

 private:
  const Wish& wish_;
  const live::Scope& scope_;
  const state::Snapshot& world_;
  JsonWriter out_{};
  Found found_{};
  std::uint64_t total_{0};
};

bool is_about_open_ones(const Wish& wish) {
  return !wish.states.empty() && std::ranges::find(wish.states, "resolved") == wish.states.end();
}

Found open_ones(const Wish& wish, const live::Scope& scope, const state::Snapshot& world) {
  Pager pager(wish, scope, world);
  const auto& open = world.incidents();
  for (auto one = open.rbegin(); one != open.rend() && !pager.is_done(); ++one) pager.take(*one);
  return std::move(pager).finish();
}

/// The rows of the store; an incident that is not over is taken as the picture has it, stored already or not.
Result<Found> all_of_them(store::Store& store, const Wish& wish, const live::Scope& scope, const Backdrop& backdrop) {
  const state::Snapshot& world = *backdrop.world;
  Pager pager(wish, scope, world);
  auto open = world.incidents().rbegin();
  const auto take_newer = [&](IncidentId than) {
    for (; open != world.incidents().rend() && (*open)->id >= than; ++open) pager.take(*open);
  };
  IncidentId before;
  if (wish.page.before && !wish.page.is_counted) before = IncidentId{*wish.page.before};
  for (std::size_t read = 0; !pager.is_done(); read += kRead) {
    if (read >= kMostRead) return std::move(pager).finish(before.value);
    auto rows = store.alerts().incidents(before, kRead);
    if (!rows) return fail(std::move(rows).error());
    for (auto& row : *rows) {
      before = row.id;
      take_newer(before);
      if (pager.is_done()) break;
      if (open_one(world, row.id)) continue;
      auto alerts = store.alerts().alerts_of(row.id);
      if (!alerts) return fail(std::move(alerts).error());
      std::erase_if(*alerts, [](const WatchedAlert& alert) { return alert.state == AlertState::pending; });
      pager.take(std::make_shared<const state::IncidentView>(
          view_of(backdrop, IncidentBook{.row = std::move(row), .alerts = std::move(*alerts)})));
    }
    if (rows->size() < static_cast<std::size_t>(kRead)) break;
  }
  take_newer(IncidentId{});
  return std::move(pager).finish();
}

}  // namespace

std::shared_ptr<const state::IncidentView> open_one(const state::Snapshot& world, IncidentId id) {
  const auto& open = world.incidents();
  const auto found = std::ranges::lower_bound(open, id, {}, [](const auto& one) { return one->id; });
  return found != open.end() && (*found)->id == id ? *found : nullptr;
}

net::Task<Answer> list_incidents(Desk& desk, Call& call) {
  auto wish = read_wish(call.query);
  if (!wish) co_return bad_query(wish.error());
  const auto world = desk.house.snapshot();
  if (is_about_open_ones(*wish))
    co_return cached(desk, call, [&] {
      const Found found = open_ones(*wish, call.caller.scope, *world);
      return page_answer(found.items, found.next, found.total);
    });
  const auto asked = std::make_shared<const Wish>(std::move(*wish));
  auto asking = desk.ask<Found>([asked, world, scope = call.caller.scope](store::Store& store) -> Result<Found> {
    auto rules = read_rules(store);
    if (!rules) return fail(std::move(rules).error());
    return all_of_them(store, *asked, scope, Backdrop{.world = world, .rules = std::move(*rules)});
  });
  const auto found = co_await std::move(asking);
  if (!found) co_return from_error(found.error());
  co_return page_answer(found->items, found->next, found->total);
}

}  // namespace monitorix::api
