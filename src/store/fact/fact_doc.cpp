#include "store/fact/fact_doc.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "model/names.h"
#include "store/fact/fact_fields.h"
#include "store/fact/reason_doc.h"

namespace monitorix::store {
namespace {

template <class T>
concept HasFields = requires(T& value) {
  each_field(value, [](std::string_view, auto&) {});
};
template <class T>
constexpr bool kIsVector = false;
template <class T>
constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
void put(JsonWriter& json, const T& value) {
  if constexpr (kIsOptional<T>) {
    put(json, *value);
  } else if constexpr (kIsVector<T>) {
    json.begin_array();
    for (const auto& item : value) put(json, item);
    json.end_array();
  } else if constexpr (HasFields<const T>) {
    json.begin_object();
    each_field(value, [&]<class Member>(std::string_view name, const Member& member) {
      // What is as it is made needs no word; a bool may be made either way.
      if constexpr (!std::is_same_v<Member, bool>)
        if (member == Member{}) return;
      json.key(name);
      put(json, member);
    });
    json.end_object();
  } else if constexpr (std::is_same_v<T, WallTime>) {
    json.value(to_ms(value));
  } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
    json.value(std::int64_t{value.count()});
  } else if constexpr (std::is_enum_v<T>) {
    json.value(name_of(value));
  } else {
    json.value(value);
  }
}

template <class T, class From>
bool take(T& out, const From* found) {
  if (found) out = static_cast<T>(*found);
  return found != nullptr;
}

/// False, and `out` as it was made, where the kind of value is another.
template <class T>
bool get(const Json& json, T& out) {
  if constexpr (kIsOptional<T>) {
    if (!get(json, out.emplace())) out.reset();
    return out.has_value();
  } else if constexpr (kIsVector<T>) {
    if (!json.as_array()) return false;
    for (const Json& item : *json.as_array())
      if (!get(item, out.emplace_back())) out.pop_back();
    return true;
  } else if constexpr (HasFields<T>) {
    if (!json.as_object()) return false;
    each_field(out, [&](std::string_view name, auto& member) {
      if (const Json* found = json.find(name)) get(*found, member);
    });
    return true;
  } else if constexpr (std::is_same_v<T, WallTime>) {
    if (json.as_int()) out = from_ms(*json.as_int());
    return json.as_int() != nullptr;
  } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
    if (json.as_int()) out = std::chrono::seconds{*json.as_int()};
    return json.as_int() != nullptr;
  } else if constexpr (std::is_enum_v<T>) {
    const auto known = json.as_string() ? parse_name<T>(*json.as_string()) : std::nullopt;
    return take(out, known ? &*known : nullptr);
  } else if constexpr (std::is_same_v<T, bool>) {
    return take(out, json.as_bool());
  } else if constexpr (std::is_same_v<T, double>) {
    const auto number = json.as_number();
    return take(out, number ? &*number : nullptr);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return take(out, json.as_string());
  } else {
    return take(out, json.as_int());
  }
}

}  // namespace

template <class T>
std::string encode_fact(const Fact<T>& fact) {
  JsonWriter json;
  json.begin_object();
  if (fact.value) {
    json.key("value");
    put(json, *fact.value);
  }
  if (fact.missing) {
    json.key("missing");
    put_reason(json, *fact.missing);
  }
  return json.end_object().take();
}

template <class T>
Fact<T> decode_fact(const std::string& doc, std::optional<WallTime> at) {
  Fact<T> out;
  const auto json = Json::parse(doc);
  if (!json) return out;
  const Json* value = json->find("value");
  const Json* missing = json->find("missing");
  if (value && at && get(*value, out.value)) out.at = at;
  if (missing && missing->as_object()) out.missing = reason_in(*missing);
  return out;
}

#define MONITORIX_FACT(...)                                   \
  template std::string encode_fact(const Fact<__VA_ARGS__>&); \
  template Fact<__VA_ARGS__> decode_fact<__VA_ARGS__>(const std::string&, std::optional<WallTime>)
MONITORIX_FACT(std::vector<Disk>);
MONITORIX_FACT(std::vector<ZfsPool>);
MONITORIX_FACT(std::vector<ThinPool>);
MONITORIX_FACT(NodeSoftware);
MONITORIX_FACT(NodeRepositories);
MONITORIX_FACT(std::vector<ReplicationJob>);
MONITORIX_FACT(NodeClock);
MONITORIX_FACT(std::vector<GuestSnapshot>);
MONITORIX_FACT(GuestConfig);
MONITORIX_FACT(std::vector<FileSystem>);
MONITORIX_FACT(std::vector<GuestInterface>);
MONITORIX_FACT(GuestOs);
MONITORIX_FACT(HaStatus);
MONITORIX_FACT(QDevice);
MONITORIX_FACT(ClusterOptions);
MONITORIX_FACT(BackupJobs);
MONITORIX_FACT(BackupContents);
MONITORIX_FACT(NotBackedUp);
#undef MONITORIX_FACT

}  // namespace monitorix::store
