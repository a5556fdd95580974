#include "schema.h"

#include <algorithm>
#include <cmath>
#include <regex>
#include <stdexcept>

#include "base/time_text.h"

namespace monitorix::contract {
namespace {

using Faults = std::vector<std::string>;

bool has_type(const std::string& type, const Json& value) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.as_bool() != nullptr;
  if (type == "integer") return value.as_int() != nullptr;
  if (type == "number") return value.as_number().has_value();
  if (type == "string") return value.as_string() != nullptr;
  if (type == "array") return value.as_array() != nullptr;
  if (type == "object") return value.as_object() != nullptr;
  throw std::runtime_error("unknown type in the contract: " + type);
}

bool has_any_type(const Json& types, const Json& value) {
  if (const auto* one = types.as_string()) return has_type(*one, value);
  return std::ranges::any_of(*types.as_array(), [&](const Json& type) { return has_type(*type.as_string(), value); });
}

void append(Faults& all, Faults more) { all.insert(all.end(), more.begin(), more.end()); }

void check_choice(Faults& found, const Json& root, const Json& schema, const Json& value, const std::string& place) {
  for (const char* word : {"oneOf", "anyOf"}) {
    const auto* list = schema.find(word);
    if (!list) continue;
    const auto fits = std::ranges::count_if(*list->as_array(),
                                            [&](const Json& one) { return faults(root, one, value, place).empty(); });
    if (fits == 0 || (std::string(word) == "oneOf" && fits > 1))
      found.push_back(place + ": fits " + std::to_string(fits) + " of " + word);
  }
  if (const auto* all = schema.find("allOf"))
    for (const auto& one : *all->as_array()) append(found, faults(root, one, value, place));
}

void check_object(Faults& found, const Json& root, const Json& schema, const Json& value, const std::string& place) {
  const auto* members = value.as_object();
  if (!members) return;
  if (const auto* required = schema.find("required"))
    for (const auto& name : *required->as_array())
      if (!value.find(*name.as_string())) found.push_back(place + "." + *name.as_string() + ": is missing");
  const auto* known = schema.find("properties");
  const auto* more = schema.find("additionalProperties");
  for (const auto& [name, member] : *members) {
    const auto* rule = known ? known->find(name) : nullptr;
    if (rule)
      append(found, faults(root, *rule, member, place + "." + name));
    else if (more && more->as_bool() && !*more->as_bool())
      found.push_back(place + "." + name + ": is not in the contract");
    else if (more && more->as_object())
      append(found, faults(root, *more, member, place + "." + name));
  }
}

void check_number(Faults& found, const Json& schema, const Json& value, const std::string& place) {
  const auto number = value.as_number();
  if (!number) return;
  const auto* least = schema.find("minimum");
  const auto* most = schema.find("maximum");
  if (least && *number < *least->as_number()) found.push_back(place + ": below the minimum");
  if (most && *number > *most->as_number()) found.push_back(place + ": above the maximum");
}

void check_text(Faults& found, const Json& schema, const Json& value, const std::string& place) {
  const auto* text = value.as_string();
  if (!text) return;
  const auto* pattern = schema.find("pattern");
  if (pattern && !std::regex_search(*text, std::regex(*pattern->as_string(), std::regex::ECMAScript)))
    found.push_back(place + ": does not match its pattern");
  const auto* format = schema.find("format");
  if (format && *format->as_string() == "date-time" && !parse_rfc3339(*text))
    found.push_back(place + ": is not a time");
}

}  // namespace

const Json& resolve(const Json& root, const Json& schema) {
  const auto* reference = schema.find("$ref");
  if (!reference) return schema;
  const Json* at = &root;
  std::string_view rest = std::string_view(*reference->as_string()).substr(2);
  while (!rest.empty()) {
    const auto end = rest.find('/');
    at = at->find(rest.substr(0, end));
    if (!at) throw std::runtime_error("dangling reference: " + *reference->as_string());
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return resolve(root, *at);
}

Faults faults(const Json& root, const Json& given, const Json& value, const std::string& place) {
  Faults found;
  const Json& schema = resolve(root, given);
  if (const auto* types = schema.find("type"); types && !has_any_type(*types, value))
    return {place + ": has another type: " + value.dump().substr(0, 80)};
  if (const auto* constant = schema.find("const"); constant && constant->dump() != value.dump())
    found.push_back(place + ": is not the constant");
  if (const auto* list = schema.find("enum");
      list && std::ranges::none_of(*list->as_array(), [&](const Json& one) { return one.dump() == value.dump(); }))
    found.push_back(place + ": " + value.dump() + " is none of the known values");
  check_choice(found, root, schema, value, place);
  check_object(found, root, schema, value, place);
  check_number(found, schema, value, place);
  check_text(found, schema, value, place);
  if (const auto* items = schema.find("items"); items && value.as_array()) {
    std::size_t index = 0;
    for (const auto& item : *value.as_array())
      append(found, faults(root, *items, item, place + "[" + std::to_string(index++) + "]"));
  }
  return found;
}

}  // namespace monitorix::contract
