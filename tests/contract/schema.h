#pragma once
// A checker for the part of JSON Schema that contract/openapi.yaml uses: $ref, type, enum, const, oneOf, anyOf, allOf,
// properties, required, additionalProperties, items, bounds, pattern, date-time.

#include <string>
#include <vector>

#include "base/json.h"

namespace monitorix::contract {

/// What in `value` breaks `schema`, each with its place; empty = nothing. `root` is the whole document, for $ref.
std::vector<std::string> faults(const Json& root, const Json& schema, const Json& value,
                                const std::string& place = "$");

/// Follows "#/components/..." from the root; the schema itself when it is no reference.
const Json& resolve(const Json& root, const Json& schema);

}  // namespace monitorix::contract
