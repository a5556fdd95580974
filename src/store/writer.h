#pragma once
// The inventory's way to the store: keeps the newest of each object that changed until it is stored. Thread-safe;
// add() never waits for the database. While the store is away the queue holds at most `capacity` objects; beyond that
// the longest waiting go and are counted as dropped (the next change of such an object, or adding it again, mends it).
// Events wait in a queue of their own, as long as `kMostEvents`; beyond that the oldest are lost, and counted too.
// Nothing runs by itself: the app calls flush() on a worker when is_due(), and so writing resumes by itself.

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "store/store.h"

namespace monitorix::store {

struct WriterStanding {
  std::size_t queued{};
  std::optional<WallTime> not_stored_since{};  ///< set while the last attempt failed
  std::string last_error{};
  std::uint64_t stored{}, dropped{}, refused{};  ///< refused: the database would not take the object itself
};

class InventoryWriter {
 public:
  static constexpr std::size_t kCapacity = 50'000;
  static constexpr std::size_t kMostEvents = 20'000;
  /// A backup can be asked for again, so it may wait for others: one transaction writes a page of each index, whether
  /// it stores one backup or a hundred.
  static constexpr std::chrono::minutes kBackupsMayWait{15};

  /// What changes after a quiet time is stored at once, and what follows waits for others until so long after it: an
  /// event, which time lines show from here, no longer than the second.
  static constexpr std::chrono::seconds kApart{30}, kEventsApart{10};

  /// `store` and `clock` must outlive the writer.
  InventoryWriter(Store& store, const Clock& clock, std::size_t capacity = kCapacity)
      : store_(store),
        clock_(clock),
        capacity_(capacity) {}

  void add(InventoryBatch batch);
  enum class Extent : std::uint8_t { due, everything };
  /// Something waits that should be stored now.
  [[nodiscard]] bool is_due() const;
  /// Stores what is queued, in transactions of at most 2,000 objects. One at a time; a second caller waits.
  Status flush(Extent extent = Extent::everything);
  [[nodiscard]] WriterStanding standing() const;

 private:
  /// Objects of one kind, newest of each id, in the order of their first change since stored.
  template <class Object>
  class Queue {
   public:
    void put(Object object);       ///< replaces an older one
    void put_back(Object object);  ///< unless a newer one came meanwhile
    std::vector<Object> take(std::size_t most);
    void drop_oldest();
    [[nodiscard]] std::size_t size() const { return objects_.size(); }

   private:
    std::unordered_map<std::int64_t, Object> objects_{};
    std::deque<std::int64_t> order_{};
  };

  [[nodiscard]] bool have_passed(std::chrono::seconds wait, WallTime since) const;
  [[nodiscard]] bool are_backups_due() const;  ///< under the mutex
  InventoryBatch take_batch(Extent extent);
  void put_back(InventoryBatch batch);
  void bound();
  Status save_singly(const InventoryBatch& batch);
  void note(const Status& done, std::size_t stored);

  Store& store_;
  const Clock& clock_;
  const std::size_t capacity_;
  std::mutex flushing_{};
  mutable std::mutex mutex_{};  // guards all below
  Queue<Node> nodes_{};
  Queue<Guest> guests_{};
  Queue<Storage> storages_{};
  std::deque<Event> events_{};               // oldest first
  std::deque<KeptBackupRun> backup_runs_{};  ///< oldest first; each stored once
  WallTime backups_wait_since_{};
  std::optional<WallTime> stored_at_{};
  WriterStanding standing_{};
};

}  // namespace monitorix::store
