#include <doctest/doctest.h>

#include "state/inventory.h"

using namespace monitorix;
using namespace monitorix::state;
using namespace std::chrono_literals;

namespace {

struct Bench {
  Inventory inventory{};
  WallTime now{from_ms(1'800'000'000'000)};
  ClusterConfig config{};
  Resources resources{};

  Bench() {
    config.id = ClusterId{7};
    inventory.put_cluster(config, now);
    resources.nodes.push_back({.name = "pve1", .status = "online", .cpu_ratio = 0.1});
    GuestRow vm{.type = GuestType::qemu, .vmid = 100, .node = "pve1", .status = "running"};
    vm.memory_used_bytes = 1'000;
    vm.memory_total_bytes = 2'000;
    vm.disk_total_bytes = 8'000;
    resources.guests.push_back(vm);
    poll();
  }
  ChangeSet see(decltype(Observation::what) what) {
    return inventory.apply({.cluster = config.id, .at = now, .what = std::move(what)});
  }
  ChangeSet poll() {
    now += 10s;
    return see(resources);
  }
  ChangeSet tell(GuestFacts facts) { return see(GuestFactsReport{GuestType::qemu, 100, std::move(facts)}); }
  GuestRow& row() { return resources.guests.front(); }
  [[nodiscard]] const Guest& vm() const { return *inventory.snapshot()->cluster(config.id)->guests.front(); }

  template <class T>
  Fact<T> fact(T value) const {
    return {.value = std::move(value), .at = now};
  }
};

GuestConfig configured(bool has_agent) {
  GuestConfig out;
  out.has_agent = has_agent;
  out.disks = {{.slot = "scsi0", .kind = "disk", .size_bytes = 8'000},
               {.slot = "scsi1", .kind = "disk", .size_bytes = 4'000},
               {.slot = "ide2", .kind = "cdrom", .size_bytes = 600}};
  return out;
}

Reason missing(std::string code) { return {.code = std::move(code), .text = "x"}; }

}  // namespace

TEST_CASE("the use of a VM's disks is unknown without an agent, and with one it is that of its file systems") {
  Bench b;
  CHECK_FALSE(b.vm().disk_used_bytes);
  CHECK_FALSE(b.vm().disk_source);
  CHECK(b.vm().disk_total_bytes == 8'000);
  b.tell({.config = b.fact(configured(true))});
  CHECK(b.vm().disk_total_bytes == 12'000);
  CHECK_FALSE(b.vm().disk_used_bytes);
  const auto changes = b.tell(
      {.file_systems = b.fact(std::vector<FileSystem>{{.mount_at = "/", .used_bytes = 3'000, .total_bytes = 6'000},
                                                      {.mount_at = "/data", .used_bytes = 500, .total_bytes = 4'000},
                                                      {.mount_at = "/odd", .used_bytes = 500}})});
  REQUIRE(changes.guests.size() == 1);
  CHECK(b.vm().disk_used_bytes == 3'500);
  CHECK(b.vm().disk_capacity_bytes == 10'000);
  CHECK(b.vm().disk_source == DiskSource::agent);
  b.poll();
  CHECK(b.vm().disk_used_bytes == 3'500);
  CHECK(b.vm().disk_total_bytes == 12'000);
  b.now += 3h;
  b.poll();
  CHECK(b.vm().disk_used_bytes == 3'500);  // a large fleet is asked seldom
  b.tell({.file_systems = {.missing = missing("agent_not_running")}});
  b.poll();
  CHECK_FALSE(b.vm().disk_used_bytes);  // the last words of an agent that fell silent
  CHECK_FALSE(b.vm().disk_source);
  CHECK_FALSE(b.vm().disk_capacity_bytes);
}

TEST_CASE("a guest that stops uses nothing that could be measured, and keeps its last addresses and system") {
  Bench b;
  b.tell({.config = b.fact(configured(true)),
          .file_systems = b.fact(std::vector<FileSystem>{{.mount_at = "/", .used_bytes = 1, .total_bytes = 2}}),
          .interfaces = b.fact(std::vector<GuestInterface>{{.name = "ens18", .addresses = {"10.0.0.5"}}}),
          .os = b.fact(GuestOs{.name = "Debian"})});
  CHECK(b.vm().agent_state == AgentState::running);
  b.row().status = "stopped";
  b.poll();
  CHECK_FALSE(b.vm().disk_used_bytes);
  CHECK_FALSE(b.vm().disk_capacity_bytes);
  CHECK(b.vm().ip_addresses == std::vector<std::string>{"10.0.0.5"});
  CHECK(b.vm().os_name == "Debian");
  CHECK(b.vm().agent_state == AgentState::unknown);  // nobody can say
}

TEST_CASE("addresses are those that others can reach: no loopback, no link-local, no bridge of the guest's own") {
  Bench b;
  const auto changes = b.tell({.interfaces = b.fact(std::vector<GuestInterface>{
                                   {.name = "lo", .addresses = {"127.0.0.1", "::1"}},
                                   {.name = "ens18", .addresses = {"fe80::1", "2001:db8::5", "10.0.0.5"}},
                                   {.name = "docker0", .addresses = {"172.17.0.1"}},
                                   {.name = "br-12ab", .addresses = {"172.18.0.1"}},
                                   {.name = "Loopback Pseudo-Interface 1", .addresses = {"127.0.0.1"}},
                                   {.name = "ens19", .addresses = {"10.0.0.5", "169.254.1.1", "192.168.1.9"}}})});
  CHECK(b.vm().ip_addresses == std::vector<std::string>{"10.0.0.5", "192.168.1.9", "2001:db8::5"});
  CHECK(changes.guests.front().weight == Weight::status);  // kept over a restart
}

TEST_CASE("the state of the agent is what its configuration and its newest answers say") {
  Bench b;
  CHECK(b.vm().agent_state == AgentState::unknown);
  b.tell({.config = b.fact(configured(false))});
  CHECK(b.vm().agent_state == AgentState::not_configured);
  b.tell({.config = b.fact(configured(true))});
  CHECK(b.vm().agent_state == AgentState::unknown);
  b.tell({.file_systems = {.missing = missing("agent_not_running")}});
  CHECK(b.vm().agent_state == AgentState::not_running);
  b.tell({.file_systems = b.fact(std::vector<FileSystem>{})});
  CHECK(b.vm().agent_state == AgentState::running);
  b.tell({.interfaces = {.missing = missing("agent_unable")}});
  CHECK(b.vm().agent_state == AgentState::running);
  b.tell({.file_systems = {.missing = missing("privilege_missing")}});
  CHECK(b.vm().agent_state == AgentState::no_permission);
}

TEST_CASE("whose number the memory is, is said only where it is known") {
  Bench b;
  CHECK_FALSE(b.vm().memory_source);  // 8 gives one number, and not whose it is
  auto config = configured(true);
  config.balloon_bytes = 0;
  b.tell({.config = b.fact(config)});
  CHECK(b.vm().memory_source == MemorySource::host);
  config.balloon_bytes.reset();
  b.tell({.config = b.fact(config)});
  CHECK(b.vm().memory_source == MemorySource::balloon);
  b.row().memory_host_bytes = 1'000;  // 9: equal where the guest reports none
  b.poll();
  CHECK(b.vm().memory_source == MemorySource::host);
  b.row().memory_host_bytes = 1'400;
  b.poll();
  CHECK(b.vm().memory_source == MemorySource::balloon);
  CHECK(b.vm().memory_host_bytes == 1'400);
  b.row().memory_used_bytes.reset();
  b.poll();
  CHECK_FALSE(b.vm().memory_source);
}

TEST_CASE("a failed question leaves the last answer and says why there is no newer one") {
  Bench b;
  b.tell({.interfaces = b.fact(std::vector<GuestInterface>{{.name = "ens18", .addresses = {"10.0.0.5"}}})});
  b.tell({.interfaces = {.missing = missing("agent_not_running")}});
  const auto snapshot = b.inventory.snapshot();
  const auto& fact = snapshot->cluster(b.config.id)->facts->of(b.vm().id).interfaces;
  REQUIRE(fact.value);
  CHECK(fact.missing->code == "agent_not_running");
  CHECK(b.vm().ip_addresses == std::vector<std::string>{"10.0.0.5"});
}

TEST_CASE("facts that were kept show at once after a restart, with their age and what follows from them") {
  Bench before;
  before.tell({.config = before.fact(configured(true))});
  before.tell(
      {.file_systems = before.fact(std::vector<FileSystem>{{.mount_at = "/", .used_bytes = 3, .total_bytes = 10}})});
  before.tell({.os = before.fact(GuestOs{.name = "Debian"})});
  before.see(BackupJobs{Readable::yes, {{.id = "nightly", .all = true}}});
  before.see(BackupContents{"nightly", {{100, {}}}});
  before.see(NotBackedUp{{101}});
  before.see(NodeFactsReport{"pve1", {.software = before.fact(NodeSoftware{.running_kernel = "6.1"})}});
  const auto view = before.inventory.snapshot()->cluster(before.config.id);
  Guest gone = before.vm();
  gone.id = GuestId{99};
  gone.vmid = 199;
  gone.status = GuestStatus::deleted;
  FactBook book = *view->facts;
  book.guests[gone.id] = book.guests.begin()->second;
  book.guests[GuestId{1234}] = book.guests.begin()->second;
  book.nodes[NodeId{1234}] = book.nodes.begin()->second;

  Inventory after{NextIds{10, 200, 10}};
  after.restore({before.config}, {*view->nodes.front()}, {before.vm(), gone}, {}, before.now);
  after.restore_facts(before.config.id, book, *before.inventory.backup_plan(before.config.id), before.now + 1h);
  const auto& restored = *after.snapshot()->cluster(before.config.id);
  CHECK(restored.facts->guests.size() == 1);
  CHECK(restored.facts->nodes.size() == 1);
  CHECK(restored.facts->of(before.vm().id).os.at == before.now);
  CHECK(restored.facts->of(view->nodes.front()->id).software.value->running_kernel == "6.1");
  CHECK(restored.guests.front()->disk_used_bytes == 3);
  CHECK(restored.guests.front()->disk_source == DiskSource::agent);
  CHECK(*after.backup_plan(before.config.id) == *before.inventory.backup_plan(before.config.id));
  after.tick(before.now + 1h);
  REQUIRE(after.snapshot()->cluster(before.config.id)->backups->jobs.size() == 1);
  CHECK(after.snapshot()->cluster(before.config.id)->backups->jobs_readable == Readable::yes);
  CHECK(after.snapshot()->cluster(before.config.id)->backups->job_sizes.front() == 1);
  CHECK_FALSE(after.backup_plan(ClusterId{77}));
}
