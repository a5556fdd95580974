#pragma once
// The paths of a backup server, answered from what it keeps: who may, and the answer in its own words, with hyphens in
// field names and the reason of a refusal in the body.

#include <string>
#include <vector>

#include "sim/http_message.h"
#include "sim/pbs/server.h"

namespace monitorix::sim {

struct ServerToken {
  std::string label{};  ///< what the endpoint line calls it
  std::string user{}, name{}, secret{};
  bool may_audit{false};          ///< the role Audit on /
  bool may_audit_remotes{false};  ///< RemoteAudit on /remote, without which syncs with other servers are hidden

  [[nodiscard]] std::string text() const { return user + "!" + name + "=" + secret; }
};

[[nodiscard]] std::vector<ServerToken> tokens_of(const BackupServer& server, std::uint64_t seed);

class ServerApi {
 public:
  ServerApi(const BackupServer& server, std::uint64_t seed) : server_(server), tokens_(tokens_of(server, seed)) {}
  [[nodiscard]] Answer answer(const Request& request, WallTime now) const;
  [[nodiscard]] const std::vector<ServerToken>& tokens() const { return tokens_; }
  /// "/admin/datastore/{store}/groups", for counting.
  [[nodiscard]] static std::string pattern_of(const std::string& path);

 private:
  struct Call;
  [[nodiscard]] Answer on_datastore(const Call& call, const std::string& store, const std::string& what) const;
  [[nodiscard]] Answer usage(const Call& call) const;
  [[nodiscard]] Answer jobs(const Call& call, std::string_view kind) const;

  const BackupServer& server_;
  std::vector<ServerToken> tokens_;
};

}  // namespace monitorix::sim
