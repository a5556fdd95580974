// What exporters read, through the whole service: form, names, labels, values, and who may.

#include <doctest/doctest.h>
#include <map>
#include <set>
#include <sstream>

#include "api/prometheus/text.h"
#include "api/testing/house.h"

namespace monitorix::api {
namespace {

using testing::House;

/// The families of an answer: name -> type and the label names of its samples.
struct Family {
  std::string type{};
  std::set<std::string> labels{};
};
std::map<std::string, Family> families(const std::string& text) {
  std::map<std::string, Family> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const auto space = line.find(' ', 7);
      out[line.substr(7, space - 7)].type = line.substr(space + 1);
    }
    if (line.starts_with("#")) continue;
    const std::string name = line.substr(0, line.find_first_of("{ "));
    REQUIRE_MESSAGE(out.contains(name), line);
    std::string labels;
    for (std::size_t at = line.find('{'); at != std::string::npos && line[at] != '}';) {
      const auto equals = line.find("=\"", at);
      labels += line.substr(at + 1, equals - at - 1) + " ";
      at = equals + 2;
      while (line[at] != '"') at += line[at] == '\\' ? 2 : 1;
      ++at;
    }
    out[name].labels.insert(labels);
  }
  return out;
}

// As prometheus-pve-exporter documents them (its README); what Monitorix does not read yet is not among them.
const std::map<std::string, std::string> kDocumented{{"pve_up", "gauge id "},
                                                     {"pve_version_info", "gauge release repoid version "},
                                                     {"pve_node_info", "gauge id level name nodeid "},
                                                     {"pve_cluster_info", "gauge id nodes quorate version "},
                                                     {"pve_ha_state", "gauge id state "},
                                                     {"pve_lock_state", "gauge id state "},
                                                     {"pve_disk_size_bytes", "gauge id "},
                                                     {"pve_disk_usage_bytes", "gauge id "},
                                                     {"pve_memory_size_bytes", "gauge id "},
                                                     {"pve_memory_usage_bytes", "gauge id "},
                                                     {"pve_cpu_usage_ratio", "gauge id "},
                                                     {"pve_cpu_usage_limit", "gauge id "},
                                                     {"pve_uptime_seconds", "gauge id "},
                                                     {"pve_storage_shared", "gauge id "},
                                                     {"pve_network_transmit_bytes", "gauge id "},
                                                     {"pve_network_transmit_bytes_total", "counter id "},
                                                     {"pve_network_receive_bytes", "gauge id "},
                                                     {"pve_network_receive_bytes_total", "counter id "},
                                                     {"pve_disk_write_bytes", "gauge id "},
                                                     {"pve_disk_written_bytes_total", "counter id "},
                                                     {"pve_disk_read_bytes", "gauge id "},
                                                     {"pve_disk_read_bytes_total", "counter id "},
                                                     {"pve_guest_info", "gauge id node name type template tags "},
                                                     {"pve_storage_info", "gauge id node storage plugintype content "},
                                                     {"pve_subscription_status", "gauge id status "},
                                                     {"pve_iowait_ratio", "gauge id "},
                                                     {"pve_swap_usage_bytes", "gauge id "},
                                                     {"pve_swap_size_bytes", "gauge id "},
                                                     {"pve_pressure_ratio", "gauge id resource kind "}};

/// A stand-alone cluster whose every answer is known: a node, a VM that runs, a container that is off, a storage.
void observe(House& house, ClusterId cluster) {
  house.on_loop([&] {
    const WallTime at = house.clock.wall() + std::chrono::seconds(10);
    Resources all;
    NodeRow node;
    node.name = "pve1";
    node.status = "online";
    node.cpu_ratio = 0.25;
    node.cpu_count = 8;
    node.memory_used_bytes = 4096;
    node.memory_total_bytes = 8192;
    node.disk_used_bytes = 10;
    node.disk_total_bytes = 20;
    node.uptime_seconds = 3600;
    all.nodes.push_back(node);
    GuestRow vm;
    vm.type = GuestType::qemu;
    vm.vmid = 100;
    vm.node = "pve1";
    vm.name = "a \"b\" \\c";
    vm.status = "running";
    vm.cpu_ratio = 0.5;
    vm.cpu_count = 2;
    vm.memory_used_bytes = 512;
    vm.memory_total_bytes = 1024;
    vm.disk_total_bytes = 68719476736;
    vm.net_in = 1529756162;
    vm.net_out = 7750708280;
    vm.disk_read = 3;
    vm.disk_write = 4;
    vm.uptime_seconds = 315039;
    vm.tags = {"db", "prod"};
    vm.ha_state = "started";
    vm.lock = "backup";
    all.guests.push_back(vm);
    GuestRow off;
    off.type = GuestType::lxc;
    off.vmid = 200;
    off.node = "pve1";
    off.name = "off";
    off.status = "stopped";
    off.memory_total_bytes = 2048;
    all.guests.push_back(off);
    StorageRow storage;
    storage.name = "local";
    storage.node = "pve1";
    storage.status = "available";
    storage.plugin_type = "dir";
    storage.content = {"iso", "rootdir"};
    storage.used_bytes = 17571426304;
    storage.total_bytes = 31044079616;
    all.storages.push_back(storage);
    (void)house.inventory.apply({cluster, at, all});
  });
}

}  // namespace

TEST_CASE("a histogram counts up to each bound") {
  MetricText text(MetricForm::text);
  text.family("delay_seconds", MetricType::histogram, "Delay.");
  const std::array<std::pair<double, std::uint64_t>, 2> upto{{{0.01, 3}, {0.5, 4}}};
  text.buckets(upto, 5, 1.25);
  CHECK(text.take() ==
        "# HELP delay_seconds Delay.\n# TYPE delay_seconds histogram\ndelay_seconds_bucket{le=\"0.01\"} 3\n"
        "delay_seconds_bucket{le=\"0.5\"} 4\ndelay_seconds_bucket{le=\"+Inf\"} 5\ndelay_seconds_count 5\n"
        "delay_seconds_sum 1.25\n");
}

TEST_CASE("texts of labels and help are escaped, and what is no number is left out") {
  MetricText text(MetricForm::text);
  text.family("a_ratio", MetricType::gauge, "one\ntwo \\ three");
  text.sample({{"name", "x\"y\\z\n"}}, 0.5);
  text.sample({}, 3.0);
  text.sample({}, std::numeric_limits<double>::quiet_NaN());
  text.sample({}, std::optional<std::int64_t>());
  text.family("nobody_knows", MetricType::gauge, "a family without samples is left out");
  CHECK(text.take() ==
        "# HELP a_ratio one\\ntwo \\\\ three\n# TYPE a_ratio gauge\na_ratio{name=\"x\\\"y\\\\z\\n\"} 0.5\na_ratio 3\n");
}

TEST_CASE("OpenMetrics names a counter's family without its ending, and ends with its mark") {
  MetricText text(form_for("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));
  text.family("things_total", MetricType::counter, "Things.");
  text.sample({}, 7.0);
  CHECK(text.take() == "# HELP things Things.\n# TYPE things counter\nthings_total 7\n# EOF\n");
  CHECK(form_for("text/plain") == MetricForm::text);
}

TEST_CASE("/pve tells names, types, labels and values as prometheus-pve-exporter documents them") {
  House house;
  const ClusterId cluster{std::stoll(house.cluster())};
  observe(house, cluster);
  const auto answer = house.as(house.admin(), "GET", "/pve?target=" + cluster.text() + "&module=default");
  REQUIRE(answer.status == 200);
  CHECK(answer.header("Content-Type").starts_with("text/plain; version=0.0.4"));
  for (const auto& [its_name, family] : families(answer.body)) {
    const std::string& name = its_name;
    const auto documented = kDocumented.find(name);
    REQUIRE_MESSAGE(documented != kDocumented.end(), name);
    for (const std::string& labels : family.labels)
      CHECK_MESSAGE(family.type + " " + labels == documented->second, name);
  }
  for (
      const char* line :
      {"pve_up{id=\"node/pve1\"} 1\n",
       "pve_up{id=\"qemu/100\"} 1\n",
       "pve_up{id=\"lxc/200\"} 0\n",
       "pve_up{id=\"storage/pve1/local\"} 1\n",
       "pve_disk_size_bytes{id=\"qemu/100\"} 68719476736\n",
       "pve_disk_usage_bytes{id=\"qemu/100\"} 0\n",
       "pve_disk_usage_bytes{id=\"storage/pve1/local\"} 17571426304\n",
       "pve_memory_size_bytes{id=\"lxc/200\"} 2048\n",
       "pve_memory_usage_bytes{id=\"lxc/200\"} 0\n",
       "pve_cpu_usage_ratio{id=\"qemu/100\"} 0.5\n",
       "pve_cpu_usage_limit{id=\"node/pve1\"} 8\n",
       "pve_uptime_seconds{id=\"qemu/100\"} 315039\n",
       "pve_network_transmit_bytes{id=\"qemu/100\"} 7750708280\n",
       "pve_network_receive_bytes_total{id=\"qemu/100\"} 1529756162\n",
       "pve_disk_written_bytes_total{id=\"qemu/100\"} 4\n",
       "pve_disk_read_bytes_total{id=\"lxc/200\"} 0\n",
       "pve_storage_shared{id=\"storage/pve1/local\"} 0\n",
       "pve_ha_state{id=\"qemu/100\",state=\"started\"} 1\n",
       "pve_ha_state{id=\"qemu/100\",state=\"fence\"} 0\n",
       "pve_lock_state{id=\"qemu/100\",state=\"backup\"} 1\n",
       "pve_lock_state{id=\"lxc/200\",state=\"backup\"} 0\n",
       R"(pve_guest_info{id="qemu/100",node="pve1",name="a \"b\" \\c",type="qemu",template="0",tags="db;prod"} 1)",
       R"(pve_storage_info{id="storage/pve1/local",node="pve1",storage="local",plugintype="dir",content="iso,rootdir"} 1)"})
    CHECK_MESSAGE(answer.body.find(line) != std::string::npos, line);
  CHECK(answer.body.find("pve_ha_state{id=\"lxc/200\"") == std::string::npos);
}

TEST_CASE("/pve knows a connection by name, id and address, and says when it does not") {
  House house;
  const std::string id = house.cluster();
  const auto token = house.admin();
  const auto view = house.inventory.snapshot()->cluster(ClusterId{std::stoll(id)});
  CHECK(house.as(token, "GET", "/pve").status == 200);
  CHECK(house.as(token, "GET", "/pve?target=" + view->config.name).status == 200);
  CHECK(house.as(token, "GET", "/pve?target=" + view->config.endpoints.front().address).status == 200);
  CHECK(house.as(token, "GET", "/pve?target=nobody").status == 404);
  CHECK(house.as(token, "GET", "/pve?cluster=2").status == 400);
  CHECK(house.as(token, "GET", "/pve?cluster=0&node=0").body.empty());
  house.cluster();
  CHECK(house.as(token, "GET", "/pve").status == 400);
}

TEST_CASE("/metrics tells the fleet by cluster, and itself, in both forms") {
  House house;
  const ClusterId cluster{std::stoll(house.cluster())};
  observe(house, cluster);
  const auto token = house.admin();
  const auto answer = house.as(token, "GET", "/metrics");
  REQUIRE(answer.status == 200);
  const std::string name = house.inventory.snapshot()->cluster(cluster)->config.name;
  for (const auto& line :
       {"monitorix_nodes_total{cluster=\"" + name + "\"} ", "monitorix_vms_running{cluster=\"" + name + "\"} ",
        "monitorix_services_total{cluster=\"" + name + "\"} 0\n", std::string("monitorix_build_info{"),
        std::string("monitorix_process_resident_memory_bytes "),
        std::string("# TYPE monitorix_http_requests_total counter\n")})
    CHECK_MESSAGE(answer.body.find(line) != std::string::npos, line);
  const auto open = house.as(token, "GET", "/metrics", "", {{"Accept", "application/openmetrics-text; version=1.0.0"}});
  CHECK(open.header("Content-Type").starts_with("application/openmetrics-text; version=1.0.0"));
  CHECK(open.body.ends_with("# EOF\n"));
  CHECK(open.body.find("# TYPE monitorix_http_requests counter\n") != std::string::npos);
}

TEST_CASE("a key of the scope metrics opens the exporters and nothing else; without any it is refused") {
  House house;
  house.cluster();
  const auto made = house.as(house.admin(), "POST", "/api/api-keys", R"({"name":"prometheus","scopes":["metrics"]})");
  REQUIRE(made.status == 201);
  const std::string key = made.text("key");
  CHECK(house.as(key, "GET", "/metrics").status == 200);
  CHECK(house.as(key, "GET", "/pve").status == 200);
  CHECK(house.as(key, "GET", "/api/vms").status == 403);
  CHECK(house.ask("GET", "/metrics").status == 401);
  CHECK(house.ask("GET", "/pve").status == 401);
}

}  // namespace monitorix::api
