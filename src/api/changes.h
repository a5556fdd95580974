#pragma once
// What a deed changed, for the audit log: {"role":{"from":"viewer","to":"editor"}}. Only what differs; of a secret only
// that it was changed.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"

namespace monitorix::api {

class Changes {
 public:
  template <class T>
  Changes& of(std::string_view field, const T& from, const T& to) {
    if (from == to) return *this;
    begin(field).key("from");
    put(from);
    out_.key("to");
    put(to);
    out_.end_object();
    return *this;
  }
  Changes& secret(std::string_view field, bool was_changed);
  /// The JSON object; nothing when nothing was changed.
  [[nodiscard]] std::optional<std::string> take();

 private:
  JsonWriter& begin(std::string_view field);
  template <class T>
  void put(const T& value) {
    out_.value(value);
  }
  void put(const std::vector<std::string>& values);

  JsonWriter out_{};
  bool is_empty_{true};
};

}  // namespace monitorix::api
