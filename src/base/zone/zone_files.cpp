#include "base/zone/zone_files.h"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace monitorix {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kLongestName = 64;

/// "Europe/Oslo", "Etc/GMT+3"; never a way out of the directory.
bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  });
}

}  // namespace

ZoneFiles::ZoneFiles(std::filesystem::path root) : root_(std::move(root)) {}

Result<Zone> ZoneFiles::find(std::string_view name) {
  if (name.empty() || name == "UTC") return Zone();
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  const auto refuse = [&] { return fail(Errc::not_found, "no time zone \"" + std::string(name) + "\""); };
  if (!is_name(name)) return fail(Errc::not_found, "not the name of a time zone");
  const std::filesystem::path path = root_ / name;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || std::filesystem::file_size(path, error) > kMostBytes || error)
    return refuse();
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMostBytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  auto zone = Zone::parse(bytes);
  if (!zone) return refuse();
  known_.emplace(name, *zone);
  return *zone;
}

}  // namespace monitorix
