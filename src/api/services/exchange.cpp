// Services as a file, and from one: ours (JSON, YAML, CSV) and the backup of Uptime Kuma. What comes in goes through
// the same reading as any body, so nothing gets in that could not be made by hand; every row has its own word in the
// report.

#include "api/services/exchange.h"

#include <algorithm>
#include <map>
#include <set>

#include "api/list.h"
#include "api/services/services.h"
#include "base/text.h"
#include "live/channel.h"
#include "live/encode.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostRows = 5'000, kMostContent = 1'000'000;

std::vector<std::shared_ptr<const WatchedService>> visible(const Desk& desk, const Call& call) {
  std::vector<std::shared_ptr<const WatchedService>> out;
  const auto world = desk.house.snapshot();
  for (const auto& view : *world->services)
    if (live::may_see(call.caller.scope, *view->service, *world)) out.push_back(view->service);
  return out;
}

Answer export_services(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"format"}); !known) return bad_query(known.error());
  const std::string format = call.query.find("format") ? call.query.text("format") : "json";
  Answer answer;
  if (format == "json") {
    JsonWriter out;
    out.begin_object().member("monitorix_services", 1).key("services").begin_array();
    for (const auto& service : visible(desk, call)) live::encode_chosen(out, *service);
    out.end_array().end_object();
    answer = json(out);
  } else if (format == "csv") {
    answer.body = services_as_csv(visible(desk, call));
    answer.content_type = "text/csv; charset=utf-8";
  } else if (format == "yaml") {
    answer.body = services_as_yaml(visible(desk, call));
    answer.content_type = "application/yaml; charset=utf-8";
  } else {
    return problem(400, "bad_request", "format must be json, yaml or csv");
  }
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"services." + format + "\"");
  return answer;
}

struct Line {
  std::string name{}, type{}, action{}, message{}, push_token{};
  std::optional<ServiceId> id{};
  std::vector<FieldError> errors{};
};

void write_line(JsonWriter& out, const Line& line) {
  out.begin_object().member("name", line.name);
  out.member("type", none_if_empty(line.type));
  out.member("action", line.action).member("service_id", line.id ? std::optional(line.id->text()) : std::nullopt);
  out.member("message", none_if_empty(line.message));
  out.key("errors").begin_array();
  for (const FieldError& one : line.errors)
    out.begin_object().member("field", one.field).member("code", one.code).member("message", one.message).end_object();
  out.end_array();
  out.member("push_token", none_if_empty(line.push_token));
  out.end_object();
}

enum class OnConflict { skip, replace, rename };

struct Order {
  ImportedFile file{};
  OnConflict on_conflict{};
  bool dry_run{false};
};

std::shared_ptr<const WatchedService> named(const Desk& desk, const std::string& name) {
  for (const auto& service : desk.house.checks.watch.services())
    if (service->name == name) return service;
  return nullptr;
}

std::string free_name(const Desk& desk, const std::set<std::string>& taken, const std::string& name) {
  for (int number = 2;; ++number) {
    std::string candidate = name.substr(0, 94) + " " + std::to_string(number);
    if (!taken.contains(candidate) && !named(desk, candidate)) return candidate;
  }
}

/// One row of the file; what a service of the same name means was decided by who sent it.
net::Task<Line> take_row(Desk& desk, const Call& call, const Order& order, const ImportedRow& row,
                         std::set<std::string>& taken) {
  Line line{.name = row.name, .type = row.type, .message = row.remark};
  if (row.json.empty()) {
    line.action = "fail";
    co_return line;
  }
  const auto present = named(desk, row.name);
  const auto seen = present ? visible_service(call.caller, *desk.house.snapshot(), present->id.text()) : nullptr;
  const bool is_taken = present || taken.contains(row.name);
  if (is_taken && (order.on_conflict == OnConflict::skip || (order.on_conflict == OnConflict::replace && !seen))) {
    line.action = "skip";
    line.message = "a service has this name";
    if (seen) line.id = seen->id;
    co_return line;
  }
  const bool replaces = is_taken && order.on_conflict == OnConflict::replace;
  WatchedService service = replaces ? *seen->service : WatchedService{};
  auto body = Fields::parse(row.json);
  if (!body) {
    line.action = "fail";
    line.message = body.error().text;
    co_return line;
  }
  read_service(desk, call, *body, replaces ? BodyOf::change : BodyOf::new_service, service);
  line.errors = body->finish();
  line.type = std::string(name_of(service.type));
  if (!line.errors.empty()) {
    line.action = "fail";
    if (line.message.empty()) line.message = line.errors.front().field + ": " + line.errors.front().message;
    co_return line;
  }
  if (is_taken && !replaces) service.name = line.name = free_name(desk, taken, row.name);
  taken.insert(service.name);
  line.action = replaces ? "update" : "create";
  if (order.dry_run) co_return line;
  if (replaces) {
    const auto changed = co_await change_service(desk, call, std::move(service), 0);
    if (changed)
      line.id = changed->service.id;
    else
      line.action = "fail", line.message = changed.error().text;
    co_return line;
  }
  const auto made = co_await make_service(desk, call, std::move(service));
  if (made)
    line.id = made->record.service.id, line.push_token = made->push_token;
  else
    line.action = "fail", line.message = made.error().text;
  co_return line;
}

using Reader = Result<ImportedFile> (*)(std::string_view);
Reader reader_of(std::string_view format) {
  if (format == "json") return &read_our_json;
  if (format == "yaml") return &read_our_yaml;
  if (format == "csv") return &read_our_csv;
  return format == "uptime_kuma" ? &read_kuma : nullptr;
}

net::Task<Answer> import_services(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"dry_run"}); !known) co_return bad_query(known.error());
  const auto dry_run = call.query.flag("dry_run", false);
  if (!dry_run) co_return bad_query(dry_run.error());
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto format = body->required_text("format", {1, 20});
  const auto content = body->required_text("content", {1, kMostContent, false, false});
  const auto conflict = body->text("on_conflict", {1, 20}).value_or("skip");
  Order order{.dry_run = *dry_run};
  if (conflict == "replace")
    order.on_conflict = OnConflict::replace;
  else if (conflict == "rename")
    order.on_conflict = OnConflict::rename;
  else if (conflict != "skip")
    body->wrong("on_conflict", "invalid", "must be skip, replace or rename");
  const auto read = reader_of(format);
  if (read == nullptr) body->wrong("format", "invalid", "must be json, yaml, csv or uptime_kuma");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  auto file = read(content);
  if (!file) co_return invalid_field("content", "invalid", file.error().text);
  if (file->rows.size() > kMostRows) co_return invalid_field("content", "out_of_range", "more than 5000 services");
  order.file = std::move(*file);
  std::set<std::string> taken;
  std::map<std::string, std::int64_t> counts;
  JsonWriter items;
  items.begin_array();
  for (const ImportedRow& row : order.file.rows) {
    const Line line = co_await take_row(desk, call, order, row, taken);
    ++counts[line.action];
    write_line(items, line);
  }
  JsonWriter out;
  out.begin_object().member("dry_run", order.dry_run).member("created", counts["create"]);
  out.member("updated", counts["update"]).member("skipped", counts["skip"]).member("failed", counts["fail"]);
  out.key("items").raw(items.end_array().text()).key("warnings").begin_array();
  for (const std::string& warning : order.file.warnings) out.value(warning);
  co_return json(out.end_array().end_object());
}

Answer list_programs(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  JsonWriter out;
  out.begin_object().key("programs").begin_array();
  for (const std::string& name : desk.house.checks.programs) out.value(name);
  return json(out.end_array().end_object());
}

}  // namespace

void add_exchange_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/services/export", Access::editor, with(desk, export_services));
  must_add(router, "POST", "/api/services/import", Access::editor, with(desk, import_services));
  must_add(router, "GET", "/api/services/programs", Access::editor, with(desk, list_programs));
}

}  // namespace monitorix::api
