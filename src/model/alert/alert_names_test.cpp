#include "model/alert/alert_names.h"

#include <doctest/doctest.h>
#include <set>
#include <string>

namespace monitorix {
namespace {

/// Every value of an enumeration with `count` of them has a word of its own that leads back to it.
template <class Enum>
void check_words(int count, std::string_view (*name)(Enum)) {
  std::set<std::string> words;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    CHECK(words.insert(std::string(name(value))).second);
    CHECK(alert_word<Enum>(name(value)) == value);
  }
  CHECK_THROWS(name(static_cast<Enum>(count)));  // none was forgotten
  CHECK(!alert_word<Enum>("nothing"));
}

}  // namespace

TEST_CASE("states and choices of alerts have words, both ways") {
  check_words<EntityKind>(6, name_of);
  check_words<RuleKind>(5, name_of);
  check_words<Comparison>(4, name_of);
  check_words<Absent>(2, name_of);
  check_words<NoData>(3, name_of);
  check_words<Metric>(static_cast<int>(kMetricCount), name_of);
  check_words<Mute>(2, name_of);
  check_words<AlertState>(4, name_of);
  check_words<ResolveReason>(6, name_of);
  check_words<HoldKind>(5, name_of);
  check_words<IncidentState>(3, name_of);
  check_words<HappeningKind>(14, name_of);
  check_words<Severity>(3, severity_name);
}

}  // namespace monitorix
