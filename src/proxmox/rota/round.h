#pragma once
// The rota of one cluster at work: which topics are open for which members and guests, and one of them asked at a time.
// Budget (proxmox B, with the fixed calls of source.cpp): 20 a minute while somebody looks, else 3. On the loop.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/facts.h"
#include "proxmox/rota/topic.h"

namespace monitorix::proxmox {

class Round {
 public:
  using Tell = std::function<void(decltype(Observation::what))>;
  /// Client and clock outlive it.
  Round(Client& client, const Clock& clock, Tell tell) : client_(client), clock_(clock), tell_(std::move(tell)) {}

  /// What the token may do; asking goes on without knowing it.
  void set_rights(Permissions rights) { rights_ = std::move(rights); }
  /// What was asked before this program began, so that the turns go on where they were. Before the first see().
  void recall(const FactBook& book, const std::vector<std::shared_ptr<const Node>>& nodes,
              const std::vector<std::shared_ptr<const Guest>>& guests);
  /// The inventory of now: the cluster itself, online members and their guests; templates are asked nothing.
  void see(const Resources& resources, const std::vector<std::string>& members);
  net::Task<> ask_next();
  /// Somebody else takes a turn, unless a question is in a hurry: then one after it.
  void owe_turn() { ++debt_; }
  /// This turn is one of those that others have taken.
  [[nodiscard]] bool passes();
  /// Until the next question.
  [[nodiscard]] std::chrono::milliseconds pause(bool viewed) const;
  /// All that is asked of a guest, at once.
  void hurry(GuestType type, std::int64_t vmid);
  /// The tasks of now. Of guests that one has changed since the last call, what follows tasks is asked at once.
  void see(const TaskList& list);

 private:
  struct Turn {
    Outcome outcome{};
    std::optional<WallTime> at{};  ///< nothing: when is not known
  };
  template <class Facts>
  void recall_page(Per per, std::uint64_t number, const Facts& facts);
  [[nodiscard]] std::uint64_t number_of(const std::string& node);
  void set_questions();
  void hurry_if(std::uint64_t subject, bool (*chosen)(const Topic&));
  void learn(std::uint64_t subject, const GuestFacts& facts);
  void note_agent(std::uint64_t asked, Outcome outcome, const GuestFacts& facts);

  Client& client_;
  const Clock& clock_;
  Tell tell_;
  Rota rota_{};
  std::map<std::string, std::uint64_t, std::less<>> node_numbers_{};
  std::map<std::uint64_t, Subject> subjects_{};              ///< by the part of an id that names one
  std::map<std::uint64_t, std::chrono::seconds> periods_{};  ///< of questions whose answers asked for another
  std::map<std::uint64_t, Turn> recalled_{};                 ///< of questions that nobody put since
  std::set<std::uint64_t> recalled_agents_{};                ///< guests whose configuration was known to have one
  std::optional<Permissions> rights_{};
  std::set<std::uint64_t> mute_agents_{};       ///< by subject: the last question brought nothing
  std::set<std::string, std::less<>> ended_{};  ///< the tasks that were over when last looked at
  bool has_seen_tasks_{false};
  int debt_{0};  ///< calls of topics that took more than one
};

}  // namespace monitorix::proxmox
