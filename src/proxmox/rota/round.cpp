#include "proxmox/rota/round.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kIdlePause = 20s, kViewedPause = 3s;

// id = topic << 40 | of whom << 32 | node number or VMID
constexpr unsigned kTopicShift = 40, kPerShift = 32;
constexpr std::uint64_t kSubject = (std::uint64_t{1} << kTopicShift) - 1, kNumber = 0xFFFFFFFFu;

/// More guests than these at once are a member that came back, not new ones.
constexpr std::size_t kMostArrivals = 20;

std::uint64_t subject_id(Per per, std::uint64_t number) {
  return static_cast<std::uint64_t>(per) << kPerShift | number;
}

std::uint64_t question_id(std::size_t topic, std::uint64_t subject) {
  return static_cast<std::uint64_t>(topic) << kTopicShift | subject;
}

std::uint64_t number_in(std::uint64_t subject) { return subject & kNumber; }

Per per_of(GuestType type) { return type == GuestType::qemu ? Per::qemu : Per::lxc; }

/// Tasks after which a guest's configuration, place or snapshots may be others: qmconfig, vzrollback, hamigrate ...
bool changes_guest(std::string_view type) {
  for (const std::string_view prefix : {"qm", "vz", "ha"}) {
    if (!type.starts_with(prefix)) continue;
    const std::string_view deed = type.substr(prefix.size());
    constexpr std::array<std::string_view, 12> kDeeds{"config",  "snapshot", "delsnapshot", "rollback",
                                                      "migrate", "igrate",   "create",      "restore",
                                                      "clone",   "resize",   "move",        "template"};
    return std::ranges::find(kDeeds, deed) != kDeeds.end();
  }
  return type == "move_volume" || type == "resize" || type == "move_disk";
}

bool is_silence(const GuestFacts& facts) {
  const auto is_mute = [](const auto& fact) { return fact.missing && fact.missing->code == "agent_not_running"; };
  return is_mute(facts.file_systems) || is_mute(facts.interfaces) || is_mute(facts.os);
}

/// What keeps one question to an agent from an answer keeps the others from it, too: they are not put, and say why.
void share_silence(GuestFacts& facts) {
  std::optional<Reason> why;
  for (const auto* missing : {&facts.file_systems.missing, &facts.interfaces.missing, &facts.os.missing})
    if (*missing) why = *missing;
  const auto tell = [&](auto& fact) {
    if (!fact.value && !fact.missing) fact.missing = why;
  };
  tell(facts.file_systems);
  tell(facts.interfaces);
  tell(facts.os);
}

}  // namespace

std::uint64_t Round::number_of(const std::string& node) {
  return node_numbers_.try_emplace(node, node_numbers_.size()).first->second;
}

void Round::set_questions() {
  std::vector<Question> wanted;
  for (const auto& [id, subject] : subjects_)
    for (std::size_t at = 0; at < topics().size(); ++at) {
      const Topic& topic = topics()[at];
      if (subject_id(topic.per, number_in(id)) != id || (topic.applies && !topic.applies(subject))) continue;
      const auto own = periods_.find(question_id(at, id));
      const auto period = own == periods_.end() ? topic.period : own->second;
      wanted.push_back({question_id(at, id), period, static_cast<int>(at)});
    }
  rota_.set(wanted, clock_.steady());
  for (const Question& question : wanted)
    if (const auto known = recalled_.extract(question.id)) {
      const Turn& turn = known.mapped();
      const auto ago = turn.at ? std::max(clock_.wall() - *turn.at, WallTime::duration{}) : WallTime::duration{};
      rota_.recall(question.id, turn.outcome,
                   clock_.steady() - std::chrono::duration_cast<std::chrono::milliseconds>(ago));
    }
}

template <class Facts>
void Round::recall_page(Per per, std::uint64_t number, const Facts& facts) {
  each_fact(facts, [&](std::string_view name, const auto& fact) {
    if (!fact.is_asked()) return;
    const auto topic =
        std::ranges::find_if(topics(), [&](const Topic& one) { return one.per == per && one.name == name; });
    if (topic == topics().end()) return;
    const auto place = static_cast<std::size_t>(topic - topics().begin());
    Turn turn{.outcome = Outcome::answered, .at = fact.at};
    if (fact.missing) {  // when that was is not known: as if it were just now
      const std::string& code = fact.missing->code;
      turn = {.outcome = code == "privilege_missing" ? Outcome::denied
                         : code == "unsupported" || code == "not_installed" || code == "agent_unable"
                             ? Outcome::unsupported
                             : Outcome::failed};
    }
    recalled_[question_id(place, subject_id(per, number))] = turn;
  });
}

// What belongs to the cluster itself is asked anew: a call or two, and it may matter most.
void Round::recall(const FactBook& book, const std::vector<std::shared_ptr<const Node>>& nodes,
                   const std::vector<std::shared_ptr<const Guest>>& guests) {
  for (const auto& node : nodes)
    if (!node->missing) recall_page(Per::node, number_of(node->name), book.of(node->id));
  for (const auto& guest : guests) {
    if (guest->status == GuestStatus::deleted || guest->type == GuestType::unknown) continue;
    const GuestFacts& facts = book.of(guest->id);
    const auto number = static_cast<std::uint64_t>(guest->vmid);
    recall_page(per_of(guest->type), number, facts);
    const std::uint64_t subject = subject_id(per_of(guest->type), number);
    if (facts.config.value && facts.config.value->has_agent) recalled_agents_.insert(subject);
    if (is_silence(facts)) mute_agents_.insert(subject);
  }
}

void Round::see(const Resources& resources, const std::vector<std::string>& members) {
  std::map<std::uint64_t, Subject> seen;
  std::vector<std::uint64_t> arrived;
  if (!members.empty()) seen.emplace(subject_id(Per::cluster, 0), Subject{});
  for (const std::string& member : members) seen.emplace(subject_id(Per::node, number_of(member)), Subject{member});
  for (const GuestRow& guest : resources.guests) {
    if (guest.is_template || !std::ranges::binary_search(members, guest.node)) continue;
    const std::uint64_t id = subject_id(per_of(guest.type), static_cast<std::uint64_t>(guest.vmid));
    const auto known = subjects_.find(id);
    if (known == subjects_.end()) arrived.push_back(id);
    const bool has_agent = known != subjects_.end() ? known->second.has_agent : recalled_agents_.erase(id) > 0;
    seen.emplace(id, Subject{guest.node, guest.type, guest.vmid, guest.status == "running", has_agent});
  }
  const bool is_first = subjects_.empty();
  const bool same = std::ranges::equal(seen, subjects_, [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.is_running == b.second.is_running;
  });
  subjects_ = std::move(seen);
  if (same) return;
  std::erase_if(mute_agents_, [this](std::uint64_t id) {
    const auto known = subjects_.find(id);
    return known == subjects_.end() || !known->second.is_running;
  });
  set_questions();
  if (is_first || arrived.size() > kMostArrivals) return;  // in their turn
  for (const std::uint64_t id : arrived) hurry_if(id, [](const Topic& topic) { return topic.follows_tasks; });
}

void Round::see(const TaskList& list) {
  std::set<std::string, std::less<>> ended;
  for (const PveTask& task : list.tasks) {
    if (!task.ended_at) continue;
    const bool is_new = has_seen_tasks_ && !ended_.contains(task.upid);
    ended.insert(task.upid);
    std::uint64_t vmid = 0;
    const char* last = task.id.data() + task.id.size();
    if (!is_new || !changes_guest(task.type) || std::from_chars(task.id.data(), last, vmid).ptr != last) continue;
    for (const Per per : {Per::qemu, Per::lxc})
      hurry_if(subject_id(per, vmid & kNumber), [](const Topic& topic) { return topic.follows_tasks; });
  }
  ended_ = std::move(ended);
  has_seen_tasks_ = true;
}

/// What its configuration says of a guest decides what else it is asked.
void Round::learn(std::uint64_t subject, const GuestFacts& facts) {
  const auto known = subjects_.find(subject);
  if (known == subjects_.end() || !facts.config.value || known->second.has_agent == facts.config.value->has_agent)
    return;
  known->second.has_agent = facts.config.value->has_agent;
  set_questions();
}

// One agent, one silence, and one refusal to a token: its other questions wait as long, and when it answers they come
// at once. A question that only this agent does not know says nothing of the others.
void Round::note_agent(std::uint64_t asked, Outcome outcome, const GuestFacts& facts) {
  const std::uint64_t subject = asked & kSubject;
  const bool is_mute = outcome == Outcome::denied || (outcome == Outcome::failed && is_silence(facts));
  const bool was_mute = mute_agents_.contains(subject);
  if (!is_mute && !(was_mute && outcome == Outcome::answered)) return;
  if (is_mute)
    mute_agents_.insert(subject);
  else
    mute_agents_.erase(subject);
  for (std::size_t at = 0; at < topics().size(); ++at) {
    const std::uint64_t other = question_id(at, subject);
    if (!topics()[at].of_agent || other == asked) continue;
    if (is_mute)
      rota_.note(other, outcome, clock_.steady());
    else
      rota_.hurry(other);
  }
}

bool Round::passes() {
  if (debt_ == 0) return false;
  const auto id = rota_.next(clock_.steady());
  if (id && rota_.is_hurried(*id)) return false;
  --debt_;
  return true;
}

net::Task<> Round::ask_next() {
  const auto id = rota_.next(clock_.steady());
  if (!id) co_return;
  const Topic& topic = topics()[*id >> kTopicShift];
  const Subject subject = subjects_.at(*id & kSubject);
  Asking::Notes notes{.rota = rota_, .rights = rights_ ? &*rights_ : nullptr};
  auto said = co_await topic.ask(Asking(client_, clock_, notes, topic.privilege), subject);
  if (notes.period) {
    periods_[*id] = *notes.period;
    rota_.set_period(*id, *notes.period, clock_.steady());
  }
  rota_.note(*id, notes.outcome, clock_.steady());
  debt_ += std::max(0, notes.calls - 1);
  if (auto* of_guest = std::get_if<GuestFactsReport>(&said)) {
    learn(*id & kSubject, of_guest->facts);
    if (topic.of_agent) {
      note_agent(*id, notes.outcome, of_guest->facts);
      if (mute_agents_.contains(*id & kSubject)) share_silence(of_guest->facts);
    }
  }
  tell_(std::move(said));
}

std::chrono::milliseconds Round::pause(bool viewed) const {
  return (viewed ? kViewedPause : kIdlePause) * rota_.stretch();
}

void Round::hurry(GuestType type, std::int64_t vmid) {
  hurry_if(subject_id(per_of(type), static_cast<std::uint64_t>(vmid)), [](const Topic&) { return true; });
}

void Round::hurry_if(std::uint64_t subject, bool (*chosen)(const Topic&)) {
  for (std::size_t at = 0; at < topics().size(); ++at)
    if (chosen(topics()[at])) rota_.hurry(question_id(at, subject));
}

}  // namespace monitorix::proxmox
