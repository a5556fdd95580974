// Ingest and queries of history on a real database: GUESTS guests at 10 s for HOURS hours of their time, as fast as
// they go, through recorder, log, sealing and folding. Finished blocks of the open hour lie in a file, however few they
// are. `bench_history [GUESTS] [HOURS] [postgresql://...]`; without an
// address SQLite in a temporary directory. Prints rows for bench/RESULTS.md.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

#include "history/reader.h"
#include "history/retention.h"
#include "series/simulated.h"
#include "store/series/cold_files.h"
#include "store/store.h"

namespace {

using namespace monitorix;
using namespace monitorix::history;
using Steady = std::chrono::steady_clock;

constexpr std::int64_t kStart = bench::kSimulatedStart;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}
void must(Status status) {
  if (!status) throw std::runtime_error(status.error().text);
}
double since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }
WallTime at(std::int64_t seconds) { return from_ms(seconds * 1000); }

std::uint64_t number_in(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string word; in >> word;)
    if (word == name) {
      std::uint64_t number = 0;
      in >> number;
      return number;
    }
  return 0;
}

std::uint64_t bytes_in(const std::string& directory) {
  std::uint64_t sum = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
    if (entry.is_regular_file()) sum += entry.file_size();
  return sum;
}

struct Bench {
  Recorder& recorder;
  Keeper& keeper;
  std::vector<bench::SimulatedGuest> guests{};
  std::vector<SeriesId> series{};
  double working{0}, longest_record{0}, longest_batch{0};
  std::uint64_t rows{0};

  void record(std::int64_t t) {
    std::vector<Sample> samples;
    samples.reserve(guests.size());
    for (std::size_t i = 0; i < guests.size(); ++i) samples.push_back({series[i], guests[i].tick(t)});
    const auto start = Steady::now();
    recorder.record(1, kGuestSet, at(t), samples);
    const double took = since(start);
    longest_record = std::max(longest_record, took);
    working += took;
    rows += samples.size();
  }
  void tick(std::int64_t t) {
    record(t);
    const auto start = Steady::now();
    must(recorder.flush(at(t)));
    recorder.cool(at(t));
    working += since(start);
  }
  void batches(std::int64_t now) {
    for (bool more = true; more;) {
      const auto start = Steady::now();
      more = must(recorder.seal_some(at(now)));
      longest_batch = std::max(longest_batch, since(start));
      working += since(start);
    }
    for (bool more = true; more;) {
      const auto start = Steady::now();
      more = must(recorder.fold_some(at(now)));
      longest_batch = std::max(longest_batch, since(start));
      working += since(start);
    }
  }
};

/// The longest that the event loop waits for a tick to be taken in while an hour is sealed on another thread.
double longest_while_sealing(Bench& bench, std::int64_t hour) {
  for (std::int64_t i = 0; i < 360; ++i) bench.tick(hour + i * 10);
  bench.longest_record = 0;
  std::atomic<bool> is_sealing{true};
  std::thread worker([&] {
    while (must(bench.recorder.seal_some(at(hour + 3600 + Recorder::kGrace)))) {}
    is_sealing = false;
  });
  for (std::int64_t t = hour + 3600; t < hour + 7200; t += 10) {
    bench.tick(t);
    if (is_sealing) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  worker.join();
  return bench.longest_record;
}

void ask_all(Reader& reader, const Bench& bench, std::int64_t now, const char* name, std::int64_t span,
             std::int64_t points) {
  const Plan plan = must(plan_of({now - span, now, points, 10}, Retention{0, 0, 0}, now));
  const auto start = Steady::now();
  for (const SeriesId id : bench.series) (void)must(reader.read(id, {1}, plan));
  std::printf("| %s, all guests, step %lld s | %.1f ms |\n", name, static_cast<long long>(plan.step),
              since(start) * 1e3);
}

void ask(Reader& reader, const Bench& bench, std::int64_t now, const char* name, std::int64_t span,
         std::int64_t points) {
  const Plan plan = must(plan_of({now - span, now, points, 10}, Retention{0, 0, 0}, now));
  std::vector<double> times;
  for (std::size_t turn = 0; turn < 41; ++turn) {
    const SeriesId id = bench.series[turn * 7919 % bench.series.size()];
    const auto start = Steady::now();
    (void)must(reader.read(id, {1}, plan));
    times.push_back(since(start) * 1e3);
  }
  const double first = times.front();
  std::sort(times.begin(), times.end());
  std::printf("| %s, step %lld s | first %.2f ms, median %.2f ms |\n", name, static_cast<long long>(plan.step), first,
              times[times.size() / 2]);
}

/// What the settings page would have said of these days, all of them kept in all three tiers; bytes.
double predicted_size(const Bench& bench, double days) {
  DayCost day{};
  for (const bench::SimulatedGuest& guest : bench.guests) day += day_cost(kGuestSet, 10, !guest.is_stopped());
  return (day.raw + day.fine + day.coarse) * days;
}

void ask_p95(Reader& reader, const Bench& bench, std::int64_t now) {
  const auto start = Steady::now();
  for (const SeriesId id : bench.series) (void)must(reader.quantile(id, 1, 0.95, now - 7 * kDaySeconds, now));
  std::printf("| p95 of 7 days, all guests | %.0f ms |\n", since(start) * 1e3);
}

using Asked = void (*)(Reader&, const Bench&, std::int64_t now);

/// A question to a database that was just opened, with nothing of it in memory where the kernel lets us see to that.
void ask_cold(const Bench& bench, std::int64_t now, const store::OpenOptions& options, Asked question) {
  ::sync();
  std::ofstream("/proc/sys/vm/drop_caches") << 3 << std::endl;
  auto keeper = must(store::open_keeper(options));
  Recorder recorder(*keeper);
  must(recorder.open(at(now)));
  while (must(recorder.recover_one())) {}
  Reader reader(*keeper, recorder);
  question(reader, bench, now);
}

/// Seconds until the log of the open hour is in memory again, as after a crash.
double replay(Keeper& keeper, std::int64_t now, std::uint64_t& rows) {
  Recorder next(keeper);
  const auto start = Steady::now();
  must(next.open(at(now)));
  while (must(next.recover_one())) {}
  rows = next.standing().replayed;
  return since(start);
}

void run(std::size_t guests, std::int64_t hours, const store::OpenOptions& options) {
  auto state = must(store::open_store(options, must(Keyring::from_master(Secret(std::string(32, 'k'))))));
  must(state->migrate());
  auto keeper = must(store::open_keeper(options));
  Recorder recorder(*keeper, store::cold_files(options.data_directory), 0);
  must(recorder.open(at(kStart)));
  Bench bench{recorder, *keeper};
  for (std::size_t i = 0; i < guests; ++i) {
    bench.guests.emplace_back(i + 1);
    bench.series.push_back(
        recorder.series_for(SeriesKind::guest, "c1/qemu/" + std::to_string(i) + "/1", kGuestSet, 10, at(kStart)));
  }
  const std::uint64_t written = number_in("/proc/self/io", "write_bytes:");
  std::size_t open_hour = 0;
  for (std::int64_t hour = 0; hour < hours; ++hour) {
    for (std::int64_t i = 0; i < 360; ++i) bench.tick(kStart + hour * 3600 + i * 10);
    open_hour = recorder.standing().memory_bytes;
    bench.batches(kStart + (hour + 1) * 3600 + 90);
  }
  std::int64_t now = kStart + hours * 3600;
  const auto rows = static_cast<double>(bench.rows);
  std::printf("| %s, %zu guests, %lld h | |\n|---|---|\n", keeper ? state->engine().c_str() : "", guests,
              static_cast<long long>(hours));
  std::printf("| rows of 11 values a second, one core | %.0f |\n", rows / bench.working);
  std::printf("| longest record() on the event loop; longest seal or fold batch | %.2f ms; %.1f ms |\n",
              bench.longest_record * 1e3, bench.longest_batch * 1e3);
  if (options.database_url.empty()) {
    const auto on_disk = static_cast<double>(bytes_in(options.data_directory));
    const double predicted = predicted_size(bench, static_cast<double>(hours) / 24);
    std::printf("| on disk, of what the settings page predicts | %.0f MB of %.0f MB: %.2f |\n", on_disk / 1e6,
                predicted / 1e6, on_disk / predicted);
    std::printf("| on disk, bytes a row; written, bytes a row | %.2f; %.2f |\n", on_disk / rows,
                static_cast<double>(number_in("/proc/self/io", "write_bytes:") - written) / rows);
  }
  std::printf("| resident memory | %.0f MB |\n", static_cast<double>(number_in("/proc/self/status", "VmRSS:")) / 1024);
  std::printf("| of an open hour at its end, in memory | %.1f MB |\n", static_cast<double>(open_hour) / 1e6);
  const double stall = longest_while_sealing(bench, now);
  now += 3600 + 3600;
  std::printf("| longest record() on the event loop while an hour is sealed | %.2f ms |\n", stall * 1e3);
  Reader live(*keeper, recorder);
  ask(live, bench, now, "last hour of one guest, most of it in the file", 3600, 360);
  const Asked questions[] = {[](Reader& reader, const Bench& its, std::int64_t t) {
                               ask_all(reader, its, t, "sparklines, 10 min of", 600, 60);
                             },
                             [](Reader& reader, const Bench& its, std::int64_t t) {
                               ask(reader, its, t, "last hour of one guest", 3600, 360);
                             },
                             [](Reader& reader, const Bench& its, std::int64_t t) {
                               ask(reader, its, t, "last day of one guest", kDaySeconds, 600);
                             },
                             [](Reader& reader, const Bench& its, std::int64_t t) {
                               ask(reader, its, t, "30 days of one guest", 30 * kDaySeconds, 600);
                             },
                             [](Reader& reader, const Bench& its, std::int64_t t) {
                               ask(reader, its, t, "a year of one guest", 365 * kDaySeconds, 600);
                             },
                             ask_p95};
  for (const Asked question : questions) ask_cold(bench, now, options, question);
  std::uint64_t replayed = 0;
  const double took = replay(*keeper, now, replayed);
  std::printf("| replay of the open hour, %.1f M rows | %.2f s |\n", static_cast<double>(replayed) / 1e6, took);
}

}  // namespace

int main(int count, char** words) {
  const std::size_t guests = count > 1 ? std::strtoul(words[1], nullptr, 10) : 1000;
  const std::int64_t hours = count > 2 ? std::strtol(words[2], nullptr, 10) : 26;
  std::string directory = (std::filesystem::temp_directory_path() / "monitorix-bench-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  int code = 0;
  try {
    run(guests, hours, {directory + "/data", count > 3 ? words[3] : "", false});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_history: %s\n", error.what());
    code = 1;
  }
  std::filesystem::remove_all(directory);
  return code;
}
