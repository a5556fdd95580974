#pragma once
// When Monitorix itself was away: nothing was watched then, and nothing is said of anybody. No heartbeat is written for
// it (ADR 30): the history has a row of the whole fleet every ten seconds and the checks beat every fifteen, and who
// ends in order says so. On the loop but for finish(), which blocks and runs after it.

#include <functional>
#include <optional>
#include <vector>

#include "api/dependencies.h"
#include "app/history/archive.h"
#include "store/store.h"

namespace monitorix::app {

class Absences {
 public:
  static constexpr std::chrono::seconds kLongest{30};  ///< without a sign of life (alerts:A18)
  static constexpr std::size_t kMostKept = 20;
  struct Parts {
    net::Loop& loop;
    const Clock& clock;
    store::Store& store;
    Archive& archive;
    std::function<std::optional<WallTime>()> last_beat{};  ///< of the checks, before this start
  };
  explicit Absences(Parts parts) : parts_(std::move(parts)) {}

  void begin();
  void finish();
  /// This process stood still until now.
  void add_standstill(std::chrono::milliseconds lasted);
  /// Oldest first.
  [[nodiscard]] const std::vector<api::Absence>& known() const { return known_; }

 private:
  net::Task<> look();
  void add(api::Absence absence);

  Parts parts_;
  std::vector<api::Absence> known_{};
  net::WorkerPool pool_{"absences", 1, 8};  // ends first
};

/// As a setting keeps them. What cannot be read is none.
std::string encode_absences(const std::vector<api::Absence>& all);
std::vector<api::Absence> decode_absences(const std::string& text);

}  // namespace monitorix::app
