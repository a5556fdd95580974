#pragma once
// The schedules of Proxmox' jobs. They are systemd calendar events, of which Proxmox documents this part:
//
//   event   = word | [weekdays] [[years "-"] months "-" days] [time]      at least one part; parts apart by spaces
//   word    = "minutely" | "hourly" | "daily" | "weekly" | "monthly" | "quarterly" | "semiannually" | "semi-annually"
//           | "yearly" | "annually"
//   time    = hours ":" minutes [":" seconds] | minutes                   left out: 00:00
//   weekdays, hours, minutes ... = item {"," item};  item = ("*" | value [".." value]) ["/" step]
//
// Days of the week are English, three letters or whole, in any case. Minutes alone are read only where they hold "*" or
// "/": what a bare number means is told differently by Proxmox' manual (an hour) and done by its programs (a minute).
// Years other than "*" happen once and are not understood, nor is anything else.

#include <chrono>
#include <optional>
#include <string_view>

namespace monitorix::proxmox {

/// The longest pause between two events one after the other: "22:00" a day, "mon..fri 22:00" three. Pure.
std::optional<std::chrono::seconds> longest_pause(std::string_view event);

}  // namespace monitorix::proxmox
