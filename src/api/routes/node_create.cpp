#include <algorithm>

#include "api/desk.h"
#include "api/routes/cluster_json.h"
#include "api/routes/connection.h"
#include "live/encode.h"

// The original's way of adding a node: url, username and token. It makes a connection and answers its first node.

namespace monitorix::api {
namespace {

struct Address {
  std::string host{};
  int port{8006};
};

/// https://host[:port][/], IPv6 in brackets; a bare host is taken too.
std::optional<Address> parse_url(std::string_view url) {
  if (url.starts_with("https://"))
    url.remove_prefix(8);
  else if (url.find("://") != std::string_view::npos)
    return std::nullopt;
  if (url.ends_with('/')) url.remove_suffix(1);
  Address address;
  std::string_view port;
  if (url.starts_with('[')) {
    const auto end = url.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    address.host = url.substr(1, end - 1);
    const auto rest = url.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
  } else {
    const auto colon = url.find(':');
    address.host = url.substr(0, colon);
    if (colon != std::string_view::npos) port = url.substr(colon + 1);
  }
  if (!port.empty()) {
    const auto number = parse_id(port);
    if (!number || *number > 65535) return std::nullopt;
    address.port = static_cast<int>(*number);
  }
  if (!is_host(address.host)) return std::nullopt;
  return address;
}

struct Wanted {
  ClusterConfig cluster{};
  bool verify_ssl{true}, has_pin{false};
  std::string name{}, url{}, username{};
};

Wanted read(Fields& body, WallTime now) {
  Wanted wanted;
  wanted.name = wanted.cluster.name = body.required_text("name", {1, 100});
  wanted.url = body.required_text("url", {1, 512});
  wanted.username = wanted.cluster.token_id = body.required_text("username", {1, 128});
  if (!wanted.username.empty() && !is_token_id(wanted.username))
    body.wrong("username", "invalid", "must look like user@realm!name");
  wanted.cluster.token_secret = Secret(body.required_text("token", {1, 256}));
  wanted.verify_ssl = body.flag("verify_ssl").value_or(true);
  (void)body.flag("is_local");  // old clients send it; which member is the asked one, we see ourselves
  wanted.cluster.tags = body.texts("tags", 50, {1, 64}).value_or(std::vector<std::string>{});
  Endpoint endpoint;
  const auto address = parse_url(wanted.url);
  if (!address && !wanted.url.empty()) body.wrong("url", "invalid", "must look like https://host:8006");
  if (address) {
    endpoint.address = address->host;
    endpoint.port = address->port;
  }
  if (const auto pin = body.text("fingerprint", {1, 128})) {
    const auto digest = parse_fingerprint(*pin);
    if (digest)
      endpoint.fingerprints.push_back({*digest, now, FingerprintSource::user});
    else
      body.wrong("fingerprint", "invalid", "must be a SHA-256 fingerprint");
  }
  wanted.has_pin = !endpoint.fingerprints.empty();
  wanted.cluster.tls_mode = wanted.has_pin ? TlsMode::fingerprint : TlsMode::ca;
  wanted.cluster.endpoints.push_back(std::move(endpoint));
  wanted.cluster.created_at = wanted.cluster.updated_at = now;
  return wanted;
}

/// verify_ssl=false without a pin: what is seen there now, for a person to compare and to pin.
net::Task<Answer> ask_to_pin(Desk& desk, Endpoint endpoint) {
  const auto seen = co_await desk.house.commands.probe(endpoint.address, endpoint.port);
  const std::string text = seen ? fingerprint_text(seen->fingerprint) : "";
  auto answer = invalid_field(
      "verify_ssl", "invalid",
      seen ? "verification cannot be turned off; compare this fingerprint and send it as `fingerprint`: " + text
           : "verification cannot be turned off; send the node's `fingerprint`");
  if (seen) answer.problem.front().members.emplace_back("fingerprint_sha256", '"' + text + '"');
  co_return answer;
}

/// The first node of a new connection: the first poll brings it, within a few seconds.
net::Task<std::string> first_node(Desk& desk, ClusterId id) {
  for (int tries = 0; tries < 50; ++tries) {
    const auto world = desk.house.snapshot();
    const auto* view = world->cluster(id);
    if (view && !view->nodes.empty()) {
      JsonWriter out;
      live::encode_node(out, *view, *view->nodes.front());
      co_return out.take();
    }
    co_await net::sleep_for(std::chrono::milliseconds{100});
  }
  co_return "";
}

net::Task<Answer> create_one(Desk& desk, Call& call, Wanted wanted) {
  if (!wanted.verify_ssl && !wanted.has_pin) co_return co_await ask_to_pin(desk, wanted.cluster.endpoints.front());
  const auto made = co_await desk.house.commands.create_cluster(std::move(wanted.cluster));
  if (!made) co_return from_cluster_error(made.error());
  co_await desk.audit(deed(desk, call, "create", "node", made->id.text(), made->name));
  auto node = co_await first_node(desk, made->id);
  if (node.empty())
    co_return problem(504, "proxmox_timeout", "the connection was made, but its first node did not show within 5 s");
  co_return json(std::move(node), 201);
}

net::Task<Answer> create(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  auto wanted = read(*body, desk.house.clock.wall());
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  co_return co_await create_one(desk, call, std::move(wanted));
}

std::string first_message(const Answer& answer) {
  return answer.problem.empty() ? "unexpected answer" : answer.problem.front().detail;
}

net::Task<Answer> create_many(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  if (!body->has("nodes")) body->wrong("nodes", "required", "is required");
  auto list = body->objects("nodes", 100);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  JsonWriter created;
  JsonWriter failed;
  created.begin_array();
  failed.begin_array();
  for (auto& one : *list) {
    auto wanted = read(one, desk.house.clock.wall());
    const auto name = wanted.name;
    const auto url = wanted.url;
    const auto username = wanted.username;
    auto errors = one.finish();
    Answer answer = invalid(errors);
    if (errors.empty()) answer = co_await create_one(desk, call, std::move(wanted));
    if (answer.status == 201) {
      created.raw(answer.body);
      continue;
    }
    failed.begin_object()
        .key("node_data")
        .begin_object()
        .member("name", name)
        .member("url", url)
        .member("username", username)
        .end_object();
    failed.member("error", first_message(answer)).end_object();
  }
  created.end_array();
  failed.end_array();
  JsonWriter out;
  out.begin_object()
      .key("created")
      .raw(created.text())
      .key("failed")
      .raw(failed.text())
      .key("task_id")
      .null()
      .key("message")
      .null()
      .end_object();
  co_return json(out);
}

net::Task<Answer> test_connection(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  auto wanted = read(*body, desk.house.clock.wall());
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  if (!wanted.verify_ssl && !wanted.has_pin) co_return co_await ask_to_pin(desk, wanted.cluster.endpoints.front());
  const auto report = co_await desk.house.commands.test_connection(std::move(wanted.cluster));
  if (!report) co_return from_error(report.error());
  const auto failed = std::ranges::find(report->checks, CheckResult::fail, &DoctorCheck::result);
  const bool success = failed == report->checks.end();
  JsonWriter out;
  out.begin_object()
      .member("success", success)
      .member("message", success ? std::string("the connection works") : failed->title + ": " + failed->found.text);
  out.key("doctor").raw(doctor_json(*report)).end_object();
  co_return json(out);
}

}  // namespace

void add_node_create_routes(Router& router, Desk& desk) {
  must_add(router, "POST", "/api/nodes", Access::admin, with(desk, create));
  must_add(router, "POST", "/api/nodes/bulk", Access::admin, with(desk, create_many));
  must_add(router, "POST", "/api/nodes/test-connection", Access::admin, with(desk, test_connection));
}

}  // namespace monitorix::api
