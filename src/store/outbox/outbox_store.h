#pragma once
// Keeps channels and what is to go through them. A part of the store: the same rules for threads, errors and secrets
// (store.h). Reached by Store::outbox().
//
// A row is told at least once: it is leased, sent, and only then marked. Who leases gets a fencing token; who lost the
// lease meanwhile can mark nothing. In one channel the rows of an alert go strictly one after the other; those of other
// alerts go on. At most kMostWaiting rows wait for a channel: what comes then is a dead letter at once, seen and kept.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "model/notify/message.h"

namespace monitorix::store {

class Database;
class Link;

/// How the attempt on a leased row went, and what becomes of the row.
struct Settled {
  std::int64_t id{}, fence{};
  ChannelId channel{};
  SendResult result{};
  WallTime next_try_at{};  ///< of `again`; the store makes it a dead letter when it is too late for that
  int attempts{0};
  WallTime created_at{};
};

struct Turn {
  ChannelId channel{};
  std::string owner{};
  WallTime now{}, lease_until{};
  std::optional<Settled> settled{};  ///< of the turn before: in the same transaction
  bool takes_next{true};
};
struct Taken {
  std::optional<Delivery> next{};
  bool was_fenced_out{false};  ///< what was settled belonged to somebody else meanwhile
  std::optional<DeliveryState> became{};
};

/// A receiver took this, and we died before it was marked.
struct SentNote {
  std::int64_t id{}, fence{};
  std::string dedup_key{};
};

struct DeliveryFilter {
  ChannelId channel{};  ///< none = all
  std::string state{};  ///< queued, failed (and tried again), sent, dead, replaced; empty = all
  std::int64_t before_id{0};
  int limit{100};
};

/// What waits for a channel.
struct ChannelQueue {
  ChannelId channel{};
  std::string name{};
  bool is_active{true};
  std::int64_t waiting{0};
  std::optional<WallTime> oldest{};  ///< when the oldest of it was entered
};

/// Messages that were given up, by channel.
struct GivenUp {
  std::string name{};
  std::int64_t count{0};
};

class OutboxStore {
 public:
  static constexpr std::int64_t kMostWaiting = 25'000;

  OutboxStore(Database& database, const Keyring& keyring) : database_(database), keyring_(keyring) {}

  Result<ChannelRecord> create_channel(const Channel& channel);
  /// Writes all fields if `expected_version` is 0 or matches, else conflict.
  Result<ChannelRecord> update_channel(const Channel& channel, std::int64_t expected_version, WallTime now);
  Result<std::vector<ChannelRecord>> channels();
  Result<ChannelRecord> channel(ChannelId id);
  /// What waits for it goes too, and it leaves the steps of routes. Conflict: one of them tells nobody else.
  Status remove_channel(ChannelId id, WallTime now);

  /// Ids in the order of `wanted`; what is there already by its key keeps its row.
  Result<std::vector<std::int64_t>> enqueue(const std::vector<WantedDelivery>& wanted, WallTime now);
  Result<Taken> take_turn(const Turn& turn);
  /// Marks what another process had sent; a note that fits no lease is passed over.
  Status mark_noted(const std::vector<SentNote>& notes, WallTime now);
  /// Leases of processes that are gone are nobody's: once, at the start.
  Status release_orphans(const std::string& owner);
  /// What is not told yet of an alert whose target is gone, but for its end (alerts A16); how many.
  Result<std::size_t> cancel(const std::string& alert, WallTime now);
  Result<Delivery> retry(std::int64_t id, WallTime now);  ///< conflict: it is no dead letter
  Result<std::vector<Delivery>> deliveries(const DeliveryFilter& filter);
  /// What waits for a channel and was never tried, newest first.
  Result<std::vector<Delivery>> untried(ChannelId channel, int limit);
  Result<std::vector<ChannelQueue>> queues();
  /// Since then. Those about Monitorix itself are not among them: that nobody could be told of a dead letter must not
  /// be one that counts.
  Result<std::vector<GivenUp>> given_up(WallTime since);
  /// One step of erasing what ended before that; how many went.
  Result<std::size_t> erase(WallTime before, int most);

 private:
  Database& database_;
  const Keyring& keyring_;
};

// Parts of units that do more than one of these deeds (alerts A2).
Result<std::vector<std::int64_t>> enqueue(Link& link, const std::vector<WantedDelivery>& wanted, WallTime now);
Result<std::size_t> cancel_deliveries(Link& link, const std::string& alert, WallTime now);

}  // namespace monitorix::store
