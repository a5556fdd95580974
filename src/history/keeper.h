#pragma once
// Where history is kept: what this room needs of a database, in its own words (docs/adr/0017). store/ fulfils it on
// SQLite and on PostgreSQL; one suite holds both to it. Calls block and are thread-safe: run them on a worker.
// Errc::unavailable = away or busy, trying again helps.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "history/frame.h"

namespace monitorix::history {

inline constexpr std::int64_t kHourSeconds = 3600, kDaySeconds = 86'400;
/// Nothing is kept from before 2020-01-01 UTC; seconds since 1970.
inline constexpr std::int64_t kOldest = 1'577'836'800;

enum class SeriesKind : std::uint8_t {
  guest = 1,
  node = 2,
  storage = 3,
  cluster = 4,
  fleet = 5,
  check = 6,
  endpoint = 7
};

struct SeriesInfo {
  SeriesId id{};
  SeriesKind kind{};
  std::string object{};       ///< stable key: c<cluster>/qemu/<vmid>/<incarnation>, c<cluster>/node/<name>, fleet ...
  unsigned set{};             ///< raw set
  std::int64_t step{};        ///< seconds between samples, as expected; less once there are some between polls
  std::int64_t created_ms{};  ///< first seen
};

enum class Resolution : std::uint8_t {
  raw = 0,     ///< samples; a chunk per hour
  fine = 1,    ///< 5 min; a chunk per UTC day
  coarse = 2,  ///< 1 h; a chunk per UTC day
  part = 3,    ///< 5 min; a chunk per hour, until its day is folded into `fine`
};
/// Seconds that a chunk spans.
inline std::int64_t span_of(Resolution resolution) {
  return resolution == Resolution::raw || resolution == Resolution::part ? kHourSeconds : kDaySeconds;
}

struct ChunkKey {
  SeriesId series{};
  Resolution resolution{};
  std::int64_t start{};  ///< seconds since 1970 UTC, a whole hour or day
  auto operator<=>(const ChunkKey&) const = default;
};
struct StoredChunk {
  ChunkKey key{};
  std::string blob{};
};
struct StoredSketch {
  SeriesId series{};
  std::int64_t day{};  ///< days since 1970 UTC
  std::string blob{};
};

/// A frame of what Proxmox VE remembers of a series was read back.
struct FrameDone {
  SeriesId series{};
  int frame{};
  auto operator<=>(const FrameDone&) const = default;
};

struct LogHour {
  std::uint32_t shard{};
  std::int64_t hour{};  ///< hours since 1970 UTC
  auto operator<=>(const LogHour&) const = default;
};

/// One transaction; every write replaces what its key had.
struct Batch {
  std::vector<StoredChunk> chunks{};
  std::vector<StoredSketch> sketches{};
  std::vector<ChunkKey> removed{};
  std::vector<FrameDone> frames{};
  /// Set in the last batch of an hour: the write returns only when this and all before it are on the disk, so that the
  /// hour's logs may go.
  std::optional<std::int64_t> sealed_hour{};
  [[nodiscard]] bool is_empty() const {
    return chunks.empty() && sketches.empty() && removed.empty() && frames.empty() && !sealed_hour;
  }
};

/// What starts earlier goes; seconds since 1970 UTC. INT64_MIN keeps all.
struct Cutoffs {
  std::int64_t raw{INT64_MIN}, fine{INT64_MIN}, coarse{INT64_MIN};
};

class Keeper {
 public:
  virtual ~Keeper() = default;

  virtual Result<std::vector<SeriesInfo>> series() = 0;
  virtual Status save_series(std::span<const SeriesInfo> series) = 0;

  virtual Status write(const Batch& batch) = 0;
  /// Chunks that start in [from, to), by start.
  virtual Result<std::vector<StoredChunk>> chunks(SeriesId series, Resolution resolution, std::int64_t from,
                                                  std::int64_t to) = 0;
  /// The same of several series in one question, by series and start.
  virtual Result<std::vector<StoredChunk>> chunks_of(std::span<const SeriesId> series, Resolution resolution,
                                                     std::int64_t from, std::int64_t to) = 0;
  /// Days in [from_day, to_day), by day.
  virtual Result<std::vector<StoredSketch>> sketches(SeriesId series, std::int64_t from_day, std::int64_t to_day) = 0;
  /// Days of these series. Hours (raw, part) and sketches lie by time and may go of all series at once.
  virtual Status erase(std::span<const SeriesId> series, const Cutoffs& before) = 0;
  /// Hours at or after `from` whose last batch was written.
  virtual Result<std::vector<std::int64_t>> sealed_hours(std::int64_t from) = 0;

  virtual Result<std::vector<FrameDone>> frames_done() = 0;
  /// On the disk, with the logs and what the database adds; bytes.
  virtual Result<std::int64_t> size_bytes() = 0;

  // The log of open hours. append_log survives the end of the process; sync_log the end of the machine.
  virtual Status append_log(LogHour hour, std::string_view frames) = 0;
  virtual Status sync_log() = 0;
  virtual Result<std::vector<LogHour>> logs() = 0;  ///< newest hour first
  /// Hands each segment (what one process wrote) to `take`, oldest first; valid during the call only.
  virtual Status read_log(LogHour hour, const std::function<void(std::string_view frames)>& take) = 0;
  /// Of all shards; the hour is sealed.
  virtual Status drop_log(std::int64_t hour) = 0;
};

}  // namespace monitorix::history
