#include "sim/fleet.h"

#include <filesystem>

#include "base/json_writer.h"
#include "sim/world/events.h"

namespace monitorix::sim {

namespace {
constexpr std::chrono::seconds kTick{1};
constexpr std::uint16_t kProxmoxPort = 8006;
constexpr std::uint16_t kServerPorts = 500;  // backup servers begin so far behind the first node
}  // namespace

Fleet::Fleet(boost::asio::io_context& io, const Options& options, const Clock& clock, std::string folder)
    : io_(io),
      options_(options),
      clock_(clock, options.speed),
      folder_(std::move(folder)),
      world_(build_world(options.plan, clock_.began())),
      api_(world_),
      servers_(io, world_,
               {.count = options.plan.backup_servers,
                .port = options.port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(options.port + kServerPorts),
                .keys_folder = options.keys_folder,
                .now = [this] { return clock_.now(); },
                .advance = [this] { advance(world_, clock_.now()); }}),
      timer_(io) {
  api_.is_mute = [this](std::size_t cluster, std::size_t node) {
    const auto mode = listeners_[cluster][node]->fault().mode;
    return mode == FaultMode::hang || mode == FaultMode::accept_silent;
  };
  api_.lateness = [this](std::size_t cluster, std::size_t node, const Request& request) {
    const auto& fault = listeners_[cluster][node]->fault();
    const bool is_meant = fault.mode == FaultMode::late && request.path.find(fault.path) != std::string::npos;
    return is_meant ? fault.lateness : std::chrono::milliseconds{0};
  };
}

std::string Fleet::key_stem(const Cluster& cluster, const std::string& name) const {
  return options_.keys_folder + "/" + std::to_string(options_.plan.seed) + "-" + cluster.name + "-" + name;
}

Result<Identity> Fleet::authority_of(Cluster& cluster) const {
  const auto stem = key_stem(cluster, "authority");
  if (!options_.keys_folder.empty()) {
    if (auto kept = load_identity(stem)) return kept;
  }
  auto made = make_authority(clock_.began());
  if (!options_.keys_folder.empty()) {
    if (auto saved = save_identity(made, stem); !saved) return fail(std::move(saved).error());
  }
  return made;
}

Result<Identity> Fleet::leaf_of(const Identity& authority, const Cluster& cluster, const Node& node) const {
  const auto stem = key_stem(cluster, node.name);
  if (!options_.keys_folder.empty()) {
    auto kept = load_identity(stem);
    if (kept && kept->certificate.issuer == authority.certificate.subject) return kept;
  }
  auto made = make_leaf(authority, node, clock_.began());
  if (!options_.keys_folder.empty()) {
    if (auto saved = save_identity(made, stem); !saved) return fail(std::move(saved).error());
  }
  return made;
}

Status Fleet::open_cluster(std::size_t index, std::uint16_t& port) {
  auto& cluster = world_.clusters[index];
  auto authority = authority_of(cluster);
  if (!authority) return fail(std::move(authority).error());
  cluster.authority = authority->certificate;
  if (auto saved = save_identity(*authority, folder_ + "/" + cluster.name + "-ca"); !saved) return saved;
  std::filesystem::remove(folder_ + "/" + cluster.name + "-ca.key");
  authorities_.push_back(std::move(*authority));
  auto& row = listeners_.emplace_back();
  for (std::size_t n = 0; n < cluster.nodes.size(); ++n) {
    auto& node = cluster.nodes[n];
    if (options_.is_spread) {
      node.address = "127." + std::to_string(1 + (index + 1) / 256) + "." + std::to_string((index + 1) % 256) + "." +
                     std::to_string(n + 1);
    }
    auto leaf = leaf_of(authorities_.back(), cluster, node);
    if (!leaf) return fail(std::move(leaf).error());
    node.certificate = leaf->certificate;
    Listener::Service service;
    service.answer = [this, index, n](const Request& request) {
      const auto at = clock_.now();
      advance(world_.clusters[index], at);
      return api_.answer(index, n, request, at);
    };
    service.shown_time = [this, index] { return clock_.now() + world_.clusters[index].skew; };
    service.count = [this](const Request& request) { ++requests_[std::string(Api::pattern_of(request.path))]; };
    auto& listener = *row.emplace_back(std::make_unique<Listener>(io_, std::move(service)));
    listener.use(*leaf);
    if (auto opened = listener.open(node.address, port); !opened) return opened;
    if (port != 0 && !options_.is_spread) ++port;
  }
  return {};
}

Status Fleet::open() {
  if (!options_.keys_folder.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(options_.keys_folder, ignored);
  }
  auto port = options_.port;
  if (options_.is_spread && port == 0) port = kProxmoxPort;
  for (std::size_t i = 0; i < world_.clusters.size(); ++i) {
    if (auto opened = open_cluster(i, port); !opened)
      return fail(std::move(opened).error().within(world_.clusters[i].name));
  }
  if (auto opened = servers_.open(); !opened) return opened;
  tick();
  return {};
}

void Fleet::tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    advance(world_, clock_.now());
    tick();
  });
}

std::vector<std::string> Fleet::endpoint_lines() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < world_.clusters.size(); ++i) {
    const auto& cluster = world_.clusters[i];
    for (std::size_t n = 0; n < cluster.nodes.size(); ++n) {
      const auto& node = cluster.nodes[n];
      JsonWriter line;
      line.begin_object().member("cluster", cluster.name).member("node", node.name);
      line.member("url", "https://" + node.address + ":" + std::to_string(listeners_[i][n]->port()));
      line.member("token", api_.tokens(i).front().text()).member("fingerprint", node.certificate.fingerprint);
      line.member("ca_file", folder_ + "/" + cluster.name + "-ca.pem").key("tokens").begin_object();
      for (const auto& token : api_.tokens(i)) line.member(token.label, token.text());
      line.end_object().end_object();
      lines.push_back(line.take());
    }
  }
  for (auto& line : servers_.endpoint_lines()) lines.push_back(std::move(line));
  return lines;
}

std::string Fleet::statistics() const {
  JsonWriter out;
  Counters sum;
  out.begin_object().key("requests").begin_object();
  for (const auto& [pattern, count] : requests_) out.member(pattern, count);
  out.end_object().key("nodes").begin_array();
  for (std::size_t i = 0; i < world_.clusters.size(); ++i) {
    for (std::size_t n = 0; n < world_.clusters[i].nodes.size(); ++n) {
      const auto& listener = *listeners_[i][n];
      const auto& counters = listener.counters();
      out.begin_object().member("cluster", world_.clusters[i].name).member("node", world_.clusters[i].nodes[n].name);
      out.member("alive", world_.clusters[i].nodes[n].is_alive).member("fault", name_of(listener.fault().mode));
      out.member("connections", counters.connections).member("handshakes", counters.handshakes);
      out.member("failed_handshakes", counters.failed_handshakes).member("requests", counters.requests);
      out.member("http_bytes_received", counters.http_bytes_received).member("bytes_sent", counters.bytes_sent);
      out.end_object();
      sum.connections += counters.connections;
      sum.failed_handshakes += counters.failed_handshakes;
      sum.requests += counters.requests;
      sum.http_bytes_received += counters.http_bytes_received;
    }
  }
  out.end_array().key("backup_servers");
  servers_.write_statistics(out);
  out.key("total").begin_object().member("connections", sum.connections);
  out.member("failed_handshakes", sum.failed_handshakes).member("requests", sum.requests);
  out.member("http_bytes_received", sum.http_bytes_received).end_object().end_object();
  return out.take();
}

void Fleet::kill(std::size_t cluster, std::size_t node, std::chrono::milliseconds detection) {
  kill_node(world_.clusters[cluster], node, now(), detection);
  listeners_[cluster][node]->close();
}

Status Fleet::revive(std::size_t cluster, std::size_t node) {
  revive_node(world_.clusters[cluster], node, now());
  return listeners_[cluster][node]->reopen();
}

Status Fleet::renew_certificate(std::size_t cluster, std::size_t node) {
  auto& member = world_.clusters[cluster].nodes[node];
  const auto leaf = make_leaf(authorities_[cluster], member, now());
  member.certificate = leaf.certificate;
  listeners_[cluster][node]->use(leaf);
  if (options_.keys_folder.empty()) return {};
  return save_identity(leaf, key_stem(world_.clusters[cluster], member.name));
}

}  // namespace monitorix::sim
