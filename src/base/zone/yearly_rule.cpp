#include "base/zone/yearly_rule.h"

// rule  = std offset [dst [offset] "," moment "," moment]     offsets count westward: Berlin is -1
// std   = 3 letters or more | "<" letters, digits, + and - ">"
// moment= ("M" month "." week "." weekday | "J" day | day) ["/" time]
// time  = ["+" | "-"] hours [":" minutes [":" seconds]]        hours up to 167 (RFC 8536, version 3)

namespace monitorix {
namespace {

using std::chrono::seconds;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool is_done() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool name() {
    std::size_t length = 0;
    if (take('<')) {
      while (length < text_.size() && text_[length] != '>') ++length;
      if (length == text_.size() || length < 3) return false;
      text_.remove_prefix(length + 1);
      return true;
    }
    while (length < text_.size() && is_letter(text_[length])) ++length;
    text_.remove_prefix(length);
    return length >= 3;
  }
  bool number(unsigned least, unsigned most, unsigned& out) {
    if (text_.empty() || !is_digit(text_.front())) return false;
    out = 0;
    for (int digits = 0; !text_.empty() && is_digit(text_.front()); ++digits) {
      if (digits == 3) return false;
      out = out * 10 + static_cast<unsigned>(text_.front() - '0');
      text_.remove_prefix(1);
    }
    return out >= least && out <= most;
  }
  bool time(unsigned most_hours, seconds& out) {
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    unsigned hours = 0, minutes = 0, rest = 0;
    if (!number(0, most_hours, hours)) return false;
    if (take(':') && (!number(0, 59, minutes) || (take(':') && !number(0, 59, rest)))) return false;
    out = seconds{hours * 3600L + minutes * 60L + rest};
    if (is_negative) out = -out;
    return true;
  }
  [[nodiscard]] bool begins_offset() const { return !text_.empty() && text_.front() != ','; }
  bool moment(YearlyMoment& out) {
    if (take('M')) {
      out.kind = YearlyMoment::Kind::month_week_day;
      if (!number(1, 12, out.month) || !take('.') || !number(1, 5, out.week) || !take('.') ||
          !number(0, 6, out.weekday))
        return false;
    } else if (take('J')) {
      out.kind = YearlyMoment::Kind::julian;
      if (!number(1, 365, out.day)) return false;
    } else {
      out.kind = YearlyMoment::Kind::day_of_year;
      if (!number(0, 365, out.day)) return false;
    }
    return !take('/') || time(167, out.time);
  }

 private:
  std::string_view text_;
};

}  // namespace

std::chrono::sys_seconds YearlyMoment::in(std::chrono::year year) const {
  using namespace std::chrono;
  sys_days date;
  switch (kind) {
    case Kind::month_week_day:
      date = week == 5 ? sys_days{year / std::chrono::month{month} / std::chrono::weekday{weekday}[last]}
                       : sys_days{year / std::chrono::month{month} / std::chrono::weekday{weekday}[week]};
      break;
    case Kind::julian: {
      const bool is_past_leap_day = year.is_leap() && day >= 60;
      date = sys_days{year / January / 1} + days{day - (is_past_leap_day ? 0 : 1)};
      break;
    }
    case Kind::day_of_year: date = sys_days{year / January / 1} + days{day}; break;
  }
  return date + time;
}

std::chrono::seconds YearlyRule::offset_at(std::chrono::sys_seconds at) const {
  if (!summer_begins || !summer_ends) return standard;
  const std::chrono::year year =
      std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(at + standard)}.year();
  const auto begin = summer_begins->in(year)-standard;
  const auto end = summer_ends->in(year)-summer;
  const bool is_summer = begin < end ? begin <= at && at < end : at < end || at >= begin;
  return is_summer ? summer : standard;
}

Result<YearlyRule> parse_yearly_rule(std::string_view text) {
  const auto refuse = [] { return fail(Errc::invalid, "time zone: the rule for later years is not sound"); };
  Reader reader(text);
  YearlyRule rule;
  if (!reader.name() || !reader.time(24, rule.standard)) return refuse();
  rule.standard = -rule.standard;
  if (reader.is_done()) return rule;
  if (!reader.name()) return refuse();
  rule.summer = rule.standard + std::chrono::hours{1};
  if (reader.begins_offset()) {
    if (!reader.time(24, rule.summer)) return refuse();
    rule.summer = -rule.summer;
  }
  YearlyMoment begins, ends;
  if (!reader.take(',') || !reader.moment(begins) || !reader.take(',') || !reader.moment(ends) || !reader.is_done())
    return refuse();
  rule.summer_begins = begins;
  rule.summer_ends = ends;
  return rule;
}

}  // namespace monitorix
