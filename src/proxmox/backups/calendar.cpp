#include "proxmox/backups/calendar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "base/text.h"

namespace monitorix::proxmox {
namespace {

using std::chrono::seconds;

struct Bounds {
  int least{}, most{};
};
constexpr Bounds kMonths{1, 12}, kDays{1, 31}, kHours{0, 23}, kSixty{0, 59};
constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kWords{{{"minutely", "*:*"},
                                                                                {"hourly", "*:00"},
                                                                                {"daily", "00:00"},
                                                                                {"weekly", "mon 00:00"},
                                                                                {"monthly", "*-01 00:00"},
                                                                                {"quarterly", "1,4,7,10-1 00:00"},
                                                                                {"semiannually", "1,7-1 00:00"},
                                                                                {"semi-annually", "1,7-1 00:00"},
                                                                                {"yearly", "1-1 00:00"},
                                                                                {"annually", "1-1 00:00"},
                                                                                {"annualy", "1-1 00:00"}}};
constexpr std::size_t kLongest = 256;

using Chosen = std::vector<int>;  ///< ascending, without doubles

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(at, from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// One "5", "8..17", "*", "0/15" or "*/10".
bool take_item(std::string_view item, Bounds bounds, Chosen& out) {
  const auto slash = item.find('/');
  std::optional<int> step = 1;
  if (slash != std::string_view::npos) step = number(item.substr(slash + 1));
  const auto base = item.substr(0, slash);
  int from = bounds.least, to = bounds.most;
  if (base != "*") {
    const auto dots = base.find("..");
    const auto first = number(base.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : number(base.substr(dots + 2));
    if (!first || !last) return false;
    from = *first;
    to = dots == std::string_view::npos && slash != std::string_view::npos ? bounds.most : *last;
  }
  if (!step || *step < 1 || from < bounds.least || to > bounds.most || from > to) return false;
  for (int value = from; value <= to; value += *step) out.push_back(value);
  return true;
}

std::optional<Chosen> chosen(std::string_view list, Bounds bounds) {
  Chosen out;
  for (const auto item : split(list, ','))
    if (!take_item(item, bounds, out)) return std::nullopt;
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::optional<int> weekday(std::string_view name) {
  for (std::size_t at = 0; at < kWeekdays.size(); ++at)
    if (name == kWeekdays[at] || name == kWeekdays[at].substr(0, 3)) return static_cast<int>(at);
  return std::nullopt;
}

/// Bit 0 is Sunday. A range may go round the end of the week.
std::optional<unsigned> weekdays(std::string_view list) {
  unsigned mask = 0;
  for (const auto item : split(list, ',')) {
    const auto dots = item.find("..");
    const auto first = weekday(item.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : weekday(item.substr(dots + 2));
    if (!first || !last) return std::nullopt;
    for (int day = *first;; day = (day + 1) % 7) {
      mask |= 1U << static_cast<unsigned>(day);
      if (day == *last) break;
    }
  }
  return mask;
}

struct Event {
  unsigned weekdays{0x7F};
  Chosen months{}, days{}, hours{0}, minutes{0};
};

bool take_time(std::string_view text, Event& event) {
  const auto parts = split(text, ':');
  if (parts.size() == 1) {
    if (text.find_first_of("*/") == std::string_view::npos) return false;
    const auto minutes = chosen(text, kSixty);
    event.hours = *chosen("*", kHours);
    if (minutes) event.minutes = *minutes;
    return minutes.has_value();
  }
  const auto hours = chosen(parts[0], kHours);
  const auto minutes = chosen(parts[1], kSixty);
  // Seconds are checked but count for nothing: no backup comes several times a minute.
  if (parts.size() > 3 || !hours || !minutes || (parts.size() == 3 && !chosen(parts[2], kSixty))) return false;
  event.hours = *hours;
  event.minutes = *minutes;
  return true;
}

bool take_date(std::string_view text, Event& event) {
  auto parts = split(text, '-');
  if (parts.size() == 3 && parts[0] == "*") parts.erase(parts.begin());
  if (parts.size() != 2) return false;
  const auto months = chosen(parts[0], kMonths);
  const auto days = chosen(parts[1], kDays);
  if (!months || !days) return false;
  event.months = *months;
  event.days = *days;
  return true;
}

std::optional<Event> read_event(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const auto part : split(text, ' '))
    if (!part.empty()) parts.push_back(part);
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  Event event{.months = *chosen("*", kMonths), .days = *chosen("*", kDays)};
  std::size_t at = 0;
  if (const auto days = weekdays(parts[0])) {
    event.weekdays = *days;
    ++at;
  }
  if (at < parts.size() && parts[at].find('-') != std::string_view::npos && !take_date(parts[at++], event))
    return std::nullopt;
  if (at < parts.size() && !take_time(parts[at++], event)) return std::nullopt;
  return at == parts.size() ? std::optional(event) : std::nullopt;
}

bool holds(const Chosen& values, int value) { return std::ranges::binary_search(values, value); }

bool happens_on(const Event& event, std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  return ((event.weekdays >> std::chrono::weekday{day}.c_encoding()) & 1U) != 0 &&
         holds(event.months, static_cast<int>(static_cast<unsigned>(date.month()))) &&
         holds(event.days, static_cast<int>(static_cast<unsigned>(date.day())));
}

}  // namespace

std::optional<seconds> longest_pause(std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  std::string lower = lower_ascii(text);
  for (const auto& [word, meaning] : kWords)
    if (lower == word) lower = meaning;
  const auto event = read_event(lower);
  if (!event) return std::nullopt;
  std::vector<int> minutes;  // of a day
  for (const int hour : event->hours)
    for (const int minute : event->minutes) minutes.push_back(hour * 60 + minute);
  int longest = 0;
  for (std::size_t at = 1; at < minutes.size(); ++at) longest = std::max(longest, minutes[at] - minutes[at - 1]);
  // A leap year and the years around it hold every pause there is.
  using std::chrono::sys_days, std::chrono::year, std::chrono::days;
  const sys_days begin = year{2022} / 1 / 1, end = year{2030} / 1 / 1;
  std::optional<sys_days> before;
  for (sys_days day = begin; day < end; day += days{1}) {
    if (!happens_on(*event, day)) continue;
    if (before)
      longest = std::max(longest, static_cast<int>((day - *before).count()) * 1440 + minutes.front() - minutes.back());
    before = day;
  }
  return before && longest > 0 ? std::optional<seconds>(std::chrono::minutes{longest}) : std::nullopt;
}

}  // namespace monitorix::proxmox
