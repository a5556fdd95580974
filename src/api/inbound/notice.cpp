#include "api/inbound/notice.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostTitle = 200, kMostText = 300, kMostWord = 120;
constexpr std::int64_t kLatest = 4'102'444'800;  // the year 2100

/// The first line that says something, as people are shown it.
std::string line_of(const Json& object, std::string_view name, std::size_t most) {
  const Json* member = object.find(name);
  const std::string* text = member ? member->as_string() : nullptr;
  if (!text) return {};
  const std::string_view all = trim(*text);
  return escape_controls(valid_utf8(trim(all.substr(0, all.find('\n'))), most));
}

std::optional<Severity> severity_of(const std::string& word) {
  if (word == "error") return Severity::critical;
  if (word == "warning") return Severity::warning;
  return std::nullopt;  // info, notice; of what is unknown Proxmox VE knows no more than that it was a mail
}

std::optional<WallTime> time_of(const Json* member) {
  if (!member) return std::nullopt;
  std::int64_t seconds = 0;
  if (const auto number = member->as_number()) {
    if (!(*number > 0 && *number < static_cast<double>(kLatest))) return std::nullopt;
    seconds = static_cast<std::int64_t>(*number);
  } else if (const std::string* text = member->as_string()) {
    const bool is_number =
        !text->empty() && text->size() <= 10 && std::ranges::all_of(*text, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return std::nullopt;
    seconds = std::stoll(*text);
  }
  if (seconds <= 0 || seconds >= kLatest) return std::nullopt;
  return WallTime{std::chrono::seconds{seconds}};
}

}  // namespace

Result<ProxmoxNotice> read_notice(std::string_view body) {
  const auto json = Json::parse(body);
  if (!json) return fail(json.error());
  if (!json->as_object()) return fail(Errc::invalid, "the body must be an object");
  ProxmoxNotice notice;
  notice.title = line_of(*json, "title", kMostTitle);
  notice.text = line_of(*json, "message", kMostText);
  if (notice.title.empty() && notice.text.empty()) return fail(Errc::invalid, "neither title nor message is there");
  if (notice.title.empty()) notice.title = valid_utf8(notice.text, kMostTitle);
  notice.severity = severity_of(lower_ascii(line_of(*json, "severity", kMostWord)));
  notice.at = time_of(json->find("timestamp"));
  if (const Json* fields = json->find("fields"); fields && fields->as_object()) {
    notice.type = line_of(*fields, "type", kMostWord);
    notice.hostname = line_of(*fields, "hostname", kMostWord);
    notice.job = line_of(*fields, "job-id", kMostWord);
  }
  return notice;
}

}  // namespace monitorix::api
