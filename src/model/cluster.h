#pragma once
// A connection to one Proxmox VE cluster (or a stand-alone node), or to one Proxmox Backup Server: what a person
// configured, and how it fares. Both kinds are kept, trusted and asked in the same way; what they tell is not the same.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/secret.h"
#include "model/ids.h"
#include "model/reason.h"

namespace monitorix {

enum class ClusterState : std::uint8_t {
  connecting,
  ok,
  degraded,
  unreachable,
  auth_failed,
  tls_mismatch,
  wrong_cluster,
  paused
};
enum class EndpointState : std::uint8_t { unknown, ok, degraded, down, auth_failed, tls_mismatch, wrong_cluster };
enum class ConnectionKind : std::uint8_t { pve, pbs };
enum class TlsMode : std::uint8_t { fingerprint, ca };
enum class FingerprintSource : std::uint8_t { user, cluster, renewal_confirmed };

struct Fingerprint {
  Digest digest{};
  WallTime first_seen_at{};
  FingerprintSource source{};
  bool operator==(const Fingerprint&) const = default;
};

/// The certificate that an endpoint showed in its last handshake.
struct ShownCertificate {
  Digest fingerprint{};
  std::string subject{}, issuer{};
  std::vector<std::string> sans{};
  std::optional<WallTime> not_before{}, not_after{};
  bool chain_trusted{false};
  bool operator==(const ShownCertificate&) const = default;
};

struct Endpoint {
  EndpointId id{};
  std::string address{};
  int port{8006};
  int priority{0};
  std::vector<Fingerprint> fingerprints{};
  bool operator==(const Endpoint&) const = default;
};

/// What is stored about a connection (class A).
struct ClusterConfig {
  ClusterId id{};
  ConnectionKind kind{};
  std::string name{};
  std::string identity{};  ///< JSON: cluster name, (nodeid, node name) set, certificate fingerprints (proxmox I1); ""
                           ///< until first contact
  std::string token_id{};  ///< user@realm!name
  Secret token_secret{};
  TlsMode tls_mode{};
  std::string ca_pem{};  ///< ca mode: own CA, or "" for the system's store
  std::vector<Endpoint> endpoints{};
  std::chrono::seconds poll_interval{30};
  bool maintenance_mode{false};
  bool paused{false};
  std::vector<std::string> tags{};
  std::int64_t version{1};  ///< optimistic lock (If-Match)
  WallTime created_at{}, updated_at{};
};

struct EndpointHealth {
  EndpointId id{};
  EndpointState state{};
  std::optional<WallTime> last_ok_at{};
  std::optional<Reason> last_error{};
  std::optional<ShownCertificate> seen{};
  bool operator==(const EndpointHealth&) const = default;
};

struct CallClassLoad {
  std::string name{};  ///< resources, status, node_status, storage, services, tasks, ...
  double requests_per_minute{}, bytes_per_minute{};
  std::optional<double> p50_ms{}, p95_ms{};
  std::uint64_t errors{};
  bool operator==(const CallClassLoad&) const = default;
};

/// The load that we cause on a cluster.
struct ClusterLoad {
  double requests_per_minute{}, bytes_per_minute{};
  std::optional<double> p50_ms{}, p95_ms{};
  std::vector<CallClassLoad> by_class{};
  bool operator==(const ClusterLoad&) const = default;
};

struct ClusterMember {
  std::string name{};
  std::optional<std::string> ip{}, fingerprint{};
  std::optional<int> corosync_id{};
  std::optional<bool> online{};
  bool local{false};
  bool operator==(const ClusterMember&) const = default;
};

/// How many checks of the doctor came out how, when it last ran.
struct DoctorSummary {
  int ok{0}, warn{0}, fail{0};
  std::string excess{};  ///< privileges beyond reading: the first of them, and how many more
  bool operator==(const DoctorSummary&) const = default;
};

/// What the poller reports of a connection.
struct ClusterHealth {
  ClusterState state{};
  std::optional<Reason> error{};  ///< foreign reason or ours, for the detail line; no secret
  bool powerless{false};          ///< the token sees nothing: "0 guests" would be a lie
  std::vector<EndpointHealth> endpoints{};
  ClusterLoad load{};
  bool operator==(const ClusterHealth&) const = default;
};

}  // namespace monitorix
