#pragma once
// Reading what a person says of a connection: addresses, pins, tokens; shared by the routes that make or change one.

#include <optional>
#include <string>
#include <vector>

#include "api/changes.h"
#include "api/fields.h"
#include "model/cluster.h"

namespace monitorix::api {

/// A host name or address; never a URL, never with a leading '-' (S24).
bool is_host(std::string_view text);
/// user@realm!name
bool is_token_id(std::string_view text);

void read_tls(Fields& body, ClusterConfig& cluster, WallTime now, bool is_required);
/// Pins of an endpoint; wrong ones become errors.
std::vector<Fingerprint> read_fingerprints(Fields& body, WallTime now);
std::optional<Endpoint> read_endpoint(Fields& body, WallTime now);
std::string read_token_id(Fields& body);
Secret read_token_secret(Fields& body);

/// The same authority, token and kind of trust: what decides to whom the secret is shown. Endpoints apart.
bool has_same_trust(const ClusterConfig& a, const ClusterConfig& b);
bool has_same_pins(const Endpoint& a, const Endpoint& b);

/// For the audit log; the secret only as changed or not.
Changes differences(const ClusterConfig& before, const ClusterConfig& after);
Changes differences(const Endpoint& before, const Endpoint& after);

}  // namespace monitorix::api
