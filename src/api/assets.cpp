#include "api/assets.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/gzip.h"

namespace monitorix::api {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 8u << 20;

constexpr auto kTypes =
    std::to_array<std::pair<std::string_view, std::string_view>>({{".html", "text/html; charset=utf-8"},
                                                                  {".js", "text/javascript; charset=utf-8"},
                                                                  {".mjs", "text/javascript; charset=utf-8"},
                                                                  {".css", "text/css; charset=utf-8"},
                                                                  {".json", "application/json"},
                                                                  {".svg", "image/svg+xml"},
                                                                  {".png", "image/png"},
                                                                  {".ico", "image/x-icon"},
                                                                  {".woff2", "font/woff2"},
                                                                  {".webmanifest", "application/manifest+json"},
                                                                  {".txt", "text/plain; charset=utf-8"}});

/// The pages of the application, by their first segment.
constexpr auto kPages =
    std::to_array<std::string_view>({"login", "setup", "dashboard", "overview", "clusters", "nodes", "vms", "storages",
                                     "charts", "settings", "profile", "docs", "users", "audit"});

std::string_view type_of(const std::string& extension) {
  for (const auto& [known, type] : kTypes)
    if (known == extension) return type;
  return "application/octet-stream";
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Compressed as well as it goes: this happens once.
std::shared_ptr<const Encoded> pack(std::string text) {
  auto encoded = std::make_shared<Encoded>(*encode_once(text));
  if (encoded->compressed) encoded->compressed = std::make_shared<const std::string>(gzip(text, 9));
  return encoded;
}

bool is_page(std::string_view path) {
  if (path == "/" || path == "/api/docs") return true;
  if (!path.starts_with('/') || path.find("//") != std::string_view::npos || path.find("/.") != std::string_view::npos)
    return false;
  const auto first = path.substr(1, path.find('/', 1) - 1);
  if (path.find_first_of("%;\\") != std::string_view::npos) return false;
  for (const auto page : kPages)
    if (page == first) return true;
  return false;
}

}  // namespace

Status Assets::load(const std::string& directory) {
  if (directory.empty()) return {};
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file() || at->is_symlink() || at->file_size() > kLargestFile) continue;
    const auto name = "/" + fs::relative(at->path(), directory).generic_string();
    if (name.ends_with(".map") || name.ends_with(".gz")) continue;
    files_[name] = {pack(read(at->path())), std::string(type_of(at->path().extension().string())),
                    name.starts_with("/assets/")};
  }
  if (error) return fail(Errc::io, "web directory " + directory + ": " + error.message());
  if (!files_.contains("/index.html")) return fail(Errc::not_found, "web directory " + directory + ": no index.html");
  return {};
}

const Assets::File* Assets::find(std::string_view path) const {
  if (files_.empty()) return nullptr;
  if (const auto file = files_.find(std::string(path)); file != files_.end()) return &file->second;
  if (!is_page(path)) return nullptr;
  if (path == "/api/docs")
    for (const char* own : {"/api/docs.html", "/api/docs/index.html", "/docs.html", "/api-docs.html"})
      if (const auto file = files_.find(own); file != files_.end()) return &file->second;
  return &files_.at("/index.html");
}

const Assets::File* Assets::front() const {
  const auto file = files_.find("/index.html");
  return file == files_.end() ? nullptr : &file->second;
}

Answer asset_answer(const Assets::File& file) {
  Answer answer;
  answer.encoded = file.encoded;
  answer.content_type = file.content_type;
  answer.headers.emplace_back("Cache-Control", file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  return answer;
}

}  // namespace monitorix::api
