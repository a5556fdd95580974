#pragma once
// systemd's calendar expressions (OnCalendar=, systemd.time(7)): "Mon..Fri 09:00", "*-*-01 02:00", "*:0/15", "*-02~01",
// "daily", "quarterly". Without a time zone of their own and without fractions of seconds: the zone is given apart. In
// the nights the clock changes, a time that does not exist is left out, as systemd does, and one that exists twice
// comes once.

#include <array>
#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/zone/zone.h"

namespace monitorix::verdict {

class Calendar {
 public:
  /// Refuses with a text that names the part; so are dates that never come.
  static Result<Calendar> parse(std::string_view text);
  /// Whether a text is meant as one of these rather than as cron.
  static bool is_meant(std::string_view text);

  /// The first time after `after`.
  [[nodiscard]] std::optional<WallTime> next(WallTime after, const Zone& zone) const;

 private:
  struct Years {
    int first{}, last{}, step{1};
  };
  [[nodiscard]] bool has_day(std::chrono::local_days day) const;
  [[nodiscard]] std::optional<WallTime> next_on(std::chrono::local_days day, WallTime after, const Zone& zone) const;
  Status read_date(std::string_view text);
  Status read_time(std::string_view text);
  Status read_weekdays(std::string_view text);

  std::vector<Years> years_{};  // empty = all
  std::bitset<13> months_{};
  std::bitset<32> days_{};
  bool from_end_{false};  // days are counted from the end of the month
  std::bitset<7> weekdays_{};
  std::bitset<24> hours_{};
  std::bitset<60> minutes_{}, seconds_{};
};

}  // namespace monitorix::verdict
