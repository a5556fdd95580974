#pragma once
// The web UI: every file is read once at start into a table of exact names; no path is ever joined with what a client
// sent (S77). Pages of the single-page application all answer index.html.

#include <string>
#include <string_view>
#include <unordered_map>

#include "api/answer.h"

namespace monitorix::api {

class Assets {
 public:
  /// Errc::not_found when there is no index.html. An empty directory name means: no web UI.
  Status load(const std::string& directory);
  /// nullptr when the path is neither a file nor a page.
  struct File {
    std::shared_ptr<const Encoded> encoded{};
    std::string content_type{};
    bool is_immutable{false};
  };
  [[nodiscard]] const File* find(std::string_view path) const;
  [[nodiscard]] const File* front() const;  ///< index.html; nullptr without a web interface
  [[nodiscard]] bool empty() const { return files_.empty(); }

 private:
  std::unordered_map<std::string, File> files_{};
};

Answer asset_answer(const Assets::File& file);

}  // namespace monitorix::api
