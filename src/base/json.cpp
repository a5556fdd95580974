#include "base/json.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <simdjson.h>

#include "base/json_writer.h"

namespace monitorix {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMostKept = 1u << 20;
constexpr std::size_t kMostElements = 100'000;  // of one array (S60)

/// A member on its way to its place: small things are sorted, and the large ones made where they stay.
struct Field {
  std::uint64_t beginning{};  ///< the first bytes of its name, as a number of the same order
  std::string_view name{};
  simdjson::dom::element value{};

  bool operator<(const Field& other) const {
    return beginning != other.beginning ? beginning < other.beginning : name < other.name;
  }
};

std::uint64_t beginning_of(std::string_view name) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < sizeof(out); ++i) out = out << 8U | (i < name.size() ? std::uint8_t(name[i]) : 0U);
  return out;
}

std::vector<Field> in_order(const simdjson::dom::object& object) {
  std::vector<Field> out;
  out.reserve(object.size());
  for (const auto field : object) out.push_back({beginning_of(field.key), field.key, field.value});
  std::ranges::sort(out, std::less<>{});
  return out;
}

Status convert(const simdjson::dom::element& element, int depth, Json& out) {
  using simdjson::dom::element_type;
  if (depth > kMaxDepth) return fail(Errc::too_large, "JSON is nested too deeply");
  switch (element.type()) {
    case element_type::NULL_VALUE: return {};
    case element_type::BOOL: out.value_ = bool(element.get_bool().value_unsafe()); return {};
    case element_type::INT64: out.value_ = element.get_int64().value_unsafe(); return {};
    case element_type::UINT64: out.value_ = static_cast<double>(element.get_uint64().value_unsafe()); return {};
    case element_type::DOUBLE: out.value_ = element.get_double().value_unsafe(); return {};
    case element_type::STRING: out.value_ = std::string(element.get_string().value_unsafe()); return {};
    case element_type::ARRAY: {
      auto items = std::make_shared<Json::Array>();
      simdjson::dom::array array;
      if (element.get(array) != simdjson::SUCCESS) return fail(Errc::protocol, "JSON array is damaged");
      if (array.size() > kMostElements) return fail(Errc::too_large, "a JSON array has more than 100000 elements");
      items->reserve(array.size());
      for (const auto child : array)
        if (auto item = convert(child, depth + 1, items->emplace_back()); !item) return item;
      out.value_ = std::shared_ptr<const Json::Array>(std::move(items));
      return {};
    }
    case element_type::OBJECT: {
      std::vector<JsonObject::Member> members;
      simdjson::dom::object object;
      if (element.get(object) != simdjson::SUCCESS) return fail(Errc::protocol, "JSON object is damaged");
      const auto fields = in_order(object);
      members.reserve(fields.size());
      for (const auto& field : fields) {
        auto& member = members.emplace_back(field.name, Json());
        if (auto item = convert(field.value, depth + 1, member.second); !item) return item;
      }
      auto sorted = JsonObject::of(std::move(members));
      if (!sorted) return fail(std::move(sorted).error());
      out.value_ = std::make_shared<const JsonObject>(std::move(*sorted));
      return {};
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
  // Its buffers are several times the text: a thread keeps them for the next text of a usual size.
  thread_local simdjson::dom::parser kept;
  simdjson::dom::parser large;
  auto& parser = text.size() > kMostKept ? large : kept;
  if (parser.capacity() <= text.size() && parser.allocate(text.size() + 1, kMaxDepth + 8) != simdjson::SUCCESS)
    return fail(Errc::too_large, "JSON does not fit into memory");
  const auto document = parser.parse(text.data(), text.size());
  if (document.error() == simdjson::DEPTH_ERROR) return fail(Errc::too_large, "JSON is nested too deeply");
  if (document.error() != simdjson::SUCCESS)
    return fail(Errc::invalid, std::string("not JSON: ") + simdjson::error_message(document.error()));
  Json out;
  if (auto converted = convert(document.value_unsafe(), 0, out); !converted) return fail(std::move(converted).error());
  return out;
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

Result<JsonObject> JsonObject::of(std::vector<Member> members) {
  const auto twice = std::ranges::adjacent_find(members, std::ranges::greater_equal{}, &Member::first);
  if (twice != members.end()) return fail(Errc::invalid, "JSON names the member '" + twice->first + "' twice");
  JsonObject out;
  out.members_ = std::move(members);
  return out;
}

std::vector<JsonObject::Member>::const_iterator JsonObject::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(members_, name, {}, &Member::first);
  return found != members_.end() && found->first == name ? found : members_.end();
}

std::vector<JsonObject::Member>::iterator JsonObject::find(std::string_view name) {
  return members_.begin() + (std::as_const(*this).find(name) - members_.cbegin());
}

void JsonObject::erase(std::string_view name) {
  if (const auto found = find(name); found != members_.end()) members_.erase(found);
}

std::string Json::dump() const {
  JsonWriter out;
  write(out, *this);
  return out.take();
}

}  // namespace monitorix
