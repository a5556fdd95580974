#include "sim/control.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "base/json_writer.h"
#include "sim/http_message.h"
#include "sim/world/events.h"

namespace monitorix::sim {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Tcp = asio::ip::tcp;

namespace {

constexpr auto kWait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLargest = 1 << 20;

Reply refusal(int status, const std::string& text) {
  JsonWriter out;
  out.begin_object().member("error", text).end_object();
  return {status, out.take()};
}

Reply unknown(const std::string& what) { return refusal(404, "no " + what); }

Reply result_of(const Status& done) {
  if (done) return {};
  return refusal(done.error().code == Errc::not_found ? 404 : 409, done.error().text);
}

double number(const Json& order, std::string_view name, double otherwise) {
  const auto* member = order.find(name);
  return member == nullptr ? otherwise : member->as_number().value_or(otherwise);
}

std::string text(const Json& order, std::string_view name, std::string_view otherwise) {
  const auto* member = order.find(name);
  const auto* value = member == nullptr ? nullptr : member->as_string();
  return value == nullptr ? std::string(otherwise) : *value;
}

milliseconds span(const Json& order, std::string_view name, double otherwise) {
  return milliseconds{static_cast<std::int64_t>(number(order, name, otherwise) * 1'000)};
}

std::vector<std::string> words_of(std::string_view path) {
  std::vector<std::string> words;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const auto end = std::min(path.find('/'), path.size());
    words.push_back(percent_decode(path.substr(0, end)));
    path.remove_prefix(end);
  }
  return words;
}

std::optional<int> whole(const std::string& word) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace

Control::Control(asio::io_context& io, Fleet& fleet) : fleet_(fleet), targets_(io), io_(io), acceptor_(io) {}

Status Control::open(std::uint16_t port) {
  const Tcp::endpoint wanted(asio::ip::address_v4::loopback(), port);
  boost::system::error_code error;
  acceptor_.open(wanted.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(wanted, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(Errc::io, "control port " + std::to_string(port) + ": " + error.message());
  accept();
  return {};
}

void Control::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    accept();
  });
}

asio::awaitable<void> Control::serve(Tcp::socket socket) {
  std::string got;
  std::array<char, 4096> piece{};
  std::optional<Request> request;
  std::size_t wanted = 0;
  while (!request || got.size() < wanted) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(piece), kWait);
    if (error || got.size() > kLargest) co_return;
    got.append(piece.data(), size);
    const auto end = got.find("\r\n\r\n");
    if (request || end == std::string::npos) continue;
    request = parse_head(std::string_view(got).substr(0, end));
    if (!request) co_return;
    wanted = static_cast<std::size_t>(whole(std::string(request->header("Content-Length").value_or("0"))).value_or(0));
    got.erase(0, end + 4);
  }
  const auto reply = handle(request->method, request->path, got);
  const auto answer = "HTTP/1.1 " + std::to_string(reply.status) + (reply.status < 400 ? " OK" : " Refused") +
                      "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " +
                      std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body;
  co_await asio::async_write(socket, asio::buffer(answer), kWait);
}

std::optional<std::size_t> Control::find_cluster(const std::string& name) {
  auto& clusters = fleet_.world().clusters;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (clusters[i].name == name) return i;
  }
  return std::nullopt;
}

Reply Control::handle(const std::string& method, const std::string& path, const std::string& body) {
  const auto words = words_of(path);
  if (words.empty()) return unknown("such path");
  if (method == "GET" && path == "/stats") return {200, fleet_.statistics()};
  if (method == "GET" && words[0] == "guests" && words.size() == 2) return guest_list(words);
  if (method != "POST") return refusal(405, "GET /stats, GET /guests/{cluster}; the rest is POST");
  const auto order = Json::parse(body.empty() ? "{}" : body);
  if (!order) return refusal(400, "the body is not JSON: " + order.error().text);
  advance(fleet_.world(), fleet_.now());
  if (words[0] == "node" && words.size() == 4) return on_node(words, *order);
  if (words[0] == "fault" && words.size() == 3) return on_fault(words, *order);
  if (words[0] == "certificate" && words.size() == 3) return on_certificate(words);
  if (words[0] == "clock" && words.size() == 2) return on_clock(words, *order);
  if (words[0] == "hardware" && words.size() == 3) return on_hardware(words, *order);
  if (words[0] == "qdevice" && words.size() == 2) return on_qdevice(words, *order);
  if (words[0] == "pbs" && words.size() == 3) return on_server(words, *order);
  if (words[0] == "time" && words.size() == 1) return on_time(*order);
  if (words[0] == "storage" && words.size() == 3) return on_storage(words, *order);
  if (words[0] == "guest" && words.size() == 4) return on_guest(words, *order);
  return unknown("such path");
}

Reply Control::on_node(const Words& words, const Json& order) {
  const auto cluster = find_cluster(words[1]);
  const auto node = cluster ? fleet_.world().clusters[*cluster].find_node(words[2]) : std::nullopt;
  if (!node) return unknown("node " + words[1] + "/" + words[2]);
  if (words[3] == "revive") return result_of(fleet_.revive(*cluster, *node));
  if (words[3] != "kill") return unknown("deed " + words[3]);
  fleet_.kill(*cluster, *node, span(order, "detect_seconds", 1));
  return {};
}

namespace {

std::optional<Fault> fault_in(const Json& order) {
  const auto mode = fault_mode(text(order, "mode", ""));
  if (!mode) return std::nullopt;
  Fault fault;
  fault.mode = *mode;
  fault.path = text(order, "path", "");
  fault.location = text(order, "location", fault.location);
  const auto amount = [&order](std::string_view name, std::size_t otherwise) {
    return static_cast<std::size_t>(number(order, name, static_cast<double>(otherwise)));
  };
  fault.depth = amount("depth", fault.depth);
  fault.size = amount("size", fault.size);
  fault.bytes_per_second = std::max<std::size_t>(1, amount("bytes_per_second", fault.bytes_per_second));
  fault.lateness = span(order, "seconds", 5);
  return fault;
}

}  // namespace

Reply Control::on_server(const Words& words, const Json& order) {
  auto* server = fleet_.servers().find(words[1]);
  auto* listener = fleet_.servers().listener(words[1]);
  if (server == nullptr || listener == nullptr) return unknown("backup server " + words[1]);
  const auto& deed = words[2];
  if (deed == "kill") return listener->close(), Reply{};
  if (deed == "revive") return result_of(listener->reopen());
  if (deed == "fault") {
    const auto fault = fault_in(order);
    if (!fault) return refusal(400, "unknown mode '" + text(order, "mode", "") + "'");
    return listener->set_fault(*fault), Reply{};
  }
  if (deed == "certificate") {
    const auto renewed = fleet_.servers().renew(words[1]);
    if (!renewed) return refusal(409, renewed.error().text);
    return {200, "{\"fingerprint\":\"" + *renewed + "\"}"};
  }
  if (deed == "verify") {
    if (order.find("vmid") != nullptr)
      server->set_verified(static_cast<int>(number(order, "vmid", 0)), text(order, "state", "ok"));
    return server->verify_now(fleet_.now()), Reply{};
  }
  auto* store = server->find_store(text(order, "name", "main"));
  if (deed != "datastore" || store == nullptr) return unknown("deed or datastore " + deed);
  store->fill = number(order, "fill", store->fill);
  store->growth = number(order, "growth", store->growth);
  store->error = text(order, "error", "");
  return {};
}

Reply Control::on_fault(const Words& words, const Json& order) {
  const auto read = fault_in(order);
  if (!read) return refusal(400, "unknown mode '" + text(order, "mode", "") + "'");
  const Fault& fault = *read;
  const auto cluster = find_cluster(words[1]);
  if (!cluster) return unknown("cluster " + words[1]);
  const auto& nodes = fleet_.world().clusters[*cluster].nodes;
  bool is_found = false;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (words[2] != "*" && words[2] != nodes[n].name) continue;
    fleet_.listener(*cluster, n).set_fault(fault);
    is_found = true;
  }
  return is_found ? Reply{} : unknown("node " + words[1] + "/" + words[2]);
}

Reply Control::on_certificate(const Words& words) {
  const auto cluster = find_cluster(words[1]);
  const auto node = cluster ? fleet_.world().clusters[*cluster].find_node(words[2]) : std::nullopt;
  if (!node) return unknown("node " + words[1] + "/" + words[2]);
  if (auto renewed = fleet_.renew_certificate(*cluster, *node); !renewed) return result_of(renewed);
  JsonWriter out;
  const auto& fingerprint = fleet_.world().clusters[*cluster].nodes[*node].certificate.fingerprint;
  out.begin_object().member("fingerprint", fingerprint).end_object();
  return {200, out.take()};
}

Reply Control::on_clock(const Words& words, const Json& order) {
  const auto cluster = find_cluster(words[1]);
  if (!cluster) return unknown("cluster " + words[1]);
  auto& changed = fleet_.world().clusters[*cluster];
  changed.skew = span(order, "skew_seconds", 0);
  ++changed.revision;
  return {};
}

Reply Control::on_hardware(const Words& words, const Json& order) {
  const auto index = find_cluster(words[1]);
  const auto node = index ? fleet_.world().clusters[*index].find_node(words[2]) : std::nullopt;
  if (!node) return unknown("node " + words[1] + "/" + words[2]);
  auto& cluster = fleet_.world().clusters[*index];
  auto& hardware = cluster.nodes[*node].hardware;
  const auto whole_of = [&order](std::string_view name, auto& value) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(number(order, name, static_cast<double>(value)));
  };
  hardware.pool_state = text(order, "pool_state", hardware.pool_state);
  hardware.disk_health = text(order, "disk_health", hardware.disk_health);
  whole_of("pool_errors", hardware.pool_errors);
  whole_of("disk_left", hardware.disk_left);
  whole_of("thin_fill", hardware.thin_fill);
  whole_of("thin_metadata", hardware.thin_metadata);
  whole_of("updates", hardware.updates);
  whole_of("failed_copies", hardware.failed_copies);
  const auto flag_of = [&order](std::string_view name, bool& value) {
    if (const auto* wanted = order.find(name); wanted != nullptr && wanted->as_bool() != nullptr)
      value = *wanted->as_bool();
  };
  flag_of("newer_kernel", hardware.has_newer_kernel);
  flag_of("old_sources", hardware.has_old_sources);
  flag_of("broken_sources", hardware.has_broken_sources);
  flag_of("lrm_stuck", hardware.is_lrm_stuck);
  if (auto dead = text(order, "dead_service", ""); !dead.empty()) hardware.dead_services.push_back(std::move(dead));
  if (order.find("well") != nullptr) hardware = {};
  ++cluster.revision;
  return {};
}

Reply Control::on_qdevice(const Words& words, const Json& order) {
  const auto index = find_cluster(words[1]);
  if (!index) return unknown("cluster " + words[1]);
  const auto state = text(order, "state", "");
  if (state != "none" && state != "connected" && state != "lost") return refusal(400, "none, connected or lost");
  auto& cluster = fleet_.world().clusters[*index];
  cluster.qdevice = state == "none" ? QDevice::none : state == "lost" ? QDevice::lost : QDevice::connected;
  ++cluster.revision;
  return {};
}

Reply Control::on_ha(Cluster& cluster, int vmid, const std::string& state) {
  auto* guest = cluster.find_guest(vmid);
  if (guest == nullptr) return unknown("guest " + std::to_string(vmid));
  guest->ha_state = state;
  ++cluster.revision;
  return {};
}

Reply Control::on_time(const Json& order) {
  const auto time = span(order, "pass_seconds", 0);
  if (time.count() < 0) return refusal(400, "time does not go back");
  fleet_.pass(time);
  advance(fleet_.world(), fleet_.now());
  return {};
}

Reply Control::on_storage(const Words& words, const Json& order) {
  const auto cluster = find_cluster(words[1]);
  if (!cluster) return unknown("cluster " + words[1]);
  auto& changed = fleet_.world().clusters[*cluster];
  for (auto& storage : changed.storages) {
    if (storage.name != words[2]) continue;
    if (const auto* wanted = order.find("reachable"); wanted != nullptr && wanted->as_bool() != nullptr) {
      storage.is_reachable = *wanted->as_bool();
    }
    if (const auto* wanted = order.find("fill"); wanted != nullptr && wanted->as_number()) {
      storage.fill = *wanted->as_number();
      storage.growth = 0;
    }
    ++changed.revision;
    return {};
  }
  return unknown("storage " + words[2]);
}

Reply Control::on_guest(const Words& words, const Json& order) {
  const auto index = find_cluster(words[1]);
  const auto vmid = whole(words[2]);
  if (!index || !vmid) return unknown("guest " + words[1] + "/" + words[2]);
  auto& cluster = fleet_.world().clusters[*index];
  const auto now = fleet_.now();
  const auto& deed = words[3];
  const auto named = cluster.find_node(text(order, deed == "migrate" ? "target" : "node", cluster.nodes.front().name));
  if (deed == "start") return result_of(start_guest(cluster, *vmid, now));
  if (deed == "stop") return result_of(stop_guest(cluster, *vmid, now));
  if (deed == "crash") return result_of(crash_guest(cluster, *vmid, now));
  if (deed == "touch") return result_of(touch_guest(cluster, *vmid));
  if (deed == "delete") return result_of(delete_guest(cluster, *vmid, now));
  if (deed == "backup")
    return result_of(backup_guest(cluster, *vmid, now, span(order, "seconds", 60), text(order, "error", "")));
  if (deed == "snapshot") return result_of(snapshot_guest(cluster, *vmid, text(order, "name", "by_order"), now));
  if (deed == "forget") return result_of(forget_snapshot(cluster, *vmid, text(order, "name", "by_order"), now));
  if (deed == "agent") {
    const auto state = text(order, "state", "running");
    if (state != "running" && state != "dead" && state != "off") return unknown("state " + state);
    return result_of(set_agent(cluster, *vmid, state != "off", state == "running", now));
  }
  if (deed == "rename") return result_of(rename_guest(cluster, *vmid, text(order, "name", "renamed")));
  if (deed == "listen") return on_target(*index, *vmid, order);
  if (deed == "ha") return on_ha(cluster, *vmid, text(order, "state", ""));
  if (deed == "unlisten") return targets_.close(words[1] + "/" + words[2]), Reply{};
  if (!named) return unknown("node " + text(order, "target", text(order, "node", "")));
  if (deed == "migrate") return result_of(migrate_guest(cluster, *vmid, *named, now, span(order, "seconds", 0)));
  if (deed != "create") return unknown("deed " + deed);
  const auto kind = text(order, "type", "qemu") == "lxc" ? GuestKind::lxc : GuestKind::qemu;
  return result_of(create_guest(cluster, *vmid, *named, kind, now));
}

Reply Control::on_target(std::size_t index, int vmid, const Json& order) {
  const auto& cluster = fleet_.world().clusters[index];
  if (cluster.find_guest(vmid) == nullptr) return unknown("guest " + std::to_string(vmid));
  TargetPlan plan;
  plan.kind = text(order, "kind", "http") == "tcp" ? TargetPlan::Kind::tcp : TargetPlan::Kind::http;
  plan.port = static_cast<std::uint16_t>(number(order, "port", 0));
  plan.status = static_cast<int>(number(order, "status", 200));
  plan.body = text(order, "body", plan.body);
  plan.is_up = [this, index, vmid] {
    const auto& own = fleet_.world().clusters[index];
    const auto* guest = own.find_guest(vmid);
    return guest != nullptr && guest->is_running && own.nodes[guest->node].is_alive;
  };
  const auto port = targets_.open(cluster.name + "/" + std::to_string(vmid), std::move(plan));
  if (!port) return refusal(409, port.error().text);
  return {200, "{\"port\":" + std::to_string(*port) + "}"};
}

Reply Control::guest_list(const Words& words) {
  const auto cluster = find_cluster(words[1]);
  if (!cluster) return unknown("cluster " + words[1]);
  advance(fleet_.world(), fleet_.now());
  const auto& shown = fleet_.world().clusters[*cluster];
  JsonWriter out;
  out.begin_array();
  for (const auto& guest : shown.guests) {
    out.begin_object().member("vmid", guest.vmid).member("type", guest.kind == GuestKind::qemu ? "qemu" : "lxc");
    out.member("node", shown.nodes[guest.node].name).member("name", guest.name).member("running", guest.is_running);
    out.member("agent", !guest.has_agent ? "off" : guest.agent_answers ? "running" : "dead");
    out.member("template", guest.is_template).member("lock", guest.lock).member("hastate", guest.ha_state);
    out.end_object();
  }
  return {200, out.end_array().take()};
}

}  // namespace monitorix::sim
