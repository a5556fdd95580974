#include <algorithm>

#include "live/encode.h"
#include "live/fields.h"

namespace monitorix::live {

using View = state::ClusterView;

/// The endpoints as configured, each with how it fares.
struct EndpointList {
  std::vector<Endpoint> endpoints{};
  std::vector<EndpointHealth> health{};
  bool operator==(const EndpointList&) const = default;
};

/// How many risks of each severity; nothing until something was observed.
struct RiskCounts {
  std::int64_t critical{}, warning{}, info{};
  bool operator==(const RiskCounts&) const = default;
};

/// Members that the cluster names but that we have no endpoint for: offered to the person who set it up (S45).
struct OfferedMembers {
  std::vector<ClusterMember> members{};
  bool operator==(const OfferedMembers&) const = default;
};

namespace {

void write_seen(JsonWriter& out, const ShownCertificate& seen) {
  out.begin_object();
  out.member("fingerprint_sha256", fingerprint_text(seen.fingerprint));
  out.member("subject", seen.subject).member("issuer", seen.issuer);
  out.key("sans");
  write(out, seen.sans);
  out.key("not_before");
  write(out, seen.not_before);
  out.key("not_after");
  write(out, seen.not_after);
  out.member("chain_trusted", seen.chain_trusted).end_object();
}

void write_reason(JsonWriter& out, const std::optional<Reason>& reason) {
  out.key("last_error");
  write(out, reason ? std::optional(reason->text) : std::nullopt);
  out.key("last_error_code");
  write(out, reason ? std::optional(reason->code) : std::nullopt);
  out.key("last_error_params");
  write(out, reason ? reason->params : Reason::Params{});
}

void write_endpoint(JsonWriter& out, const Endpoint& endpoint, const std::vector<EndpointHealth>& all) {
  const auto found = std::ranges::find(all, endpoint.id, &EndpointHealth::id);
  const EndpointHealth* health = found == all.end() ? nullptr : &*found;
  out.begin_object().member("id", endpoint.id.text()).member("address", endpoint.address);
  out.member("port", endpoint.port).member("priority", endpoint.priority);
  out.member("state", name_of(health ? health->state : EndpointState::unknown));
  out.key("fingerprints").begin_array();
  for (const auto& pin : endpoint.fingerprints) out.value(fingerprint_text(pin.digest));
  out.end_array();
  out.key("last_ok_at");
  write(out, health ? health->last_ok_at : std::nullopt);
  write_reason(out, health ? health->last_error : std::nullopt);
  out.key("seen_certificate");
  if (health && health->seen)
    write_seen(out, *health->seen);
  else
    out.null();
  out.end_object();
}

}  // namespace

void write(JsonWriter& out, const Reason::Params& params) {
  out.begin_object();
  for (const auto& [name, value] : params) {
    out.key(name);
    if (const auto* number = std::get_if<std::int64_t>(&value))
      out.value(*number);
    else
      out.value(std::get<std::string>(value));
  }
  out.end_object();
}

void write(JsonWriter& out, const EndpointList& list) {
  out.begin_array();
  for (const auto& endpoint : list.endpoints) write_endpoint(out, endpoint, list.health);
  out.end_array();
}

void write(JsonWriter& out, const DoctorSummary& doctor) {
  out.begin_object().member("ok", doctor.ok).member("warn", doctor.warn).member("fail", doctor.fail).end_object();
}

void write(JsonWriter& out, const RiskCounts& risks) {
  out.begin_object().member("critical", risks.critical).member("warning", risks.warning).member("info", risks.info);
  out.end_object();
}

void write(JsonWriter& out, const OfferedMembers& offered) {
  out.begin_array();
  for (const auto& member : offered.members)
    out.begin_object()
        .member("name", member.name)
        .member("address", *member.ip)
        .member("online", member.online)
        .end_object();
  out.end_array();
}

void write(JsonWriter& out, const std::vector<ClusterMember>& members) {
  out.begin_array();
  for (const auto& member : members) {
    out.begin_object().member("name", member.name).member("ip_address", member.ip);
    out.member("fingerprint_sha256", member.fingerprint).member("online", member.online);
    out.member("local", member.local).end_object();
  }
  out.end_array();
}

namespace {

std::vector<ClusterMember> offered_of(const View& c) {
  std::vector<ClusterMember> offered;
  for (const auto& member : c.members) {
    const bool have = std::ranges::any_of(
        c.config.endpoints, [&](const auto& e) { return e.address == member.ip || e.address == member.name; });
    if (member.ip && !member.local && !have) offered.push_back(member);
  }
  return offered;
}

std::optional<RiskCounts> risks_of(const View& c) {
  if (!c.risks) return std::nullopt;
  const auto count = [&](Severity severity) { return std::ranges::count(*c.risks, severity, &Risk::severity); };
  return RiskCounts{count(Severity::critical), count(Severity::warning), count(Severity::info)};
}

struct TagList {
  std::vector<TagColours> colours{};
  bool operator==(const TagList&) const = default;
};
void write(JsonWriter& out, const TagList& list) {
  out.begin_array();
  for (const TagColours& one : list.colours)
    out.begin_object()
        .member("tag", one.tag)
        .member("background", one.background)
        .member("text", one.text)
        .end_object();
  out.end_array();
}
TagList tag_colours_of(const View& c) {
  const auto& options = c.facts->cluster.options.value;
  return options ? TagList{options->tag_colours} : TagList{};
}

std::int64_t count(const View& c, NodeStatus status) {
  return std::ranges::count_if(c.nodes, [&](const auto& n) { return !n->missing && n->status == status; });
}

constexpr auto kClusterFields = [](auto&& field) {
  using C = const View&;
  field("id", [](C c) { return c.config.id.text(); });
  field("name", [](C c) -> const std::string& { return c.config.name; });
  field("kind", [](C) { return std::string_view("pve"); });
  field(
      "cluster_name", [](C c) -> const auto& { return c.cluster_name; });
  field("quorate", [](C c) { return c.quorate; });
  field("state", [](C c) { return name_of(c.config.paused ? ClusterState::paused : c.health.state); });
  field(
      "version", [](C c) -> const auto& { return c.version; });
  field("node_count",
        [](C c) { return std::int64_t{std::ranges::count_if(c.nodes, [](const auto& n) { return !n->missing; })}; });
  field("online_node_count", [](C c) { return count(c, NodeStatus::online); });
  field("vm_count", [](C c) {
    return std::int64_t{
        std::ranges::count_if(c.guests, [](const auto& g) { return g->status != GuestStatus::deleted; })};
  });
  field("endpoints", [](C c) { return EndpointList{c.config.endpoints, c.health.endpoints}; });
  field(
      "members", [](C c) -> const auto& { return c.members; });
  field("members_offered", [](C c) { return OfferedMembers{offered_of(c)}; });
  field("token_id", [](C c) -> const std::string& { return c.config.token_id; });
  field("has_token", [](C c) { return !c.config.token_secret.empty(); });
  field("tls_mode", [](C c) { return name_of(c.config.tls_mode); });
  field("poll_interval_seconds", [](C c) { return static_cast<std::int64_t>(c.config.poll_interval.count()); });
  field("maintenance_mode", [](C c) { return c.config.maintenance_mode; });
  field(
      "tags", [](C c) -> const auto& { return c.config.tags; });
  field("last_poll_at", [](C c) { return c.last_poll_at; });
  field("last_error", [](C c) { return c.health.error ? std::optional(c.health.error->text) : std::nullopt; });
  field("last_error_code", [](C c) { return c.health.error ? std::optional(c.health.error->code) : std::nullopt; });
  field("last_error_params", [](C c) { return c.health.error ? c.health.error->params : Reason::Params{}; });
  field("powerless", [](C c) { return c.health.powerless; });
  field("requests_per_minute", [](C c) { return rounded(c.health.load.requests_per_minute); });
  field("bytes_per_minute", [](C c) { return rounded(c.health.load.bytes_per_minute); });
  field("poll_p95_ms", [](C c) { return rounded(c.health.load.p95_ms); });
  field("doctor_summary", [](C c) { return c.doctor; });
  field("risk_counts", [](C c) { return risks_of(c); });
  field("tag_colours", [](C c) { return tag_colours_of(c); });
  field("created_at", [](C c) { return c.config.created_at; });
};

struct Overview {
  std::int64_t nodes{}, online_nodes{}, guests{}, running_guests{}, clusters{}, unquorate{}, storages_full_soon{};
  std::int64_t services{}, healthy_services{};
  std::optional<std::int64_t> alerts{}, incidents{};
  std::optional<double> cpu_weight{}, cpu_used{};
  std::optional<std::int64_t> memory_used{}, memory_total{}, storage_used{}, storage_total{}, without_backup{};
  WallTime as_of{};
};

template <class Number>
void add(std::optional<Number>& sum, const std::optional<Number>& part) {
  if (part) sum = sum.value_or(Number{}) + *part;
}

void add_cluster(Overview& sum, const View& c) {
  ++sum.clusters;
  if (c.quorate && !*c.quorate) ++sum.unquorate;
  for (const auto& node : c.nodes) {
    if (node->missing) continue;
    ++sum.nodes;
    if (node->status != NodeStatus::online) continue;
    ++sum.online_nodes;
    if (node->cpu_ratio && node->cpu_count) {
      add(sum.cpu_weight, node->cpu_count);
      add(sum.cpu_used, std::optional(*node->cpu_ratio * *node->cpu_count));
    }
    if (node->memory_used_bytes && node->memory_total_bytes) {
      add(sum.memory_used, node->memory_used_bytes);
      add(sum.memory_total, node->memory_total_bytes);
    }
  }
  for (const auto& guest : c.guests) {
    if (guest->status == GuestStatus::deleted || guest->is_template) continue;
    ++sum.guests;
    if (guest->status == GuestStatus::running) ++sum.running_guests;
    // Whose jobs were not read is not counted as being without.
    if (guest->backup_state == BackupState::none) add(sum.without_backup, std::optional<std::int64_t>(1));
  }
  if (c.backups && c.backups->jobs_readable == Readable::yes) add(sum.without_backup, std::optional<std::int64_t>(0));
  for (const auto& storage : c.storages) {
    if (storage->deleted_at || !storage->used_bytes || !storage->total_bytes) continue;
    add(sum.storage_used, storage->used_bytes);
    add(sum.storage_total, storage->total_bytes);
  }
}

Overview overview_of(const state::Snapshot& snapshot, const std::vector<const View*>& visible) {
  Overview sum;
  sum.as_of = snapshot.at;
  for (const auto* cluster : visible) add_cluster(sum, *cluster);
  if (snapshot.alerts) {
    sum.alerts = sum.incidents = 0;
    for (const auto& [id, count] : snapshot.alerts->by_cluster) {
      const bool is_seen =
          id.exists() ? std::ranges::any_of(visible, [own = id](const View* view) { return view->config.id == own; })
                      : visible.size() == snapshot.clusters.size();
      if (!is_seen) continue;
      *sum.alerts += count.alerts;
      *sum.incidents += count.incidents;
    }
  }
  for (const auto& service : *snapshot.services) {
    // One that stands alone belongs to those who see everything.
    const auto of = cluster_of(*service->service, snapshot);
    const bool is_seen = of ? std::ranges::any_of(visible, [&](const View* view) { return view->config.id == *of; })
                            : visible.size() == snapshot.clusters.size();
    if (!is_seen) continue;
    ++sum.services;
    if (service->status == state::ServiceStatus::up) ++sum.healthy_services;
  }
  return sum;
}

constexpr auto kStatsFields = [](auto&& field) {
  using O = const Overview&;
  field("total_nodes", [](O o) { return o.nodes; });
  field("online_nodes", [](O o) { return o.online_nodes; });
  field("total_vms", [](O o) { return o.guests; });
  field("running_vms", [](O o) { return o.running_guests; });
  field("total_services", [](O o) { return o.services; });
  field("healthy_services", [](O o) { return o.healthy_services; });
  field("active_alerts", [](O o) { return o.alerts; });
  field("clusters", [](O o) { return o.clusters; });
  field("unquorate_clusters", [](O o) { return o.unquorate; });
  field("open_incidents", [](O o) { return o.incidents; });
  field("vms_without_backup", [](O o) { return o.without_backup; });
  field("storages_full_soon", [](O) { return nullptr; });
  field("cpu_ratio",
        [](O o) { return o.cpu_weight && *o.cpu_weight > 0 ? ratio(*o.cpu_used / *o.cpu_weight) : WireRatio{}; });
  field("memory_used_bytes", [](O o) { return o.memory_used; });
  field("memory_total_bytes", [](O o) { return o.memory_total; });
  field("storage_used_bytes", [](O o) { return o.storage_used; });
  field("storage_total_bytes", [](O o) { return o.storage_total; });
  field("as_of", [](O o) { return o.as_of; });
};

constexpr auto kOverviewFields = [](auto&& field) {
  field("id", [](const Overview&) { return std::string_view("overview"); });
  kStatsFields(field);
};

}  // namespace

void encode_params(JsonWriter& out, const Reason::Params& params) { write(out, params); }

void encode_endpoint(JsonWriter& out, const Endpoint& endpoint, const ClusterHealth& health) {
  write_endpoint(out, endpoint, health.endpoints);
}

void encode_cluster(JsonWriter& out, const View& cluster) { write_all(out, kClusterFields, cluster); }

bool encode_cluster_delta(JsonWriter& out, const View& before, const View& after) {
  return write_changed(out, kClusterFields, after.config.id.text(), before, after);
}

void encode_overview(JsonWriter& out, const state::Snapshot& snapshot, const std::vector<const View*>& visible) {
  write_all(out, kOverviewFields, overview_of(snapshot, visible));
}

void encode_stats(JsonWriter& out, const state::Snapshot& snapshot, const std::vector<const View*>& visible) {
  write_all(out, kStatsFields, overview_of(snapshot, visible));
}

bool encode_overview_delta(JsonWriter& out, const state::Snapshot& before, const std::vector<const View*>& seen_before,
                           const state::Snapshot& after, const std::vector<const View*>& seen_after) {
  return write_changed(out, kOverviewFields, "overview", overview_of(before, seen_before),
                       overview_of(after, seen_after));
}

}  // namespace monitorix::live
