// {"v":1,"at":ms,"run":ms,"fired_at":ms,"eligible_at":ms|null,"verified":bool,"fresh_bad":n,"skipped_to":n,
//  "was_held":{"kind":n,"ref":text,"since":ms,"until":ms|null}|null,
//  "told":[{"step":n,"channel":id,"firing":bool,"resolved":bool,"flapping":bool,"severity":0..2,"at":ms,"repeats":n}],
//  "true_since":[ms|null x 3],"false_since":ms|null,"unknown_since":ms|null,"samples":n,"flap":number,"flap_at":ms,
//  "blocked_until":ms|null,"fired":[[channel,ms]]}      all times but `run` are wall times
//
// What must hold for a while is measured by the clock that only runs forward (alerts:A8). `at` and `run` are both
// clocks when this was written: if they have not gone the same way since, the wall clock was set or the machine started
// anew, and only what had run by then counts.

#include <cmath>

#include "alert/kept/kept.h"
#include "base/json.h"
#include "base/json_writer.h"

namespace monitorix::alert {
namespace {

/// The longest that anything armed may lie ahead after a start.
constexpr std::chrono::milliseconds kLongestAhead{300'000};
/// How far two clocks may part by themselves.
constexpr std::chrono::milliseconds kSameWay{5'000};
constexpr std::int64_t kMost = 1'000'000'000;

class Out {
 public:
  explicit Out(Now now) : now_(now) { json.begin_object(); }
  void time(std::string_view name, std::optional<RunTime> at) {
    json.key(name);
    moment(at);
  }
  void moment(std::optional<RunTime> at) {
    if (at)
      json.value(to_ms(now_.wall + (*at - now_.run)));
    else
      json.null();
  }
  JsonWriter json{};

 private:
  Now now_;
};

class In {
 public:
  In(const Json& json, Now now) : json_(json), now_(now) {}

  std::int64_t number(const Json& from, std::string_view name, std::int64_t least, std::int64_t most) {
    const Json* found = from.find(name);
    const std::int64_t* value = found ? found->as_int() : nullptr;
    if (!value || *value < least || *value > most) return fault(name), least;
    return *value;
  }
  bool flag(const Json& from, std::string_view name) {
    const Json* found = from.find(name);
    const bool* value = found ? found->as_bool() : nullptr;
    if (!value) fault(name);
    return value && *value;
  }
  std::optional<WallTime> instant(const Json* found, std::string_view name) {
    if (!found) return fault(name), std::nullopt;
    if (found->is_null()) return std::nullopt;
    const std::int64_t* value = found->as_int();
    if (!value || *value < 0 || *value > 253'402'300'800'000) return fault(name), std::nullopt;
    return from_ms(*value);
  }
  std::optional<RunTime> moment(const Json* found, std::string_view name, std::chrono::milliseconds ahead) {
    const auto at = instant(found, name);
    return at ? std::optional(std::min(now_.run + (*at - now_.wall), now_.run + ahead)) : std::nullopt;
  }
  std::optional<RunTime> time(const Json& from, std::string_view name, std::chrono::milliseconds ahead = {}) {
    return moment(from.find(name), name, ahead);
  }
  /// Since when something holds, as far as that was measured.
  std::optional<RunTime> measured(const Json* found, std::string_view name) {
    const auto since = instant(found, name);
    if (!since) return std::nullopt;
    return std::min(now_.run + (*since - written_.value_or(now_.wall)), now_.run);
  }
  /// Rows of older versions do not say when they were written; their wall times are taken as they are.
  void read_clocks() {
    const Json* at = json_.find("at");
    const Json* run = json_.find("run");
    if (!at || !run) return;
    const auto wall = instant(at, "at");
    const std::int64_t* then = run->as_int();
    if (!wall || !then) return fault("run");
    const auto by_run = now_.run.time_since_epoch() - std::chrono::milliseconds{*then};
    const bool is_same_way = by_run.count() >= 0 && std::chrono::abs(now_.wall - *wall - by_run) <= kSameWay;
    if (!is_same_way) written_ = wall;
  }
  const Json::Array& list(std::string_view name) {
    static const Json::Array kEmpty;
    const Json* found = json_.find(name);
    const Json::Array* array = found ? found->as_array() : nullptr;
    if (!array || array->size() > 1'000) return fault(name), kEmpty;
    return *array;
  }
  void fault(std::string_view name) {
    if (fault_.empty()) fault_ = name;
  }
  [[nodiscard]] const std::string& first_fault() const { return fault_; }

 private:
  const Json& json_;
  Now now_;
  std::optional<WallTime> written_{};  ///< when, if the clocks have parted since
  std::string fault_{};
};

void write_told(Out& out, const Plan& plan) {
  out.json.key("told").begin_array();
  for (const Told& told : plan.told) {
    out.json.begin_object().member("step", told.step).member("channel", told.channel.value);
    out.json.member("firing", told.is_firing).member("resolved", told.is_resolved);
    out.json.member("flapping", told.knows_flapping).member("severity", static_cast<int>(told.severity));
    out.time("at", told.last_at);
    out.json.member("repeats", told.repeats).end_object();
  }
  out.json.end_array();
}

void read_told(In& in, Plan& plan, Now now) {
  for (const Json& one : in.list("told")) {
    Told told;
    told.step = static_cast<int>(in.number(one, "step", 0, 1'000));
    told.channel = ChannelId{in.number(one, "channel", 0, std::numeric_limits<std::int64_t>::max())};
    told.is_firing = in.flag(one, "firing");
    told.is_resolved = in.flag(one, "resolved");
    told.knows_flapping = in.flag(one, "flapping");
    told.severity = static_cast<Severity>(in.number(one, "severity", 0, 2));
    told.last_at = in.time(one, "at").value_or(now.run);
    told.repeats = static_cast<int>(in.number(one, "repeats", 0, kMost));
    plan.told.push_back(told);
  }
}

void write_held(Out& out, const std::optional<Held>& held) {
  out.json.key("was_held");
  if (!held) {
    out.json.null();
    return;
  }
  out.json.begin_object().member("kind", static_cast<int>(held->kind)).member("ref", held->ref);
  out.json.member("since", to_ms(held->since)).key("until");
  if (held->until)
    out.json.value(to_ms(*held->until));
  else
    out.json.null();
  out.json.end_object();
}

std::optional<Held> read_held(In& in, const Json& json) {
  const Json* found = json.find("was_held");
  if (!found) return in.fault("was_held"), std::nullopt;
  if (found->is_null()) return std::nullopt;
  Held held;
  held.kind = static_cast<HoldKind>(in.number(*found, "kind", 0, 4));
  const Json* ref = found->find("ref");
  if (ref && ref->as_string()) held.ref = *ref->as_string();
  held.since = from_ms(in.number(*found, "since", 0, 253'402'300'800'000));
  const Json* until = found->find("until");
  if (until && until->as_int()) held.until = from_ms(*until->as_int());
  return held;
}

}  // namespace

std::string encode_plan(const State& state, const Tracked& alert, Now now) {
  // The place of a pair that is gone may have another one's clocks.
  static const Pair kNobody;
  const Pair& place = state.pairs[alert.pair];
  const bool is_own = !place.is_dead && place.rule == alert.row.rule && place.part == alert.row.target.part &&
                      state.members[place.member].entity == alert.row.target.entity;
  const Pair& pair = is_own ? place : kNobody;
  const Plan& plan = alert.plan;
  Out out(now);
  out.json.member("v", 1).member("at", to_ms(now.wall)).member("run", now.run.time_since_epoch().count());
  out.time("fired_at", plan.fired_at);
  out.time("eligible_at", plan.eligible_at);
  out.json.member("verified", plan.is_verified).member("fresh_bad", plan.fresh_bad);
  out.json.member("skipped_to", plan.skipped_to);
  write_held(out, plan.was_held);
  write_told(out, plan);
  out.json.key("true_since").begin_array();
  for (const auto& since : pair.true_since) out.moment(since);
  out.json.end_array();
  out.time("false_since", pair.false_since);
  out.time("unknown_since", pair.unknown_since);
  out.json.member("samples", std::min(pair.samples, 1'000'000)).member("flap", pair.flap_score);
  out.time("flap_at", pair.flap_at);
  out.time("blocked_until", pair.blocked_until);
  out.json.key("fired").begin_array();
  for (const auto& [channel, at] : pair.fired_at) {
    out.json.begin_array().value(channel.value);
    out.moment(at);
    out.json.end_array();
  }
  out.json.end_array();
  return out.json.end_object().take();
}

Status decode_plan(std::string_view text, Now now, Plan& plan, Pair& pair) {
  const auto json = Json::parse(text);
  if (!json) return fail(Error(json.error()).within("plan of an alert"));
  In in(*json, now);
  Plan read;
  Pair clocks = pair;
  in.number(*json, "v", 1, 1);
  in.read_clocks();
  read.fired_at = in.time(*json, "fired_at").value_or(now.run);
  read.eligible_at = in.time(*json, "eligible_at");
  read.is_verified = in.flag(*json, "verified");
  read.fresh_bad = static_cast<int>(in.number(*json, "fresh_bad", 0, kMost));
  read.skipped_to = static_cast<int>(in.number(*json, "skipped_to", -1, 1'000));
  read.was_held = read_held(in, *json);
  read_told(in, read, now);
  const auto& since = in.list("true_since");
  if (since.size() != kSeverityCount) in.fault("true_since");
  for (std::size_t i = 0; i < kSeverityCount && i < since.size(); ++i)
    clocks.true_since[i] = in.measured(&since[i], "true_since");
  clocks.false_since = in.measured(json->find("false_since"), "false_since");
  clocks.unknown_since = in.measured(json->find("unknown_since"), "unknown_since");
  clocks.samples = static_cast<int>(in.number(*json, "samples", 0, 1'000'000));
  const Json* flap = json->find("flap");
  const auto score = flap ? flap->as_number() : std::nullopt;
  if (!score || !std::isfinite(*score) || *score < 0 || *score > 1'000) in.fault("flap");
  clocks.flap_score = score.value_or(0);
  clocks.flap_at = in.time(*json, "flap_at").value_or(now.run);
  clocks.blocked_until = in.time(*json, "blocked_until", kLongestAhead);
  clocks.fired_at.clear();
  for (const Json& one : in.list("fired")) {
    const Json::Array* pieces = one.as_array();
    const std::int64_t* channel = pieces && pieces->size() == 2 ? pieces->front().as_int() : nullptr;
    if (!channel)
      in.fault("fired");
    else
      clocks.fired_at[ChannelId{*channel}] = in.moment(&pieces->back(), "fired", {}).value_or(now.run);
  }
  if (!in.first_fault().empty()) return fail(Errc::protocol, "plan of an alert: " + in.first_fault());
  plan = std::move(read);
  pair = std::move(clocks);
  return {};
}

}  // namespace monitorix::alert
