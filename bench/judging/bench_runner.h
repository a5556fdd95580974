#pragma once
// The runner of checks on a real loop and clock, with runs that only wait 20 ms.

namespace monitorix::bench {

enum class Paused { none, forty_percent };
/// Ten thousand checks for a minute; prints a row.
void run_ten_thousand(Paused paused);

}  // namespace monitorix::bench
