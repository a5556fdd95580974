// The victim of kill9_history.py: records a fleet whose every value is known in advance, an hour in a moment, through
// recorder, log, cold file, sealing and folding, and prints each tick when it is in the log. Begins where the store
// ends.
//
//   history_writer record DIRECTORY [postgresql://...]        until it is killed
//   history_writer check DIRECTORY TICKS [postgresql://...]   ends with 1 and says what is missing of so many ticks

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/log.h"
#include "history/reader.h"
#include "store/series/cold_files.h"
#include "store/store.h"

namespace {

using namespace monitorix;
using namespace monitorix::history;

constexpr std::int64_t kStart = 1'780'876'800, kStep = 10, kGuests = 200;
constexpr std::int64_t kTicksAnHour = kHourSeconds / kStep;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}
void must(Status status) {
  if (!status) throw std::runtime_error(status.error().text);
}

Row truth(std::int64_t guest, std::int64_t tick) {
  Row row;
  row.set(1, (guest * 977 + tick * 31) % 100'000);
  row.set(2, 4096 * ((guest + tick) % 1000));
  row.set(6, (tick + 10'000) * 1024 * (guest + 1));
  row.set(10, tick * kStep + 500'000);
  row.set(11, 0);
  return row;
}
WallTime at(std::int64_t tick) { return from_seconds(kStart + tick * kStep); }
std::string object_of(std::int64_t guest) { return "c1/qemu/" + std::to_string(100 + guest) + "/1"; }

struct House {
  explicit House(const store::OpenOptions& options)
      : state(must(store::open_store(options, must(Keyring::from_master(Secret(std::string(32, 'k'))))))) {
    must(state->migrate());
    keeper = must(store::open_keeper(options));
    recorder = std::make_unique<Recorder>(*keeper, store::cold_files(options.data_directory), 0);
    must(recorder->open(from_seconds(kStart)));
    while (must(recorder->recover_one())) {}
  }
  std::unique_ptr<store::Store> state;
  std::unique_ptr<Keeper> keeper{};
  std::unique_ptr<Recorder> recorder{};
};

std::vector<std::int64_t> ticks_of(House& house, std::int64_t guest, std::int64_t from, std::int64_t to) {
  const auto info = house.recorder->find(object_of(guest));
  if (!info) return {};
  Reader reader(*house.keeper, *house.recorder);
  const auto chunk = must(reader.rows(*info, Resolution::raw, kStart + from * kStep, kStart + to * kStep));
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < chunk.rows.size(); ++i) {
    out.push_back((chunk.rows.t()[i] - kStart) / kStep);
    if (row_of(chunk.rows, i) != truth(guest, out.back()))
      throw std::runtime_error("guest " + std::to_string(guest) + " has another value at tick " +
                               std::to_string(out.back()));
  }
  return out;
}

/// The tick after the last one that every guest has.
std::int64_t next_tick(House& house) {
  constexpr std::int64_t window = 48 * kTicksAnHour;
  std::int64_t next = 0;
  for (std::int64_t to = window;; to += window) {
    const auto its = ticks_of(house, 0, to - window, to);
    if (its.empty()) return next;
    next = its.back() + 1;
  }
}

void record(House& house) {
  Recorder& recorder = *house.recorder;
  std::int64_t tick = next_tick(house);
  std::vector<SeriesId> series;
  for (std::int64_t guest = 0; guest < kGuests; ++guest)
    series.push_back(recorder.series_for(SeriesKind::guest, object_of(guest), kGuestSet, kStep, at(tick)));
  std::printf("begin %lld\n", static_cast<long long>(tick));
  for (;; ++tick) {
    std::vector<Sample> samples;
    for (std::int64_t guest = 0; guest < kGuests; ++guest)
      samples.push_back({series[static_cast<std::size_t>(guest)], truth(guest, tick)});
    recorder.record(1, kGuestSet, at(tick), samples);
    must(recorder.flush(at(tick)));
    recorder.cool(at(tick));
    std::printf("%lld\n", static_cast<long long>(tick));
    if (tick % kTicksAnHour != Recorder::kGrace / kStep) continue;
    while (must(recorder.seal_some(at(tick)))) {}
    while (must(recorder.fold_some(at(tick)))) {}
  }
}

int check(House& house, std::int64_t ticks) {
  for (std::int64_t guest = 0; guest < kGuests; ++guest) {
    std::int64_t expected = 0;
    for (std::int64_t from = 0; from < ticks; from += 48 * kTicksAnHour)
      for (const std::int64_t tick : ticks_of(house, guest, from, std::min(ticks, from + 48 * kTicksAnHour))) {
        if (tick != expected) {
          std::printf("guest %lld has no tick %lld\n", static_cast<long long>(guest), static_cast<long long>(expected));
          return 1;
        }
        ++expected;
      }
    if (expected != ticks) {
      std::printf("guest %lld ends at tick %lld of %lld\n", static_cast<long long>(guest),
                  static_cast<long long>(expected), static_cast<long long>(ticks));
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const bool checks = std::string_view(words[1]) == "check";
  const int rest = checks ? 4 : 3;
  try {
    House house({words[2], count > rest ? words[rest] : "", false});
    if (checks) return check(house, std::strtoll(words[3], nullptr, 10));
    record(house);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "history_writer: %s\n", error.what());
    return 1;
  }
}
