// Services as a list and one by one: reading, making, changing, forgetting.

#include "api/services/services.h"

#include <algorithm>

#include "api/access.h"
#include "api/list.h"
#include "base/crypto.h"
#include "base/text.h"
#include "live/encode.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kTokenBytes = 20;
constexpr std::size_t kMostInBulk = 500;
constexpr int kMostTries = 5;
constexpr std::chrono::milliseconds kStorePause{1000};

struct ServiceFilter {
  std::vector<std::string> vms, nodes, clusters, types, statuses, tags;
  std::string q;
  bool has_maintenance{}, maintenance{};
};

Result<ServiceFilter> read_filter(const Query& query) {
  const auto known = query.allow({"vm_id", "node_id", "cluster_id", "type", "status", "tag", "maintenance", "q", "sort",
                                  "limit", "cursor", "count", "envelope"});
  if (!known) return fail(known.error());
  const auto maintenance = query.flag("maintenance", false);
  if (!maintenance) return fail(maintenance.error());
  return ServiceFilter{
      query.all("vm_id"),  query.all("node_id"), query.all("cluster_id"), query.all("type"),
      query.all("status"), query.all("tag"),     lower(query.text("q")),  query.find("maintenance") != nullptr,
      *maintenance};
}

bool passes(const ServiceFilter& f, const state::ServiceView& v, const state::Snapshot& world) {
  const WatchedService& s = *v.service;
  const auto guest = s.guest ? world.guest(*s.guest) : nullptr;
  const std::string node = guest ? guest->node.text() : s.node ? s.node->text() : "";
  const auto cluster = f.clusters.empty() ? std::nullopt : cluster_of(s, world);
  return wanted(f.vms, s.guest ? s.guest->text() : "") && wanted(f.nodes, node) &&
         wanted(f.clusters, cluster ? cluster->text() : "") && wanted(f.types, name_of(s.type)) &&
         wanted(f.statuses, state::name_of(v.status)) && wanted_any(f.tags, s.tags, {}) &&
         (!f.has_maintenance || f.maintenance == v.in_maintenance) &&
         (has_text(s.name, f.q) || has_text(s.target, f.q) ||
          std::ranges::any_of(s.tags, [&](const std::string& tag) { return has_text(tag, f.q); }));
}

using Views = std::vector<std::shared_ptr<const state::ServiceView>>;

Answer make_list(const Desk& desk, const Call& call) {
  const auto filter = read_filter(call.query);
  if (!filter) return bad_query(filter.error());
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<Views>();
  for (const auto& view : *world->services)
    if (live::may_see(call.caller.scope, *view->service, *world) && passes(*filter, *view, *world))
      found->push_back(view);
  Selection selection;
  for (const auto& view : *found) selection.ids.push_back(view->id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) { live::encode_service(out, *(*found)[at]); };
  const auto by = [&](const char* name, auto key) {
    selection.sorts[name] = [found, key](std::size_t at) -> SortKey { return key(*(*found)[at]); };
  };
  using V = const state::ServiceView&;
  by("id", [](V v) { return SortKey(static_cast<double>(v.id.value)); });
  by("name", [](V v) { return SortKey(lower(v.service->name)); });
  by("status", [](V v) { return SortKey(std::string(state::name_of(v.status))); });
  by("type", [](V v) { return SortKey(std::string(name_of(v.service->type))); });
  by("status_since", [](V v) { return SortKey(static_cast<double>(to_ms(v.status_since))); });
  by("response_time", [](V v) { return v.latest ? SortKey(static_cast<double>(v.latest->took.count())) : SortKey{}; });
  by("created_at", [](V v) { return SortKey(static_cast<double>(to_ms(v.service->created_at))); });
  return list_answer(call, ListForm::bare, selection);
}

Answer list_services(Desk& desk, Call& call) {
  return cached(desk, call, [&] { return make_list(desk, call); });
}

Answer one(const state::ServiceView& view, int status = 200) {
  JsonWriter out;
  live::encode_service(out, view);
  Answer answer = json(out, status);
  answer.version = std::to_string(view.version);
  return answer;
}

/// The service as it is shown now, after a deed.
Answer shown(Desk& desk, ServiceId id) {
  const auto view = desk.house.snapshot()->service(id);
  return view ? one(*view) : not_found();
}

Answer show_service(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  return view ? one(*view) : not_found();
}

void write_made(JsonWriter& out, const Desk& desk, const MadeService& made) {
  const auto view = desk.house.snapshot()->service(made.record.service.id);
  JsonWriter whole;
  if (view) live::encode_service(whole, *view);
  std::string text = whole.take();
  JsonWriter token;
  if (made.push_token.empty())
    token.null();
  else
    token.value(made.push_token);
  if (text.ends_with('}')) text.replace(text.size() - 1, 1, ",\"push_token\":" + token.text() + "}");
  out.raw(text);
}

net::Task<Answer> create_service(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  WatchedService service;
  read_service(desk, call, *body, BodyOf::new_service, service);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto made = co_await make_service(desk, call, std::move(service));
  if (!made) co_return from_error(made.error());
  JsonWriter out;
  write_made(out, desk, *made);
  Answer answer = json(out, 201);
  answer.headers.emplace_back("Location", "/api/services/" + made->record.service.id.text());
  co_return answer;
}

void write_failure(JsonWriter& out, std::size_t index, const std::string& name, const std::vector<FieldError>& errors,
                   const std::string& error) {
  out.begin_object().member("index", static_cast<std::int64_t>(index)).key("name");
  if (name.empty())
    out.null();
  else
    out.value(name);
  out.member("error", error).key("errors").begin_array();
  for (const FieldError& one : errors)
    out.begin_object().member("field", one.field).member("code", one.code).member("message", one.message).end_object();
  out.end_array().end_object();
}

net::Task<Answer> create_services(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  auto list = body->objects("services", kMostInBulk);
  if (!list || list->empty()) body->wrong("services", "required", "a list of 1 to 500 services");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  JsonWriter failed;
  JsonWriter made_list;
  failed.begin_array();
  made_list.begin_array();
  for (std::size_t at = 0; at < list->size(); ++at) {
    WatchedService service;
    read_service(desk, call, (*list)[at], BodyOf::new_service, service);
    const std::string name = service.name;
    const auto errors = (*list)[at].finish();
    if (!errors.empty()) {
      write_failure(failed, at, name, errors, errors.front().field + ": " + errors.front().message);
      continue;
    }
    const auto made = co_await make_service(desk, call, std::move(service));
    if (made)
      write_made(made_list, desk, *made);
    else
      write_failure(failed, at, name, {}, made.error().text);
  }
  JsonWriter out;
  out.begin_object().key("created").raw(made_list.end_array().text()).key("failed").raw(failed.end_array().text());
  co_return json(out.end_object());
}

net::Task<Answer> update_service(Desk& desk, Call& call) {
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->version), "the service"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  WatchedService next = *view->service;
  read_service(desk, call, *body, BodyOf::change, next);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto changed =
      co_await change_service(desk, call, std::move(next), wanted_version(call.request).empty() ? 0 : view->version);
  if (!changed && changed.error().code == Errc::conflict)
    co_return problem(412, "version_mismatch", changed.error().text);
  if (!changed) co_return from_error(changed.error());
  co_return shown(desk, changed->service.id);
}

net::Task<Answer> delete_service(Desk& desk, Call& call) {
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->version), "the service"))
    co_return std::move(*stale);
  for (const auto& other : desk.house.checks.watch.services())
    if (other->type == ServiceType::composite &&
        std::ranges::find(other->composite.members, view->id) != other->composite.members.end())
      co_return problem(409, "in_use", "'" + other->name + "' has it as a member");
  auto telling = desk.tell([id = view->id](store::Store& store) { return store.services().remove(id); });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  desk.house.checks.remove(view->id);
  co_await desk.audit(deed(desk, call, "delete", "service", view->id.text(), view->service->name));
  co_return no_content();
}

net::Task<Answer> set_maintenance(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"maintenance_mode"}); !known) co_return bad_query(known.error());
  if (!call.query.find("maintenance_mode")) co_return problem(400, "bad_request", "maintenance_mode is required");
  const auto wanted_mode = call.query.flag("maintenance_mode", false);
  if (!wanted_mode) co_return bad_query(wanted_mode.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  WatchedService next = *view->service;
  next.maintenance_mode = *wanted_mode;
  const auto changed = co_await change_service(desk, call, std::move(next), 0);
  if (!changed) co_return from_error(changed.error());
  co_return shown(desk, changed->service.id);
}

net::Task<Answer> toggle_active(Desk& desk, Call& call) {
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  WatchedService next = *view->service;
  next.is_active = !next.is_active;
  const auto changed = co_await change_service(desk, call, std::move(next), 0);
  if (!changed) co_return from_error(changed.error());
  co_return shown(desk, changed->service.id);
}

net::Task<Answer> renew_token(Desk& desk, Call& call) {
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (view->service->type != ServiceType::push)
    co_return problem(409, "invalid_state", "only a push heartbeat has a token");
  const FreshToken fresh = make_push_token();
  const auto now = desk.house.clock.wall();
  auto telling = desk.tell([id = view->id, hash = fresh.hash, now](store::Store& store) {
    return store.services().put_push_token(id, hash, now);
  });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  desk.house.checks.watch.set_push_token(view->id, fresh.hash);
  desk.house.checks.show();
  co_await desk.audit(deed(desk, call, "renew_token", "service", view->id.text(), view->service->name));
  JsonWriter out;
  out.begin_object().member("token", fresh.text).member("path", "/api/push/" + fresh.text).end_object();
  co_return json(out);
}

using StoreDeed = std::function<Result<ServiceRecord>(store::Store&)>;

/// A guest or node that was seen a moment ago may not be stored yet: what refers to it waits for that.
net::Task<Result<ServiceRecord>> stored(Desk& desk, StoreDeed what) {
  for (int tries = 0;; ++tries) {
    auto asking = desk.ask<ServiceRecord>(what);
    auto done = co_await std::move(asking);
    if (done || done.error().code != Errc::not_found || tries == kMostTries) co_return done;
    co_await net::sleep_for(kStorePause);
  }
}

Changes differences(const WatchedService& before, const WatchedService& after) {
  Changes changes;
  changes.of("name", before.name, after.name)
      .of("type", std::string(name_of(before.type)), std::string(name_of(after.type)))
      .of("target", before.target, after.target)
      .of("port", before.port, after.port)
      .of("is_active", before.is_active, after.is_active)
      .of("maintenance_mode", before.maintenance_mode, after.maintenance_mode)
      .of("tags", before.tags, after.tags)
      .of("check_interval_ms", std::int64_t{before.interval.count()}, std::int64_t{after.interval.count()})
      .secret("options.http.secret", before.http.secret != after.http.secret)
      .secret("options.http.headers", before.http.headers != after.http.headers)
      .secret("options.tls.client_key_pem", before.tls.client_key_pem != after.tls.client_key_pem);
  return changes;
}

}  // namespace

std::shared_ptr<const state::ServiceView> visible_service(const Caller& caller, const state::Snapshot& world,
                                                          const std::string& id) {
  const auto number = parse_id(id);
  const auto view = number ? world.service(ServiceId{*number}) : nullptr;
  const bool is_seen = view && caller.signed_in && live::may_see(caller.scope, *view->service, world);
  return is_seen ? view : nullptr;
}

FreshToken make_push_token() {
  FreshToken fresh;
  fresh.text = to_hex(random_bytes(kTokenBytes));
  fresh.hash = push_token_hash(fresh.text);
  return fresh;
}

std::string push_token_hash(std::string_view token) {
  const auto digest = sha256(token);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

net::Task<Result<MadeService>> make_service(Desk& desk, const Call& call, WatchedService service) {
  MadeService made;
  service.created_at = desk.house.clock.wall();
  FreshToken fresh;
  if (service.type == ServiceType::push) fresh = make_push_token();
  made.push_token = fresh.text;
  StoreDeed create = [service = std::move(service), hash = fresh.hash](store::Store& store) {
    return store.services().create(service, hash);
  };
  auto record = co_await stored(desk, std::move(create));
  if (!record) co_return fail(record.error());
  made.record = std::move(*record);
  const ServiceId id = made.record.service.id;
  desk.house.checks.put(made.record);
  if (!fresh.hash.empty()) desk.house.checks.watch.set_push_token(id, fresh.hash);
  desk.house.checks.show();
  co_await desk.audit(deed(desk, call, "create", "service", id.text(), made.record.service.name));
  co_return made;
}

net::Task<Result<ServiceRecord>> change_service(Desk& desk, const Call& call, WatchedService service,
                                                std::int64_t expected_version) {
  const auto before = desk.house.checks.watch.service(service.id);
  const auto now = desk.house.clock.wall();
  StoreDeed update = [service = std::move(service), expected_version, now](store::Store& store) {
    return store.services().update(service, expected_version, now);
  };
  auto changed = co_await stored(desk, std::move(update));
  if (!changed) co_return fail(changed.error());
  const auto& after = changed->service;
  desk.house.checks.put(*changed);
  desk.house.checks.show();
  Changes changes = before ? differences(*before, after) : Changes{};
  co_await desk.audit(deed(desk, call, "update", "service", after.id.text(), after.name, std::move(changes)));
  co_return std::move(*changed);
}

void add_service_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/services", Access::viewer, with(desk, list_services));
  must_add(router, "POST", "/api/services", Access::editor, with(desk, create_service));
  must_add(router, "POST", "/api/services/bulk", Access::editor, with(desk, create_services));
  must_add(router, "GET", "/api/services/{id}", Access::viewer, with(desk, show_service));
  must_add(router, "PUT", "/api/services/{id}", Access::editor, with(desk, update_service));
  must_add(router, "PATCH", "/api/services/{id}", Access::editor, with(desk, update_service));
  must_add(router, "DELETE", "/api/services/{id}", Access::editor, with(desk, delete_service));
  must_add(router, "POST", "/api/services/{id}/maintenance-mode", Access::operator_, with(desk, set_maintenance));
  must_add(router, "POST", "/api/services/{id}/toggle-active", Access::editor, with(desk, toggle_active));
  must_add(router, "POST", "/api/services/{id}/push-token", Access::editor, with(desk, renew_token));
}

}  // namespace monitorix::api
