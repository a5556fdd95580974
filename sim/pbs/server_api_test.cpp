#include "sim/pbs/server_api.h"

#include <doctest/doctest.h>

#include "base/json.h"

using namespace monitorix;
using namespace monitorix::sim;

namespace {

const WallTime kNow{std::chrono::seconds{1'763'852'812}};

struct Stage {
  World world = build_world({.clusters = 3, .nodes = 1, .guests = 12, .has_events = false, .backup_servers = 1}, kNow);
  BackupServer server{world, 0, 1};
  ServerApi api{server, 7};

  Answer ask(const std::string& target, const std::string& label = "audit") const {
    std::string head = "GET /api2/json" + target + " HTTP/1.1\r\nHost: x";
    for (const auto& token : api.tokens())
      if (token.label == label)
        head += "\r\nAuthorization: PBSAPIToken=" + token.user + "!" + token.name + ":" + token.secret;
    auto request = parse_head(head);
    REQUIRE(request);
    return api.answer(*request, kNow);
  }
  std::vector<Json> rows(const std::string& target, const std::string& label = "audit") const {
    const auto answer = ask(target, label);
    REQUIRE(answer.status == 200);
    const auto body = Json::parse(answer.body->plain());
    REQUIRE(body);
    return *body->find("data")->as_array();
  }
};

std::string text(const Json& row, std::string_view name) {
  const auto* found = row.find(name);
  return found != nullptr && found->as_string() != nullptr ? *found->as_string() : "";
}

}  // namespace

TEST_CASE("a backup server lets nobody in without its own token, and shows nothing to one without rights") {
  const Stage stage;
  CHECK(stage.ask("/version", "nobody").status == 401);
  CHECK(stage.ask("/version").status == 200);
  CHECK(stage.rows("/status/datastore-usage", "none").empty());
  CHECK(stage.ask("/admin/datastore/main/groups", "none").status == 403);
  CHECK(stage.rows("/admin/sync", "local").empty());
  CHECK(stage.rows("/admin/sync").size() == 1);
  CHECK(stage.ask("/nodes").status == 404);
}

TEST_CASE("groups lie in their clusters' namespaces; two clusters share one, as equal VMIDs do") {
  const Stage stage;
  CHECK(BackupServer::namespace_of(stage.world, 1) == BackupServer::namespace_of(stage.world, 2));
  CHECK(stage.rows("/admin/datastore/main/namespace").size() == 4);
  const auto groups = stage.rows("/admin/datastore/main/groups?ns=site%2F" + stage.world.clusters[0].name);
  CHECK(groups.size() > 8);
  bool has_old = false;
  for (const auto& group : groups) {
    has_old = has_old || text(group, "backup-id") == "900";
    CHECK(group.find("ns") == nullptr);
  }
  CHECK(has_old);
  CHECK(stage.ask("/admin/datastore/main/groups?ns=nowhere").status == 400);
  CHECK(stage.ask("/admin/datastore/nowhere/groups").status == 400);
}

TEST_CASE("snapshots say what a verification found; a failed one is among them") {
  const Stage stage;
  const auto path = "/admin/datastore/main/snapshots?ns=site%2F" + stage.world.clusters[0].name;
  bool has_ok = false, has_failed = false, has_open = false;
  for (const auto& snapshot : stage.rows(path)) {
    const auto* found = snapshot.find("verification");
    has_ok = has_ok || (found != nullptr && text(*found, "state") == "ok");
    has_failed = has_failed || (found != nullptr && text(*found, "state") == "failed");
    has_open = has_open || found == nullptr;
  }
  CHECK(has_ok);
  CHECK(has_failed);
  CHECK(has_open);
  const auto of_one = stage.rows(path + "&backup-type=vm&backup-id=900");
  CHECK(of_one.size() == 3);
}
