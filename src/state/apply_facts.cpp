// What is asked rarely: one fact of one subject at a time, into the book that readers share.

#include <algorithm>

#include "state/world.h"

namespace monitorix::state {
namespace {

/// The book with one subject's facts made newer; all others are shared with the book before.
template <class Facts, class Map>
void enter(Map& pages, typename Map::key_type id, const Facts& newer) {
  const auto known = pages.find(id);
  Facts next = known == pages.end() ? Facts{} : *known->second;
  take_newer(next, newer);
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
  take_newer(book->cluster, report.facts);
  // The colours of tags go out with the cluster itself.
  if (book->cluster.options.value != world.view.facts->cluster.options.value) changes.cluster_changed = true;
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

void restore_facts(ClusterWorld& world, FactBook book, WallTime now) {
  const auto is_there = [](const auto& objects, auto id) {
    const auto found = std::ranges::lower_bound(objects, id, {}, [](const auto& object) { return object->id; });
    return found != objects.end() && (*found)->id == id;
  };
  std::erase_if(book.nodes, [&](const auto& page) { return !is_there(world.view.nodes, page.first); });
  std::erase_if(book.guests, [&](const auto& page) { return !is_there(world.view.guests, page.first); });
  for (auto& known : world.view.guests) {
    const auto page = book.guests.find(known->id);
    if (page == book.guests.end()) continue;
    if (known->status == GuestStatus::deleted) {
      book.guests.erase(page);
      continue;
    }
    Guest guest = *known;
    take_inside(guest, *page->second, now);
    known = std::make_shared<const Guest>(std::move(guest));
  }
  world.view.facts = std::make_shared<const FactBook>(std::move(book));
}

}  // namespace monitorix::state
