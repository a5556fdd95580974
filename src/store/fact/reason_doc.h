#pragma once
// Why something is as it is, as JSON and back: code, text and values.

#include "base/json.h"
#include "base/json_writer.h"
#include "model/reason.h"

namespace monitorix::store {

void put_reason(JsonWriter& json, const Reason& reason);
std::string reason_text(const Reason& reason);
/// Tolerant: what is missing or odd stays empty.
Reason reason_in(const Json& json);
Reason reason_in(const std::string& text);

}  // namespace monitorix::store
