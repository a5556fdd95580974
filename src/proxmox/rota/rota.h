#pragma once
// Whose turn it is: the many small questions about the members and guests of one cluster, each with its own period,
// asked one at a time within a budget (proxmox B1-B4). A cluster that answers slowly or with errors is asked less,
// never the other way round; a subject that does not answer waits 1, 5, 15, then 60 minutes (X16). Pure; time comes in.

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"

namespace monitorix::proxmox {

struct Question {
  std::uint64_t id{};  ///< stable for as long as the question is asked; who asks gives it its meaning
  std::chrono::seconds period{};
  int rank{};  ///< which of those never asked come first: lower ones
};

enum class Outcome : std::uint8_t {
  answered,
  failed,       ///< once again soon, then ever later
  denied,       ///< a privilege is missing: half an hour at least
  unsupported,  ///< this version does not know the call: six hours (X9)
};

class Rota {
 public:
  /// Makes the questions exactly these; those that were there keep their turn.
  void set(const std::vector<Question>& wanted, SteadyTime now);
  /// The question that has waited longest, counted in its own periods; a hurried one before all. Nothing when none is
  /// due.
  [[nodiscard]] std::optional<std::uint64_t> next(SteadyTime now) const;
  void note(std::uint64_t id, Outcome outcome, SteadyTime now);
  /// It was asked before this program began, and that was how it went.
  void recall(std::uint64_t id, Outcome outcome, SteadyTime asked_at) { note(id, outcome, asked_at); }
  /// Another period for it, from its last turn on.
  void set_period(std::uint64_t id, std::chrono::seconds period, SteadyTime now);
  /// Something happened to its subject: it is asked next.
  void hurry(std::uint64_t id);
  [[nodiscard]] bool is_hurried(std::uint64_t id) const;

  /// How a call went; `failed` are answers of 5xx about the asked member and none at all.
  void note_call(std::chrono::milliseconds took, bool failed, SteadyTime now);
  /// How many times longer all periods are than they were set: 1, 2, 4 or 8.
  [[nodiscard]] int stretch() const { return stretch_; }
  /// Every question has been asked once.
  [[nodiscard]] bool is_settled() const { return never_asked_ == 0; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    SteadyTime due{};
    std::chrono::seconds period{};
    std::int16_t rank{};
    std::uint8_t failures{0};
    bool asked{false}, hurried{false}, kept{false};
  };
  struct Heard {
    std::chrono::milliseconds took{};
    bool failed{};
  };
  [[nodiscard]] double urgency(const Entry& entry, SteadyTime now) const;
  [[nodiscard]] bool is_strained() const;

  std::unordered_map<std::uint64_t, Entry> entries_{};
  std::deque<Heard> calls_{};  ///< the last 20
  SteadyTime changed_at_{}, strained_at_{};
  std::size_t never_asked_{0};
  int stretch_{1};
};

}  // namespace monitorix::proxmox
