// Bytes per value and values per second of the series codec, on simulated guests and on what real servers recorded.
// One core. Prints rows for bench/RESULTS.md; ends with 1 when a bar is missed.

#include <chrono>
#include <cstdio>
#include <functional>
#include <limits>
#include <stdexcept>

#include "history/rollup.h"
#include "history/sketch.h"
#include "series/recorded.h"
#include "series/simulated.h"

namespace {

using namespace monitorix;
using namespace monitorix::history;

constexpr std::int64_t kDay = bench::kSimulatedStart;
constexpr Window kAnyTime{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
constexpr std::size_t kGuests = 40;
constexpr double kMostBytes = 1.2, kLeastRate = 2e6;

double seconds_of(const std::function<void()>& deed) {
  const auto start = std::chrono::steady_clock::now();
  deed();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string encoded(const Rows& rows, Packing packing) {
  auto blob = encode_chunk(rows, kAnyTime, Origin::live, packing);
  if (!blob) throw std::runtime_error(blob.error().text);
  return std::move(*blob);
}

std::size_t known_values(const Rows& rows) {
  std::size_t count = 0;
  for (std::size_t c = 1; c < rows.columns.size(); ++c)
    for (std::size_t i = 0; i < rows.columns[c].values.size(); ++i) count += rows.columns[c].has(i) ? 1 : 0;
  return count;
}

struct Sum {
  std::size_t raw{0}, fine{0}, coarse{0}, sketch{0}, values{0}, rows{0}, open{0};
};

// One guest's day as it is kept.
void keep_day(std::uint64_t seed, Sum& sum, std::vector<Rows>& hours) {
  bench::SimulatedGuest guest(seed);
  Rows fine_day(kGuestSet + kRollupOffset);
  DaySketches sketches;
  std::optional<TimedRow> before;
  for (int hour = 0; hour < 24; ++hour) {
    HourHead head(kGuestSet);
    for (int i = 0; i < 360; ++i) {
      const std::int64_t t = kDay + hour * 3600 + i * 10;
      head.append(t, guest.tick(t));
    }
    sum.open += head.memory_bytes();
    Rows rows = head.rows();
    sum.raw += encoded(rows, Packing::compressed).size();
    sum.values += known_values(rows);
    sum.rows += rows.size();
    fine_day = merge_rows(fine_day, roll_up_raw(rows, before), Precedence::kept);
    merge_sketches(sketches, sketches_of(rows));
    before = TimedRow{rows.t().back(), row_of(rows, rows.size() - 1)};
    hours.push_back(std::move(rows));
  }
  sum.fine += encoded(fine_day, Packing::compressed).size();
  sum.coarse += encoded(roll_up_fine(fine_day), Packing::compressed).size();
  sum.sketch += encode_sketches(sketches).size();
}

bool simulated() {
  Sum sum;
  std::vector<Rows> hours;
  for (std::size_t guest = 0; guest < kGuests; ++guest) keep_day(1000 + guest, sum, hours);
  std::vector<std::string> blobs(hours.size());
  const double encode = seconds_of([&] {
    for (std::size_t i = 0; i < hours.size(); ++i) blobs[i] = encoded(hours[i], Packing::compressed);
  });
  std::size_t decoded = 0;
  const double decode = seconds_of([&] {
    for (const auto& blob : blobs) decoded += decode_chunk(blob, kAnyTime)->rows.size();
  });
  if (decoded != sum.rows) throw std::runtime_error("rows were lost");
  const double values = static_cast<double>(sum.values);
  const auto per_value = [&](std::size_t bytes) { return static_cast<double>(bytes) / values; };
  const double all = per_value(sum.raw + sum.fine + sum.coarse + sum.sketch);
  std::printf("| simulated guests, 10 s, hours of 360 | %.2f M | %.3f | %.3f | %.1f | %.1f |\n", values / 1e6,
              per_value(sum.raw), all, values / encode / 1e6, values / decode / 1e6);
  std::printf(
      "\nPer guest and day: raw %zu, 5 min %zu, 1 h %zu, sketches %zu bytes; open hour %zu bytes in memory.\n\n",
      sum.raw / kGuests, sum.fine / kGuests, sum.coarse / kGuests, sum.sketch / kGuests, sum.open / kGuests / 24);
  return all <= kMostBytes && values / encode >= kLeastRate && values / decode >= kLeastRate;
}

bool recorded() {
  auto recordings = bench::read_recordings(MONITORIX_TEST_DATA "/pve");
  auto host = bench::read_host(MONITORIX_TEST_DATA "/series/host_10s.csv");
  if (!recordings || recordings->empty() || !host) throw std::runtime_error("no recordings");
  std::size_t all_bytes = 0, all_values = 0;
  for (const auto& [name, rows, values] : *recordings) {
    const std::string blob = encoded(rows, Packing::compressed);
    if (decode_chunk(blob, kAnyTime)->rows != rows) throw std::runtime_error(name + " came back changed");
    std::printf("| %s | %zu | %.3f | | | |\n", name.c_str(), values,
                static_cast<double>(blob.size()) / static_cast<double>(values));
    all_bytes += blob.size();
    all_values += values;
  }
  const double each = static_cast<double>(all_bytes) / static_cast<double>(all_values);
  double whole = 0;
  for (const auto& [name, rows, values] : {*host, bench::as_guest(*host)}) {
    const std::string blob = encoded(rows, Packing::compressed);
    if (decode_chunk(blob, kAnyTime)->rows != rows) throw std::runtime_error(name + " came back changed");
    whole = static_cast<double>(blob.size()) / static_cast<double>(values);
    std::printf("| %s | %zu | %.3f | | | |\n", name.c_str(), values, whole);
  }
  std::printf("| all recorded round-robin series | %zu | %.3f | | | |\n\n", all_values, each);
  return whole <= kMostBytes;
}

}  // namespace

int main() {
  constexpr auto head =
      "| data | values | bytes/value, raw chunks | bytes/value all-in (raw, 5 min, 1 h, sketches) | encode M values/s "
      "| "
      "decode M values/s |\n|---|---|---|---|---|---|\n";
  std::fputs(head, stdout);
  const bool held = simulated();
  std::fputs(head, stdout);
  return recorded() && held ? 0 : 1;
}
