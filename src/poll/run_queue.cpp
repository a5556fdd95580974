#include "poll/run_queue.h"

#include <utility>

namespace monitorix::poll {

bool RunQueue::is_address_full(const std::string& address) const {
  const auto found = by_address_.find(address);
  return found != by_address_.end() && found->second >= limits_.per_address;
}

bool RunQueue::has_place_for_others() const { return running_others_ + limits_.kept_for_healthy < limits_.in_flight; }

void RunQueue::take_place(const Waiting& run) {
  ++running_;
  if (!run.was_up) ++running_others_;
  if (!run.address.empty()) ++by_address_[run.address];
}

bool RunQueue::start_at_once(const Waiting& run) {
  if (!healthy_.empty() || !others_.empty() || running_ >= limits_.in_flight) return false;
  if (!run.was_up && !has_place_for_others()) return false;
  if (is_address_full(run.address)) return false;
  take_place(run);
  return true;
}

RunQueue::Place* RunQueue::enqueue(Waiting run) {
  const Rank rank{!run.is_request, run.due, ++number_};
  const bool is_aside = is_address_full(run.address);  // so it keeps nobody from starting at once
  Line& line = is_aside ? aside_[run.address] : line_of(run);
  ++waiting_;
  return &line.emplace(rank, Place{std::move(run), rank, is_aside}).first->second;
}

RunQueue::Line::node_type RunQueue::take_out(const Place& place) {
  if (!place.is_aside) return line_of(place.run).extract(place.rank);
  const auto line = aside_.find(place.run.address);
  auto out = line->second.extract(place.rank);
  if (line->second.empty()) aside_.erase(line);
  return out;
}

void RunQueue::hurry(Place& place) {
  if (place.run.is_request) return;
  auto node = take_out(place);
  place.run.is_request = true;
  place.rank.is_regular = false;
  place.is_aside = false;
  node.key() = place.rank;
  line_of(place.run).insert(std::move(node));
}

void RunQueue::drop(Place& place) {
  const auto node = take_out(place);
  --waiting_;
  const std::string& address = node.mapped().run.address;
  if (!is_address_full(address)) bring_back(address);  // the place that was meant for it
}

std::optional<Waiting> RunQueue::start_from(Line& line) {
  const auto first = line.begin();
  Place& place = first->second;
  if (is_address_full(place.run.address)) {
    place.is_aside = true;
    aside_[place.run.address].insert(line.extract(first));
    return std::nullopt;
  }
  Waiting run = std::move(place.run);
  line.erase(first);
  --waiting_;
  take_place(run);
  return run;
}

/// Requests stand first in a line.
bool RunQueue::has(const Line& line, From from) {
  return !line.empty() && (from == From::all || !line.begin()->first.is_regular);
}

std::optional<Waiting> RunQueue::start(From from) {
  while (running_ < limits_.in_flight) {
    const bool others_may = has(others_, from) && has_place_for_others();
    const bool healthy_may = has(healthy_, from);
    if (!healthy_may && !others_may) return std::nullopt;
    const bool is_others_turn = others_may && (!healthy_may || others_.begin()->first < healthy_.begin()->first);
    if (auto run = start_from(is_others_turn ? others_ : healthy_)) return run;
  }
  return std::nullopt;
}

void RunQueue::finish(const Waiting& run) {
  --running_;
  if (!run.was_up) --running_others_;
  if (run.address.empty()) return;
  const auto count = by_address_.find(run.address);
  if (--count->second == 0) by_address_.erase(count);
  bring_back(run.address);
}

/// The first that stood aside for this address comes back into the line.
void RunQueue::bring_back(const std::string& address) {
  const auto line = aside_.find(address);
  if (line == aside_.end()) return;
  auto node = line->second.extract(line->second.begin());
  if (line->second.empty()) aside_.erase(line);
  node.mapped().is_aside = false;
  line_of(node.mapped().run).insert(std::move(node));
}

}  // namespace monitorix::poll
