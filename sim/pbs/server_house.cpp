#include "sim/pbs/server_house.h"

#include <algorithm>

namespace monitorix::sim {

ServerHouse::ServerHouse(boost::asio::io_context& io, World& world, Plan plan)
    : io_(io),
      world_(world),
      plan_(std::move(plan)) {}

Status ServerHouse::certify(One& one, bool may_load) const {
  const auto stem = plan_.keys_folder.empty()
                        ? std::string()
                        : plan_.keys_folder + "/" + std::to_string(world_.seed) + "-" + one.server->name();
  auto leaf = may_load && !stem.empty() ? load_identity(stem) : Result<Identity>(fail(Errc::not_found, "none kept"));
  if (!leaf) {
    leaf = make_leaf(one.authority, one.node, plan_.now());
    if (!stem.empty())
      if (auto saved = save_identity(*leaf, stem); !saved) return saved;
  }
  one.node.certificate = leaf->certificate;
  one.listener->use(*leaf);
  return {};
}

Status ServerHouse::open() {
  servers_.resize(plan_.count);
  for (std::size_t index = 0; index < plan_.count; ++index) {
    One& one = servers_[index];
    one.server = std::make_unique<BackupServer>(world_, index, plan_.count);
    one.api = std::make_unique<ServerApi>(*one.server, world_.seed);
    one.node.name = one.server->name();
    one.authority = make_authority(plan_.now());
    Listener::Service service;
    service.answer = [this, index](const Request& request) {
      plan_.advance();
      return servers_[index].api->answer(request, plan_.now());
    };
    service.shown_time = [this] { return plan_.now(); };
    service.count = [this](const Request& request) { ++requests_[ServerApi::pattern_of(request.path)]; };
    one.listener = std::make_unique<Listener>(io_, std::move(service));
    if (auto certified = certify(one, true); !certified) return certified;
    const auto port = plan_.port == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(plan_.port + index);
    if (auto opened = one.listener->open(one.node.address, port); !opened)
      return fail(std::move(opened).error().within(one.server->name()));
  }
  for (std::size_t cluster = 0; cluster < world_.clusters.size() && plan_.count > 0; ++cluster) {
    const One& one = servers_[cluster % plan_.count];
    for (auto& storage : world_.clusters[cluster].storages)
      if (storage.plugin == "pbs")
        storage.remote = {.server = one.node.address,
                          .port = one.listener->port(),
                          .datastore = "main",
                          .name_space = BackupServer::namespace_of(world_, cluster),
                          .username = BackupServer::owner_of(world_, cluster),
                          .fingerprint = one.node.certificate.fingerprint};
  }
  return {};
}

std::vector<std::string> ServerHouse::endpoint_lines() const {
  std::vector<std::string> lines;
  for (const One& one : servers_) {
    JsonWriter line;
    line.begin_object().member("pbs", one.server->name());
    line.member("url", "https://" + one.node.address + ":" + std::to_string(one.listener->port()));
    line.member("token", one.api->tokens().front().text()).member("fingerprint", one.node.certificate.fingerprint);
    line.key("tokens").begin_object();
    for (const auto& token : one.api->tokens()) line.member(token.label, token.text());
    line.end_object().end_object();
    lines.push_back(line.take());
  }
  return lines;
}

void ServerHouse::write_statistics(JsonWriter& out) const {
  out.begin_object().key("requests").begin_object();
  for (const auto& [pattern, count] : requests_) out.member(pattern, count);
  out.end_object().key("servers").begin_array();
  for (const One& one : servers_) {
    const auto& counters = one.listener->counters();
    out.begin_object().member("pbs", one.server->name()).member("requests", counters.requests);
    out.member("failed_handshakes", counters.failed_handshakes);
    out.member("http_bytes_received", counters.http_bytes_received).end_object();
  }
  out.end_array().end_object();
}

BackupServer* ServerHouse::find(std::string_view name) {
  const auto found = std::ranges::find_if(servers_, [&](const One& one) { return one.server->name() == name; });
  return found == servers_.end() ? nullptr : found->server.get();
}

Listener* ServerHouse::listener(std::string_view name) {
  const auto found = std::ranges::find_if(servers_, [&](const One& one) { return one.server->name() == name; });
  return found == servers_.end() ? nullptr : found->listener.get();
}

Result<std::string> ServerHouse::renew(std::string_view name) {
  const auto found = std::ranges::find_if(servers_, [&](const One& one) { return one.server->name() == name; });
  if (found == servers_.end()) return fail(Errc::not_found, "no server " + std::string(name));
  if (auto certified = certify(*found, false); !certified) return fail(std::move(certified).error());
  for (std::size_t cluster = 0; cluster < world_.clusters.size(); ++cluster)
    for (auto& storage : world_.clusters[cluster].storages)
      if (storage.plugin == "pbs" && storage.remote.port == found->listener->port())
        storage.remote.fingerprint = found->node.certificate.fingerprint;
  return found->node.certificate.fingerprint;
}

}  // namespace monitorix::sim
