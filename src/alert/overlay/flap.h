#pragma once
// The flapping score: halves every 15 minutes and gains one per edge between firing and resolved (alerts §4, overlay
// 4). Pure arithmetic, O(1) memory, independent of how often anything is checked.

#include <chrono>

namespace monitorix::alert {

double decayed(double score, std::chrono::milliseconds passed, std::chrono::milliseconds half_life);
/// How long until it has fallen to `level`; zero when it is there.
std::chrono::milliseconds time_to(double score, double level, std::chrono::milliseconds half_life);

}  // namespace monitorix::alert
