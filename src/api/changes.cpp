#include "api/changes.h"

namespace monitorix::api {

JsonWriter& Changes::begin(std::string_view field) {
  if (is_empty_) out_.begin_object();
  is_empty_ = false;
  return out_.key(field).begin_object();
}

void Changes::put(const std::vector<std::string>& values) {
  out_.begin_array();
  for (const auto& value : values) out_.value(value);
  out_.end_array();
}

Changes& Changes::secret(std::string_view field, bool was_changed) {
  if (was_changed) begin(field).member("changed", true).end_object();
  return *this;
}

std::optional<std::string> Changes::take() {
  if (is_empty_) return std::nullopt;
  out_.end_object();
  return out_.take();
}

}  // namespace monitorix::api
