#include "model/alert/alert_names.h"

#include <algorithm>
#include <array>

namespace monitorix {
namespace {

using Words = std::string_view;

template <class Enum>
constexpr std::array<Words, 0> kWords{};
template <>
constexpr std::array kWords<EntityKind>{Words{"monitor"}, Words{"cluster"}, Words{"node"},
                                        Words{"guest"},   Words{"storage"}, Words{"service"}};
template <>
constexpr std::array kWords<RuleKind>{Words{"check_state"}, Words{"metric"}, Words{"no_data"}, Words{"certificate"},
                                      Words{"pve_event"}};
template <>
constexpr std::array kWords<Comparison>{Words{">"}, Words{">="}, Words{"<"}, Words{"<="}};
template <>
constexpr std::array kWords<Absent>{Words{"ignore"}, Words{"alert"}};
template <>
constexpr std::array kWords<NoData>{Words{"keep"}, Words{"fire"}, Words{"resolve"}};
template <>
constexpr std::array kWords<Metric>{Words{"cpu"},          Words{"memory"},  Words{"disk"},
                                    Words{"swap"},         Words{"iowait"},  Words{"memory_pressure"},
                                    Words{"io_pressure"},  Words{"full_in"}, Words{"temperature"},
                                    Words{"response_time"}};
template <>
constexpr std::array kWords<Mute>{Words{"notifications"}, Words{"all"}};
template <>
constexpr std::array kWords<AlertState>{Words{"pending"}, Words{"firing"}, Words{"recovering"}, Words{"resolved"}};
template <>
constexpr std::array kWords<ResolveReason>{Words{"none"},    Words{"condition"}, Words{"manual"},
                                           Words{"deleted"}, Words{"disabled"},  Words{"no_data"}};
template <>
constexpr std::array kWords<HoldKind>{Words{"task"}, Words{"lock"}, Words{"silence"}, Words{"maintenance"},
                                      Words{"parent"}};
template <>
constexpr std::array kWords<IncidentState>{Words{"open"}, Words{"acknowledged"}, Words{"resolved"}};
template <>
constexpr std::array kWords<HappeningKind>{
    Words{"opened"},   Words{"worse"},  Words{"milder"},   Words{"recovering"},   Words{"reopened"},
    Words{"resolved"}, Words{"held"},   Words{"released"}, Words{"acknowledged"}, Words{"unacknowledged"},
    Words{"flapping"}, Words{"steady"}, Words{"told"},     Words{"note"}};
template <>
constexpr std::array kWords<Severity>{Words{"info"}, Words{"warning"}, Words{"critical"}};

template <class Enum>
std::string_view word(Enum value) {
  return kWords<Enum>.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view name_of(EntityKind value) { return word(value); }
std::string_view name_of(RuleKind value) { return word(value); }
std::string_view name_of(Comparison value) { return word(value); }
std::string_view name_of(Absent value) { return word(value); }
std::string_view name_of(NoData value) { return word(value); }
std::string_view name_of(Metric value) { return word(value); }
std::string_view name_of(Mute value) { return word(value); }
std::string_view name_of(AlertState value) { return word(value); }
std::string_view name_of(ResolveReason value) { return word(value); }
std::string_view name_of(HoldKind value) { return word(value); }
std::string_view name_of(IncidentState value) { return word(value); }
std::string_view name_of(HappeningKind value) { return word(value); }
std::string alert_type_of(const Rule& rule) {
  if (!rule.key.empty()) return rule.key;
  return std::string(rule.kind == RuleKind::metric ? name_of(rule.metric) : name_of(rule.kind));
}

MessageKind message_kind_of(TellingKind kind) {
  switch (kind) {
    case TellingKind::firing: return MessageKind::firing;
    case TellingKind::resolved: return MessageKind::resolved;
    case TellingKind::reminder: return MessageKind::reminder;
    case TellingKind::flapping: return MessageKind::flapping;
    case TellingKind::digest: return MessageKind::digest;
  }
  return MessageKind::digest;
}

std::string_view severity_name(Severity value) { return word(value); }

template <class Enum>
std::optional<Enum> alert_word(std::string_view name) {
  const auto& words = kWords<Enum>;
  const auto found = std::find(words.begin(), words.end(), name);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}
template std::optional<EntityKind> alert_word<EntityKind>(std::string_view);
template std::optional<RuleKind> alert_word<RuleKind>(std::string_view);
template std::optional<Comparison> alert_word<Comparison>(std::string_view);
template std::optional<Absent> alert_word<Absent>(std::string_view);
template std::optional<NoData> alert_word<NoData>(std::string_view);
template std::optional<Metric> alert_word<Metric>(std::string_view);
template std::optional<Mute> alert_word<Mute>(std::string_view);
template std::optional<AlertState> alert_word<AlertState>(std::string_view);
template std::optional<ResolveReason> alert_word<ResolveReason>(std::string_view);
template std::optional<HoldKind> alert_word<HoldKind>(std::string_view);
template std::optional<IncidentState> alert_word<IncidentState>(std::string_view);
template std::optional<HappeningKind> alert_word<HappeningKind>(std::string_view);
template std::optional<Severity> alert_word<Severity>(std::string_view);

}  // namespace monitorix
