#include "state/risks/risks.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "state/inventory.h"

using namespace monitorix;
using namespace monitorix::state;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = from_ms(1'800'000'000'000);

/// A cluster of three healthy members, of which nothing is to be said.
struct House {
  ClusterView view{};
  FactBook book{};

  explicit House(int members = 3) {
    view.cluster_name = "oslo";
    view.quorate = true;
    for (int at = 1; at <= members; ++at) {
      const std::string name = "pve" + std::to_string(at);
      view.members.push_back({.name = name, .online = true});
      Node node{.id = NodeId{at}, .name = name, .status = NodeStatus::online};
      node.detail.pve_version = "9.2.11";
      node.detail.subscription_status = "active";
      view.nodes.push_back(std::make_shared<const Node>(std::move(node)));
    }
    book.cluster.qdevice = known(QDevice{});
    book.cluster.ha = known(HaStatus{});
  }
  template <class T>
  static Fact<T> known(T value, WallTime at = kNow - 1min) {
    return {.value = std::move(value), .at = at};
  }
  NodeFacts& facts(int member = 1) {
    auto& page = book.nodes[NodeId{member}];
    auto next = page ? std::make_shared<NodeFacts>(*page) : std::make_shared<NodeFacts>();
    page = next;
    return *next;
  }
  template <class Edit>
  void edit(int member, Edit change) {
    Node node = *view.nodes[static_cast<std::size_t>(member - 1)];
    change(node);
    view.nodes[static_cast<std::size_t>(member - 1)] = std::make_shared<const Node>(std::move(node));
  }
  void lose(int member) {
    view.members[static_cast<std::size_t>(member - 1)].online = false;
    edit(member, [](Node& node) { node.status = NodeStatus::offline; });
  }
  std::vector<Risk> risks() {
    view.facts = std::make_shared<const FactBook>(book);
    return risks_of(view, kNow);
  }
  /// "critical code" of each, worst first.
  std::vector<std::string> said() {
    std::vector<std::string> out;
    constexpr const char* kNames[] = {"info", "warning", "critical"};
    for (const Risk& risk : risks())
      out.push_back(kNames[static_cast<int>(risk.severity)] + std::string(" ") + risk.what.code);
    return out;
  }
};

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE("of a healthy cluster there is nothing to say, and of an unknown one neither") {
  CHECK(House().said().empty());
  House unknown;
  unknown.book = {};
  unknown.view.members.clear();
  unknown.view.quorate.reset();
  for (int member = 1; member <= 3; ++member) unknown.edit(member, [](Node& node) { node.detail = {}; });
  CHECK(unknown.said().empty());
}

TEST_CASE("quorum: how many more members may be lost") {
  struct Row {
    int members, lost;
    bool quorate;
    QDevice device;
    std::int64_t margin;
    Said said;
  };
  const QDevice none{}, well{true, "192.0.2.9", "Connected", "Fifty-Fifty split"},
      down{true, "192.0.2.9", "Connect failed", "Fifty-Fifty split"},
      last_man{true, "192.0.2.9", "Connected", "Last man standing"};
  const Row rows[] = {
      {3, 0, true, none, 1, {}},
      {3, 1, true, none, 0, {"critical quorum_margin"}},
      {3, 2, false, none, -1, {"critical quorum_lost"}},
      {5, 1, true, none, 1, {}},
      {2, 0, true, none, 0, {"warning even_members"}},
      {4, 1, true, none, 0, {"critical quorum_margin", "warning even_members"}},
      {2, 0, true, well, 1, {}},
      {2, 0, true, down, 0, {"critical quorum_margin", "warning qdevice_down"}},
      {2, 1, true, well, 0, {"critical quorum_margin"}},
      {5, 0, true, last_man, 4, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.members);
    CAPTURE(row.lost);
    CAPTURE(row.device.state.value_or(""));
    House cluster(row.members);
    cluster.view.quorate = row.quorate;
    cluster.book.cluster.qdevice = House::known(row.device);
    for (int member = 1; member <= row.lost; ++member) cluster.lose(member);
    CHECK(cluster.said() == row.said);
    CHECK(quorum_of(cluster.view)->margin == row.margin);
  }
  House alone(1);
  alone.view.quorate.reset();
  CHECK(alone.said().empty());
  CHECK_FALSE(quorum_of(alone.view));
  House silent(2);  // nobody knows whether there is a QDevice
  silent.book.cluster.qdevice = {.missing = Reason{.code = "privilege_missing"}};
  CHECK(silent.said().empty());
}

TEST_CASE("high availability: errors, fencing, and managers without a sign of life") {
  House cluster;
  HaStatus ha{};
  ha.manager = HaManager{.node = "pve1", .is_dead = true};
  ha.local_managers = {{.node = "pve2", .is_dead = true}, {.node = "pve3", .is_dead = true}};
  ha.resources = {{"vm:100", "pve2", "error", "started"},
                  {"vm:101", "pve3", "fence", "started"},
                  {"vm:102", "pve1", "started", "started"}};
  ha.fenced_nodes = {"pve3"};
  cluster.book.cluster.ha = House::known(ha);
  cluster.lose(3);  // whose local manager is dead because it is
  CHECK(cluster.said() == Said{"critical ha_error", "critical ha_fence", "critical ha_manager_dead",
                               "critical quorum_margin", "warning ha_local_manager_dead"});
  cluster.book.cluster.ha.at = kNow - 72h;
  CHECK(cluster.said() == Said{"critical quorum_margin"});
}

TEST_CASE("disks, pools and their limits") {
  struct Row {
    std::string name;
    std::function<void(NodeFacts&)> bad;
    Said said;
  };
  const auto disk = [](std::optional<std::string> health, std::optional<double> worn) {
    return [=](NodeFacts& facts) {
      facts.disks = House::known(std::vector{Disk{.path = "/dev/sda", .health = health, .worn_ratio = worn}});
    };
  };
  const auto zfs = [](std::optional<std::string> health, std::optional<std::string> errors) {
    return [=](NodeFacts& facts) {
      facts.zfs = House::known(std::vector{ZfsPool{.name = "tank", .health = health, .errors = errors}});
    };
  };
  const auto thin = [](std::optional<std::int64_t> data, std::optional<std::int64_t> metadata) {
    return [=](NodeFacts& facts) {
      facts.thin_pools = House::known(std::vector{ThinPool{"pve", "data", 1000, data, 1000, metadata}});
    };
  };
  const auto clock = [](double ahead, double uncertainty) {
    return [=](NodeFacts& facts) { facts.clock = House::known(NodeClock{ahead, uncertainty, {}}); };
  };
  const auto job = [](std::int64_t failures, std::optional<std::string> error, bool disabled) {
    return [=](NodeFacts& facts) {
      ReplicationJob one{.id = "100-0", .target = "pve2", .error = error, .fail_count = failures, .disabled = disabled};
      facts.replication = House::known(std::vector{one});
    };
  };
  const Row rows[] = {
      {"healthy", disk("PASSED", 0.5), {}},
      {"silent", disk({}, {}), {}},
      {"unknown health", disk("UNKNOWN", 0.80), {}},
      {"failing", disk("FAILED", {}), {"critical disk_failing"}},
      {"failing in other words", disk("failed!", {}), {"critical disk_failing"}},
      {"worn", disk("OK", 0.81), {"warning disk_worn"}},
      {"worn out", disk("OK", 0.96), {"critical disk_worn"}},
      {"pool well", zfs("ONLINE", "No known data errors"), {}},
      {"pool silent", zfs({}, {}), {}},
      {"pool degraded", zfs("DEGRADED", "No known data errors"), {"critical zfs_degraded"}},
      {"pool with damage", zfs("ONLINE", "2 data errors, use '-v' for a list"), {"critical zfs_errors"}},
      {"thin well", thin(850, 850), {}},
      {"thin unknown", thin({}, {}), {}},
      {"thin data", thin(860, 10), {"warning thin_pool_full"}},
      {"thin both", thin(960, 960), {"critical thin_metadata_full", "critical thin_pool_full"}},
      {"clock well", clock(-5.4, 0.5), {}},
      {"clock behind", clock(-6, 0.5), {"warning clock_behind"}},
      {"clock ahead", clock(61, 0.5), {"critical clock_ahead"}},
      {"clock asked slowly", clock(9, 5.5), {}},
      {"copies well", job(0, {}, false), {}},
      {"copies failed once", job(1, "no route", false), {"warning replication_failing"}},
      {"copies fail", job(3, "no route", false), {"critical replication_failing"}},
      {"copies by nobody", job(9, "no route", true), {}},
      {"kernel",
       [](NodeFacts& facts) {
         facts.software =
             House::known(NodeSoftware{{{"pve-manager", "1", "2"}}, "6.14.8-2-pve", "6.14.11-3-pve", true});
       },
       {"warning kernel_outdated", "info updates_pending"}},
      {"asked long ago",
       [](NodeFacts& facts) {
         facts.disks = House::known(std::vector{Disk{.path = "/dev/sda", .health = "FAILED"}}, kNow - 49h);
       },
       {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    House cluster;
    row.bad(cluster.facts());
    CHECK(cluster.said() == row.said);
    for (const Risk& risk : cluster.risks()) {
      CHECK(risk.node == NodeId{1});
      CHECK(risk.as_of);
      CHECK_FALSE(risk.what.text.empty());
    }
  }
}

TEST_CASE("certificates, services, versions, storages and subscriptions") {
  House cluster;
  const auto certificate = [&](int member, std::string file, std::chrono::hours left) {
    cluster.edit(member, [&](Node& node) {
      node.detail.certificates.push_back({.filename = std::move(file), .not_after = kNow + left});
    });
  };
  SUBCASE("the certificate that an address showed, unless its member tells of it") {
    ShownCertificate seen{.fingerprint = sha256("x"), .not_after = kNow + 24h * 3};
    cluster.view.config.endpoints = {{.id = EndpointId{1}, .address = "192.0.2.1"}};
    cluster.view.health.endpoints = {{.id = EndpointId{1}, .seen = seen}};
    CHECK(cluster.said() == Said{"critical certificate_expiring"});
    CHECK(cluster.risks().front().what.params.at("file") == Reason::Params::mapped_type{"192.0.2.1"});
    cluster.edit(1, [&](Node& node) {
      node.detail.certificates.push_back(
          {.filename = "pve-ssl.pem", .fingerprint = fingerprint_text(seen.fingerprint), .not_after = seen.not_after});
    });
    REQUIRE(cluster.risks().size() == 1);
    CHECK(cluster.risks().front().node == NodeId{1});
  }
  SUBCASE("package sources") {
    cluster.facts(1).repositories = House::known(NodeRepositories{{"enterprise"}, {}});
    CHECK(cluster.said().empty());
    cluster.facts(1).repositories =
        House::known(NodeRepositories{{}, {{"/etc/x", "old", false}, {"/etc/y", "e", true}}});
    CHECK(cluster.said() == Said{"warning repository_error", "warning repository_none", "info repository_warning"});
    cluster.facts(1).repositories.at = kNow - 24h * 8;
    CHECK(cluster.said().empty());
  }
  SUBCASE("certificates run out") {
    certificate(1, "pve-ssl.pem", 24h * 22);
    certificate(1, "pve-root-ca.pem", 24h * 20);
    certificate(2, "pve-root-ca.pem", 24h * 20);  // the same one
    certificate(2, "pve-ssl.pem", 24h * 6);
    certificate(3, "pve-ssl.pem", -1h);
    CHECK(cluster.said() ==
          Said{"critical certificate_expiring", "critical certificate_expired", "warning certificate_expiring"});
  }
  SUBCASE("services that should run") {
    const auto service = [&](int member, std::string name, std::string state, std::optional<std::string> unit) {
      cluster.edit(member, [&](Node& node) {
        node.detail.services.push_back({std::move(name), "", std::move(state), std::move(unit)});
      });
    };
    service(1, "pveproxy", "dead", {});
    service(1, "corosync", "failed", "enabled");
    service(1, "pve-ha-lrm", "dead", "enabled");  // nothing is highly available
    service(1, "chrony", "dead", {});             // another keeps the time, perhaps
    service(1, "postfix", "dead", "enabled");
    service(2, "chrony", "dead", "enabled");
    service(2, "pvestatd", "dead", "masked");
    service(2, "pvedaemon", "running", "enabled");
    CHECK(cluster.said() == Said{"critical service_down", "critical service_down", "warning service_down"});
    cluster.view.members.resize(1);
    cluster.view.quorate.reset();
    CHECK(cluster.said() == Said{"critical service_down", "warning service_down"});  // corosync is for clusters
  }
  SUBCASE("versions differ") {
    cluster.edit(2, [](Node& node) { node.detail.pve_version = "9.10.1"; });
    REQUIRE(cluster.said() == Said{"warning version_skew"});
    CHECK(std::get<std::string>(cluster.risks().front().what.params.at("newest")) == "9.10.1");
    cluster.lose(2);
    CHECK(cluster.said() == Said{"critical quorum_margin"});
  }
  SUBCASE("a storage is dead, another switched off") {
    Storage dead{.id = StorageId{4}, .name = "nas", .shared = true, .state = StorageState::inactive};
    Storage off = dead;
    off.id = StorageId{5};
    off.enabled = false;
    cluster.view.storages = {std::make_shared<const Storage>(dead), std::make_shared<const Storage>(off)};
    CHECK(cluster.said() == Said{"warning storage_inactive"});
  }
  SUBCASE("no subscription is not an alarm, and one line however many members") {
    for (int member = 1; member <= 3; ++member)
      cluster.edit(member, [](Node& node) { node.detail.subscription_status = "notfound"; });
    CHECK(cluster.said() == Said{"info no_subscription"});
  }
}

TEST_CASE("a risk keeps since when it holds, over repeated looks, a change of severity and blindness") {
  Inventory inventory;
  ClusterConfig config{};
  config.id = ClusterId{7};
  WallTime now = kNow;
  inventory.put_cluster(config, now);
  const auto see = [&](decltype(Observation::what) what) { inventory.apply({config.id, now, std::move(what)}); };
  const auto worn = [&](double ratio) {
    see(NodeFactsReport{"pve1",
                        {.disks = {.value = std::vector{Disk{.path = "/dev/sda", .worn_ratio = ratio}}, .at = now}}});
  };
  const auto risks = [&] { return *inventory.snapshot()->cluster(config.id)->risks; };
  Resources all{};
  all.nodes.push_back({.name = "pve1", .status = "online", .cpu_ratio = 0.1});
  see(all);
  CHECK(risks().empty());
  worn(0.85);
  REQUIRE(risks().size() == 1);
  CHECK(risks().front().since == kNow);
  now += 1h;
  worn(0.96);
  REQUIRE(risks().size() == 1);
  CHECK(risks().front().severity == Severity::critical);
  CHECK(risks().front().since == kNow);
  see(ClusterHealth{.state = ClusterState::unreachable});
  now += 72h;
  see(ClusterHealth{.state = ClusterState::unreachable, .powerless = true});
  REQUIRE(risks().size() == 1);
  CHECK(risks().front().since == kNow);
  see(ClusterHealth{.state = ClusterState::ok});
  worn(0.1);
  CHECK(risks().empty());
  now += 1h;
  worn(0.9);
  CHECK(risks().front().since == now);
}
