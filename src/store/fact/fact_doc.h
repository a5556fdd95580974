#pragma once
// A fact as JSON: {"value": ..., "missing": {"code": ...}}, with short stable names, read tolerantly as object_doc.h.
// When it was heard stands beside it: a fact that only grew older is the same text.

#include <optional>
#include <string>

#include "model/facts.h"

namespace monitorix::store {

/// For the facts of model/facts.h and model/watched/backup_plan.h.
template <class T>
std::string encode_fact(const Fact<T>& fact);
/// Text that is none gives a fact that was never asked for.
template <class T>
Fact<T> decode_fact(const std::string& doc, std::optional<WallTime> at);

}  // namespace monitorix::store
