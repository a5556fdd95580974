#pragma once
// Incidents: one root cause and what hangs on it.

#include "api/alerts/deeds.h"

namespace monitorix::api {

struct IncidentBook {
  monitorix::Incident row{};
  std::vector<WatchedAlert> alerts{};  ///< in the order they came, without pending ones
};
struct IncidentWhole {
  IncidentBook book{};
  Backdrop backdrop{};
  std::vector<Happening> timeline{};
  std::vector<Delivery> deliveries{};  ///< newest first
  std::optional<NextStep> next{};
};

std::string title_of(const Backdrop& backdrop, const IncidentBook& book);
std::string cause_of(const Backdrop& backdrop, const IncidentBook& book);
void write_incident(JsonWriter& out, const Backdrop& backdrop, const IncidentBook& book);
void write_happening(JsonWriter& out, const IncidentWhole& whole, const Happening& happening);
void write_whole(JsonWriter& out, const IncidentWhole& whole, const Caller& caller);
/// One page that needs nothing else: for whoever has to hand in what happened.
std::string html_of(const IncidentWhole& whole, WallTime now);

}  // namespace monitorix::api
