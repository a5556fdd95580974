#include "app/line/order_desk.h"

#include <charconv>
#include <fstream>
#include <sstream>

#include "api/auth/password.h"
#include "app/line/await.h"
#include "app/orders.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time_text.h"
#include "model/names.h"
#include "proxmox/token.h"

namespace monitorix::app {
namespace {

constexpr int kBcryptCost = 12;
constexpr std::size_t kMadePasswordBytes = 15;  // 20 characters

Outcome failed(const Error& error) { return {1, "", error.text + "\n"}; }
Outcome refused(const std::string& text) { return {2, "", text + "\n"}; }

net::Task<Result<std::string>> hash_on_loop(std::shared_ptr<api::Passwords> passwords, std::string password) {
  co_return co_await passwords->hash(std::move(password));
}

Result<std::string> hash(net::Loop& loop, const std::string& password) {
  return await_on<std::string>(loop, hash_on_loop(std::make_shared<api::Passwords>(kBcryptCost), password));
}

/// From standard input, or a random one that is shown once.
std::pair<std::string, bool> wanted_password(const Order& order) {
  if (order.invocation.password_stdin || !order.input.empty()) return {order.input.reveal(), false};
  return {base64url(random_bytes(kMadePasswordBytes)), true};
}

struct Address {
  std::string host;
  int port;
};

Result<Address> parse_url(std::string url, int usual_port) {
  constexpr std::string_view scheme = "https://";
  if (!url.starts_with(scheme))
    return fail(Errc::invalid, "'" + url + "' is not https://host:" + std::to_string(usual_port));
  url = url.substr(scheme.size());
  url = url.substr(0, url.find('/'));
  int port = usual_port;
  const auto bracket = url.rfind(']');
  const auto colon = url.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos ? url.find(':') == colon : colon > bracket)) {
    const char* end = url.data() + url.size();
    const auto read = std::from_chars(url.data() + colon + 1, end, port);
    if (read.ec != std::errc{} || read.ptr != end) port = 0;
    url = url.substr(0, colon);
  }
  if (url.starts_with('[') && url.ends_with(']')) url = url.substr(1, url.size() - 2);
  if (url.empty() || port < 1 || port > 65535 || url.starts_with('-'))
    return fail(Errc::invalid, "the URL names no host or no port");
  return Address{url, port};
}

std::string_view name_of_result(api::CheckResult result) {
  constexpr std::array<std::string_view, 4> names{"ok", "warn", "fail", "skip"};
  return names[static_cast<std::size_t>(result)];
}

void write_report(JsonWriter& out, const std::string& cluster, const api::DoctorReport& report) {
  out.begin_object().member("cluster", cluster).member("ran_at", rfc3339(report.ran_at));
  out.key("checks").begin_array();
  for (const auto& check : report.checks) {
    out.begin_object()
        .member("id", check.id)
        .member("title", check.title)
        .member("result", name_of_result(check.result));
    out.member("detail", check.found.text)
        .member("code", check.found.code)
        .member("fix", check.fix)
        .member("took_ms", check.took_ms);
    out.key("feature_lost").begin_array();
    for (const auto& feature : check.features_lost) out.value(feature.text);
    out.end_array().end_object();
  }
  out.end_array().end_object();
}

void print_report(std::ostream& out, const std::string& cluster, const api::DoctorReport& report) {
  out << cluster << "\n";
  for (const auto& check : report.checks) {
    out << "  " << name_of_result(check.result) << (check.result == api::CheckResult::ok ? "    " : "  ")
        << escape_controls(check.title) << ": " << escape_controls(check.found.text) << "\n";
    if (check.fix) out << "        mend: " << *check.fix << "\n";
  }
}

}  // namespace

void OrderDesk::note(const std::string& action, const std::string& type, const std::string& name) {
  AuditEntry entry{};
  entry.username = "command line";
  entry.action = action;
  entry.resource_type = type;
  entry.resource_name = name;
  entry.created_at = clock.wall();
  if (auto kept = store.append_audit(entry); !kept) return;  // the deed itself is stored; the audit says so when it can
}

Outcome OrderDesk::fulfil(const Order& order) {
  switch (order.invocation.command) {
    case CommandName::user_add: return user_add(order);
    case CommandName::user_list: return user_list(order);
    case CommandName::user_reset_password: return user_reset_password(order);
    case CommandName::user_disable: return user_disable(order);
    case CommandName::connect: return connect_cluster(order);
    case CommandName::doctor: return doctor(order);
    case CommandName::backup: return backup(order);
    case CommandName::migrate: return {0, "the database has this version's schema\n", ""};
    default: return refused("this command is not for the server");
  }
}

Outcome OrderDesk::user_add(const Order& order) {
  const auto role = parse_name<Role>(order.invocation.role);
  const std::string name(trim(order.invocation.name));
  if (!role) return refused("a role is admin, editor, operator or viewer");
  if (name.empty() || name.size() > 64) return refused("a user name has 1 to 64 characters");
  const auto [password, made_up] = wanted_password(order);
  if (auto fits = api::check_new_password(password, name); !fits) return failed(fits.error());
  const auto hashed = hash(loop, password);
  if (!hashed) return failed(hashed.error());
  User user{};
  user.username = name;
  user.email = order.invocation.email.empty() ? name + "@localhost" : order.invocation.email;
  user.password_hash = *hashed;
  user.role = *role;
  user.created_at = clock.wall();
  user.updated_at = user.created_at;
  const auto stored = store.create_user(user);
  if (!stored) return failed(stored.error());
  note("user.create", "user", name);
  if (order.invocation.json) {
    JsonWriter out;
    out.begin_object().member("id", stored->id.text()).member("username", name).member("role", name_of(*role));
    out.member("password", made_up ? std::optional(password) : std::nullopt).end_object();
    return {0, out.take() + "\n", ""};
  }
  return {0, "user " + name + " added" + (made_up ? "; password (shown once): " + password : "") + "\n", ""};
}

Outcome OrderDesk::user_list(const Order& order) {
  const auto users = store.users();
  if (!users) return failed(users.error());
  JsonWriter json;
  std::ostringstream text;
  json.begin_array();
  for (const User& user : *users) {
    json.begin_object().member("id", user.id.text()).member("username", user.username).member("email", user.email);
    json.member("role", name_of(user.role)).member("is_active", user.is_active);
    json.member("last_login_at", user.last_login_at ? std::optional(rfc3339(*user.last_login_at)) : std::nullopt)
        .end_object();
    text << escape_controls(user.username) << "\t" << name_of(user.role) << "\t"
         << (user.is_active ? "active" : "disabled") << "\t"
         << (user.last_login_at ? rfc3339(*user.last_login_at) : "never signed in") << "\n";
  }
  json.end_array();
  return {0, order.invocation.json ? json.take() + "\n" : text.str(), ""};
}

Outcome OrderDesk::user_reset_password(const Order& order) {
  auto user = store.user_by_name(order.invocation.name);
  if (!user) return failed(user.error());
  const auto [password, made_up] = wanted_password(order);
  if (auto fits = api::check_new_password(password, user->username); !fits) return failed(fits.error());
  const auto hashed = hash(loop, password);
  if (!hashed) return failed(hashed.error());
  user->password_hash = *hashed;
  ++user->token_version;
  const auto stored = store.update_user(*user, user->version);
  if (!stored) return failed(stored.error());
  if (auto ended = store.revoke_sessions_of(user->id, "", clock.wall()); !ended) return failed(ended.error());
  note("user.reset_password", "user", user->username);
  return {0, "new password set" + (made_up ? "; it is (shown once): " + password : std::string()) + "\n", ""};
}

Outcome OrderDesk::user_disable(const Order& order) {
  auto user = store.user_by_name(order.invocation.name);
  if (!user) return failed(user.error());
  user->is_active = false;
  ++user->token_version;
  const auto stored = store.update_user(*user, user->version);
  if (!stored) return failed(stored.error());
  if (auto ended = store.revoke_sessions_of(user->id, "", clock.wall()); !ended) return failed(ended.error());
  note("user.disable", "user", user->username);
  return {0, user->username + " may no longer sign in\n", ""};
}

Outcome OrderDesk::connect_cluster(const Order& order) {
  const Invocation& call = order.invocation;
  const bool is_server = call.is_backup_server;
  const auto address = parse_url(call.url, is_server ? 8007 : 8006);
  if (!address) return refused(address.error().text);
  auto token = proxmox::parse_token(call.token == "-" ? order.input.reveal() : call.token);
  if (!token) return refused(token.error().text);
  ClusterConfig config{};
  config.kind = is_server ? ConnectionKind::pbs : ConnectionKind::pve;
  if (is_server) config.poll_interval = std::chrono::seconds{60};
  config.name = std::string(trim(call.name));
  config.token_id = token->id;
  config.token_secret = std::move(token->secret);
  config.created_at = clock.wall();
  config.updated_at = config.created_at;
  Endpoint endpoint{};
  endpoint.address = address->host;
  endpoint.port = address->port;
  if (!call.ca_file.empty()) {
    config.tls_mode = TlsMode::ca;
    config.ca_pem = order.input.reveal();  // read by the command itself: the server may not see that file
  } else if (!call.fingerprint.empty()) {
    const auto digest = parse_fingerprint(call.fingerprint);
    if (!digest) return refused(digest.error().text);
    endpoint.fingerprints.push_back({*digest, clock.wall(), FingerprintSource::user});
  } else {
    const auto seen = await_on<net::Certificate>(
        loop, http.look_at_certificate(address->host, address->port, std::chrono::seconds{10}));
    if (!seen) return failed(seen.error());
    return {1, "",
            std::string(is_server ? "The server shows this certificate; compare it with `proxmox-backup-manager cert "
                                    "info` there, then connect again "
                                  : "The node shows this certificate; compare it with Datacenter > node > "
                                    "Certificates, then connect again ") +
                "with\n  --fingerprint " + fingerprint_text(seen->fingerprint) + "\n"};
  }
  config.endpoints.push_back(std::move(endpoint));
  const auto stored = await_on<ClusterConfig>(loop, connect(std::move(config)));
  if (!stored) {
    if (stored.error().text.starts_with("duplicate_cluster:"))
      return {1, "",
              is_server ? "this backup server is connected already (id " + stored.error().text.substr(18) + ")\n"
                        : "this cluster is connected already (id " + stored.error().text.substr(18) +
                              "): add the node as another endpoint of it\n"};
    return failed(stored.error());
  }
  note(is_server ? "backup_server.create" : "cluster.create", is_server ? "backup_server" : "cluster", stored->name);
  JsonWriter out;
  out.begin_object().member("id", stored->id.text()).member("name", stored->name).end_object();
  return {0, call.json ? out.take() + "\n" : "connected " + stored->name + "\n", ""};
}

Outcome OrderDesk::doctor(const Order& order) {
  auto clusters = store.clusters();
  if (!clusters) return failed(clusters.error());
  auto servers = store.backup_servers();
  if (!servers) return failed(servers.error());
  clusters->insert(clusters->end(), servers->begin(), servers->end());
  JsonWriter json;
  std::ostringstream text;
  bool found = false, well = true;
  json.begin_array();
  for (const ClusterConfig& cluster : *clusters) {
    if (!order.invocation.name.empty() && cluster.name != order.invocation.name) continue;
    found = true;
    const auto examine = [](net::HttpClient& client, const Clock& time,
                            ClusterConfig config) -> net::Task<Result<api::DoctorReport>> {
      co_return co_await call_doctor(client, time, std::move(config));
    };
    const auto report = await_on<api::DoctorReport>(loop, examine(http, clock, cluster));
    if (!report) return failed(report.error());
    for (const auto& check : report->checks) well = well && check.result != api::CheckResult::fail;
    write_report(json, cluster.name, *report);
    print_report(text, cluster.name, *report);
  }
  json.end_array();
  if (!found)
    return {1, "",
            order.invocation.name.empty() ? "nothing is connected\n"
                                          : "no connection is called " + order.invocation.name + "\n"};
  return {well ? 0 : 1, order.invocation.json ? json.take() + "\n" : text.str(), ""};
}

Outcome OrderDesk::backup(const Order& order) {
  const auto report = store.backup(order.invocation.file);
  if (!report) return failed(report.error());
  note("backup.create", "backup", report->file);
  JsonWriter out;
  out.begin_object()
      .member("file", report->file)
      .member("bytes", report->bytes)
      .member("schema", report->schema)
      .end_object();
  return {0,
          order.invocation.json ? out.take() + "\n"
                                : "wrote " + report->file + ", " + std::to_string(report->bytes) +
                                      " bytes. The master key is not in it: keep master.key apart.\n",
          ""};
}

}  // namespace monitorix::app
