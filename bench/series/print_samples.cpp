// The samples that bench_history records, as comma-separated text, for the stores we compare with:
// `print_samples GUESTS HOURS` prints guest, seconds, and the eleven values as we keep them (whole numbers).

#include <cstdio>
#include <cstdlib>
#include <string>

#include "series/simulated.h"

int main(int count, char** words) {
  using namespace monitorix;
  const std::size_t guests = count > 1 ? std::strtoul(words[1], nullptr, 10) : 1000;
  const std::int64_t hours = count > 2 ? std::strtol(words[2], nullptr, 10) : 3;
  std::vector<bench::SimulatedGuest> all;
  for (std::size_t i = 0; i < guests; ++i) all.emplace_back(i + 1);
  const std::size_t columns = history::raw_columns(history::kGuestSet).size();
  for (std::int64_t t = bench::kSimulatedStart; t < bench::kSimulatedStart + hours * 3600; t += 10) {
    for (std::size_t i = 0; i < guests; ++i) {
      const history::Row row = all[i].tick(t);
      std::string line = std::to_string(i) + "," + std::to_string(t);
      for (std::size_t c = 1; c < columns; ++c) line += row.has(c) ? "," + std::to_string(row.values[c]) : ",";
      std::puts(line.c_str());
    }
  }
  return 0;
}
