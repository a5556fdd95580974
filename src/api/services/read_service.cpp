#include <algorithm>
#include <cmath>

#include "api/access.h"
#include "api/services/services.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;

void read_text(Fields& body, std::string_view name, std::string& into, TextRule rule) {
  if (auto text = body.text(name, rule)) into = std::move(*text);
}

void read_number(Fields& body, std::string_view name, int& into, std::int64_t least, std::int64_t most) {
  if (const auto number = body.number(name, least, most)) into = static_cast<int>(*number);
}

void read_seconds(Fields& body, std::string_view name, std::chrono::milliseconds& into, double least, double most) {
  if (const auto seconds = body.decimal(name, least, most))
    into = std::chrono::milliseconds{std::llround(*seconds * 1000)};
}

/// One of the four that say whom it speaks about; the caller must see it.
template <class IdType, class Find>
void read_place(Fields& body, std::string_view name, std::optional<IdType>& into, Find find) {
  if (!body.has(name)) return;
  into.reset();
  const auto text = body.text(name, {1, 20, true});
  if (!text) return;
  const auto found = find(*text);
  if (found)
    into = found;
  else
    body.wrong(name, "not_found", "there is no such object");
}

void read_places(const Desk& desk, const Call& call, Fields& body, WatchedService& s) {
  const auto world = desk.house.snapshot();
  const auto& who = call.caller;
  const auto id_of = [](const auto& object) { return object ? std::optional(object->id) : std::nullopt; };
  read_place(body, "vm_id", s.guest, [&](const std::string& id) { return id_of(visible_guest(who, *world, id)); });
  read_place(body, "node_id", s.node, [&](const std::string& id) { return id_of(visible_node(who, *world, id)); });
  read_place(body, "storage_id", s.storage,
             [&](const std::string& id) { return id_of(visible_storage(who, *world, id)); });
  read_place(body, "cluster_id", s.cluster, [&](const std::string& id) {
    const auto cluster = visible_cluster(who, *world, id);
    return cluster ? std::optional(cluster->config.id) : std::nullopt;
  });
  if (int{s.guest.has_value()} + int{s.node.has_value()} + int{s.cluster.has_value()} + int{s.storage.has_value()} > 1)
    body.wrong("vm_id", "invalid", "give at most one of vm_id, node_id, cluster_id and storage_id; null clears one");
}

void read_assertions(const Desk& desk, Fields& body, std::string_view name, std::vector<Assertion>& into) {
  auto list = body.objects(name, 32);
  if (!list) return;
  into.clear();
  for (Fields& one : *list) {
    Assertion assertion;
    assertion.source = one.required_text("source", {1, 200});
    assertion.op = one.required_text("op", {1, 16});
    assertion.value = one.text("value", {0, 1024}).value_or("");
    if (const auto fine = desk.house.checks.judge_assertion(assertion); !fine)
      one.wrong("value", "invalid", fine.error().text);
    body.take_errors(one);
    into.push_back(std::move(assertion));
  }
}

void read_times(Fields& body, WatchedService& s) {
  read_seconds(body, "check_interval", s.interval, 1, 86'400);
  read_seconds(body, "timeout", s.timeout, 0.1, 60);
  if (body.has("retry_interval"))
    read_seconds(body, "retry_interval", s.retry_interval, 1, 86'400);
  else
    s.retry_interval = std::min(s.retry_interval, s.interval);
  int retries = s.fail_after - 1;
  read_number(body, "retries", retries, 0, 19);
  s.fail_after = retries + 1;
  read_number(body, "recover_after", s.recover_after, 1, 20);
  read_number(body, "degraded_after", s.degraded_after, 1, 20);
  if (!body.has("nodata_grace")) return;
  s.nodata_grace.reset();
  if (body.is_null("nodata_grace")) return;
  std::chrono::milliseconds grace{};
  read_seconds(body, "nodata_grace", grace, 1, 604'800);
  s.nodata_grace = grace;
}

/// The original's two fields, beside the options that say more.
void read_old_fields(Fields& body, WatchedService& s) {
  if (body.has("expected_status") && !body.is_null("expected_status"))
    if (const auto status = body.number("expected_status", 100, 599))
      s.http.expected_status = {StatusRange{static_cast<int>(*status), static_cast<int>(*status)}};
  if (const auto command = body.text("custom_command", {0, 100, true})) s.custom.command = *command;
  if (body.has("custom_script") && !body.is_null("custom_script"))
    body.wrong("custom_script", "invalid", "scripts are never run; name a program of the administrator's list");
}

void read_marks(Fields& body, WatchedService& s) {
  if (const auto flag = body.flag("is_active")) s.is_active = *flag;
  if (const auto flag = body.flag("maintenance_mode")) s.maintenance_mode = *flag;
  if (const auto flag = body.flag("invert")) s.invert = *flag;
  read_word(body, "ip_family", s.ip_family, "auto, v4, v6, both");
  read_text(body, "address_override", s.address_override, {0, 100});
  read_text(body, "source_address", s.source_address, {0, 64});
  read_word(body, "keep_evidence", s.keep_evidence, "none, on_failure, always");
  if (auto tags = body.texts("tags", 32, {1, 64})) s.tags = std::move(*tags);
  read_text(body, "notes", s.notes, {0, 65'536, false, false});
  read_text(body, "runbook_url", s.runbook_url, {0, 2048});
  if (!s.runbook_url.empty() && !s.runbook_url.starts_with("https://") && !s.runbook_url.starts_with("http://"))
    body.wrong("runbook_url", "invalid", "must begin with https:// or http://");
}

}  // namespace

void read_service(const Desk& desk, const Call& call, Fields& body, BodyOf of, WatchedService& s) {
  const WatchedService before = s;
  if (of == BodyOf::new_service) {
    s.name = body.required_text("name", {1, 100});
    if (!body.has("type")) body.wrong("type", "required", "is required");
  } else {
    read_text(body, "name", s.name, {1, 100});
  }
  read_word(body, "type", s.type, "http, https, ping, port, dns, tls, push, composite, custom");
  read_text(body, "target", s.target, {0, 2048});
  if (body.has("port")) {
    s.port.reset();
    if (!body.is_null("port"))
      if (const auto port = body.number("port", 1, 65'535)) s.port = static_cast<int>(*port);
  }
  read_places(desk, call, body, s);
  read_times(body, s);
  read_old_fields(body, s);
  read_marks(body, s);
  read_assertions(desk, body, "assertions", s.assertions);
  read_assertions(desk, body, "degraded_rules", s.degraded_rules);
  EnteredSecrets entered{};
  if (auto options = body.object("options")) {
    entered = read_options(desk, *options, s);
    body.take_errors(*options);
  }
  check_whole(desk, body, s);
  check_secrets(body, before, s, entered);
}

}  // namespace monitorix::api
