#include "verdict/cron.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

// expression = minute hour day month weekday | "@" name
// field      = item *("," item)     item = ("*" | value ["-" value]) ["/" step]     "7/2" means 7 and on by twos

namespace monitorix::verdict {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
constexpr std::string_view kWeekdays = "sunmontuewedthufrisat";
/// 29 February on a given weekday can be 40 years away.
constexpr int kMostDays = 41 * 366;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNicknames{{{"@hourly", "0 * * * *"},
                                                                                   {"@daily", "0 0 * * *"},
                                                                                   {"@midnight", "0 0 * * *"},
                                                                                   {"@weekly", "0 0 * * 0"},
                                                                                   {"@monthly", "0 0 1 * *"},
                                                                                   {"@yearly", "0 0 1 1 *"},
                                                                                   {"@annually", "0 0 1 1 *"}}};

struct Field {
  std::string_view name{};
  int least{}, most{};
  std::string_view words{};  // of three letters each, the first for `first_word`
  int first_word{};
};
constexpr std::array<Field, 5> kFields{{{"minute", 0, 59, {}, 0},
                                        {"hour", 0, 23, {}, 0},
                                        {"day of month", 1, 31, {}, 0},
                                        {"month", 1, 12, kMonths, 1},
                                        {"day of week", 0, 7, kWeekdays, 0}}};

std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> value_of(const Field& field, std::string_view text) {
  if (const auto value = number(text)) {
    if (*value < field.least || *value > field.most) return std::nullopt;
    return value;
  }
  if (text.size() != 3 || field.words.empty()) return std::nullopt;
  for (std::size_t i = 0; i < field.words.size(); i += 3)
    if (field.words.substr(i, 3) == text) return field.first_word + static_cast<int>(i / 3);
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find_first_of(separators, begin);
    parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

/// Sets the bits of one item; false when it makes no sense.
template <class Bits>
bool set_item(const Field& field, std::string_view item, Bits& bits) {
  const std::size_t slash = item.find('/');
  const std::string_view range = item.substr(0, slash);
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto given = number(item.substr(slash + 1));
    if (!given || *given < 1) return false;
    step = *given;
  }
  int first = field.least;
  int last = field.most == 7 ? 6 : field.most;  // Sunday once
  if (range != "*") {
    const std::size_t dash = range.find('-');
    const auto from = value_of(field, range.substr(0, dash));
    if (!from) return false;
    first = *from;
    if (dash != std::string_view::npos) {
      const auto to = value_of(field, range.substr(dash + 1));
      if (!to || *to < first) return false;
      last = *to;
    } else {
      last = slash == std::string_view::npos ? first : std::max(first, last);
    }
  }
  for (int value = first; value <= last; value += step)
    bits.set(static_cast<std::size_t>(field.most == 7 ? value % 7 : value));
  return true;
}

template <class Bits>
bool set_field(const Field& field, std::string_view text, Bits& bits) {
  for (const std::string_view item : split(text, ","))
    if (!set_item(field, item, bits)) return false;
  return true;
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  if (text.size() > 256) return fail(Errc::too_large, "cron: longer than 256 characters");
  std::string lower;
  for (const char c : text) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  for (const auto& [name, meaning] : kNicknames)
    if (lower == name) lower = meaning;
  std::vector<std::string_view> fields;
  for (const std::string_view part : split(lower, " \t"))
    if (!part.empty()) fields.push_back(part);
  if (fields.size() != kFields.size())
    return fail(Errc::invalid, "cron: five fields are needed (minute hour day month weekday), or a name like @daily");
  Cron cron;
  const auto wrong = [](std::size_t place) {
    return fail(Errc::invalid, "cron: the field \"" + std::string(kFields[place].name) + "\" is not sound");
  };
  if (!set_field(kFields[0], fields[0], cron.minutes_)) return wrong(0);
  if (!set_field(kFields[1], fields[1], cron.hours_)) return wrong(1);
  if (!set_field(kFields[2], fields[2], cron.days_)) return wrong(2);
  if (!set_field(kFields[3], fields[3], cron.months_)) return wrong(3);
  if (!set_field(kFields[4], fields[4], cron.weekdays_)) return wrong(4);
  cron.any_day_ = fields[2].front() == '*';
  cron.any_weekday_ = fields[4].front() == '*';
  cron.by_clock_ = fields[0].front() == '*' || fields[1].front() == '*';
  local_days day{std::chrono::year{2000} / 1 / 1};
  for (int i = 0; !cron.has_day(day); ++i, day += days{1})
    if (i == kMostDays) return fail(Errc::invalid, "cron: there is no such date");
  return cron;
}

bool Cron::has_day(local_days day) const {
  const std::chrono::year_month_day date{day};
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  const bool has_date = days_[static_cast<unsigned>(date.day())];
  const bool has_weekday = weekdays_[std::chrono::weekday{day}.c_encoding()];
  return any_day_ || any_weekday_ ? has_date && has_weekday : has_date || has_weekday;
}

std::optional<WallTime> Cron::next(WallTime after, const Zone& zone) const {
  return by_clock_ ? next_by_clock(after, zone) : next_by_date(after, zone);
}

std::optional<WallTime> Cron::next_by_clock(WallTime after, const Zone& zone) const {
  auto at = std::chrono::floor<minutes>(after) + minutes{1};
  for (int passed = 0; passed < kMostDays;) {
    const LocalSeconds local = zone.to_local(at);
    local_days day = std::chrono::floor<days>(local);
    if (has_day(day)) {
      const auto minute = std::chrono::floor<minutes>(local - day).count();
      if (hours_[static_cast<std::size_t>(minute / 60)] && minutes_[static_cast<std::size_t>(minute % 60)]) return at;
      at += minutes{1};
      continue;
    }
    while (!has_day(day) && passed < kMostDays) {
      day += days{1};
      ++passed;
    }
    // Where a clock goes back over midnight, the next day has begun already.
    at = std::max(at + minutes{1}, std::chrono::ceil<minutes>(zone.to_wall(LocalSeconds{day})));
  }
  return std::nullopt;
}

std::optional<WallTime> Cron::next_by_date(WallTime after, const Zone& zone) const {
  local_days day = std::chrono::floor<days>(zone.to_local(after));
  for (int passed = 0; passed < kMostDays; ++passed, day += days{1}) {
    if (!has_day(day)) continue;
    for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
      if (!hours_[hour]) continue;
      for (std::size_t minute = 0; minute < minutes_.size(); ++minute) {
        if (!minutes_[minute]) continue;
        const auto local = day + std::chrono::hours{hour} + minutes{minute};
        if (const WallTime at = zone.to_wall(LocalSeconds{local}); at > after) return at;
      }
    }
  }
  return std::nullopt;
}

}  // namespace monitorix::verdict
