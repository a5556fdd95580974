#include "verdict/calendar.h"

#include <algorithm>
#include <string>
#include <utility>

// expression = name | [weekdays] [date] [time]
// weekdays   = day *("," day)          day  = word [".." word]
// date       = [years "-"] months ("-" | "~") days          time = hours ":" minutes [":" seconds]
// each       = "*" ["/" step] | item *("," item)             item = number [".." number] ["/" step]

namespace monitorix::verdict {
namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr std::size_t kLongest = 256;
/// 29 February on a given weekday can be 40 years away.
constexpr int kMostDays = 41 * 366;
constexpr int kFirstYear = 1970, kLastYear = 2199;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNames{
    {{"minutely", "*-*-* *:*:00"},
     {"hourly", "*-*-* *:00:00"},
     {"daily", "*-*-* 00:00:00"},
     {"weekly", "mon *-*-* 00:00:00"},
     {"monthly", "*-*-01 00:00:00"},
     {"quarterly", "*-01,04,07,10-01 00:00:00"},
     {"semiannually", "*-01,07-01 00:00:00"},
     {"semi-annually", "*-01,07-01 00:00:00"},
     {"yearly", "*-01-01 00:00:00"},
     {"annually", "*-01-01 00:00:00"}}};
constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find_first_of(separators, begin);
    parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

struct Span {
  int first{}, last{}, step{1};
};

/// One item of a list; nothing when it makes no sense.
std::optional<Span> span_of(std::string_view item, int least, int most) {
  Span out{least, most, 1};
  const std::size_t slash = item.find('/');
  const std::string_view range = item.substr(0, slash);
  if (slash != std::string_view::npos) {
    const auto step = number(item.substr(slash + 1));
    if (!step || *step < 1) return std::nullopt;
    out.step = *step;
  }
  if (range == "*") return out;
  const std::size_t dots = range.find("..");
  const auto first = number(range.substr(0, dots));
  if (!first || *first < least || *first > most) return std::nullopt;
  out.first = *first;
  if (dots == std::string_view::npos) {
    if (slash == std::string_view::npos) out.last = out.first;
    return out;
  }
  const auto last = number(range.substr(dots + 2));
  if (!last || *last < out.first || *last > most) return std::nullopt;
  out.last = *last;
  return out;
}

template <class Bits>
bool set_part(std::string_view text, int least, int most, Bits& bits) {
  for (const std::string_view item : split(text, ",")) {
    const auto span = span_of(item, least, most);
    if (!span) return false;
    for (int value = span->first; value <= span->last; value += span->step) bits.set(static_cast<std::size_t>(value));
  }
  return true;
}

/// Days counted from the end of the month still follow one another forwards: "07/1" is the last week, "1..3" the last
/// three days.
bool set_days_from_end(std::string_view text, std::bitset<32>& bits) {
  for (const std::string_view item : split(text, ",")) {
    auto span = span_of(item, 1, 31);
    if (!span) return false;
    const bool is_open = item.find('/') != std::string_view::npos && item.find("..") == std::string_view::npos;
    if (is_open && item.front() != '*') span = Span{1, span->first, span->step};
    for (int value = span->last; value >= span->first; value -= span->step) bits.set(static_cast<std::size_t>(value));
  }
  return true;
}

std::optional<std::size_t> weekday_of(std::string_view word) {
  for (std::size_t day = 0; day < kWeekdays.size(); ++day)
    if (word == kWeekdays[day] || word == kWeekdays[day].substr(0, 3)) return day;
  return std::nullopt;
}

std::string lowered(std::string_view text) {
  std::string out;
  for (const char c : text) out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  return out;
}

tl::unexpected<Error> wrong(std::string_view part) {
  return fail(Errc::invalid, "OnCalendar: the " + std::string(part) + " is not sound");
}

}  // namespace

bool Calendar::is_meant(std::string_view text) {
  const auto parts = split(text, " \t");
  const auto count = std::ranges::count_if(parts, [](std::string_view part) { return !part.empty(); });
  return count > 0 && count <= 3 && !text.starts_with('@');  // cron has five fields, or a name that begins with @
}

Result<Calendar> Calendar::parse(std::string_view text) {
  if (text.size() > kLongest) return fail(Errc::too_large, "OnCalendar: longer than 256 characters");
  std::string lower = lowered(text);
  for (const auto& [name, meaning] : kNames)
    if (lower == name) lower = meaning;
  Calendar out;
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(lower, " \t"))
    if (!part.empty()) parts.push_back(part);
  std::size_t at = 0;
  const auto is_word = [](std::string_view part) { return part.front() >= 'a' && part.front() <= 'z'; };
  if (at < parts.size() && is_word(parts[at])) {
    if (auto read = out.read_weekdays(parts[at++]); !read) return fail(read.error());
  } else {
    out.weekdays_.set();
  }
  const bool has_date = at < parts.size() && parts[at].find(':') == std::string_view::npos;
  if (auto read = out.read_date(has_date ? parts[at++] : "*-*-*"); !read) return fail(read.error());
  const bool has_time = at < parts.size() && parts[at].find(':') != std::string_view::npos;
  if (auto read = out.read_time(has_time ? parts[at++] : "00:00:00"); !read) return fail(read.error());
  if (parts.empty() || at < parts.size())
    return fail(Errc::invalid, "OnCalendar: weekdays, a date and a time are taken, as \"Mon..Fri *-*-* 09:00\"");
  local_days day{std::chrono::year{2000} / 1 / 1};
  const bool is_in_past = !out.years_.empty();  // years are named: whether they come is not for us to say
  for (int passed = 0; !is_in_past && !out.has_day(day); ++passed, day += days{1})
    if (passed == kMostDays) return fail(Errc::invalid, "OnCalendar: there is no such date");
  return out;
}

Status Calendar::read_weekdays(std::string_view text) {
  for (const std::string_view item : split(text, ",")) {
    const std::size_t dots = item.find("..");
    const auto first = weekday_of(item.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : weekday_of(item.substr(dots + 2));
    const auto from_monday = [](std::size_t day) { return (day + 6) % 7; };
    if (!first || !last || from_monday(*last) < from_monday(*first)) return wrong("day of the week");
    for (std::size_t day = *first;; day = (day + 1) % 7) {
      weekdays_.set(day);
      if (day == *last) break;
    }
  }
  return {};
}

Status Calendar::read_date(std::string_view text) {
  const std::size_t end = text.find_last_of("-~");
  if (end == std::string_view::npos || end == 0) return wrong("date");
  from_end_ = text[end] == '~';
  const bool is_read =
      from_end_ ? set_days_from_end(text.substr(end + 1), days_) : set_part(text.substr(end + 1), 1, 31, days_);
  if (!is_read) return wrong("day of the month");
  const std::string_view rest = text.substr(0, end);
  const std::size_t dash = rest.find_last_of('-');
  const std::string_view months = dash == std::string_view::npos ? rest : rest.substr(dash + 1);
  if (!set_part(months, 1, 12, months_)) return wrong("month");
  if (dash == std::string_view::npos || rest.substr(0, dash) == "*") return {};
  for (const std::string_view item : split(rest.substr(0, dash), ",")) {
    const auto span = span_of(item, kFirstYear, kLastYear);
    if (!span) return wrong("year");
    years_.push_back({span->first, span->last, span->step});
  }
  return {};
}

Status Calendar::read_time(std::string_view text) {
  const auto parts = split(text, ":");
  if (parts.size() < 2 || parts.size() > 3) return wrong("time");
  if (!set_part(parts[0], 0, 23, hours_)) return wrong("hour");
  if (!set_part(parts[1], 0, 59, minutes_)) return wrong("minute");
  if (!set_part(parts.size() == 3 ? parts[2] : "00", 0, 59, seconds_)) return wrong("second");
  return {};
}

bool Calendar::has_day(local_days day) const {
  const std::chrono::year_month_day date{day};
  if (!weekdays_[std::chrono::weekday{day}.c_encoding()] || !months_[static_cast<unsigned>(date.month())]) return false;
  const auto of_month = static_cast<unsigned>(date.day());
  const auto last = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  if (!days_[from_end_ ? last + 1 - of_month : of_month]) return false;
  const int year = static_cast<int>(date.year());
  return years_.empty() || std::ranges::any_of(years_, [year](const Years& one) {
           return year >= one.first && year <= one.last && (year - one.first) % one.step == 0;
         });
}

std::optional<WallTime> Calendar::next_on(local_days day, WallTime after, const Zone& zone) const {
  std::optional<WallTime> first;
  for (std::size_t hour = 0; hour < hours_.size() && !first; ++hour) {
    if (!hours_[hour]) continue;
    const LocalSeconds begin{day + std::chrono::hours{hour}};
    // An hour may be gone through twice, or begin late, but no clock is moved by more than a day.
    if (zone.to_wall(begin + std::chrono::hours{3}) <= after) continue;
    for (std::size_t minute = 0; minute < minutes_.size() && !first; ++minute) {
      if (!minutes_[minute]) continue;
      for (std::size_t second = 0; second < seconds_.size() && !first; ++second) {
        if (!seconds_[second]) continue;
        const LocalSeconds local = begin + std::chrono::minutes{minute} + std::chrono::seconds{second};
        const WallTime at = zone.to_wall(local);
        if (at > after && zone.to_local(at) == local) first = at;  // else the clock jumps over it
      }
    }
  }
  return first;
}

std::optional<WallTime> Calendar::next(WallTime after, const Zone& zone) const {
  local_days day = std::chrono::floor<days>(zone.to_local(after));
  for (int passed = 0; passed < kMostDays; ++passed, day += days{1}) {
    if (!has_day(day)) continue;
    if (const auto at = next_on(day, after, zone)) return at;
  }
  return std::nullopt;
}

}  // namespace monitorix::verdict
