#pragma once
// The rota of one cluster at work: which topics are open for which members and guests, and one of them asked at a time.
// Budget (proxmox B, with the fixed calls of source.cpp): 24 a minute while somebody looks (36 until each was asked
// once), else 4. On the loop.

#include <functional>
#include <map>

#include "proxmox/rota/topic.h"

namespace monitorix::proxmox {

class Round {
 public:
  using Tell = std::function<void(decltype(Observation::what))>;
  /// Client and clock outlive it.
  Round(Client& client, const Clock& clock, Tell tell) : client_(client), clock_(clock), tell_(std::move(tell)) {}

  /// What the token may do; asking goes on without knowing it.
  void set_rights(Permissions rights) { rights_ = std::move(rights); }
  /// The inventory of now: the cluster itself, online members and their guests; templates are asked nothing.
  void see(const Resources& resources, const std::vector<std::string>& members);
  net::Task<> ask_next();
  /// Until the next question.
  [[nodiscard]] std::chrono::milliseconds pause(bool viewed) const;
  /// All that is asked of a guest, at once.
  void hurry(GuestType type, std::int64_t vmid);

 private:
  [[nodiscard]] std::uint64_t number_of(const std::string& node);

  Client& client_;
  const Clock& clock_;
  Tell tell_;
  Rota rota_{};
  std::map<std::string, std::uint64_t, std::less<>> node_numbers_{};
  std::map<std::uint64_t, Subject> subjects_{};              ///< by the part of an id that names one
  std::map<std::uint64_t, std::chrono::seconds> periods_{};  ///< of questions whose answers asked for another
  std::optional<Permissions> rights_{};
  int debt_{0};  ///< calls of topics that took more than one
};

}  // namespace monitorix::proxmox
