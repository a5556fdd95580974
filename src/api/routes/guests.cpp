#include <algorithm>

#include "api/access.h"
#include "api/desk.h"
#include "api/fields.h"
#include "api/list.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

constexpr std::int64_t kMostRecoveryHours = 87'600;  // ten years

struct GuestFilter {
  std::vector<std::string> nodes, clusters, statuses, types, pools, tags;
  std::string q;
  bool deleted{}, has_template{}, is_template{};
};

Result<GuestFilter> read_filter(const Query& query) {
  const auto known = query.allow({"node_id", "tag", "cluster_id", "status", "type", "pool", "q", "deleted", "template",
                                  "sort", "limit", "cursor", "count", "envelope"});
  if (!known) return fail(known.error());
  const auto deleted = query.flag("deleted", false);
  if (!deleted) return fail(deleted.error());
  const auto is_template = query.flag("template", false);
  if (!is_template) return fail(is_template.error());
  return GuestFilter{query.all("node_id"),
                     query.all("cluster_id"),
                     query.all("status"),
                     query.all("type"),
                     query.all("pool"),
                     query.all("tag"),
                     lower(query.text("q")),
                     *deleted,
                     query.find("template") != nullptr,
                     *is_template};
}

bool passes(const GuestFilter& f, const Guest& g) {
  return (f.deleted || g.status != GuestStatus::deleted) && (!f.has_template || f.is_template == g.is_template) &&
         wanted(f.nodes, g.node.text()) && wanted(f.statuses, name_of(g.status)) && wanted(f.types, name_of(g.type)) &&
         wanted(f.pools, g.pool.value_or("")) && wanted_any(f.tags, g.tags, g.proxmox_tags) &&
         (has_text(g.name, f.q) ||
          std::ranges::any_of(g.ip_addresses, [&](const std::string& address) { return has_text(address, f.q); }));
}

SortKey number(const std::optional<double>& value) { return value ? SortKey(*value) : SortKey{}; }
SortKey number(const std::optional<std::int64_t>& value) {
  return value ? SortKey(static_cast<double>(*value)) : SortKey{};
}

using Guests = std::vector<const Guest*>;

void add_sorts(Selection& s, const std::shared_ptr<Guests>& all) {
  const auto by = [&](const char* name, auto key) {
    s.sorts[name] = [all, key](std::size_t at) -> SortKey { return key(*(*all)[at]); };
  };
  by("id", [](const Guest& g) { return SortKey(static_cast<double>(g.id.value)); });
  by("name", [](const Guest& g) { return SortKey(lower(g.name)); });
  by("vmid", [](const Guest& g) { return SortKey(static_cast<double>(g.vmid)); });
  by("status", [](const Guest& g) { return SortKey(std::string(name_of(g.status))); });
  by("type", [](const Guest& g) { return SortKey(std::string(name_of(g.type))); });
  by("cpu_ratio", [](const Guest& g) { return number(g.cpu_ratio); });
  by("cpu_usage", [](const Guest& g) { return number(g.cpu_ratio); });
  by("memory_used_bytes", [](const Guest& g) { return number(g.memory_used_bytes); });
  by("memory_total", [](const Guest& g) { return number(g.memory_total_bytes); });
  by("uptime", [](const Guest& g) { return number(g.uptime_seconds); });
  by("created_at", [](const Guest& g) { return SortKey(static_cast<double>(to_ms(g.created_at))); });
}

Answer make_list(const Desk& desk, const Call& call) {
  const auto filter = read_filter(call.query);
  if (!filter) return bad_query(filter.error());
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<Guests>();
  for (const auto& [id, cluster] : world->clusters) {
    if (!live::may_see(call.caller.scope, id) || !wanted(filter->clusters, id.text())) continue;
    for (const auto& guest : cluster->guests)
      if (passes(*filter, *guest) && authorize(call.caller, *guest)) found->push_back(guest.get());
  }
  Selection selection;
  for (const auto* guest : *found) selection.ids.push_back(guest->id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) { live::encode_guest(out, *(*found)[at]); };
  add_sorts(selection, found);
  return list_answer(call, ListForm::bare, selection);
}

Answer list_guests(Desk& desk, Call& call) {
  return cached(desk, call, [&] { return make_list(desk, call); });
}

/// Changes when what people may write changes, not with each poll.
std::string version_of(const Guest& guest) {
  JsonWriter out;
  out.begin_object().member("o", guest.owner).member("n", guest.note).member("u", guest.url).key("t").begin_array();
  for (const auto& tag : guest.tags) out.value(tag);
  out.end_array().member("b", name_of(guest.backup_policy));
  out.member("h", guest.recovery_point_hours).member("bn", guest.backup_note).end_object();
  return std::to_string(crc32c(out.text()));
}

Answer one(const Guest& guest) {
  JsonWriter out;
  live::encode_guest(out, guest);
  Answer answer = json(out);
  answer.version = version_of(guest);
  return answer;
}

Answer show_guest(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto guest = visible_guest(call.caller, *desk.house.snapshot(), call.ids[0]);
  return guest ? one(*guest) : not_found();
}

std::optional<std::string> cleared_or(Fields& body, std::string_view name, std::optional<std::string> present,
                                      std::size_t most, bool one_line) {
  if (!body.has(name)) return present;
  return body.text(name, {0, most, true, one_line});
}

/// What a person says of the guest's backups.
void read_backup_wishes(Fields& body, Guest& next) {
  if (const auto policy = body.text("backup_policy", {1, 32})) {
    const auto known = parse_name<BackupPolicy>(*policy);
    if (known)
      next.backup_policy = *known;
    else
      body.wrong("backup_policy", "invalid", "must be required, not_needed or archived");
  }
  if (body.has("recovery_point_hours")) {
    next.recovery_point_hours.reset();
    if (!body.is_null("recovery_point_hours"))
      next.recovery_point_hours = body.number("recovery_point_hours", 1, kMostRecoveryHours);
  }
  next.backup_note = cleared_or(body, "backup_note", next.backup_note, 500, true);
}

net::Task<Answer> change_guest(Desk& desk, Call& call) {
  const auto guest = visible_guest(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!guest) co_return not_found();
  if (auto stale = refuse_stale(call.request, version_of(*guest), "the guest")) co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Guest next = *guest;
  if (auto tags = body->texts("tags", 50, {1, 64})) next.tags = std::move(*tags);
  next.owner = cleared_or(*body, "owner", next.owner, 256, true);
  next.note = cleared_or(*body, "note", next.note, 65536, false);
  next.url = cleared_or(*body, "url", next.url, 2048, true);
  if (next.url && !next.url->empty() && !next.url->starts_with("https://") && !next.url->starts_with("http://"))
    body->wrong("url", "invalid", "must begin with https:// or http://");
  read_backup_wishes(*body, next);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto kept = co_await desk.house.commands.annotate_guest(next);
  if (!kept) co_return from_error(kept.error());
  Changes changes;
  changes.of("tags", guest->tags, kept->tags)
      .of("owner", guest->owner, kept->owner)
      .of("note", guest->note, kept->note)
      .of("url", guest->url, kept->url)
      .of("backup_policy", std::string(name_of(guest->backup_policy)), std::string(name_of(kept->backup_policy)))
      .of("recovery_point_hours", guest->recovery_point_hours, kept->recovery_point_hours)
      .of("backup_note", guest->backup_note, kept->backup_note);
  co_await desk.audit(deed(desk, call, "update", "vm", kept->id.text(), kept->name, std::move(changes)));
  co_return one(*kept);
}

net::Task<Answer> sync_guest(Desk& desk, Call& call) {
  const auto guest = visible_guest(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!guest) co_return not_found();
  const auto done = co_await desk.house.commands.sync_guest(guest->id);
  if (!done) co_return from_error(done.error());
  const auto fresh = visible_guest(call.caller, *desk.house.snapshot(), call.ids[0]);
  co_return fresh ? one(*fresh) : not_found();
}

net::Task<Answer> guest_current(Desk& desk, Call& call) {
  const auto guest = visible_guest(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!guest) co_return not_found();
  auto current = co_await desk.house.commands.guest_current(guest->id);
  if (!current) co_return from_error(current.error());
  co_return json(std::move(*current));
}

}  // namespace

void add_guest_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/vms", Access::viewer, with(desk, list_guests));
  must_add(router, "GET", "/api/vms/{id}", Access::viewer, with(desk, show_guest));
  must_add(router, "PUT", "/api/vms/{id}", Access::editor, with(desk, change_guest));
  must_add(router, "PATCH", "/api/vms/{id}", Access::editor, with(desk, change_guest));
  must_add(router, "POST", "/api/vms/{id}/sync", Access::operator_, with(desk, sync_guest));
  must_add(router, "GET", "/api/vms/{id}/current", Access::viewer, with(desk, guest_current));
}

}  // namespace monitorix::api
