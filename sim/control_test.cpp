#include "sim/control.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>
#include <filesystem>

namespace monitorix::sim {

namespace {

namespace asio = boost::asio;

struct House {
  House() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pvesim-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    options.plan.has_events = false;
    fleet = std::make_unique<Fleet>(io, options, clock, folder);
    REQUIRE(fleet->open());
    control = std::make_unique<Control>(io, *fleet);
  }
  ~House() {
    control.reset();
    fleet.reset();
    std::filesystem::remove_all(folder);
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  Reply post(const std::string& path, const std::string& body = "{}") { return control->handle("POST", path, body); }
  Cluster& cluster() { return fleet->world().clusters[0]; }
  int running() {
    for (const auto& guest : cluster().guests) {
      if (guest.is_running && guest.ha_state.empty()) return guest.vmid;
    }
    return 0;
  }

  ManualClock clock{};
  Options options{};
  std::string folder{};
  asio::io_context io{1};
  std::unique_ptr<Fleet> fleet{};
  std::unique_ptr<Control> control{};
};

}  // namespace

TEST_CASE("snapshots are made and forgotten by order, each with a task") {
  House house;
  const auto vmid = house.running();
  const auto path = "/guest/oslo/" + std::to_string(vmid);
  auto& guest = *house.cluster().find_guest(vmid);
  guest.snapshots.clear();
  CHECK(house.post(path + "/snapshot", R"({"name":"one"})").status == 200);
  REQUIRE(guest.snapshots.size() == 1);
  CHECK(house.post(path + "/forget", R"({"name":"one"})").status == 409);  // still locked by the first
  house.clock.advance(std::chrono::seconds{5});
  CHECK(house.post("/time", R"({"pass_seconds":1})").status == 200);
  CHECK(house.post(path + "/forget", R"({"name":"two"})").status == 404);
  CHECK(house.post(path + "/forget", R"({"name":"one"})").status == 200);
  CHECK(guest.snapshots.empty());
  CHECK(house.cluster().tasks.back().type.ends_with("delsnapshot"));
  CHECK(house.post(path + "/agent", R"({"state":"odd"})").status == 404);
}

TEST_CASE("orders to guests reach the world") {
  House house;
  const auto vmid = house.running();
  const auto path = "/guest/oslo/" + std::to_string(vmid);
  const auto& guest = *house.cluster().find_guest(vmid);
  CHECK(house.post(path + "/stop").status == 200);
  CHECK_FALSE(guest.is_running);
  CHECK(house.post(path + "/start").status == 200);
  CHECK(guest.is_running);
  const auto target = guest.node == 0 ? "oslo-2" : "oslo-1";
  CHECK(house.post(path + "/migrate", std::string(R"({"target":")") + target + "\"}").status == 200);
  CHECK(house.cluster().nodes[guest.node].name == target);
  CHECK(house.post(path + "/rename", R"({"name":"other"})").status == 200);
  CHECK(guest.name == "other");
  CHECK(house.post(path + "/backup", R"({"seconds":30})").status == 200);
  CHECK(guest.lock == "backup");
  CHECK(house.post(path + "/stop").status == 409);
  house.clock.advance(std::chrono::seconds{31});
  CHECK(house.post(path + "/delete").status == 200);
  CHECK(house.cluster().find_guest(vmid) == nullptr);
  CHECK(house.post(path + "/create", R"({"node":"oslo-3","type":"lxc"})").status == 200);
  CHECK(house.cluster().find_guest(vmid)->kind == GuestKind::lxc);
}

TEST_CASE("orders to nodes, clocks and storages reach the world") {
  House house;
  CHECK(house.post("/node/oslo/oslo-2/kill").status == 200);
  CHECK_FALSE(house.cluster().nodes[1].is_alive);
  CHECK_FALSE(house.fleet->listener(0, 1).is_open());
  CHECK(house.post("/node/oslo/oslo-2/revive").status == 200);
  CHECK(house.fleet->listener(0, 1).is_open());
  CHECK(house.post("/clock/oslo", R"({"skew_seconds":-90})").status == 200);
  CHECK(house.cluster().skew == std::chrono::seconds{-90});
  const auto before = house.fleet->now();
  CHECK(house.post("/time", R"({"pass_seconds":10800})").status == 200);
  CHECK(house.fleet->now() - before >= std::chrono::hours{3});
  CHECK(house.post("/time", R"({"pass_seconds":-1})").status == 400);
  CHECK(house.post("/storage/oslo/nas", R"({"reachable":false,"fill":0.97})").status == 200);
  CHECK_FALSE(house.cluster().find_storage("nas")->is_reachable);
  const std::string bad = R"({"pool_state":"DEGRADED","disk_left":3,"thin_fill":0.97,"newer_kernel":true,)"
                          R"("failed_copies":4,"lrm_stuck":true,"dead_service":"chrony"})";
  CHECK(house.post("/hardware/oslo/oslo-2", bad).status == 200);
  const auto& hardware = house.cluster().nodes[1].hardware;
  CHECK(hardware.pool_state == "DEGRADED");
  CHECK(hardware.disk_left == 3);
  CHECK(hardware.thin_fill == doctest::Approx(0.97));
  CHECK(hardware.has_newer_kernel);
  CHECK(hardware.dead_services == std::vector<std::string>{"chrony"});
  CHECK(house.post("/hardware/oslo/oslo-2", R"({"well":true})").status == 200);
  CHECK(hardware.pool_state == "ONLINE");
  CHECK(house.post("/hardware/oslo/nowhere").status == 404);
  CHECK(house.post("/qdevice/oslo", R"({"state":"lost"})").status == 200);
  CHECK(house.cluster().qdevice == QDevice::lost);
  CHECK(house.post("/qdevice/oslo", R"({"state":"odd"})").status == 400);
  const auto vmid = house.running();
  CHECK(house.post("/guest/oslo/" + std::to_string(vmid) + "/ha", R"({"state":"error"})").status == 200);
  CHECK(house.cluster().find_guest(vmid)->ha_state == "error");
  CHECK(house.post("/fault/oslo/*", R"({"mode":"hang"})").status == 200);
  CHECK(house.fleet->listener(0, 2).fault().mode == FaultMode::hang);
}

TEST_CASE("orders that cannot be followed are refused with a reason") {
  House house;
  CHECK(house.post("/node/nowhere/oslo-1/kill").status == 404);
  CHECK(house.post("/node/oslo/oslo-1/explode").status == 404);
  CHECK(house.post("/fault/oslo/oslo-1", R"({"mode":"unheard"})").status == 400);
  CHECK(house.post("/fault/oslo/oslo-1", "{").status == 400);
  CHECK(house.post("/guest/oslo/99999/stop").status == 404);
  CHECK(house.post("/guest/oslo/abc/stop").status == 404);
  CHECK(house.post("/").status == 404);
  CHECK(house.control->handle("DELETE", "/stats", "").status == 405);
}

TEST_CASE("every fault has a name that comes back") {
  for (const std::string_view name :
       {"accept_silent", "hang",    "late",  "slow",     "slow_body", "cut",      "truncated", "garbage",
        "not_http",      "html200", "huge",  "infinite", "gzipbomb",  "hdrflood", "deep",      "wrong_types",
        "badutf8",       "nul",     "xss",   "e401",     "e403",      "e500",     "e595",      "e596",
        "redirect",      "dupcl",   "negcl", "rst",      "clear"}) {
    CAPTURE(name);
    REQUIRE(fault_mode(name));
    CHECK(name_of(*fault_mode(name)) == name);
  }
  CHECK_FALSE(fault_mode("none"));
}

TEST_CASE("a guest can be a target, and answers only while it runs") {
  House house;
  const auto vmid = house.running();
  const auto path = "/guest/oslo/" + std::to_string(vmid);
  const auto reply = house.post(path + "/listen", R"({"kind":"http","status":503,"body":"hello"})");
  REQUIRE(reply.status == 200);
  const auto port = static_cast<std::uint16_t>(*Json::parse(reply.body).value().find("port")->as_int());
  const auto ask = [&house, port] {
    asio::ip::tcp::socket socket(house.io);
    socket.connect({asio::ip::address_v4::loopback(), port});
    asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
    std::string got;
    bool is_done = false;
    boost::system::error_code failure;
    asio::async_read(socket, asio::dynamic_buffer(got), [&](const boost::system::error_code& error, std::size_t) {
      is_done = true;
      failure = error;
    });
    while (!is_done) house.io.run_one();
    return std::pair{got, failure};
  };
  const auto [text, end] = ask();
  CHECK(text.starts_with("HTTP/1.1 503 "));
  CHECK(text.ends_with("hello"));
  REQUIRE(house.post(path + "/stop").status == 200);
  CHECK(ask().second == asio::error::connection_reset);
}

}  // namespace monitorix::sim
