#pragma once
// The risks of a cluster, from what is known of it and nothing else: pure. What is unknown is no risk; facts that
// nobody could renew for two days say nothing any more.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/watched/risk.h"
#include "state/snapshot.h"

namespace monitorix::state {

/// The votes of a cluster, one a member, and those of a QDevice.
struct Quorum {
  std::int64_t members{}, online{};  ///< as the cluster itself says
  std::int64_t votes{}, present{}, needed{};
  std::int64_t margin{};  ///< how many more votes may be lost; below 0 the cluster stands still
  std::optional<bool> has_qdevice{};
  bool operator==(const Quorum&) const = default;
};

/// Nothing for a stand-alone node, and while the members are not known.
std::optional<Quorum> quorum_of(const ClusterView& view);

/// Worst first, by id within a severity; `since` is now.
std::vector<Risk> risks_of(const ClusterView& view, WallTime now);

/// Looks again: what held before keeps its `since`. While nothing can be known of the cluster, what was known stays.
/// The same pointer when nothing differs.
std::shared_ptr<const std::vector<Risk>> renewed(const ClusterView& view, WallTime now);

/// One after another, while a risk list is made.
class RiskList {
 public:
  explicit RiskList(WallTime now) : now_(now) {}

  struct Entry {
    std::string subject{};  ///< with the code it makes the id
    Severity severity{};
    std::string code{}, text{};
    Reason::Params params{};
    std::optional<NodeId> node{};
    std::optional<WallTime> as_of{};
    std::string kind{};  ///< in the id in the place of the code, where one kind has several codes
  };
  void add(Entry entry);
  /// The last answer, unless it is too old to rest on.
  template <class T>
  [[nodiscard]] const T* fresh(const Fact<T>& fact, std::chrono::hours lasts = kForgotten) const {
    return fact.value && fact.at && now_ - *fact.at < lasts ? &*fact.value : nullptr;
  }
  [[nodiscard]] WallTime now() const { return now_; }
  [[nodiscard]] std::vector<Risk> take();

 private:
  static constexpr std::chrono::hours kForgotten{48};
  WallTime now_{};
  std::vector<Risk> risks_{};
};

struct ExpiringCertificate {
  std::string file{};  ///< or the address that shows it
  WallTime not_after{};
  const Node* node{};  ///< whose it is, if one is known
};
/// Nothing while it is valid for three weeks.
void add_certificate(RiskList& risks, const ExpiringCertificate& certificate);

/// What one member's own facts say; `uses_ha` is whether anything in its cluster is highly available.
void add_node_risks(RiskList& risks, const ClusterView& view, const Node& node, bool uses_ha);

}  // namespace monitorix::state
