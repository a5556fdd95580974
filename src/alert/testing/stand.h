#pragma once
// An engine for tests: seconds instead of time points, one rule about states, one route, one channel, and everything
// that was told so far.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "alert/engine.h"

namespace monitorix::alert {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline RunTime run_at(std::int64_t second) { return RunTime{seconds{100'000 + second}}; }
inline WallTime wall_at(std::int64_t second) { return from_ms(1'700'000'000'000) + seconds{second}; }
inline Now at(std::int64_t second) { return {run_at(second), wall_at(second)}; }

constexpr RuleId kStateRule{1};
constexpr RouteId kRoute{1};
constexpr ChannelId kMail{1}, kPager{2};

inline Entity node(std::int64_t id) { return {EntityKind::node, id}; }
inline Entity guest(std::int64_t id) { return {EntityKind::guest, id}; }
inline Entity service(std::int64_t id) { return {EntityKind::service, id}; }

struct Sent {
  std::int64_t at{};
  WantedMessage message{};
};

class Stand {
 public:
  Stand() {
    put(PutChannel{{.id = kMail, .burst = 1000}});
    put(PutRoute{{.id = kRoute, .name = "all", .steps = {{.channels = {kMail}}}, .is_default = true}});
    put(PutRule{{.id = kStateRule, .name = "state", .kind = RuleKind::check_state, .cooldown = milliseconds{0}}});
  }
  void put(const Event& event) { take(step(state, event, now())); }
  /// Second by second, as the product does.
  void run_to(std::int64_t second) {
    while (time_ < second) {
      ++time_;
      take(advance(state, now()));
    }
  }
  void run_to(std::int64_t second, const std::function<void(Outcome)>& taken) {
    while (time_ < second) {
      ++time_;
      taken(advance(state, now()));
    }
  }
  /// From deadline to deadline.
  void leap_to(std::int64_t second) {
    for (auto due = next_due(state); due && *due <= run_at(second); due = next_due(state)) {
      const auto whole = std::chrono::ceil<seconds>(*due - run_at(0)).count();
      if (whole > second) break;
      time_ = std::max(time_, whole);
      take(advance(state, now()));
    }
    time_ = second;
  }
  void place(Entity entity, std::vector<Entity> needs = {}, Labels labels = {}) {
    std::vector<Need> all;
    all.reserve(needs.size());
    for (const Entity need : needs) all.push_back({{need}});
    if (labels.name.empty()) labels.name = std::to_string(entity.id);
    put(Placed{entity, std::move(labels), std::move(all)});
  }
  void report(Entity entity, Standing standing, std::optional<seconds> uptime = {}) {
    put(Report{.entity = entity, .standing = standing, .started = now().run, .uptime = uptime});
  }
  [[nodiscard]] Now now() const {
    Now moment = at(time_);
    moment.wall += wall_shift;
    return moment;
  }
  [[nodiscard]] std::int64_t time() const { return time_; }
  [[nodiscard]] const Alert* open_alert(Entity entity) const {
    for (const auto& [id, alert] : state.alerts)
      if (alert.row.target.entity == entity && alert.row.state != AlertState::resolved) return &alert.row;
    return nullptr;
  }
  [[nodiscard]] const Alert& alert(AlertId id) const { return state.alerts.at(id).row; }
  /// "firing 3,4" for each message, in order: its kind and the ids of the entities in it.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const Sent& one : sent) all.push_back(text_of(one.message));
    return all;
  }
  [[nodiscard]] std::string text_of(const WantedMessage& message) const {
    constexpr const char* kWords[] = {"firing", "resolved", "reminder", "flapping", "digest"};
    std::string text = kWords[static_cast<int>(message.kind)];
    for (std::size_t i = 0; i < message.lines.size(); ++i)
      text += (i ? "," : " ") + std::to_string(state.alerts.at(message.lines[i].alert).row.target.entity.id);
    return text;
  }

  State state{};
  std::vector<Sent> sent{};
  std::vector<Happening> happenings{};
  std::vector<Entity> asked{};
  std::vector<AlertId> cancelled{};
  std::chrono::milliseconds wall_shift{0};

 private:
  void take(Outcome outcome) {
    for (auto& message : outcome.wanted) sent.push_back({time_, std::move(message)});
    happenings.insert(happenings.end(), outcome.happenings.begin(), outcome.happenings.end());
    asked.insert(asked.end(), outcome.ask.begin(), outcome.ask.end());
    cancelled.insert(cancelled.end(), outcome.cancelled.begin(), outcome.cancelled.end());
  }
  std::int64_t time_{0};
};

}  // namespace monitorix::alert
