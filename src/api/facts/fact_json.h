#pragma once
// How a fact goes out: its rows, when they were collected, and why the newest question brought none. The last answer
// stays beside the reason. Neither collected nor a reason: it was not asked yet.

#include "api/answer.h"
#include "base/json_writer.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/facts.h"

namespace monitorix::api {

inline void member(JsonWriter& out, std::string_view name, const std::optional<WallTime>& at) {
  out.member(name, at ? std::optional(rfc3339(*at)) : std::nullopt);
}

template <class T>
void close_fact(JsonWriter& out, const Fact<T>& fact) {
  member(out, "collected_at", fact.at);
  out.member("unavailable_reason", fact.missing ? std::optional(fact.missing->text) : std::nullopt);
  out.member("unavailable_code", fact.missing ? std::optional(fact.missing->code) : std::nullopt);
  out.key("unavailable_params");
  live::encode_params(out, fact.missing ? fact.missing->params : Reason::Params{});
  out.end_object();
}

/// {"items": [...], "collected_at": ...}
template <class T, class Each>
Answer fact_list(const Fact<std::vector<T>>& fact, Each each) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  if (fact.value)
    for (const T& one : *fact.value) each(out, one);
  out.end_array();
  close_fact(out, fact);
  return json(out);
}

}  // namespace monitorix::api
