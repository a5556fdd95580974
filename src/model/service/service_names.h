#pragma once
// The words for a service's choices on the wire and in the database, both ways.

#include <optional>
#include <string_view>

#include "model/service/check_result.h"
#include "model/service/service.h"

namespace monitorix {

std::string_view name_of(ServiceType value);
std::string_view name_of(IpFamily value);
std::string_view name_of(RedirectMode value);
std::string_view name_of(HttpAuth value);
std::string_view name_of(TokenCredentials value);
std::string_view name_of(BodyEncoding value);
std::string_view name_of(CompositeRule value);
std::string_view name_of(KeepEvidence value);
std::string_view name_of(StartTls value);
/// up, warning, down, unknown.
std::string_view name_of(Verdict value);

/// nullopt for a name that is none of the enumeration's.
template <class Enum>
std::optional<Enum> service_word(std::string_view name);

/// "200-299,401", and back; nullopt for what is no list of statuses.
std::string status_ranges_text(const std::vector<StatusRange>& ranges);
std::optional<std::vector<StatusRange>> parse_status_ranges(std::string_view text);

}  // namespace monitorix
