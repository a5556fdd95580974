// What a guest is made of and what it says of itself, with when that was said and, where the newest question brought
// nothing, why.

#include <algorithm>

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

struct Asked {
  state::SnapshotPtr world{};
  std::shared_ptr<const Guest> guest{};
  const GuestFacts* facts{};
};

Asked find_asked(const Desk& desk, const Call& call) {
  Asked out{.world = desk.house.snapshot()};
  out.guest = visible_guest(call.caller, *out.world, call.ids[0]);
  const auto* cluster = out.guest ? out.world->cluster(out.guest->cluster) : nullptr;
  static const GuestFacts nothing;
  out.facts = cluster && cluster->facts ? &cluster->facts->of(out.guest->id) : &nothing;
  return out;
}

Reason reason(std::string code, std::string text) { return {.code = std::move(code), .text = std::move(text)}; }

/// A dead or forbidden agent is asked one question for all.
std::optional<Reason> what_agent_said(const GuestFacts& facts) {
  for (const auto* why : {&facts.file_systems.missing, &facts.interfaces.missing, &facts.os.missing})
    if (*why && ((*why)->code == "agent_not_running" || (*why)->code == "privilege_missing")) return *why;
  return std::nullopt;
}

/// Why nothing newer is known than what is shown. What only a running guest tells is not asked of one that stands.
template <class T>
std::optional<Reason> why_not(const Asked& asked, const Fact<T>& fact, bool needs_run) {
  const Guest& guest = *asked.guest;
  if (guest.is_template) return reason("template", "templates are not asked");
  const auto& config = asked.facts->config.value;
  const bool needs_agent = needs_run && guest.type == GuestType::qemu;
  if (needs_agent && config && !config->has_agent)
    return reason("agent_not_configured", "the guest agent is not switched on in the guest's options");
  if (needs_run && guest.status != GuestStatus::running) return reason("guest_not_running", "the guest does not run");
  const bool is_silent = guest.agent_state == AgentState::not_running || guest.agent_state == AgentState::no_permission;
  if (fact.missing) return fact.missing;
  if (needs_agent && is_silent)
    if (auto said = what_agent_said(*asked.facts)) return said;
  if (!fact.at) return reason("not_asked_yet", "it has not been asked yet");
  return std::nullopt;
}

void write_time(JsonWriter& out, std::string_view name, const std::optional<WallTime>& at) {
  out.member(name, at ? std::optional(rfc3339(*at)) : std::nullopt);
}

void write_reason(JsonWriter& out, const std::optional<Reason>& why) {
  out.key("unavailable");
  if (!why) {
    out.null();
    return;
  }
  out.begin_object().member("code", why->code).member("text", why->text).key("params");
  live::encode_params(out, why->params);
  out.end_object();
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.value(text);
  out.end_array();
}

void write(JsonWriter& out, const FileSystem& one) {
  out.begin_object().member("mount_point", one.mount_at).member("type", one.kind).member("device", one.device);
  write_texts(out, "also_at", one.also_at);
  out.member("used_bytes", one.used_bytes).member("total_bytes", one.total_bytes).end_object();
}

void write(JsonWriter& out, const GuestInterface& one) {
  out.begin_object().member("name", one.name).member("mac", one.mac);
  write_texts(out, "addresses", one.addresses);
  out.end_object();
}

void write(JsonWriter& out, const GuestDisk& one) {
  out.begin_object().member("slot", one.slot).member("kind", one.kind).member("storage", one.storage);
  out.member("volume", one.volume).member("mount_point", one.mount_at).member("size_bytes", one.size_bytes);
  out.member("in_backup", one.in_backup).end_object();
}

void write(JsonWriter& out, const GuestSnapshot& one) {
  out.begin_object().member("name", one.name).member("description", one.description).member("parent", one.parent);
  write_time(out, "created_at", one.created_at);
  out.member("with_memory", one.with_memory).end_object();
}

template <class T>
Answer list_of(const std::vector<T>* items, const std::optional<WallTime>& at, const std::optional<Reason>& why) {
  JsonWriter out;
  out.begin_object().key("items");
  if (items) {
    out.begin_array();
    for (const T& one : *items) write(out, one);
    out.end_array();
  } else {
    out.null();  // unknown is not empty
  }
  write_time(out, "collected_at", at);
  write_reason(out, why);
  out.end_object();
  return json(out);
}

template <class T>
Answer list_of(const Asked& asked, const Fact<std::vector<T>>& fact, bool needs_run) {
  return list_of(fact.value ? &*fact.value : nullptr, fact.at, why_not(asked, fact, needs_run));
}

/// Of a container the node itself knows the root file system.
Answer root_of_container(const Asked& asked) {
  const Guest& guest = *asked.guest;
  if (guest.status != GuestStatus::running)
    return list_of<FileSystem>(nullptr, std::nullopt, reason("guest_not_running", "the guest does not run"));
  const std::vector<FileSystem> root{{.mount_at = "/",
                                      .kind = "rootfs",
                                      .used_bytes = guest.disk_used_bytes,
                                      .total_bytes = guest.disk_capacity_bytes}};
  return list_of(&root, guest.last_check, std::nullopt);
}

template <class Show>
Answer shown(Desk& desk, Call& call, Show show) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const Asked asked = find_asked(desk, call);
  return asked.guest ? show(asked) : not_found();
}

Answer file_systems(Desk& desk, Call& call) {
  return shown(desk, call, [](const Asked& asked) {
    return asked.guest->type == GuestType::lxc ? root_of_container(asked)
                                               : list_of(asked, asked.facts->file_systems, true);
  });
}

Answer interfaces(Desk& desk, Call& call) {
  return shown(desk, call, [](const Asked& asked) { return list_of(asked, asked.facts->interfaces, true); });
}

Answer disks(Desk& desk, Call& call) {
  return shown(desk, call, [](const Asked& asked) {
    const auto& config = asked.facts->config;
    return list_of(config.value ? &config.value->disks : nullptr, config.at, why_not(asked, config, false));
  });
}

Answer snapshots(Desk& desk, Call& call) {
  return shown(desk, call, [](const Asked& asked) { return list_of(asked, asked.facts->snapshots, false); });
}

void write_config(JsonWriter& out, const GuestConfig& config) {
  out.begin_object().member("cores", config.cores).member("sockets", config.sockets);
  out.member("cpu_limit", config.cpu_limit).member("memory_bytes", config.memory_bytes);
  out.member("balloon_bytes", config.balloon_bytes).member("agent_enabled", config.has_agent);
  out.member("starts_with_node", config.starts_with_node).member("is_protected", config.is_protected);
  out.member("os_type", config.os_type).member("boot", config.boot).member("machine", config.machine);
  out.member("description", config.description).key("nets").begin_array();
  for (const GuestNet& net : config.nets) {
    out.begin_object().member("slot", net.slot).member("model", net.model).member("name", net.name);
    out.member("mac", net.mac).member("bridge", net.bridge).member("tag", net.tag);
    out.member("is_cut", net.is_cut).end_object();
  }
  out.end_array();
  write_time(out, "created_at", config.created_at);
  out.end_object();
}

Answer inside(Desk& desk, Call& call) {
  return shown(desk, call, [](const Asked& asked) {
    const auto& system = asked.facts->os;
    const auto& config = asked.facts->config;
    const bool is_vm = asked.guest->type == GuestType::qemu;
    const GuestOs os = system.value.value_or(GuestOs{});
    const auto host = is_vm ? os.host_name : config.value ? config.value->host_name : std::nullopt;
    JsonWriter out;
    out.begin_object().key("os").begin_object().member("name", asked.guest->os_name).member("version", os.version);
    out.member("kernel", os.kernel).member("host_name", host);
    write_time(out, "collected_at", is_vm ? system.at : config.at);
    write_reason(out, is_vm ? why_not(asked, system, true) : why_not(asked, config, false));
    out.end_object().member("agent_state", name_of(asked.guest->agent_state));
    out.key("config").begin_object().key("value");
    if (config.value)
      write_config(out, *config.value);
    else
      out.null();
    write_time(out, "collected_at", config.at);
    write_reason(out, why_not(asked, config, false));
    out.end_object().end_object();
    return json(out);
  });
}

}  // namespace

void add_inside_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/vms/{id}/filesystems", Access::viewer, with(desk, file_systems));
  must_add(router, "GET", "/api/vms/{id}/interfaces", Access::viewer, with(desk, interfaces));
  must_add(router, "GET", "/api/vms/{id}/disks", Access::viewer, with(desk, disks));
  must_add(router, "GET", "/api/vms/{id}/snapshots", Access::viewer, with(desk, snapshots));
  must_add(router, "GET", "/api/vms/{id}/inside", Access::viewer, with(desk, inside));
}

}  // namespace monitorix::api
