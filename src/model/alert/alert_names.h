#pragma once
// The words for an alert's states and choices on the wire and in the database, both ways.

#include <optional>
#include <string_view>

#include "model/alert/alert.h"
#include "model/notify/message.h"

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
/// What channels filter by: the key of a rule that came with the house, else the number or the kind it is about.
std::string alert_type_of(const Rule& rule);
/// How a telling is named in the outbox.
MessageKind message_kind_of(TellingKind kind);

/// nullopt for a name that is none of the enumeration's.
template <class Enum>
std::optional<Enum> alert_word(std::string_view name);

}  // namespace monitorix
