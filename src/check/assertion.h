#pragma once
// Assertions: what is compared with what, and the sentence that shows the resolved left side: `status (503) == 200`.
// Numbers compare as numbers, texts as texts. Pure. A missing value (no such header, no certificate) fulfils only
// !exists, !=, !contains, !matches and !in.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/service/check_result.h"
#include "model/service/service.h"

namespace monitorix::check {

/// Is it one that could ever be judged: known source and operator, a number where one is needed, a pattern that
/// compiles? Errc::invalid with a text for the person who wrote it. `services` asks this before it keeps one.
Status check_assertion(const Assertion& assertion);
inline constexpr std::size_t kMaxAssertions = 32;

/// What a run knows; the views outlive the judging.
struct Performance {
  std::string label{};
  double value{};
  std::string unit{};
};

struct Observed {
  std::optional<int> status{};
  const std::vector<std::pair<std::string, std::string>>* headers{};
  std::optional<std::string_view> body{};
  std::optional<std::int64_t> total_ms{}, first_byte_ms{}, certificate_days{}, body_bytes{}, redirects{};
  std::string remote_ip{}, http_version{};
  const std::vector<Performance>* performance{};  ///< of a program: the source is perf:LABEL
};

struct Missed {
  std::size_t index{};
  std::string sentence{};  ///< at most 256 bytes, sanitized
};
/// The first assertion that does not hold.
std::optional<Missed> first_missed(const std::vector<Assertion>& assertions, const Observed& observed);

}  // namespace monitorix::check
