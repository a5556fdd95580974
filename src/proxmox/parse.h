#pragma once
// The answers of Proxmox VE as nouns: pure text -> observations. Unknown fields and row types are ignored, missing
// fields are nullopt, never 0 (proxmox D1-D7; observed §3, §4).

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "model/observation.h"

namespace monitorix::proxmox {

using Findings = std::vector<std::string>;

/// The envelope {"data": ...}; Errc::protocol when the text is none.
Result<Json> parse_envelope(std::string_view body);

Result<Resources> parse_resources(const Json& data, Findings& findings);
Result<Membership> parse_membership(const Json& data, Findings& findings);
Result<TaskList> parse_tasks(const Json& data, Findings& findings);
Result<NodeStatusReport> parse_node_status(std::string node, const Json& data, Findings& findings);
Result<NodeStorageReport> parse_node_storage(std::string node, const Json& data, Findings& findings);
Result<NodeServicesReport> parse_node_services(std::string node, const Json& data, Findings& findings);
Result<NodeCertificatesReport> parse_certificates(std::string node, const Json& data, Findings& findings);
Result<NodeSubscriptionReport> parse_subscription(std::string node, const Json& data, Findings& findings);

/// ACL path -> privileges, as /access/permissions says of the token itself.
struct Permissions {
  std::map<std::string, std::set<std::string>> by_path{};
  [[nodiscard]] bool allows(std::string_view path, std::string_view privilege) const;
  /// Nothing at all: every list will come back empty (A6).
  [[nodiscard]] bool sees_nothing() const;
  /// Every guest, storage and node is visible: absence in a list proves something (X10).
  [[nodiscard]] bool sees_everything() const;
};
Result<Permissions> parse_permissions(const Json& data);

}  // namespace monitorix::proxmox
