// What is asked rarely: one fact of one subject at a time, into the book that readers share.

#include "state/world.h"

namespace monitorix::state {
namespace {

/// The book with one subject's facts made newer; all others are shared with the book before.
template <class Facts, class Map>
void enter(Map& pages, typename Map::key_type id, const Facts& newer) {
  const auto known = pages.find(id);
  Facts next = known == pages.end() ? Facts{} : *known->second;
  Facts::pairwise(next, newer, [](auto& mine, const auto& other) { mine.take(other); });
  pages[id] = std::make_shared<const Facts>(std::move(next));
}

}  // namespace

void apply_facts(ClusterWorld& world, const NodeFactsReport& report, ChangeSet& changes) {
  const auto found = world.node_at.find(report.node);
  if (found == world.node_at.end()) return;
  auto book = std::make_shared<FactBook>(*world.view.facts);
  enter(book->nodes, world.view.nodes[found->second]->id, report.facts);
  world.view.facts = std::move(book);
  changes.facts_changed = true;
}

void apply_facts(ClusterWorld& world, const ClusterFactsReport& report, ChangeSet& changes) {
  auto book = std::make_shared<FactBook>(*world.view.facts);
  ClusterFacts::pairwise(book->cluster, report.facts, [](auto& mine, const auto& other) { mine.take(other); });
  world.view.facts = std::move(book);
  changes.facts_changed = true;
}

void apply_facts(ClusterWorld& world, const GuestFactsReport& report, WallTime at, ChangeSet& changes) {
  const auto found = world.guest_at.find(guest_key(report.type, report.vmid));
  if (found == world.guest_at.end()) return;
  auto book = std::make_shared<FactBook>(*world.view.facts);
  Guest guest = *world.view.guests[found->second];
  enter(book->guests, guest.id, report.facts);
  world.view.facts = std::move(book);
  changes.facts_changed = true;
  take_inside(guest, world.view.facts->of(guest.id), at);
  replace(world, found->second, std::move(guest), changes);
}

}  // namespace monitorix::state
