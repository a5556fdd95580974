#pragma once
// What a backup says about itself, first in the archive as manifest.json: written by backup, demanded by restore.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sql/sql.h"

namespace monitorix::store {

struct Manifest {
  std::string engine{};
  std::int64_t schema{};
  std::int64_t created_at{};
};

inline constexpr const char* kManifestName = "manifest.json";

/// The text of manifest.json with the size and SHA-256 of every part.
Result<std::string> manifest_text(const Manifest& manifest, const std::vector<Part>& parts);
/// Reads manifest.json among `parts` and holds every other part against it: none may be missing, altered or extra.
Result<Manifest> verified_manifest(const std::vector<Part>& parts);

}  // namespace monitorix::store
