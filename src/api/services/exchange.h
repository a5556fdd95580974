#pragma once
// Files of services: reading foreign ones into bodies as a person would send them, and writing our own. Pure.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/service/service.h"

namespace monitorix::api {

struct ImportedRow {
  std::string name{}, type{};  ///< as the file says; for the report
  std::string json{};          ///< a body of POST /api/services; empty = this cannot be taken over
  std::string remark{};        ///< what a person should know of it
};
struct ImportedFile {
  std::vector<ImportedRow> rows{};
  std::vector<std::string> warnings{};
};

Result<ImportedFile> read_our_json(std::string_view text);
Result<ImportedFile> read_our_csv(std::string_view text);
Result<ImportedFile> read_our_yaml(std::string_view text);
/// The JSON that Uptime Kuma writes in Settings > Backup.
Result<ImportedFile> read_kuma(std::string_view text);

/// One line per service with what fits a line; options are one column of JSON.
std::string services_as_csv(const std::vector<std::shared_ptr<const monitorix::Service>>& services);
/// The JSON of ours in the form that people read and keep under version control.
std::string services_as_yaml(const std::vector<std::shared_ptr<const monitorix::Service>>& services);

}  // namespace monitorix::api
