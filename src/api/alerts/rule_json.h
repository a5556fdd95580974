#pragma once
// Rules as JSON, and back.

#include "api/alerts/alert_json.h"

namespace monitorix::api {

enum class RuleBody : std::uint8_t { new_rule, change };
/// Into `rule`, which holds defaults or what was there before. What is wrong is left in `body`.
void read_rule(Fields& body, RuleBody of, Rule& rule);

struct RuleUse {
  std::int64_t open{0};            ///< alerts of it that are not resolved
  std::optional<WallTime> last{};  ///< when the last one began
};
void write_rule(JsonWriter& out, const store::Versioned<Rule>& kept, const RuleUse& use);

}  // namespace monitorix::api
