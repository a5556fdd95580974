#include "api/inbound/notice.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostTitle = 200, kMostText = 300, kMostWord = 120, kMostGuests = 1000;
constexpr std::int64_t kLeastVmid = 100, kMostVmid = 999'999'999;
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

/// The next word of a line, which loses it.
std::string_view take_word(std::string_view& line) {
  line = trim(line);
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

/// Whose backup failed, by the table that vzdump writes: VMID, name (which may be missing), status, and more.
///     104     web.example     err     3s     0 B     null
std::vector<std::int64_t> failed_guests(std::string_view text) {
  std::vector<std::int64_t> out;
  while (!text.empty() && out.size() < kMostGuests) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view first = take_word(line);
    std::int64_t vmid = 0;
    const auto [end, fault] = std::from_chars(first.data(), first.data() + first.size(), vmid);
    const bool is_number = fault == std::errc{} && end == first.data() + first.size();
    if (!is_number || vmid < kLeastVmid || vmid > kMostVmid) continue;
    const std::string second = lower_ascii(take_word(line)), third = lower_ascii(take_word(line));
    const bool has_failed = std::ranges::any_of(std::array<std::string_view, 3>{"err", "error", "failed"},
                                                [&](auto word) { return second == word || third == word; });
    if (has_failed && std::ranges::find(out, vmid) == out.end()) out.push_back(vmid);
  }
  return out;
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
  const Json* message = json->find("message");
  if (const std::string* text = message ? message->as_string() : nullptr; text && notice.type == "vzdump")
    notice.failed_guests = failed_guests(*text);
  return notice;
}

}  // namespace monitorix::api
