#pragma once
// How a table of named getters becomes either a whole JSON object or only the members that differ.
// One table serves both, so a delta can never say something that a fresh encoding would not. Private to live/.

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/boxed.h"
#include "base/json_writer.h"
#include "base/time_text.h"
#include "model/names.h"
#include "state/services/service_view.h"

namespace monitorix::live {

/// A share of one, as the wire shows it: four decimals.
struct WireRatio {
  std::optional<double> value{};
  bool operator==(const WireRatio&) const = default;
};
inline WireRatio ratio(const std::optional<double>& exact) {
  if (!exact || !std::isfinite(*exact)) return {};
  return {std::round(*exact * 1e4) / 1e4};
}
/// Rates and percent: two decimals are more than any screen shows.
inline WireRatio rounded(const std::optional<double>& exact) {
  if (!exact || !std::isfinite(*exact)) return {};
  return {std::round(*exact * 100) / 100};
}
inline WireRatio share(const std::optional<std::int64_t>& part, const std::optional<std::int64_t>& whole) {
  if (!part || !whole || *whole <= 0) return {};
  return ratio(static_cast<double>(*part) / static_cast<double>(*whole));
}
inline WireRatio percent(const std::optional<double>& exact) { return exact ? rounded(*exact * 100) : WireRatio{}; }

// Nouns that are members; declared before the templates that look for them.
void write(JsonWriter& out, const Pressure& v);
void write(JsonWriter& out, const std::vector<ClusterMember>& members);
void write(JsonWriter& out, const DoctorSummary& doctor);
struct RiskCounts;
void write(JsonWriter& out, const RiskCounts& risks);
void write(JsonWriter& out, const Reason::Params& params);
struct OptionsOf;
struct AssertionsOf;
void write(JsonWriter& out, const OptionsOf& of);
void write(JsonWriter& out, const AssertionsOf& of);
void write(JsonWriter& out, const state::ServiceCause& cause);
void write(JsonWriter& out, const state::UptimeShare& share);
void write(JsonWriter& out, const state::HeartbeatBar& bar);

inline void write(JsonWriter& out, const WireRatio& v) { out.value(v.value); }
inline void write(JsonWriter& out, const std::string& v) { out.value(v); }
inline void write(JsonWriter& out, std::string_view v) { out.value(v); }
inline void write(JsonWriter& out, bool v) { out.value(v); }
inline void write(JsonWriter& out, std::int64_t v) { out.value(v); }
inline void write(JsonWriter& out, int v) { out.value(v); }
inline void write(JsonWriter& out, WallTime v) { out.value(rfc3339(v)); }
inline void write(JsonWriter& out, std::nullptr_t) { out.null(); }
template <class T>
void write(JsonWriter& out, const std::optional<T>& v) {
  if (v)
    write(out, *v);
  else
    out.null();
}
template <class T>
void write(JsonWriter& out, const Boxed<T>& v) {
  if (v)
    write(out, *v);
  else
    out.null();
}
inline void write(JsonWriter& out, const std::vector<std::string>& v) {
  out.begin_array();
  for (const auto& text : v) out.value(text);
  out.end_array();
}

template <class Table, class Object>
void write_all(JsonWriter& out, Table&& each_field, const Object& object) {
  out.begin_object();
  each_field([&](std::string_view name, auto&& getter) {
    out.key(name);
    write(out, getter(object));
  });
  out.end_object();
}

/// {"id":..., changed members}; nothing at all when no member differs.
template <class Table, class Object>
bool write_changed(JsonWriter& out, Table&& each_field, const std::string& id, const Object& before,
                   const Object& after) {
  bool differs = false;
  each_field([&](std::string_view name, auto&& getter) {
    decltype(auto) now = getter(after);
    if (getter(before) == now) return;
    if (!differs) out.begin_object().member("id", id);
    differs = true;
    out.key(name);
    write(out, now);
  });
  if (differs) out.end_object();
  return differs;
}

}  // namespace monitorix::live
