#include "api/routes/connection.h"

#include <algorithm>

#include "model/names.h"

namespace monitorix::api {
namespace {

bool is_in(char c, std::string_view more) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         more.find(c) != std::string_view::npos;
}

bool all_in(std::string_view text, std::string_view more) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) { return is_in(c, more); });
}

std::vector<Fingerprint> parse_pins(Fields& body, const std::vector<std::string>& texts, WallTime now) {
  std::vector<Fingerprint> pins;
  for (const auto& text : texts) {
    const auto digest = parse_fingerprint(text);
    if (digest)
      pins.push_back({*digest, now, FingerprintSource::user});
    else
      body.wrong("fingerprints", "invalid", "must be a SHA-256 fingerprint");
  }
  return pins;
}

}  // namespace

bool is_host(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.front() == '-' || text.front() == '.') return false;
  return text.find(':') == std::string_view::npos ? all_in(text, ".-_") : all_in(text, ":.%");
}

bool is_token_id(std::string_view text) {
  const auto bang = text.rfind('!');
  const auto at = text.find('@');
  return text.size() <= 128 && at != std::string_view::npos && bang != std::string_view::npos && at < bang &&
         all_in(text.substr(0, at), "._-+") && all_in(text.substr(at + 1, bang - at - 1), "._-") &&
         all_in(text.substr(bang + 1), "._-");
}

std::vector<Fingerprint> read_fingerprints(Fields& body, WallTime now) {
  const auto texts = body.texts("fingerprints", 16, {1, 128});
  return texts ? parse_pins(body, *texts, now) : std::vector<Fingerprint>{};
}

std::optional<Endpoint> read_endpoint(Fields& body, WallTime now) {
  Endpoint endpoint;
  endpoint.address = body.required_text("address", {1, 255});
  if (!endpoint.address.empty() && !is_host(endpoint.address))
    body.wrong("address", "invalid", "must be a host name or an address, without https://");
  endpoint.port = static_cast<int>(body.number("port", 1, 65535).value_or(8006));
  endpoint.priority = static_cast<int>(body.number("priority", 0, 1000).value_or(0));
  endpoint.fingerprints = read_fingerprints(body, now);
  return endpoint;
}

void read_tls(Fields& body, ClusterConfig& cluster, WallTime now, bool is_required) {
  if (is_required && !body.has("tls")) body.wrong("tls", "required", "is required");
  auto tls = body.object("tls");
  if (!tls) return;
  const auto mode = tls->required_text("mode", {0, 20});
  if (const auto known = parse_name<TlsMode>(mode))
    cluster.tls_mode = *known;
  else if (!mode.empty())
    tls->wrong("mode", "invalid", "must be fingerprint or ca; verification cannot be turned off");
  if (tls->has("ca_pem")) cluster.ca_pem = tls->text("ca_pem", {0, 65536, true, false}).value_or("");
  if (!cluster.ca_pem.empty() && cluster.ca_pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    tls->wrong("ca_pem", "invalid", "must be a certificate in PEM form");
  if (tls->has("fingerprints")) {
    const auto pins = read_fingerprints(*tls, now);
    for (auto& endpoint : cluster.endpoints)
      if (endpoint.fingerprints.empty() || !is_required) endpoint.fingerprints = pins;
  }
  const bool unpinned = std::ranges::any_of(cluster.endpoints, [](const auto& e) { return e.fingerprints.empty(); });
  if (cluster.tls_mode == TlsMode::fingerprint && unpinned)
    tls->wrong("fingerprints", "required", "confirm the fingerprint of each endpoint");
  body.take_errors(*tls);
}

std::string read_token_id(Fields& body) {
  auto id = body.required_text("token_id", {1, 128});
  if (!id.empty() && !is_token_id(id)) body.wrong("token_id", "invalid", "must look like user@realm!name");
  return id;
}

Secret read_token_secret(Fields& body) {
  auto secret = body.required_text("token_secret", {1, 256});
  if (!secret.empty() && !all_in(secret, "-_"))
    body.wrong("token_secret", "invalid", "must be the value that Proxmox showed for the token");
  return Secret(std::move(secret));
}

namespace {

std::vector<std::string> texts_of(const std::vector<Fingerprint>& pins) {
  std::vector<std::string> texts;
  texts.reserve(pins.size());
  for (const auto& pin : pins) texts.push_back(fingerprint_text(pin.digest));
  return texts;
}

}  // namespace

bool has_same_trust(const ClusterConfig& a, const ClusterConfig& b) {
  return a.tls_mode == b.tls_mode && a.ca_pem == b.ca_pem && a.token_id == b.token_id;
}

bool has_same_pins(const Endpoint& a, const Endpoint& b) {
  return std::ranges::equal(a.fingerprints, b.fingerprints, {}, &Fingerprint::digest, &Fingerprint::digest);
}

Changes differences(const ClusterConfig& before, const ClusterConfig& after) {
  Changes changes;
  changes.of("name", before.name, after.name)
      .of("token_id", before.token_id, after.token_id)
      .secret("token_secret",
              !after.token_secret.reveal().empty() && before.token_secret.reveal() != after.token_secret.reveal())
      .of("tls_mode", std::string(name_of(before.tls_mode)), std::string(name_of(after.tls_mode)))
      .secret("ca_pem", before.ca_pem != after.ca_pem)
      .of("poll_interval_seconds", before.poll_interval.count(), after.poll_interval.count())
      .of("maintenance_mode", before.maintenance_mode, after.maintenance_mode)
      .of("paused", before.paused, after.paused)
      .of("tags", before.tags, after.tags);
  return changes;
}

Changes differences(const Endpoint& before, const Endpoint& after) {
  Changes changes;
  changes.of("address", before.address, after.address)
      .of("port", before.port, after.port)
      .of("priority", before.priority, after.priority)
      .of("fingerprints", texts_of(before.fingerprints), texts_of(after.fingerprints));
  return changes;
}

}  // namespace monitorix::api
