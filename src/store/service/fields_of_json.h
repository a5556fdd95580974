#pragma once
// One description of an object's members serves writing and reading: `describe(archive, object)` names each member
// once, and the archive is one of these two.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/secret.h"
#include "model/service/service_names.h"

namespace monitorix::store {

class MemberWriter {
 public:
  explicit MemberWriter(JsonWriter& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    out_.key(name);
    put(value);
  }
  template <class T, class Describe>
  void list(std::string_view name, std::vector<T>& items, Describe describe) {
    out_.key(name).begin_array();
    for (T& item : items) object(item, describe);
    out_.end_array();
  }
  /// `item` is an std::optional or a Boxed.
  template <class Maybe, class Describe>
  void maybe(std::string_view name, const Maybe& item, Describe describe) {
    if (!item) return;
    out_.key(name);
    auto copy = *item;  // a description takes what may be written to
    object(copy, describe);
  }

 private:
  template <class T, class Describe>
  void object(T& item, Describe describe) {
    out_.begin_object();
    describe(*this, item);
    out_.end_object();
  }
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_enum_v<T>)
      out_.value(name_of(value));
    else
      out_.value(value);
  }
  void put(const Secret& value) { out_.value(value.reveal()); }
  void put(const WallTime& value) { out_.value(to_ms(value)); }
  void put(const ServiceId& value) { out_.value(value.value); }
  template <class Rep, class Period>
  void put(const std::chrono::duration<Rep, Period>& value) {
    out_.value(static_cast<std::int64_t>(value.count()));
  }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value)
      put(*value);
    else
      out_.null();
  }
  template <class T>
  void put(const std::vector<T>& values) {
    out_.begin_array();
    for (const T& value : values) put(value);
    out_.end_array();
  }

  JsonWriter& out_;
};

class MemberReader {
 public:
  explicit MemberReader(const Json& from) : from_(from) {}

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (const Json* member = from_.find(name)) take(*member, value);
  }
  template <class T, class Describe>
  void list(std::string_view name, std::vector<T>& items, Describe describe) {
    const Json* member = from_.find(name);
    const auto* array = member == nullptr ? nullptr : member->as_array();
    if (array == nullptr) return;
    items.clear();
    for (const Json& one : *array) {
      MemberReader inner(one);
      describe(inner, items.emplace_back());
    }
  }
  template <template <class> class Maybe, class T, class Describe>
  void maybe(std::string_view name, Maybe<T>& item, Describe describe) {
    const Json* member = from_.find(name);
    if (member == nullptr || member->as_object() == nullptr) return;
    MemberReader inner(*member);
    T read{};
    describe(inner, read);
    item = std::move(read);
  }

 private:
  template <class T>
  static void take(const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
      if (const auto* text = json.as_string()) value = service_word<T>(*text).value_or(value);
    } else if constexpr (std::is_same_v<T, bool>) {
      if (const auto* flag = json.as_bool()) value = *flag;
    } else if constexpr (std::is_integral_v<T>) {
      if (const auto* number = json.as_int()) value = static_cast<T>(*number);
    }
  }
  static void take(const Json& json, std::string& value) {
    if (const auto* text = json.as_string()) value = *text;
  }
  static void take(const Json& json, Secret& value) {
    if (const auto* text = json.as_string()) value = Secret(*text);
  }
  static void take(const Json& json, WallTime& value) {
    if (const auto* number = json.as_int()) value = from_ms(*number);
  }
  static void take(const Json& json, ServiceId& value) {
    if (const auto* number = json.as_int()) value = ServiceId{*number};
  }
  template <class Rep, class Period>
  static void take(const Json& json, std::chrono::duration<Rep, Period>& value) {
    if (const auto* number = json.as_int()) value = std::chrono::duration<Rep, Period>{*number};
  }
  template <class T>
  static void take(const Json& json, std::optional<T>& value) {
    if (json.is_null())
      value.reset();
    else
      take(json, value.emplace());
  }
  template <class T>
  static void take(const Json& json, std::vector<T>& values) {
    const auto* array = json.as_array();
    if (array == nullptr) return;
    values.clear();
    for (const Json& one : *array) take(one, values.emplace_back());
  }

  const Json& from_;
};

/// The members as one JSON object. Writing does not change what it is given.
template <class T, class Describe>
std::string members_text(const T& object, Describe describe) {
  T copy = object;
  JsonWriter out;
  MemberWriter writer(out.begin_object());
  describe(writer, copy);
  return out.end_object().take();
}
template <class T, class Describe>
void read_members(std::string_view text, T& object, Describe describe) {
  const auto json = Json::parse(text);
  if (!json || json->as_object() == nullptr) return;
  MemberReader reader(*json);
  describe(reader, object);
}

}  // namespace monitorix::store
