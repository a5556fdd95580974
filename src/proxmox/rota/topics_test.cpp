#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"
#include "proxmox/rota/round.h"

// Every topic of the rota against every way in which its answer can go wrong: it stays unknown, with a reason, and
// hurts no other.

using namespace monitorix;
using namespace monitorix::proxmox;
using net::answer_of;
using namespace std::chrono_literals;

namespace {

struct Good {
  std::string_view topic{};
  Per per{};
  std::string path{}, data{};
  bool is_whole{true};  ///< else a second call, which only adds to the first
};

const std::vector<Good>& good_answers() {
  static const std::string vm = "/nodes/a/qemu/100", ct = "/nodes/a/lxc/200";
  static const std::vector<Good> all{
      {"ha", Per::cluster, "/cluster/ha/status/current",
       R"x([{"type":"quorum","quorate":1},{"type":"lrm","node":"a","status":"a (idle, now)","timestamp":1700000000}])x"},
      {"ha", Per::cluster, "/cluster/ha/status/manager_status", R"({"manager_status":{"node_status":{"a":"online"}}})",
       false},
      {"qdevice", Per::cluster, "/cluster/config/qdevice", R"({"QNetd host":"192.0.2.9","State":"Connected"})"},
      {"options", Per::cluster, "/cluster/options",
       R"({"tag-style":{"color-map":"prod:8b0000:ffffff;x:FFD700;bad:1"}})"},
      {"zfs", Per::node, "/nodes/a/disks/zfs",
       R"([{"name":"tank","health":"ONLINE","size":1000,"alloc":500,"frag":3}])"},
      {"zfs", Per::node, "/nodes/a/disks/zfs/tank", R"({"name":"tank","errors":"No known data errors"})", false},
      {"replication", Per::node, "/nodes/a/replication",
       R"([{"id":"100-0","guest":100,"target":"b","last_sync":1700000000,"duration":3.5,"fail_count":0}])"},
      {"thin_pools", Per::node, "/nodes/a/disks/lvmthin",
       R"([{"lv":"data","vg":"pve","lv_size":1000,"used":420,"metadata_size":100,"metadata_used":6}])"},
      {"clock", Per::node, "/nodes/a/time", R"({"time":1700000003,"localtime":1700003603,"timezone":"Europe/Oslo"})"},
      {"disks", Per::node, "/nodes/a/disks/list",
       R"([{"devpath":"/dev/sda","type":"ssd","size":512110190592,"wearout":97,"health":"PASSED"}])"},
      {"software", Per::node, "/nodes/a/apt/versions",
       R"([{"Package":"pve-manager","OldVersion":"9.2.1","Version":"9.2.2","CurrentState":"Installed"}])"},
      {"repositories", Per::node, "/nodes/a/apt/repositories",
       R"({"standard-repos":[{"handle":"enterprise","status":1},{"handle":"no-subscription","status":0},{"handle":"test"}],
           "infos":[{"path":"/etc/x","kind":"warning","message":"old suite"},{"path":"/etc/x","kind":"origin","message":"Debian"}],
           "errors":[{"path":"/etc/y","error":"parse error"}]})"},
      {"config", Per::qemu, vm + "/config",
       R"({"agent":"1","cores":2,"memory":"2048","scsi0":"nas:vm-100-disk-0,size=8G"})"},
      {"config", Per::lxc, ct + "/config",
       R"({"hostname":"ct","memory":512,"rootfs":"nas:subvol-200-disk-0,size=4G"})"},
      {"file_systems", Per::qemu, vm + "/agent/get-fsinfo",
       R"({"result":[{"name":"sda1","mountpoint":"/","type":"ext4","used-bytes":5,"total-bytes":10}]})"},
      {"interfaces", Per::qemu, vm + "/agent/network-get-interfaces",
       R"({"result":[{"name":"eth0","ip-addresses":[{"ip-address":"192.0.2.4","prefix":24}]}]})"},
      {"os", Per::qemu, vm + "/agent/get-osinfo", R"({"result":{"pretty-name":"Debian 12","kernel-release":"6.1"}})"},
      {"os", Per::qemu, vm + "/agent/get-host-name", R"({"result":{"host-name":"web"}})", false},
      {"interfaces", Per::lxc, ct + "/interfaces", R"([{"name":"eth0","inet":"192.0.2.5/24"}])"},
      {"snapshots", Per::qemu, vm + "/snapshot",
       R"([{"name":"before","snaptime":1700000000,"vmstate":0},{"name":"current"}])"},
      {"snapshots", Per::lxc, ct + "/snapshot", R"([{"name":"before","snaptime":1700000000},{"name":"current"}])"},
  };
  return all;
}

/// What became of each fact: "node disks" and so on.
struct Book {
  ClusterFacts cluster{};
  NodeFacts node{};
  GuestFacts vm{}, ct{};

  void take(const decltype(Observation::what)& what) {
    if (const auto* of_cluster = std::get_if<ClusterFactsReport>(&what)) take_newer(cluster, of_cluster->facts);
    if (const auto* of_node = std::get_if<NodeFactsReport>(&what)) take_newer(node, of_node->facts);
    if (const auto* of_guest = std::get_if<GuestFactsReport>(&what))
      take_newer(of_guest->type == GuestType::qemu ? vm : ct, of_guest->facts);
  }
  template <class Each>
  void each(Each visit) const {
    each_fact(cluster, [&](std::string_view name, const auto& fact) { visit(Per::cluster, name, fact); });
    each_fact(node, [&](std::string_view name, const auto& fact) { visit(Per::node, name, fact); });
    each_fact(vm, [&](std::string_view name, const auto& fact) { visit(Per::qemu, name, fact); });
    each_fact(ct, [&](std::string_view name, const auto& fact) { visit(Per::lxc, name, fact); });
  }
};

using Answers = std::map<std::string, std::string>;

std::string ok(const std::string& data) { return answer_of("HTTP/1.1 200 OK", "", R"({"data":)" + data + "}"); }

/// One round of everything, by a server that answers so.
Book asked_of(const Answers& answers) {
  std::mutex mutex;
  net::ScriptedServer server{[&](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const auto from = head.find("/api2/json") + 10;
      const std::scoped_lock lock(mutex);
      const auto known = answers.find(head.substr(from, head.find(' ', from) - from));
      if (!talk.write(known == answers.end() ? answer_of("HTTP/1.1 501 not here", "", "") : known->second)) return;
    }
  }};
  ManualClock clock;
  net::Loop loop;
  net::HttpClient http{loop};
  ClusterConfig config{};
  config.token_id = "monitor@pve!x";
  config.token_secret = Secret("0000");
  Endpoint endpoint{.id = EndpointId{1}, .address = "127.0.0.1"};
  endpoint.port = static_cast<std::uint16_t>(server.port());
  endpoint.fingerprints = {Fingerprint{server.identity().fingerprint()}};
  config.endpoints = {endpoint};
  Client client{http, clock, config};
  Book book;
  Round round{client, clock, [&](decltype(Observation::what) what) { book.take(what); }};
  Resources resources{};
  resources.guests.push_back({.type = GuestType::qemu, .vmid = 100, .node = "a", .status = "running"});
  resources.guests.push_back({.type = GuestType::lxc, .vmid = 200, .node = "a", .status = "running"});
  round.see(resources, {"a"});
  const auto turns = [](Round& its, int times) -> net::Task<int> {
    for (int turn = 0; turn < times; ++turn) co_await its.ask_next();
    co_return times;
  };
  net::run_now(loop, turns(round, 40));
  return book;
}

Answers all_good() {
  Answers out;
  for (const Good& one : good_answers()) out[one.path] = ok(one.data);
  return out;
}

/// Every number in the text as a text of its own.
std::string with_texts_for_numbers(const std::string& json) {
  std::string out;
  bool is_text = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') is_text = !is_text;
    const auto is_part = [](char one) { return (one >= '0' && one <= '9') || one == '-' || one == '.'; };
    if (is_text || !is_part(c)) {
      out += c;
      continue;
    }
    const std::size_t end = std::min(json.find_first_of(",]} ", at), json.size());
    out += '"' + json.substr(at, end - at) + '"';
    at = end - 1;
  }
  return out;
}

}  // namespace

TEST_CASE("every topic of the rota has an answer in this table, and with good answers all is known") {
  std::set<std::pair<Per, std::string_view>> answered;
  for (const Good& one : good_answers()) answered.emplace(one.per, one.topic);
  for (const Topic& topic : topics()) CHECK_MESSAGE(answered.contains({topic.per, topic.name}), topic.name);
  const Book book = asked_of(all_good());
  book.each([&](Per per, std::string_view name, const auto& fact) {
    if (!answered.contains({per, name})) return;  // what this kind is not asked
    CAPTURE(name);
    CHECK(fact.value);
    CHECK_FALSE(fact.missing);
  });
  CHECK(book.cluster.options.value->tag_colours ==
        std::vector<TagColours>{{"prod", "8b0000", "ffffff"}, {"x", "ffd700", "000000"}});
  CHECK(book.node.repositories.value->enabled == std::vector<std::string>{"enterprise"});
  CHECK(book.node.repositories.value->remarks ==
        std::vector<RepositoryRemark>{{"/etc/y", "parse error", true}, {"/etc/x", "old suite", false}});
}

TEST_CASE("an answer that is none leaves its topic unknown with a reason, and all others as they are") {
  struct Fault {
    const char* name;
    std::string answer;
  };
  const Fault faults[] = {
      {"data: null", ok("null")},
      {"data is a text", ok("\"x\"")},
      {"data is a number", ok("7")},
      {"500", answer_of("HTTP/1.1 500 something broke", "", R"({"data":null})")},
      {"595", answer_of("HTTP/1.1 595 No route to host", "", "")},
      {"403", answer_of("HTTP/1.1 403 Permission check failed (/, Sys.Audit)", "", R"({"data":null})")},
      {"501", answer_of("HTTP/1.1 501 not implemented", "", "")},
      {"no JSON", answer_of("HTTP/1.1 200 OK", "", "<html>")},
      {"cut off", answer_of("HTTP/1.1 200 OK", "", R"({"data":[{"name":)")},
  };
  const Book good = asked_of(all_good());
  for (const Good& broken : good_answers())
    for (const Fault& fault : faults) {
      CAPTURE(broken.path);
      CAPTURE(std::string(fault.name));
      Answers answers = all_good();
      answers[broken.path] = fault.answer;
      const Book book = asked_of(answers);
      // A VM whose configuration cannot be read is not known to have an agent.
      const bool is_agent = broken.path.find("/agent/") != std::string::npos && broken.is_whole;
      const bool is_refused = std::string_view(fault.name) == "403";
      const bool hides_agent = broken.topic == "config" && broken.per == Per::qemu;
      std::map<std::pair<Per, std::string_view>, bool> is_known_well;
      good.each([&](Per per, std::string_view name, const auto& fact) {
        is_known_well[{per, name}] = fact.value.has_value();
      });
      book.each([&](Per per, std::string_view name, const auto& fact) {
        CAPTURE(name);
        const bool is_the_broken = per == broken.per && name == broken.topic && broken.is_whole;
        const bool is_of_agent = per == Per::qemu && (name == "file_systems" || name == "interfaces" || name == "os");
        if (is_the_broken) {
          CHECK_FALSE(fact.value);
          REQUIRE(fact.missing);
          CHECK_FALSE(fact.missing->text.empty());
          CHECK_FALSE(fact.missing->code.empty());
        } else if (is_of_agent && is_agent && is_refused) {
          CHECK(fact.missing);  // one token, one refusal: the others need not be tried
        } else if (!(hides_agent && is_of_agent)) {
          CHECK(fact.value.has_value() == is_known_well.at({per, name}));
          CHECK_FALSE(fact.missing);
        }
      });
    }
}

TEST_CASE("texts for numbers are read as the numbers they are") {
  const Book plain = asked_of(all_good());
  Answers answers;
  for (const Good& one : good_answers()) answers[one.path] = ok(with_texts_for_numbers(one.data));
  const Book texts = asked_of(answers);
  const auto same = [](const auto& a, const auto& b) {
    std::apply(
        [&](const auto&... member) {
          (
              [&] {
                CAPTURE(std::string(member.first));
                CHECK((a.*member.second).value.has_value() == (b.*member.second).value.has_value());
                CHECK((a.*member.second).value == (b.*member.second).value);
              }(),
              ...);
        },
        std::remove_cvref_t<decltype(a)>::members());
  };
  same(plain.cluster, texts.cluster);
  same(plain.node, texts.node);
  same(plain.vm, texts.vm);
  same(plain.ct, texts.ct);
}

TEST_CASE("rows without a single field, and rows that are none, are left out and invent nothing") {
  Answers answers;
  for (const Good& one : good_answers()) {
    const bool is_list = one.data.front() == '[', is_agent = one.path.find("/agent/") != std::string::npos;
    answers[one.path] = ok(is_list ? R"([{},null,"x",7,[]])" : is_agent ? R"({"result":[{},null,"x"]})" : "{}");
  }
  answers["/nodes/a/qemu/100/config"] = ok(R"({"agent":"1"})");
  const Book book = asked_of(answers);
  CHECK(book.node.disks.value == std::vector<Disk>{});
  CHECK(book.node.zfs.value == std::vector<ZfsPool>{});
  CHECK(book.node.thin_pools.value == std::vector<ThinPool>{});
  CHECK(book.node.replication.value == std::vector<ReplicationJob>{});
  CHECK(book.node.software.value == NodeSoftware{});
  CHECK_FALSE(book.node.repositories.value);  // an empty list of sources would be a claim
  CHECK_FALSE(book.node.clock.value);
  CHECK(book.node.clock.missing);
  CHECK(book.cluster.ha.value == HaStatus{});
  CHECK(book.cluster.options.value == ClusterOptions{});
  CHECK(book.vm.file_systems.value == std::vector<FileSystem>{});
  CHECK(book.vm.snapshots.value == std::vector<GuestSnapshot>{});
  CHECK_FALSE(book.vm.config.value->memory_bytes);
  CHECK_FALSE(book.ct.config.value->memory_bytes);
  CHECK_FALSE(book.vm.os.value);
}

TEST_CASE("a round that goes on after a restart asks again when the time has come, not all at once") {
  struct Heard {
    std::mutex mutex{};
    std::multiset<std::string> paths{};
  } heard;
  const Answers answers = all_good();
  net::ScriptedServer server{[&](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const auto from = head.find("/api2/json") + 10;
      const std::string path = head.substr(from, head.find(' ', from) - from);
      const std::scoped_lock lock(heard.mutex);
      heard.paths.insert(path);
      const auto known = answers.find(path);
      if (!talk.write(known == answers.end() ? answer_of("HTTP/1.1 501 not here", "", "") : known->second)) return;
    }
  }};
  ManualClock clock;
  const auto node = std::make_shared<Node>();
  node->id = NodeId{1};
  node->name = "a";
  const auto vm = std::make_shared<Guest>();
  vm->id = GuestId{5};
  vm->type = GuestType::qemu;
  vm->vmid = 100;
  const auto mute = std::make_shared<Guest>(*vm);
  mute->id = GuestId{6};
  mute->vmid = 101;
  FactBook book;
  NodeFacts of_node;
  of_node.disks = {.value = std::vector<Disk>{}, .at = clock.wall() - 50min};
  of_node.software = {.value = NodeSoftware{}, .at = clock.wall() - 1h};
  of_node.thin_pools = {.missing = Reason{"privilege_missing", "x", {}}};
  book.nodes[node->id] = std::make_shared<const NodeFacts>(of_node);
  GuestFacts of_vm;
  of_vm.config = {.value = GuestConfig{.has_agent = true}, .at = clock.wall() - 1h};
  of_vm.os = {.value = GuestOs{}, .at = clock.wall() - 1h};
  of_vm.snapshots = {.value = std::vector<GuestSnapshot>{}, .at = clock.wall() - 1h};
  book.guests[vm->id] = std::make_shared<const GuestFacts>(of_vm);
  of_vm.os = of_vm.os.value ? Fact<GuestOs>{.missing = Reason{"agent_not_running", "x", {}}} : Fact<GuestOs>{};
  of_vm.file_systems = {.missing = Reason{"agent_not_running", "x", {}}};
  of_vm.interfaces = {.missing = Reason{"agent_not_running", "x", {}}};
  book.guests[mute->id] = std::make_shared<const GuestFacts>(of_vm);

  net::Loop loop;
  net::HttpClient http{loop};
  ClusterConfig config{};
  config.token_id = "monitor@pve!x";
  config.token_secret = Secret("0000");
  Endpoint endpoint{.id = EndpointId{1}, .address = "127.0.0.1"};
  endpoint.port = static_cast<std::uint16_t>(server.port());
  endpoint.fingerprints = {Fingerprint{server.identity().fingerprint()}};
  config.endpoints = {endpoint};
  Client client{http, clock, config};
  Round round{client, clock, [](decltype(Observation::what)) {}};
  round.recall(book, {node}, {vm, mute});
  Resources resources{};
  resources.guests.push_back({.type = GuestType::qemu, .vmid = 100, .node = "a", .status = "running"});
  resources.guests.push_back({.type = GuestType::qemu, .vmid = 101, .node = "a", .status = "running"});
  round.see(resources, {"a"});
  const auto turns = [](Round& its, int times) -> net::Task<int> {
    for (int turn = 0; turn < times; ++turn) co_await its.ask_next();
    co_return times;
  };
  const auto times = [&](const std::string& path) {
    const std::scoped_lock lock(heard.mutex);
    return heard.paths.count(path);
  };
  net::run_now(loop, turns(round, 40));
  CHECK(times("/nodes/a/disks/list") == 0);
  CHECK(times("/nodes/a/apt/versions") == 0);
  CHECK(times("/nodes/a/disks/lvmthin") == 0);
  CHECK(times("/nodes/a/qemu/100/config") == 0);
  CHECK(times("/nodes/a/qemu/101/agent/get-fsinfo") == 0);
  CHECK(times("/nodes/a/qemu/100/agent/get-fsinfo") == 1);  // its agent is remembered, and this was never asked
  CHECK(times("/nodes/a/time") == 1);
  clock.advance(11min);
  net::run_now(loop, turns(round, 40));
  CHECK(times("/nodes/a/disks/list") == 1);
  CHECK(times("/nodes/a/qemu/101/agent/get-fsinfo") == 1);
  CHECK(times("/nodes/a/apt/versions") == 0);
  CHECK(times("/nodes/a/disks/lvmthin") == 0);
}
