#pragma once
// Takes what waits in the outbox and sends it: one lane for each channel, so that none waits for another. A lane leases
// a row, sends it, and marks it in the same transaction that leases the next. A channel that fails is left alone for a
// while that doubles, with full jitter, up to five minutes, or as long as the receiver asks. After three tries whoever
// escalates hears what does not get through, also of what only waits there. When the database is away, what was sent is
// marked later. On the loop but for load(), which blocks and runs before it.

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "api/dependencies.h"
#include "app/config.h"
#include "app/notify/sent_notes.h"
#include "net/task.h"
#include "notify/sender.h"
#include "store/store.h"

namespace monitorix::app {

/// Messages go where checks may go, and not everywhere of that (security S54).
notify::SenderSettings sender_settings(const Config& config, const check::ProberSettings& checks);

class Courier {
 public:
  struct Parts {
    net::Loop& loop;
    store::Store& store;
    const Clock& clock;
    std::string notes_file{};
    std::function<void(const std::string& incident)> told{};  ///< it is known what came of one of its messages
    /// So many tries of this went wrong that somebody else had better be told; maybe said again.
    std::function<void(const Delivery&)> missed{};
    std::function<void(ChannelId)> reached{};  ///< it takes messages
  };
  Courier(Parts parts, notify::SenderSettings settings);
  ~Courier();

  Status load();
  void begin();
  /// Begins nothing from now on; what is on its way may still come to an end.
  void take_no_more() { is_stopping_ = true; }
  [[nodiscard]] bool is_sending() const { return sending_ > 0; }
  void stop();  ///< quick; what is on its way is tried again at the next start
  /// Channels were changed, or there is something to tell.
  void look();
  [[nodiscard]] api::NotifyDoor door();
  /// One attempt at what has no row.
  net::Task<SendResult> send_now(ChannelId id, Message message);

 private:
  struct Lane {
    std::shared_ptr<const Channel> channel{};
    bool is_busy{false};
    int failures{0};  ///< in a row
    SteadyTime next{};
    bool has_news{true};                         ///< something may wait that nobody tried
    std::map<std::int64_t, Delivery> in_vain{};  ///< tried since it last worked, and not said yet
  };

  void tick();
  net::Task<> reload();
  net::Task<> serve(ChannelId id);
  net::Task<Result<store::Taken>> take(store::Turn turn);
  net::Task<> send_one(ChannelId id, store::Turn& turn, Delivery delivery);
  void note(Lane& lane, const SendResult& result);
  void tell_of(Lane& lane, const Delivery& delivery, const SendResult& result);
  net::Task<> miss_waiting(ChannelId id);
  [[nodiscard]] std::chrono::milliseconds pause_after(int failures);
  void erase_old();

  Parts parts_;
  net::Tick tick_{};
  std::string owner_;
  SentNotes notes_;
  notify::Sender sender_;
  std::map<ChannelId, Lane> lanes_{};
  std::mt19937_64 random_;
  SteadyTime reloaded_at_{}, erased_at_{};
  bool is_loading_{false}, is_stale_{true}, is_stopping_{false};
  int sending_{0};                           ///< of the outbox, until it is noted what came of it
  net::WorkerPool pool_{"courier", 2, 256};  // ends first
};

}  // namespace monitorix::app
