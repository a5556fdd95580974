// FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20261231T235959Z
//   rule    = part *(";" part)          part = NAME "=" value *("," value)
//   BYDAY   = [+-]1..5 MO|TU|..         UNTIL = date ["T" time ["Z"]]

#include "alert/overlay/recurrence.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace monitorix::alert {
namespace {

using namespace std::chrono;

constexpr int kMostParts = 400;
constexpr days kSearch{3660};

std::optional<int> number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (parts.size() < kMostParts) {
    const auto end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::optional<Recurrence::Weekday> weekday_of(std::string_view text) {
  constexpr std::array<std::string_view, 7> kNames{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
  if (text.size() < 2) return std::nullopt;
  const auto name = std::find(kNames.begin(), kNames.end(), text.substr(text.size() - 2));
  if (name == kNames.end()) return std::nullopt;
  Recurrence::Weekday found{0, weekday{static_cast<unsigned>(name - kNames.begin())}};
  text.remove_suffix(2);
  if (text.empty()) return found;
  const auto ordinal = number(text);
  if (!ordinal || *ordinal == 0 || *ordinal < -5 || *ordinal > 5) return std::nullopt;
  found.ordinal = *ordinal;
  return found;
}

std::optional<LocalSeconds> moment_of(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t size) { return number(text.substr(at, size)).value_or(-1); };
  const bool has_time = text.size() >= 15 && text[8] == 'T';
  if (text.size() != 8 && !has_time) return std::nullopt;
  const year_month_day day{year{part(0, 4)}, month{static_cast<unsigned>(part(4, 2))},
                           std::chrono::day{static_cast<unsigned>(part(6, 2))}};
  if (!day.ok()) return std::nullopt;
  if (!has_time) return LocalSeconds{local_days{day}} + hours{24} - seconds{1};
  const int hour = part(9, 2), minute = part(11, 2), second = part(13, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  return LocalSeconds{local_days{day}} + hours{hour} + minutes{minute} + seconds{second};
}

bool take_list(std::string_view name, std::string_view value, Recurrence& rule) {
  for (const std::string_view one : split(value, ',')) {
    if (name == "BYDAY") {
      const auto day = weekday_of(one);
      if (!day) return false;
      rule.weekdays.push_back(*day);
      continue;
    }
    const auto parsed = number(one);
    if (!parsed) return false;
    if (name == "BYMONTH") {
      if (*parsed < 1 || *parsed > 12) return false;
      rule.months.push_back(static_cast<unsigned>(*parsed));
    } else {
      if (*parsed == 0 || *parsed < -31 || *parsed > 31) return false;
      rule.month_days.push_back(*parsed);
    }
  }
  return true;
}

bool take_part(std::string_view name, std::string_view value, Recurrence& rule) {
  using Frequency = Recurrence::Frequency;
  if (name == "FREQ") {
    constexpr std::array<std::string_view, 4> kNames{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    const auto found = std::find(kNames.begin(), kNames.end(), value);
    if (found == kNames.end()) return false;
    rule.frequency = static_cast<Frequency>(found - kNames.begin());
    return true;
  }
  if (name == "INTERVAL" || name == "COUNT") {
    const auto parsed = number(value);
    if (!parsed || *parsed < 1 || *parsed > 10'000) return false;
    if (name == "COUNT")
      rule.count = *parsed;
    else
      rule.interval = *parsed;
    return true;
  }
  if (name == "UNTIL") {
    rule.until = moment_of(value);
    rule.until_is_utc = value.ends_with('Z');
    return rule.until.has_value() &&
           (value.size() == 8 || value.size() == 15 || (value.size() == 16 && rule.until_is_utc));
  }
  if (name == "WKST") return value == "MO";
  if (name == "BYDAY" || name == "BYMONTH" || name == "BYMONTHDAY") return take_list(name, value, rule);
  return false;
}

int index_of_month(year_month_day date) {
  return static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

bool is_month_day(const Recurrence& rule, year_month_day date) {
  const int last = static_cast<int>(static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
  const int day = static_cast<int>(static_cast<unsigned>(date.day()));
  return std::any_of(rule.month_days.begin(), rule.month_days.end(),
                     [&](int wanted) { return wanted == day || wanted == day - last - 1; });
}

bool is_weekday(const Recurrence& rule, local_days day) {
  const year_month_day date{day};
  const unsigned in_month = static_cast<unsigned>(date.day());
  const unsigned last = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  return std::any_of(rule.weekdays.begin(), rule.weekdays.end(), [&](const Recurrence::Weekday& wanted) {
    if (wanted.day != weekday{day}) return false;
    return wanted.ordinal == 0 || wanted.ordinal == static_cast<int>((in_month - 1) / 7) + 1 ||
           wanted.ordinal == -(static_cast<int>((last - in_month) / 7) + 1);
  });
}

}  // namespace

Result<Recurrence> parse_recurrence(std::string_view text) {
  Recurrence rule;
  if (text.starts_with("RRULE:")) text.remove_prefix(6);
  if (text.size() > 2'000) return fail(Errc::too_large, "recurrence rule: longer than 2,000 bytes");
  std::vector<std::string_view> seen;
  for (const std::string_view part : split(text, ';')) {
    const auto equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    if (equals == std::string_view::npos || std::find(seen.begin(), seen.end(), name) != seen.end() ||
        !take_part(name, part.substr(equals + 1), rule))
      return fail(Errc::invalid, "recurrence rule: cannot read '" + std::string(part.substr(0, 60)) + "'");
    seen.push_back(name);
  }
  if (std::find(seen.begin(), seen.end(), "FREQ") == seen.end()) return fail(Errc::invalid, "recurrence rule: no FREQ");
  if (rule.count && rule.until) return fail(Errc::invalid, "recurrence rule: both COUNT and UNTIL");
  const bool has_ordinal =
      std::any_of(rule.weekdays.begin(), rule.weekdays.end(), [](auto& one) { return one.ordinal; });
  const bool by_month = rule.frequency == Recurrence::Frequency::monthly ||
                        (rule.frequency == Recurrence::Frequency::yearly && !rule.months.empty());
  if (has_ordinal && !by_month) return fail(Errc::invalid, "recurrence rule: an ordinal in BYDAY needs a month");
  if (rule.frequency == Recurrence::Frequency::weekly && !rule.month_days.empty())
    return fail(Errc::invalid, "recurrence rule: BYMONTHDAY does not go with WEEKLY");
  return rule;
}

bool recurs_on(const Recurrence& rule, local_days first, local_days day) {
  using Frequency = Recurrence::Frequency;
  if (day < first) return false;
  const year_month_day start{first}, date{day};
  const bool by_day = !rule.weekdays.empty() || !rule.month_days.empty();
  if (!rule.weekdays.empty() && !is_weekday(rule, day)) return false;
  if (!rule.month_days.empty() && !is_month_day(rule, date)) return false;
  if (!rule.months.empty() &&
      std::find(rule.months.begin(), rule.months.end(), static_cast<unsigned>(date.month())) == rule.months.end())
    return false;
  switch (rule.frequency) {
    case Frequency::daily: return (day - first).count() % rule.interval == 0;
    case Frequency::weekly: {
      const auto monday = [](local_days one) { return one - (weekday{one} - Monday); };
      const auto weeks = (monday(day) - monday(first)).count() / 7;
      return weeks % rule.interval == 0 && (by_day || weekday{day} == weekday{first});
    }
    case Frequency::monthly:
      return (index_of_month(date) - index_of_month(start)) % rule.interval == 0 &&
             (by_day || date.day() == start.day());
    case Frequency::yearly:
      return (static_cast<int>(date.year()) - static_cast<int>(start.year())) % rule.interval == 0 &&
             (!rule.months.empty() || !rule.weekdays.empty() || date.month() == start.month()) &&
             (by_day || date.day() == start.day());
  }
  return false;
}

Around starts_around(const Recurrence& rule, WallTime first, const Zone& zone, WallTime at, seconds reach) {
  const LocalSeconds first_local = zone.to_local(first);
  const local_days first_day = floor<days>(first_local);
  const seconds time_of_day = first_local - first_day;
  const auto is_allowed = [&](WallTime start) {
    if (!rule.until) return true;
    return rule.until_is_utc ? floor<seconds>(start).time_since_epoch() <= rule.until->time_since_epoch()
                             : zone.to_local(start) <= *rule.until;
  };
  local_days day = first_day;
  int nth = 0;
  // With COUNT the days before count, so all of them are looked at; without, only those that can matter.
  if (!rule.count) day = std::max(first_day, floor<days>(zone.to_local(at - reach)) - days{1});
  const local_days end = floor<days>(zone.to_local(at)) + kSearch;
  Around found;
  for (; day <= end; day += days{1}) {
    if (!recurs_on(rule, first_day, day)) continue;
    const WallTime start = zone.to_wall(LocalSeconds{day} + time_of_day);
    if ((rule.count && ++nth > *rule.count) || !is_allowed(start)) break;
    if (start > at) {
      found.after = start;
      break;
    }
    if (start > at - reach) found.before = start;
  }
  return found;
}

}  // namespace monitorix::alert
