#include "store/fact/fact_keeper.h"

#include "store/fact/fact_doc.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using namespace std::chrono_literals;

const WallTime kNoon = from_ms(1'790'000'000'000);

template <class T>
Fact<T> heard(T value, WallTime at = kNoon) {
  return {.value = std::move(value), .at = at};
}

/// Every kind of fact, with each member that it has.
FactPages full() {
  FactPages out;
  out.book.cluster.ha = heard(HaStatus{.quorate = false,
                                       .fencing = "armed",
                                       .manager = HaManager{"pve1", "active", kNoon - 5s, true},
                                       .local_managers = {{"pve1", "idle", std::nullopt, false}},
                                       .resources = {{"vm:100", "pve1", "started", "started"}},
                                       .fenced_nodes = {"pve2"}});
  out.book.cluster.qdevice = heard(QDevice{true, "192.0.2.9", "Connected", "Fifty-Fifty split"});
  out.book.cluster.options = heard(ClusterOptions{{{"prod", "8b0000", "ffffff"}}});
  NodeFacts node;
  node.disks = heard(std::vector<Disk>{{"/dev/sda", "X «1»", "S", "V", "ssd", "ZFS", "PASSED", 512'110'190'592, 0.03},
                                       {.path = "/dev/sdb"}});
  node.zfs = heard(std::vector<ZfsPool>{{.name = "tank",
                                         .health = "ONLINE",
                                         .size_bytes = 10,
                                         .used_bytes = 0,
                                         .free_bytes = 10,
                                         .fragmented_ratio = 0.0,
                                         .scan = "scrub",
                                         .errors = "none",
                                         .status = "s",
                                         .action = "a",
                                         .devices = {{"mirror-0", 1, "ONLINE", 0, 1, 2, "note"}}}});
  node.thin_pools = heard(std::vector<ThinPool>{{"pve", "data", 100, 42, 10, 1}});
  node.software = heard(NodeSoftware{{{"pve-manager", "9.2.1", "9.2.2"}}, "6.14.8-2-pve", "6.14.11-3-pve", true});
  node.repositories = heard(NodeRepositories{{"enterprise"}, {{"/etc/x", "old suite", false}, {"/etc/y", "e", true}}});
  node.replication = heard(std::vector<ReplicationJob>{
      {"100-0", 100, "pve2", "*/15", "no route", kNoon - 1h, kNoon, kNoon + 1h, 3.5, 2, true}});
  node.clock = heard(NodeClock{-0.5, 0.51, "Europe/Oslo"});
  out.book.nodes[NodeId{3}] = std::make_shared<const NodeFacts>(node);
  GuestFacts guest;
  guest.snapshots = heard(std::vector<GuestSnapshot>{{"before", "text", "root", kNoon - 24h, true}});
  guest.config = heard(GuestConfig{.disks = {{"scsi0", "disk", "nas", "nas:vm-100-disk-0", "/mnt", 8, true}},
                                   .nets = {{"net0", "virtio", "eth0", "BC:24", "vmbr0", "20", true}},
                                   .has_agent = true,
                                   .starts_with_node = true,
                                   .is_protected = true,
                                   .cores = 2,
                                   .sockets = 1,
                                   .memory_bytes = 2048,
                                   .cpu_limit = 1.5,
                                   .balloon_bytes = 0,
                                   .os_type = "l26",
                                   .boot = "order=scsi0",
                                   .machine = "q35",
                                   .host_name = "web",
                                   .description = "line\nline",
                                   .smbios_uuid = "u",
                                   .generation_id = "g",
                                   .created_at = kNoon - 240h});
  guest.file_systems = heard(std::vector<FileSystem>{{"/", "ext4", {"/var"}, "sda1", 0, 100}});
  guest.interfaces = heard(std::vector<GuestInterface>{{"eth0", "BC:24", {"192.0.2.4", "fe80::1"}}});
  guest.os = heard(GuestOs{"Debian", "12", "6.1", "web"});
  out.book.guests[GuestId{7}] = std::make_shared<const GuestFacts>(guest);
  BackupJob job{.id = "nightly", .enabled = false, .all = true, .vmids = {100}, .excluded = {101}};
  job.pool = job.node = job.storage = job.schedule = job.mode = job.comment = "x";
  job.next_run = kNoon + 3h;
  job.interval = 24h;
  out.plan.jobs = heard(BackupJobs{Readable::yes, {job}});
  out.plan.contents["nightly"] = heard(BackupContents{"nightly", {{100, {{"scsi1", "backup=no"}}}, {102, {}}}});
  out.plan.not_backed_up = heard(NotBackedUp{{101}});
  return out;
}

bool same(const FactPages& a, const FactPages& b) {
  return a.book.cluster == b.book.cluster && a.book.of(NodeId{3}) == b.book.of(NodeId{3}) &&
         a.book.of(GuestId{7}) == b.book.of(GuestId{7}) && a.book.nodes.size() == b.book.nodes.size() &&
         a.book.guests.size() == b.book.guests.size() && a.plan == b.plan;
}

/// Counts what the keeper writes into a real store.
class Counting {
 public:
  explicit Counting(Store& store) : store_(store) {}
  std::size_t rows() {
    const auto now = must(store_.facts());
    std::size_t changed = 0;
    for (const KeptFact& row : now) changed += std::find(before_.begin(), before_.end(), row) == before_.end() ? 1 : 0;
    before_ = now;
    return changed;
  }

 private:
  Store& store_;
  std::vector<KeptFact> before_{};
};

}  // namespace

ON_BOTH_ENGINES("all facts of a cluster come back as they were, with their age") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  ManualClock clock{kNoon};
  const FactPages pages = full();
  {
    FactKeeper keeper{*store, clock};
    keeper.note(cluster, std::make_shared<const FactBook>(pages.book), std::make_shared<const BackupPlan>(pages.plan));
    must(keeper.flush(FactKeeper::Extent::changed));
  }
  FactKeeper keeper{*store, clock};
  const auto read = must(keeper.load());
  REQUIRE(read.contains(cluster));
  CHECK(same(read.at(cluster), pages));
  must(store->delete_cluster(cluster));
  CHECK(must(store->facts()).empty());
}

ON_BOTH_ENGINES("a reason is kept beside the last answer") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  ManualClock clock{kNoon};
  FactBook book;
  NodeFacts node;
  node.disks = heard(std::vector<Disk>{{.path = "/dev/sda"}});
  node.disks.missing =
      Reason{"privilege_missing", "the token lacks …", {{"privilege", "Sys.Audit"}, {"days", std::int64_t{3}}}};
  node.zfs.missing = Reason{"not_installed", "no program", {}};
  book.nodes[NodeId{3}] = std::make_shared<const NodeFacts>(node);
  FactKeeper keeper{*store, clock};
  keeper.note(cluster, std::make_shared<const FactBook>(book), std::make_shared<const BackupPlan>());
  must(keeper.flush(FactKeeper::Extent::changed));
  FactKeeper next{*store, clock};
  CHECK(must(next.load()).at(cluster).book.of(NodeId{3}) == node);
}

ON_BOTH_ENGINES("a fact that only grew older costs nothing but its age now and then") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  ManualClock clock{kNoon};
  FactKeeper keeper{*store, clock};
  Counting counting{*store};
  FactPages pages = full();
  const auto plan = std::make_shared<const BackupPlan>(pages.plan);
  const auto note = [&](FactKeeper::Extent extent = FactKeeper::Extent::changed) {
    keeper.note(cluster, std::make_shared<const FactBook>(pages.book), plan);
    must(keeper.flush(extent));
    return counting.rows();
  };
  const auto edit = [&](auto change) {
    GuestFacts guest = pages.book.of(GuestId{7});
    change(guest);
    pages.book.guests[GuestId{7}] = std::make_shared<const GuestFacts>(std::move(guest));
  };
  CHECK(note() == 18);
  CHECK(note() == 0);
  clock.advance(20min);
  edit([&](GuestFacts& guest) { guest.config.at = clock.wall(); });
  CHECK(note() == 1);  // the ages, for the first time
  clock.advance(20min);
  edit([&](GuestFacts& guest) { guest.config.at = clock.wall(); });
  CHECK(note() == 0);
  clock.advance(20min);
  CHECK(note() == 1);  // the ages
  {
    FactKeeper other{*store, clock};
    const auto read = must(other.load());
    CHECK(read.at(cluster).book.of(GuestId{7}).config.at == clock.wall() - 20min);
    CHECK(read.at(cluster).book.of(GuestId{7}).os.at == kNoon);
  }
  // The use of a file system moves all the time: it is written some times a day, with the age of what is written.
  edit([&](GuestFacts& guest) {
    guest.file_systems.value->front().used_bytes = 50;
    guest.file_systems.at = clock.wall();
  });
  CHECK(note() == 0);
  {
    FactKeeper other{*store, clock};
    const auto kept = must(other.load()).at(cluster).book.of(GuestId{7}).file_systems;
    CHECK(kept.value->front().used_bytes == 0);
    CHECK(kept.at == kNoon);
  }
  clock.advance(2h);
  CHECK(note() >= 1);
  edit([&](GuestFacts& guest) {
    guest.file_systems.value->front().used_bytes = 60;
    guest.file_systems.at = clock.wall();
  });
  CHECK(note(FactKeeper::Extent::all) >= 1);  // at the end it is written as it is
  FactKeeper other{*store, clock};
  CHECK(same(must(other.load()).at(cluster), pages));
}

ON_BOTH_ENGINES("what changed is written, and what is gone is no longer kept") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  ManualClock clock{kNoon};
  FactKeeper keeper{*store, clock};
  Counting counting{*store};
  FactPages pages = full();
  const auto plan = std::make_shared<const BackupPlan>(pages.plan);
  keeper.note(cluster, std::make_shared<const FactBook>(pages.book), plan);
  must(keeper.flush(FactKeeper::Extent::changed));
  (void)counting.rows();
  NodeFacts node = pages.book.of(NodeId{3});
  node.software.value->updates.clear();
  node.software.at = kNoon + 1min;
  pages.book.nodes[NodeId{3}] = std::make_shared<const NodeFacts>(node);
  pages.book.guests.clear();
  keeper.note(cluster, std::make_shared<const FactBook>(pages.book), plan);
  must(keeper.flush(FactKeeper::Extent::changed));
  CHECK(counting.rows() == 1);
  FactKeeper other{*store, clock};
  const auto read = must(other.load()).at(cluster);
  CHECK(read.book.guests.empty());
  CHECK(read.book.of(NodeId{3}).software == node.software);
}

TEST_CASE("a document that is damaged, of another version or of another kind is unknown, not wrong") {
  using Disks = std::vector<Disk>;
  for (const std::string doc : {"", "x", "7", "null", "[]", "{}", R"({"value":7})", R"({"value":{"path":"/dev/sda"}})"})
    CHECK_FALSE(decode_fact<Disks>(doc, kNoon).value);
  CHECK_FALSE(decode_fact<Disks>(R"({"value":[]})", std::nullopt).value);
  const auto odd =
      decode_fact<Disks>(R"({"value":[{"path":"/dev/sda","size":"7","worn":true,"more":[]},3,null]})", kNoon);
  REQUIRE(odd.value);
  CHECK(*odd.value == Disks{{.path = "/dev/sda"}});
  CHECK(decode_fact<NodeClock>(R"({"value":{"ahead":2}})", kNoon).value == NodeClock{.ahead_seconds = 2});
}

}  // namespace monitorix::store
