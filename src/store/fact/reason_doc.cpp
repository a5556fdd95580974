#include "store/fact/reason_doc.h"

namespace monitorix::store {

void put_reason(JsonWriter& json, const Reason& reason) {
  json.begin_object().member("code", reason.code).member("text", reason.text).key("params").begin_object();
  for (const auto& one : reason.params)
    std::visit([&](const auto& value) { json.member(one.first, value); }, one.second);
  json.end_object().end_object();
}

std::string reason_text(const Reason& reason) {
  JsonWriter json;
  put_reason(json, reason);
  return json.take();
}

Reason reason_in(const Json& json) {
  Reason out;
  const auto take = [&](std::string_view name, std::string& into) {
    const Json* member = json.find(name);
    if (member && member->as_string()) into = *member->as_string();
  };
  take("code", out.code);
  take("text", out.text);
  if (const Json* params = json.find("params"); params && params->as_object())
    for (const auto& [name, value] : *params->as_object()) {
      if (value.as_int()) out.params[name] = *value.as_int();
      if (value.as_string()) out.params[name] = *value.as_string();
    }
  return out;
}

Reason reason_in(const std::string& text) {
  const auto json = Json::parse(text);
  return json ? reason_in(*json) : Reason{};
}

}  // namespace monitorix::store
