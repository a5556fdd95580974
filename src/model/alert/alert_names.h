#pragma once
// The words for an alert's states and choices on the wire and in the database, both ways.

#include <optional>
#include <string_view>

#include "model/alert/alert.h"

namespace monitorix {

std::string_view name_of(EntityKind value);
std::string_view name_of(RuleKind value);
std::string_view name_of(Comparison value);
std::string_view name_of(Absent value);
std::string_view name_of(NoData value);
std::string_view name_of(Metric value);
std::string_view name_of(Mute value);
std::string_view name_of(AlertState value);
std::string_view name_of(ResolveReason value);
std::string_view name_of(HoldKind value);
std::string_view name_of(IncidentState value);
std::string_view name_of(HappeningKind value);
std::string_view severity_name(Severity value);

/// nullopt for a name that is none of the enumeration's.
template <class Enum>
std::optional<Enum> alert_word(std::string_view name);

}  // namespace monitorix
