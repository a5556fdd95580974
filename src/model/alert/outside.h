#pragma once
// What another system reports. It becomes a condition of one of our objects, or of a guest at our table that we know
// nothing else of; each alert of it is a part of its own there.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/alert/rule.h"

namespace monitorix {

/// Which default rule speaks of it: the code of the condition.
inline constexpr std::string_view kOutsideCode = "outside", kNoticeCode = "pve_notice";
inline bool is_about_outside(const Rule& rule) {
  return rule.condition == kOutsideCode || rule.condition == kNoticeCode;
}

/// Monitorix itself. Others of the kind `monitor` stand for what outsiders speak of and we do not know.
inline constexpr std::int64_t kMonitorixItself = 1;
inline bool is_foreign(Entity entity) { return entity.kind == EntityKind::monitor && entity.id != kMonitorixItself; }

/// An alert as Prometheus, Grafana and Alertmanager send it.
struct OutsideAlert {
  std::string fingerprint{};  ///< of its labels, 16 hex digits: what has the same is the same alert
  std::string name{};
  std::string about{};  ///< its instance or job; for people
  Severity severity{Severity::warning};
  std::string text{};
  std::vector<std::pair<std::string, std::string>> labels{};
  std::optional<WallTime> ends_at{};  ///< absent: it ends when it is not sent any more
};

/// A notification of Proxmox VE, as its webhook sends it.
struct ProxmoxNotice {
  std::string title{}, text{}, type{}, hostname{}, job{};
  std::optional<Severity> severity{};  ///< absent: something went as it should
  std::optional<WallTime> at{};
  std::vector<std::int64_t> failed_guests{};  ///< VMIDs, when it is about backups and says whose failed
};

/// The part is the fingerprint, and what people call it.
inline std::string outside_part(const std::string& fingerprint, const std::string& title) {
  return fingerprint + " " + title;
}
inline std::string title_of_part(const std::string& part) {
  const auto blank = part.find(' ');
  return blank == std::string::npos ? part : part.substr(blank + 1);
}

}  // namespace monitorix
