#pragma once
// The members of each value of a fact, for both directions at once, so that they cannot drift apart.

#include <concepts>
#include <type_traits>

#include "model/facts.h"
#include "model/watched/backup_plan.h"

namespace monitorix::store {

template <class Any, class T>
concept Some = std::same_as<std::remove_const_t<Any>, T>;

inline void each_field(Some<Disk> auto& d, auto visit) {
  visit("path", d.path), visit("model", d.model), visit("serial", d.serial), visit("vendor", d.vendor);
  visit("kind", d.kind), visit("used_as", d.used_as), visit("health", d.health), visit("size", d.size_bytes);
  visit("worn", d.worn_ratio);
}
inline void each_field(Some<ZfsDevice> auto& d, auto visit) {
  visit("name", d.name), visit("depth", d.depth), visit("state", d.state), visit("read", d.read_errors);
  visit("write", d.write_errors), visit("checksum", d.checksum_errors), visit("note", d.note);
}
inline void each_field(Some<ZfsPool> auto& p, auto visit) {
  visit("name", p.name), visit("health", p.health), visit("size", p.size_bytes), visit("used", p.used_bytes);
  visit("free", p.free_bytes), visit("fragmented", p.fragmented_ratio), visit("scan", p.scan);
  visit("errors", p.errors), visit("status", p.status), visit("action", p.action), visit("devices", p.devices);
}
inline void each_field(Some<ThinPool> auto& p, auto visit) {
  visit("group", p.group), visit("name", p.name), visit("size", p.size_bytes), visit("used", p.used_bytes);
  visit("metadata_size", p.metadata_size_bytes), visit("metadata_used", p.metadata_used_bytes);
}
inline void each_field(Some<PackageUpdate> auto& u, auto visit) {
  visit("name", u.name), visit("installed", u.installed), visit("candidate", u.candidate);
}
inline void each_field(Some<NodeSoftware> auto& s, auto visit) {
  visit("updates", s.updates), visit("running", s.running_kernel), visit("newest", s.newest_kernel);
  visit("outdated", s.kernel_outdated);
}
inline void each_field(Some<RepositoryRemark> auto& r, auto visit) {
  visit("file", r.file), visit("text", r.text), visit("error", r.is_error);
}
inline void each_field(Some<NodeRepositories> auto& r, auto visit) {
  visit("enabled", r.enabled), visit("remarks", r.remarks);
}
inline void each_field(Some<ReplicationJob> auto& j, auto visit) {
  visit("id", j.id), visit("vmid", j.vmid), visit("target", j.target), visit("schedule", j.schedule);
  visit("error", j.error), visit("last_sync", j.last_sync_at), visit("last_try", j.last_try_at);
  visit("next_sync", j.next_sync_at), visit("duration", j.duration_seconds), visit("failures", j.fail_count);
  visit("disabled", j.disabled);
}
inline void each_field(Some<NodeClock> auto& c, auto visit) {
  visit("ahead", c.ahead_seconds), visit("uncertainty", c.uncertainty_seconds), visit("zone", c.time_zone);
}
inline void each_field(Some<GuestSnapshot> auto& s, auto visit) {
  visit("name", s.name), visit("description", s.description), visit("parent", s.parent);
  visit("created", s.created_at), visit("memory", s.with_memory);
}
inline void each_field(Some<GuestDisk> auto& d, auto visit) {
  visit("slot", d.slot), visit("kind", d.kind), visit("storage", d.storage), visit("volume", d.volume);
  visit("mount", d.mount_at), visit("size", d.size_bytes), visit("backup", d.in_backup);
}
inline void each_field(Some<GuestNet> auto& n, auto visit) {
  visit("slot", n.slot), visit("model", n.model), visit("name", n.name), visit("mac", n.mac);
  visit("bridge", n.bridge), visit("tag", n.tag), visit("cut", n.is_cut);
}
inline void each_field(Some<GuestConfig> auto& c, auto visit) {
  visit("disks", c.disks), visit("nets", c.nets), visit("agent", c.has_agent), visit("onboot", c.starts_with_node);
  visit("protected", c.is_protected), visit("cores", c.cores), visit("sockets", c.sockets);
  visit("memory", c.memory_bytes), visit("cpu_limit", c.cpu_limit), visit("balloon", c.balloon_bytes);
  visit("os_type", c.os_type), visit("boot", c.boot), visit("machine", c.machine), visit("host_name", c.host_name);
  visit("description", c.description), visit("uuid", c.smbios_uuid), visit("generation", c.generation_id);
  visit("created", c.created_at);
}
inline void each_field(Some<FileSystem> auto& f, auto visit) {
  visit("mount", f.mount_at), visit("kind", f.kind), visit("also", f.also_at), visit("device", f.device);
  visit("used", f.used_bytes), visit("total", f.total_bytes);
}
inline void each_field(Some<GuestInterface> auto& i, auto visit) {
  visit("name", i.name), visit("mac", i.mac), visit("addresses", i.addresses);
}
inline void each_field(Some<GuestOs> auto& o, auto visit) {
  visit("name", o.name), visit("version", o.version), visit("kernel", o.kernel), visit("host_name", o.host_name);
}
inline void each_field(Some<HaManager> auto& m, auto visit) {
  visit("node", m.node), visit("state", m.state), visit("seen", m.seen_at), visit("dead", m.is_dead);
}
inline void each_field(Some<HaResource> auto& r, auto visit) {
  visit("id", r.id), visit("node", r.node), visit("state", r.state), visit("wanted", r.wanted);
}
inline void each_field(Some<HaStatus> auto& h, auto visit) {
  visit("quorate", h.quorate), visit("fencing", h.fencing), visit("manager", h.manager);
  visit("locals", h.local_managers), visit("resources", h.resources), visit("fenced", h.fenced_nodes);
}
inline void each_field(Some<QDevice> auto& d, auto visit) {
  visit("exists", d.exists), visit("host", d.host), visit("state", d.state), visit("algorithm", d.algorithm);
}
inline void each_field(Some<TagColours> auto& t, auto visit) {
  visit("tag", t.tag), visit("background", t.background), visit("text", t.text);
}
inline void each_field(Some<ClusterOptions> auto& o, auto visit) { visit("tag_colours", o.tag_colours); }
inline void each_field(Some<BackupJob> auto& j, auto visit) {
  visit("id", j.id), visit("enabled", j.enabled), visit("all", j.all), visit("vmids", j.vmids);
  visit("excluded", j.excluded), visit("pool", j.pool), visit("node", j.node), visit("storage", j.storage);
  visit("schedule", j.schedule), visit("mode", j.mode), visit("comment", j.comment), visit("next", j.next_run);
  visit("interval", j.interval);
}
inline void each_field(Some<BackupJobs> auto& b, auto visit) { visit("readable", b.readable), visit("jobs", b.jobs); }
inline void each_field(Some<ExcludedDisk> auto& d, auto visit) { visit("disk", d.disk), visit("reason", d.reason); }
inline void each_field(Some<BackupContents::Row> auto& r, auto visit) {
  visit("vmid", r.vmid), visit("excluded", r.excluded_disks);
}
inline void each_field(Some<BackupContents> auto& c, auto visit) { visit("job", c.job), visit("rows", c.rows); }
inline void each_field(Some<NotBackedUp> auto& n, auto visit) { visit("vmids", n.vmids); }

}  // namespace monitorix::store
