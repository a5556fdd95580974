#include "base/time_text.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace monitorix {
namespace {

bool read_digits(std::string_view& text, std::size_t count, int& out) {
  if (text.size() < count) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, out);
  if (error != std::errc{} || end != text.data() + count || text[0] == '-') return false;
  text.remove_prefix(count);
  return true;
}

bool read_char(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string rfc3339(WallTime at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  std::array<char, 40> buffer{};
  const int length =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  int year_number = 0, month_number = 0, day_number = 0, hour = 0, minute = 0, second = 0;
  if (!read_digits(text, 4, year_number) || !read_char(text, '-') || !read_digits(text, 2, month_number) ||
      !read_char(text, '-') || !read_digits(text, 2, day_number))
    return std::nullopt;
  if (!read_char(text, 'T') || !read_digits(text, 2, hour) || !read_char(text, ':') || !read_digits(text, 2, minute) ||
      !read_char(text, ':') || !read_digits(text, 2, second))
    return std::nullopt;
  int fraction = 0;
  if (read_char(text, '.')) {
    int scale = 100;
    bool any = false;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
      fraction += (text[0] - '0') * scale;
      scale /= 10;
      any = true;
      text.remove_prefix(1);
    }
    if (!any) return std::nullopt;
  }
  minutes offset{0};
  if (!read_char(text, 'Z')) {
    const bool minus = !text.empty() && text[0] == '-';
    int offset_hours = 0, offset_minutes = 0;
    if (!(read_char(text, '+') || read_char(text, '-')) || !read_digits(text, 2, offset_hours) ||
        !read_char(text, ':') || !read_digits(text, 2, offset_minutes) || offset_hours > 23 || offset_minutes > 59)
      return std::nullopt;
    offset = minutes{(offset_hours * 60 + offset_minutes) * (minus ? -1 : 1)};
  }
  const year_month_day date{year{year_number}, month{static_cast<unsigned>(month_number)},
                            day{static_cast<unsigned>(day_number)}};
  if (!text.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return WallTime{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} + milliseconds{fraction} - offset;
}

}  // namespace monitorix
