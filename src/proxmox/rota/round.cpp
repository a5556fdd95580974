#include "proxmox/rota/round.h"

#include <algorithm>
#include <utility>

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kIdlePause = 15s, kViewedPause = 2500ms, kFirstPause = 1667ms;

// id = topic << 40 | of whom << 32 | node number or VMID
constexpr unsigned kTopicShift = 40, kPerShift = 32;

std::uint64_t subject_id(Per per, std::uint64_t number) {
  return static_cast<std::uint64_t>(per) << kPerShift | number;
}

std::uint64_t question_id(std::size_t topic, std::uint64_t subject) {
  return static_cast<std::uint64_t>(topic) << kTopicShift | subject;
}

}  // namespace

std::uint64_t Round::number_of(const std::string& node) {
  return node_numbers_.try_emplace(node, node_numbers_.size()).first->second;
}

void Round::see(const Resources& resources, const std::vector<std::string>& members) {
  std::map<std::uint64_t, Subject> seen;
  if (!members.empty()) seen.emplace(subject_id(Per::cluster, 0), Subject{});
  for (const std::string& member : members) seen.emplace(subject_id(Per::node, number_of(member)), Subject{member});
  for (const GuestRow& guest : resources.guests) {
    if (guest.is_template || !std::ranges::binary_search(members, guest.node)) continue;
    const Per per = guest.type == GuestType::qemu ? Per::qemu : Per::lxc;
    seen.emplace(subject_id(per, static_cast<std::uint64_t>(guest.vmid)),
                 Subject{guest.node, guest.type, guest.vmid, guest.status == "running"});
  }
  const bool same =
      std::ranges::equal(seen, subjects_, [](const auto& a, const auto& b) { return a.first == b.first; });
  subjects_ = std::move(seen);
  if (same) return;
  std::vector<Question> wanted;
  for (const auto& [id, subject] : subjects_)
    for (std::size_t at = 0; at < topics().size(); ++at) {
      const Topic& topic = topics()[at];
      if (subject_id(topic.per, id & 0xFFFFFFFFu) != id) continue;
      const auto own = periods_.find(question_id(at, id));
      const auto period = own == periods_.end() ? topic.period : own->second;
      wanted.push_back({question_id(at, id), period, static_cast<int>(at)});
    }
  rota_.set(wanted, clock_.steady());
}

net::Task<> Round::ask_next() {
  if (debt_ > 0) {
    --debt_;
    co_return;
  }
  const auto id = rota_.next(clock_.steady());
  if (!id) co_return;
  const Topic& topic = topics()[*id >> kTopicShift];
  const Subject subject = subjects_.at(*id & ((std::uint64_t{1} << kTopicShift) - 1));
  Asking::Notes notes{.rota = rota_, .rights = rights_ ? &*rights_ : nullptr};
  auto said = co_await topic.ask(Asking(client_, clock_, notes, topic.privilege), subject);
  if (notes.period) {
    periods_[*id] = *notes.period;
    rota_.set_period(*id, *notes.period, clock_.steady());
  }
  rota_.note(*id, notes.outcome, clock_.steady());
  debt_ += std::max(0, notes.calls - 1);
  tell_(std::move(said));
}

std::chrono::milliseconds Round::pause(bool viewed) const {
  const auto pause = !viewed ? kIdlePause : rota_.is_settled() ? kViewedPause : kFirstPause;
  return pause * rota_.stretch();
}

void Round::hurry(GuestType type, std::int64_t vmid) {
  const std::uint64_t subject =
      subject_id(type == GuestType::qemu ? Per::qemu : Per::lxc, static_cast<std::uint64_t>(vmid));
  for (std::size_t at = 0; at < topics().size(); ++at) rota_.hurry(question_id(at, subject));
}

}  // namespace monitorix::proxmox
