#include "base/json.h"

#include <simdjson.h>

#include "base/json_writer.h"

namespace monitorix {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMostElements = 100'000;  // of one array (S60)

Result<Json> convert(const simdjson::dom::element& element, int depth) {
  using simdjson::dom::element_type;
  if (depth > kMaxDepth) return fail(Errc::too_large, "JSON is nested too deeply");
  Json out;
  switch (element.type()) {
    case element_type::NULL_VALUE: return out;
    case element_type::BOOL: out.value_ = bool(element.get_bool().value_unsafe()); return out;
    case element_type::INT64: out.value_ = element.get_int64().value_unsafe(); return out;
    case element_type::UINT64: out.value_ = static_cast<double>(element.get_uint64().value_unsafe()); return out;
    case element_type::DOUBLE: out.value_ = element.get_double().value_unsafe(); return out;
    case element_type::STRING: out.value_ = std::string(element.get_string().value_unsafe()); return out;
    case element_type::ARRAY: {
      auto items = std::make_shared<Json::Array>();
      simdjson::dom::array array;
      if (element.get(array) != simdjson::SUCCESS) return fail(Errc::protocol, "JSON array is damaged");
      if (array.size() > kMostElements) return fail(Errc::too_large, "a JSON array has more than 100000 elements");
      for (const auto child : array) {
        auto item = convert(child, depth + 1);
        if (!item) return item;
        items->push_back(std::move(*item));
      }
      out.value_ = std::shared_ptr<const Json::Array>(std::move(items));
      return out;
    }
    case element_type::OBJECT: {
      auto members = std::make_shared<Json::Object>();
      simdjson::dom::object object;
      if (element.get(object) != simdjson::SUCCESS) return fail(Errc::protocol, "JSON object is damaged");
      for (const auto field : object) {
        auto item = convert(field.value, depth + 1);
        if (!item) return item;
        if (!members->emplace(std::string(field.key), std::move(*item)).second)
          return fail(Errc::invalid, "JSON names the member '" + std::string(field.key) + "' twice");
      }
      out.value_ = std::shared_ptr<const Json::Object>(std::move(members));
      return out;
    }
  }
  return fail(Errc::protocol, "JSON has a value of no known type");
}

void write(JsonWriter& out, const Json& json) {
  if (json.is_null())
    out.null();
  else if (const auto* flag = json.as_bool())
    out.value(*flag);
  else if (const auto* whole = json.as_int())
    out.value(*whole);
  else if (const auto* text = json.as_string())
    out.value(*text);
  else if (const auto* items = json.as_array()) {
    out.begin_array();
    for (const auto& item : *items) write(out, item);
    out.end_array();
  } else if (const auto* members = json.as_object()) {
    out.begin_object();
    for (const auto& [name, member] : *members) {
      out.key(name);
      write(out, member);
    }
    out.end_object();
  } else {
    out.value(json.as_number());
  }
}

}  // namespace

Result<Json> Json::parse(std::string_view text) {
  simdjson::dom::parser parser;
  if (parser.allocate(text.size() + 1, kMaxDepth + 8) != simdjson::SUCCESS)
    return fail(Errc::too_large, "JSON does not fit into memory");
  const auto document = parser.parse(text.data(), text.size());
  if (document.error() == simdjson::DEPTH_ERROR) return fail(Errc::too_large, "JSON is nested too deeply");
  if (document.error() != simdjson::SUCCESS)
    return fail(Errc::invalid, std::string("not JSON: ") + simdjson::error_message(document.error()));
  return convert(document.value_unsafe(), 0);
}

std::optional<double> Json::as_number() const {
  if (const auto* whole = as_int()) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  return std::nullopt;
}

const Json::Array* Json::as_array() const {
  const auto* items = std::get_if<std::shared_ptr<const Array>>(&value_);
  return items ? items->get() : nullptr;
}

const Json::Object* Json::as_object() const {
  const auto* members = std::get_if<std::shared_ptr<const Object>>(&value_);
  return members ? members->get() : nullptr;
}

const Json* Json::find(std::string_view name) const {
  const auto* members = as_object();
  if (!members) return nullptr;
  const auto found = members->find(name);
  return found == members->end() ? nullptr : &found->second;
}

std::string Json::dump() const {
  JsonWriter out;
  write(out, *this);
  return out.take();
}

}  // namespace monitorix
