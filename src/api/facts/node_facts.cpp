// What a node is asked rarely: disks, pools, updates, repositories, replication, clock.

#include <cmath>

#include "api/access.h"
#include "api/desk.h"
#include "api/facts/fact_json.h"
#include "api/list.h"
#include "api/query.h"

namespace monitorix::api {
namespace {

struct Found {
  state::SnapshotPtr world{};
  std::shared_ptr<const Node> node{};
  [[nodiscard]] const state::ClusterView& cluster() const { return *world->cluster(node->cluster); }
  [[nodiscard]] const NodeFacts& facts() const { return cluster().facts->of(node->id); }
};

/// The answer about one node's facts; 400 and 404 as everywhere.
template <class Write>
Answer about_node(Desk& desk, Call& call, Write write) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  Found found{.world = desk.house.snapshot()};
  found.node = visible_node(call.caller, *found.world, call.ids[0]);
  return found.node ? write(found) : not_found();
}

std::optional<double> wire_ratio(const std::optional<double>& exact) {
  return exact ? std::optional(std::round(*exact * 1e4) / 1e4) : std::nullopt;
}

void write_disk(JsonWriter& out, const Disk& disk) {
  out.begin_object().member("path", disk.path).member("model", disk.model).member("serial", disk.serial);
  out.member("vendor", disk.vendor).member("kind", disk.kind).member("used_as", disk.used_as);
  out.member("health", disk.health).member("size_bytes", disk.size_bytes);
  out.member("worn_ratio", wire_ratio(disk.worn_ratio)).end_object();
}

void write_pool(JsonWriter& out, const ZfsPool& pool) {
  out.begin_object().member("name", pool.name).member("health", pool.health).member("size_bytes", pool.size_bytes);
  out.member("used_bytes", pool.used_bytes).member("free_bytes", pool.free_bytes);
  out.member("fragmented_ratio", wire_ratio(pool.fragmented_ratio)).member("scan", pool.scan);
  out.member("errors", pool.errors).member("status", pool.status).member("action", pool.action);
  out.key("devices").begin_array();
  for (const auto& device : pool.devices) {
    out.begin_object().member("name", device.name).member("depth", device.depth).member("state", device.state);
    out.member("read_errors", device.read_errors).member("write_errors", device.write_errors);
    out.member("checksum_errors", device.checksum_errors).member("note", device.note).end_object();
  }
  out.end_array().end_object();
}

void write_thin_pool(JsonWriter& out, const ThinPool& pool) {
  out.begin_object().member("group", pool.group).member("name", pool.name).member("size_bytes", pool.size_bytes);
  out.member("used_bytes", pool.used_bytes).member("metadata_size_bytes", pool.metadata_size_bytes);
  out.member("metadata_used_bytes", pool.metadata_used_bytes).end_object();
}

/// The guest that a job copies, as this cluster knows it now.
std::optional<std::string> guest_of(const state::ClusterView& cluster, const std::optional<std::int64_t>& vmid) {
  if (vmid)
    for (const auto& guest : cluster.guests)
      if (guest->vmid == *vmid && guest->status != GuestStatus::deleted) return guest->id.text();
  return std::nullopt;
}

Answer node_disks(Desk& desk, Call& call) {
  return about_node(desk, call, [](const Found& found) { return fact_list(found.facts().disks, write_disk); });
}

Answer node_zfs(Desk& desk, Call& call) {
  return about_node(desk, call, [](const Found& found) { return fact_list(found.facts().zfs, write_pool); });
}

Answer node_thin_pools(Desk& desk, Call& call) {
  return about_node(desk, call,
                    [](const Found& found) { return fact_list(found.facts().thin_pools, write_thin_pool); });
}

Answer node_replication(Desk& desk, Call& call) {
  return about_node(desk, call, [](const Found& found) {
    return fact_list(found.facts().replication, [&](JsonWriter& out, const ReplicationJob& job) {
      out.begin_object().member("id", job.id).member("vmid", job.vmid);
      out.member("vm_id", guest_of(found.cluster(), job.vmid)).member("target", job.target);
      out.member("schedule", job.schedule);
      member(out, "last_sync_at", job.last_sync_at);
      member(out, "last_try_at", job.last_try_at);
      member(out, "next_sync_at", job.next_sync_at);
      out.member("duration_seconds", job.duration_seconds).member("fail_count", job.fail_count);
      out.member("error", job.error).member("disabled", job.disabled).end_object();
    });
  });
}

Answer node_updates(Desk& desk, Call& call) {
  return about_node(desk, call, [](const Found& found) {
    const auto& fact = found.facts().software;
    JsonWriter out;
    out.begin_object().key("items").begin_array();
    if (fact.value)
      for (const auto& update : fact.value->updates) {
        out.begin_object().member("name", update.name).member("installed", update.installed);
        out.member("candidate", update.candidate).end_object();
      }
    out.end_array();
    const NodeSoftware software = fact.value.value_or(NodeSoftware{});
    out.member("running_kernel", software.running_kernel).member("newest_kernel", software.newest_kernel);
    out.member("kernel_outdated", software.kernel_outdated);
    close_fact(out, fact);
    return json(out);
  });
}

Answer node_repositories(Desk& desk, Call& call) {
  return about_node(desk, call, [](const Found& found) {
    const auto& fact = found.facts().repositories;
    const NodeRepositories sources = fact.value.value_or(NodeRepositories{});
    JsonWriter out;
    out.begin_object().key("items").begin_array();
    for (const RepositoryRemark& remark : sources.remarks) {
      out.begin_object().member("file", remark.file).member("text", remark.text);
      out.member("is_error", remark.is_error).end_object();
    }
    out.end_array().key("enabled").begin_array();
    for (const std::string& name : sources.enabled) out.value(name);
    out.end_array();
    close_fact(out, fact);
    return json(out);
  });
}

Answer node_clock(Desk& desk, Call& call) {
  return about_node(desk, call, [](const Found& found) {
    const auto& fact = found.facts().clock;
    JsonWriter out;
    out.begin_object();
    out.member("ahead_seconds", fact.value ? std::optional(fact.value->ahead_seconds) : std::nullopt);
    out.member("uncertainty_seconds", fact.value ? std::optional(fact.value->uncertainty_seconds) : std::nullopt);
    out.member("time_zone", fact.value ? fact.value->time_zone : std::nullopt);
    close_fact(out, fact);
    return json(out);
  });
}

}  // namespace

void add_node_fact_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/nodes/{id}/disks", Access::viewer, with(desk, node_disks));
  must_add(router, "GET", "/api/nodes/{id}/zfs", Access::viewer, with(desk, node_zfs));
  must_add(router, "GET", "/api/nodes/{id}/thin-pools", Access::viewer, with(desk, node_thin_pools));
  must_add(router, "GET", "/api/nodes/{id}/replication", Access::viewer, with(desk, node_replication));
  must_add(router, "GET", "/api/nodes/{id}/updates", Access::viewer, with(desk, node_updates));
  must_add(router, "GET", "/api/nodes/{id}/repositories", Access::viewer, with(desk, node_repositories));
  must_add(router, "GET", "/api/nodes/{id}/clock", Access::viewer, with(desk, node_clock));
}

}  // namespace monitorix::api
