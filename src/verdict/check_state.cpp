#include "verdict/check_state.h"

#include <array>
#include <utility>

#include "base/json.h"
#include "base/json_writer.h"

namespace monitorix::verdict {
namespace {

constexpr std::array<std::pair<Phase, std::string_view>, 8> kPhases{{{Phase::fresh, "new"},
                                                                     {Phase::up, "up"},
                                                                     {Phase::degraded, "degraded"},
                                                                     {Phase::soft_down, "soft_down"},
                                                                     {Phase::down, "down"},
                                                                     {Phase::soft_up, "soft_up"},
                                                                     {Phase::unknown, "unknown"},
                                                                     {Phase::paused, "paused"}}};
constexpr std::array<std::string_view, kShownCount> kShown{"up",          "degraded", "down",
                                                           "unreachable", "unknown",  "paused"};
constexpr std::array<std::string_view, 4> kStable{"none", "up", "degraded", "down"};
constexpr std::int64_t kLatest = 253'402'300'800'000;  // the year 10000
constexpr std::size_t kMostCertificates = 4;

/// Members of a document, and whether all of them were there and sound.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json) {}

  std::int64_t number(std::string_view name, std::int64_t most) {
    const Json* found = json_.find(name);
    const std::int64_t* value = found ? found->as_int() : nullptr;
    if (!value || *value < 0 || *value > most) return fault(name), 0;
    return *value;
  }
  WallTime time(std::string_view name) { return from_ms(number(name, kLatest)); }
  std::string text(std::string_view name) {
    const Json* found = json_.find(name);
    const std::string* value = found ? found->as_string() : nullptr;
    if (!value) return fault(name), std::string();
    return *value;
  }
  Phase phase(std::string_view name) {
    const auto value = parse_phase(text(name));
    if (!value) fault(name);
    return value.value_or(Phase::fresh);
  }
  void fault(std::string_view name) {
    if (fault_.empty()) fault_ = name;
  }
  [[nodiscard]] const std::string& first_fault() const { return fault_; }

 private:
  const Json& json_;
  std::string fault_{};
};

/// A phase stands on a stable state that goes with it.
bool goes_with(Phase phase, Stable stable) {
  switch (phase) {
    case Phase::fresh:
    case Phase::paused: return stable == Stable::none;
    case Phase::up: return stable == Stable::up;
    case Phase::degraded: return stable == Stable::degraded;
    case Phase::soft_down: return stable != Stable::down;
    case Phase::down:
    case Phase::soft_up: return stable == Stable::down;
    case Phase::unknown: return true;
  }
  return false;
}

}  // namespace

CheckPolicy policy_of(const Service& service) {
  const bool is_confirmed = service.type == ServiceType::push || service.type == ServiceType::composite;
  return {.fail_after = is_confirmed ? 1 : service.fail_after,
          .recover_after = is_confirmed ? 1 : service.recover_after,
          .degraded_after = is_confirmed ? 1 : service.degraded_after,
          .interval = service.interval,
          .nodata_grace = grace_of(service),
          .invert = service.invert};
}

CheckState begin_check(WallTime now) {
  CheckState state;
  state.since = state.last_known = now;
  state.last_scheduled = now - std::chrono::milliseconds{1};  // a result that is due at this very moment counts
  return state;
}

Shown shown_of(const CheckState& state) {
  switch (state.phase) {
    case Phase::up: return Shown::up;
    case Phase::degraded: return Shown::degraded;
    case Phase::down:
    case Phase::soft_up: return Shown::down;
    case Phase::paused: return Shown::paused;
    case Phase::fresh:
    case Phase::unknown: return Shown::unknown;
    case Phase::soft_down: break;
  }
  if (state.stable == Stable::up) return Shown::up;
  return state.stable == Stable::degraded ? Shown::degraded : Shown::unknown;
}

std::string_view name_of(Phase phase) { return kPhases[static_cast<std::size_t>(phase)].second; }
std::string_view name_of(Shown shown) { return kShown[static_cast<std::size_t>(shown)]; }

std::optional<Phase> parse_phase(std::string_view name) {
  for (const auto& [phase, its_name] : kPhases)
    if (its_name == name) return phase;
  return std::nullopt;
}

std::optional<Shown> parse_shown(std::string_view name) {
  for (std::size_t i = 0; i < kShown.size(); ++i)
    if (kShown[i] == name) return static_cast<Shown>(i);
  return std::nullopt;
}

std::string encode_state(const CheckState& state) {
  JsonWriter out;
  out.begin_object().member("phase", name_of(state.phase));
  out.member("stable", kStable[static_cast<std::size_t>(state.stable)]);
  out.member("count", state.count).member("equal", state.equal);
  out.member("since", to_ms(state.since)).member("soft_since", to_ms(state.soft_since));
  out.member("equal_since", to_ms(state.equal_since)).member("last_known", to_ms(state.last_known));
  out.member("last_scheduled", to_ms(state.last_scheduled));
  out.member("reason", state.reason).member("parameter", state.parameter);
  out.member("unknown_reason", state.unknown_reason);
  out.key("certificates").begin_array();
  for (const auto& one : state.certificates) out.value(one);
  out.end_array();
  out.member("blips", state.blips).member("dropped", state.dropped);
  out.member("phase_before", name_of(state.phase_before)).member("since_before", to_ms(state.since_before));
  out.member("unknown_since", to_ms(state.unknown_since));
  return out.end_object().take();
}

Result<CheckState> decode_state(std::string_view text) {
  const auto json = Json::parse(text);
  if (!json) return fail(Error(json.error()).within("check state"));
  Fields fields(*json);
  CheckState state;
  state.phase = fields.phase("phase");
  const std::string stable = fields.text("stable");
  std::size_t place = 0;
  while (place < kStable.size() && kStable[place] != stable) ++place;
  if (place == kStable.size())
    fields.fault("stable");
  else
    state.stable = static_cast<Stable>(place);
  state.count = static_cast<int>(fields.number("count", 1'000'000));
  state.equal = static_cast<int>(fields.number("equal", 1'000'000));
  state.since = fields.time("since");
  state.soft_since = fields.time("soft_since");
  state.equal_since = fields.time("equal_since");
  state.last_known = fields.time("last_known");
  state.last_scheduled = fields.time("last_scheduled");
  state.reason = fields.text("reason");
  state.parameter = fields.text("parameter");
  state.unknown_reason = fields.text("unknown_reason");
  const Json* seen = json->find("certificates");
  if (!seen || !seen->as_array() || seen->as_array()->size() > kMostCertificates) fields.fault("certificates");
  if (fields.first_fault().empty())
    for (const Json& one : *seen->as_array()) {
      if (!one.as_string())
        fields.fault("certificates");
      else
        state.certificates.push_back(*one.as_string());
    }
  state.blips = static_cast<std::uint64_t>(fields.number("blips", INT64_MAX));
  state.dropped = static_cast<std::uint64_t>(fields.number("dropped", INT64_MAX));
  state.phase_before = fields.phase("phase_before");
  state.since_before = fields.time("since_before");
  state.unknown_since = fields.time("unknown_since");
  if (!goes_with(state.phase, state.stable)) fields.fault("stable");
  if (state.phase == Phase::unknown && !goes_with(state.phase_before, state.stable)) fields.fault("phase_before");
  if (!fields.first_fault().empty())
    return fail(Errc::invalid, "check state: " + fields.first_fault() + " is missing or not sound");
  return state;
}

}  // namespace monitorix::verdict
