#include "api/testing/house.h"

#include <cmath>
#include <doctest/doctest.h>
#include <future>

#include "base/json.h"
#include "base/text.h"
#include "history/objects.h"

namespace monitorix::api::testing {
namespace {

DoctorReport healthy_report(WallTime now) {
  return {now,
          {{"Q5", "Token", {"token_accepted", "accepted", {}}, CheckResult::ok, {}, std::nullopt, 3},
           {"Q6",
            "Rights",
            {"rights_missing", "some rights are missing on /", {}},
            CheckResult::warn,
            {{"nodes", "nodes, quorum, tasks and services", {}}},
            "pveum acl modify / --tokens 'a@pve!b' --roles PVEAuditor",
            5}}};
}

net::Task<> answer(net::Handler handler, net::Request request, std::promise<net::Response>& done) {
  done.set_value(co_await handler(std::move(request)));
}

net::Task<> begin(Service& service, std::promise<bool>& done) {
  const auto started = co_await service.start();
  done.set_value(started.has_value());
}

void mark(std::function<void()> work, std::promise<void>& done) {
  work();
  done.set_value();
}

}  // namespace

net::Task<Result<net::Certificate>> TestCommands::probe(std::string address, int) {
  if (address == "silent.example") co_return fail(Errc::timeout, "no answer");
  net::Certificate seen;
  seen.fingerprint.fill(0xAB);
  seen.subject = "CN=" + address;
  seen.issuer = "CN=Proxmox Virtual Environment";
  seen.sans = {address};
  seen.not_before = clock_.wall();
  co_return seen;
}

net::Task<Result<DoctorReport>> TestCommands::test_connection(ClusterConfig) {
  co_return healthy_report(clock_.wall());
}

net::Task<Result<ClusterConfig>> TestCommands::create_cluster(ClusterConfig cluster) {
  for (const auto& [id, view] : inventory_.snapshot()->clusters)
    if (view->config.endpoints.front().address == cluster.endpoints.front().address)
      co_return fail(Errc::conflict, "duplicate_cluster:" + id.text());
  auto made = store_.create_cluster(cluster);
  if (!made) co_return made;
  if (made->kind == ConnectionKind::pbs) {
    inventory_.put_server(*made, clock_.wall());
    co_return made;
  }
  inventory_.put_cluster(*made, clock_.wall());
  poll(made->id, 0.25);
  co_return made;
}

net::Task<Result<ClusterConfig>> TestCommands::update_cluster(ClusterConfig cluster, std::int64_t expected_version) {
  auto kept = store_.update_cluster(cluster, expected_version);
  if (kept && kept->kind == ConnectionKind::pbs)
    inventory_.put_server(*kept, clock_.wall());
  else if (kept)
    inventory_.put_cluster(*kept, clock_.wall());
  co_return kept;
}

net::Task<Status> TestCommands::delete_cluster(ClusterId id) {
  auto done = store_.delete_cluster(id);
  if (done) inventory_.remove_cluster(id, clock_.wall());
  if (done) inventory_.remove_server(id, clock_.wall());
  co_return done;
}

net::Task<Result<DoctorReport>> TestCommands::run_doctor(ClusterId id) {
  co_return reports_[id] = healthy_report(clock_.wall());
}

std::optional<DoctorReport> TestCommands::last_doctor(ClusterId id) const {
  const auto found = reports_.find(id);
  return found == reports_.end() ? std::nullopt : std::optional(found->second);
}

net::Task<Status> TestCommands::sync_cluster(ClusterId id) {
  if (inventory_.snapshot()->cluster(id)) poll(id, 0.5);
  co_return Status{};
}

net::Task<Status> TestCommands::sync_guest(GuestId) { co_return Status{}; }

net::Task<Result<std::string>> TestCommands::guest_current(GuestId id) {
  JsonWriter out;
  out.begin_object()
      .member("vm_id", id.text())
      .member("collected_at", "2026-11-22T23:06:52.120Z")
      .member("status", "running");
  for (const char* name : {"qmp_status", "lock", "uptime_seconds", "cpu_ratio", "cpu_count", "memory_used_bytes",
                           "memory_total_bytes", "memory_host_bytes", "balloon_bytes", "balloon_free_bytes",
                           "swap_used_bytes", "agent_enabled", "ha_managed", "machine", "qemu_version", "pressure"})
    out.key(name).null();
  out.key("disks").raw("[]").key("unavailable_reason").null().end_object();
  co_return out.take();
}

net::Task<Result<Node>> TestCommands::annotate_node(Node node) {
  inventory_.set_node_annotations(node, clock_.wall());
  co_return *inventory_.snapshot()->node(node.id);
}

net::Task<Result<Guest>> TestCommands::annotate_guest(Guest guest) {
  inventory_.set_guest_annotations(guest, clock_.wall());
  co_return *inventory_.snapshot()->guest(guest.id);
}

Result<std::vector<state::SeriesPoint>> TestCommands::series(const std::string& object, const std::string&,
                                                             WallTime from, WallTime to) const {
  const auto colon = object.find(':');
  const auto* series =
      object.starts_with("vm:") ? inventory_.series(GuestId{std::stoll(object.substr(colon + 1))}) : nullptr;
  return series ? series->read(0, from, to) : std::vector<state::SeriesPoint>{};
}

std::vector<std::pair<GuestId, double>> TestCommands::top(const std::string&, std::size_t limit) const {
  std::vector<std::pair<GuestId, double>> all;
  for (const auto& [id, view] : inventory_.snapshot()->clusters)
    for (const auto& guest : view->guests)
      if (guest->cpu_ratio && all.size() < limit) all.emplace_back(guest->id, *guest->cpu_ratio);
  return all;
}

BackfillState TestCommands::backfill(ClusterId) const { return {true, 120, 470}; }

StorageHealth TestCommands::storage_health() const { return {store_.engine(), true, std::nullopt, 0}; }

void TestCommands::poll(ClusterId id, double cpu) {
  Resources seen;
  for (int number = 1; number <= nodes; ++number) {
    const std::string name = "pve" + std::to_string(number);
    NodeRow node;
    node.name = name;
    node.status = "online";
    node.cpu_ratio = cpu;
    node.cpu_count = 8;
    node.memory_used_bytes = 4'000'000'000;
    node.memory_total_bytes = 16'000'000'000;
    seen.nodes.push_back(node);
    StorageRow storage;
    storage.node = name;
    storage.name = "local";
    storage.status = "available";
    storage.plugin_type = "dir";
    storage.used_bytes = 10;
    storage.total_bytes = 100;
    seen.storages.push_back(storage);
  }
  for (int vmid = 100; vmid < 103; ++vmid) {
    GuestRow guest;
    guest.type = vmid == 102 ? GuestType::lxc : GuestType::qemu;
    guest.vmid = vmid;
    guest.node = "pve1";
    guest.status = vmid == 101 ? "stopped" : "running";
    guest.name = "guest-" + std::to_string(vmid);
    guest.pool = vmid == 100 ? std::optional<std::string>("blue") : std::nullopt;
    guest.tags = {"prod"};
    guest.cpu_ratio = cpu;
    guest.cpu_count = 2;
    guest.memory_used_bytes = 1'000'000;
    guest.memory_total_bytes = 2'000'000;
    seen.guests.push_back(guest);
  }
  see({id, clock_.wall(), seen});
  std::vector<history::Sample> samples;
  for (const auto& guest : inventory_.snapshot()->cluster(id)->guests) {
    history::Row row;
    if (guest->cpu_ratio) row.set(history::GuestColumn::cpu, std::llround(*guest->cpu_ratio * 1e5));
    samples.push_back({recorder_.series_for(history::SeriesKind::guest, history::object_key(*guest), history::kGuestSet,
                                            30, clock_.wall()),
                       row});
  }
  recorder_.record(1, history::kGuestSet, clock_.wall(), samples);
  TaskList tasks;
  tasks.tasks.push_back({"UPID:pve1:0001:qmstart:100:root@pam:", "pve1", "qmstart", "100", "root@pam", clock_.wall(),
                         clock_.wall(), "OK"});
  see({id, clock_.wall(), tasks});
  tell_facts(id);
}

void TestCommands::see(const Observation& observation) {
  const ChangeSet changes = inventory_.apply(observation);
  const auto kept = store_.save_inventory({.events = chronicle_.tell(changes, *inventory_.snapshot())});
  CHECK(kept);
}

/// Of the first member everything is known and much is bad; of the second nothing, for lack of a privilege.
void TestCommands::tell_facts(ClusterId id) {
  const WallTime at = clock_.wall();
  const auto known = [&](auto value) { return Fact<decltype(value)>{.value = std::move(value), .at = at}; };
  Membership members{.cluster_name = "oslo", .quorate = true};
  for (int number = 1; number <= nodes; ++number)
    members.members.push_back({.name = "pve" + std::to_string(number), .online = true});
  inventory_.apply({id, at, members});
  NodeFacts facts;
  facts.disks = known(std::vector{Disk{.path = "/dev/sda", .model = "X", .health = "FAILED", .worn_ratio = 0.97}});
  facts.zfs =
      known(std::vector{ZfsPool{.name = "tank", .health = "DEGRADED", .devices = {{.name = "sda", .depth = 1}}}});
  facts.thin_pools = known(std::vector{ThinPool{"pve", "data", 100, 90, 100, 10}});
  facts.software = known(NodeSoftware{{{"pve-manager", "9.2.3", "9.2.11"}}, "6.14.8-2-pve", "6.14.11-3-pve", true});
  facts.replication = known(std::vector{ReplicationJob{.id = "100-0", .vmid = 100, .error = "no", .fail_count = 1}});
  facts.clock = known(NodeClock{-7.5, 0.6, "Europe/Oslo"});
  inventory_.apply({id, at, NodeFactsReport{"pve1", facts}});
  const Reason denied{"privilege_missing", "the token lacks the privilege Sys.Audit", {{"privilege", "Sys.Audit"}}};
  inventory_.apply({id, at, NodeFactsReport{"pve2", {.disks = {.missing = denied}}}});
  HaStatus ha{.quorate = true, .fencing = "armed"};
  ha.manager = HaManager{.node = "pve1", .state = "active", .seen_at = at};
  ha.local_managers = {{.node = "pve2", .is_dead = true}};
  ha.resources = {{"vm:100", "pve1", "error", "started"}};
  inventory_.apply({id, at, ClusterFactsReport{{.ha = known(ha), .qdevice = known(QDevice{})}}});
}

std::string Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return "";
}

std::string Reply::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == "Set-Cookie" && value.starts_with(std::string(name) + "="))
      return value.substr(name.size() + 1, value.find(';') - name.size() - 1);
  return "";
}

std::string Reply::text(std::string_view member) const {
  const auto json = Json::parse(body);
  const auto* found = json ? json->find(member) : nullptr;
  return found && found->as_string() ? *found->as_string() : "";
}

House::House(Settings settings) {
  directory_ = std::filesystem::temp_directory_path() / ("monitorix_api_" + to_hex(random_bytes(8)));
  std::filesystem::create_directories(directory_);
  keyring_ = std::make_unique<Keyring>(*Keyring::from_master(Secret(random_bytes(32))));
  store::OpenOptions options;
  options.data_directory = directory_.string();
  auto opened = store::open_store(options, *keyring_);
  REQUIRE(opened);
  store = std::move(*opened);
  REQUIRE(store->migrate());
  settings.bcrypt_cost = 4;
  if (settings.version.empty()) settings.version = "0.1.0";
  if (settings.openapi_json.empty()) settings.openapi_json = "{}";
  loop_ = std::make_unique<net::Loop>();
  readers_ = std::make_unique<net::WorkerPool>("readers", 2, 256);
  hub_ = std::make_unique<live::Hub>([this] { return inventory.snapshot(); }, "epoch-1");
  auto kept = store::open_keeper(options);
  REQUIRE(kept);
  keeper = std::move(*kept);
  recorder = std::make_unique<history::Recorder>(*keeper);
  REQUIRE(recorder->open(clock.wall()));
  reader = std::make_unique<history::Reader>(*keeper, *recorder);
  commands = std::make_unique<TestCommands>(*store, inventory, *recorder, clock);
  service = std::make_unique<Service>(
      Dependencies{*loop_, *store, *readers_, *hub_, *commands, door(), notify_door(), alert_door(),
                   [this] { return inventory.snapshot(); },
                   [this](ClusterId id, std::size_t at) { return inventory.counters(id, at); }, *recorder, *reader,
                   [this] { return retention; }, [this](const history::Retention& wanted) { retention = wanted; },
                   [this] { return keeper->size_bytes(); }, clock, *keyring_, std::move(settings),
                   [this](const std::string& token) { setup_token = token; }});
  thread_ = std::thread([this] { loop_->run(); });
  std::promise<bool> started;
  loop_->post([&] { loop_->spawn("start", begin(*service, started)); });
  REQUIRE(started.get_future().get());
}

House::~House() {
  on_loop([this] { service->stop(); });
  loop_->stop();
  thread_.join();
  service.reset();
  readers_.reset();
  reader.reset();
  recorder.reset();
  keeper.reset();
  store.reset();
  std::filesystem::remove_all(directory_);
}

/// Checks that find what the host is called: "slow." is degraded, "dead." is down, "stuck." is unknown.
net::Task<monitorix::CheckResult> House::pretend(std::shared_ptr<const monitorix::Service> checked) {
  monitorix::CheckResult result{.service = checked->id};
  result.scheduled_at = result.started_at = clock.wall();
  result.took = std::chrono::milliseconds{12};
  result.phases = {2'000, 3'000, std::nullopt, 0, 6'000, 1'000};
  result.address = "192.0.2.7:443";
  result.status_code = 200;
  const auto has = [&](std::string_view word) { return checked->target.find(word) != std::string::npos; };
  if (has("slow.")) result.verdict = Verdict::degraded, result.reason = "degraded_rule", result.parameter = "0";
  if (has("stuck.")) result.verdict = Verdict::unknown, result.reason = "local_resolver";
  if (has("dead.")) {
    result.verdict = Verdict::down;
    result.reason = "http_status";
    result.parameter = "503";
    result.detail = "status (503) in 200-299";
    result.status_code = 503;
    result.evidence = Evidence{"GET /", "HTTP/1.1 503", "canary-of-the-body"};
  }
  if (!has("slow.") && !has("stuck.") && !has("dead.")) result.verdict = Verdict::up;
  co_return result;
}

void House::show() {
  watch.tick(clock.wall(), inventory.snapshot());
  if (auto book = watch.take_book()) inventory.set_services(std::move(book), clock.wall());
  for (const auto& result : watch.take_results()) {
    const auto series = recorder->series_for(history::SeriesKind::check, history::object_key(result->service),
                                             history::kCheckSet, 60, clock.wall());
    history::Row row;
    const auto status = result->verdict == Verdict::down ? history::SeriesStatus::down : history::SeriesStatus::up;
    row.set(history::CheckColumn::status, static_cast<std::int64_t>(status));
    if (result->verdict == Verdict::up) row.set(history::CheckColumn::latency, result->took.count() / 100);
    recorder->record(9, history::kCheckSet, from_seconds(to_seconds(result->scheduled_at)), {{series, row}});
  }
  REQUIRE(store->services().save(watch.take_batch()));
}

CheckDoor House::door() {
  CheckDoor door{.watch = watch};
  door.counters = [] { return monitorix::RunCounters{}; };
  door.try_once = [this](std::shared_ptr<const monitorix::Service> checked) { return pretend(std::move(checked)); };
  door.run_now = [this](ServiceId id) -> net::Task<Result<monitorix::CheckResult>> { return run_now(id); };
  door.judge_assertion = [](const Assertion& one) -> Status {
    if (one.op.empty() || one.op == "~") return fail(Errc::invalid, "no such operator");
    return {};
  };
  door.judge_pattern = [](const std::string& text) -> Status {
    if (text.ends_with("(")) return fail(Errc::invalid, "a bracket is not closed");
    return {};
  };
  door.put = [this](const ServiceRecord& record) { watch.put(record, clock.wall()); };
  door.remove = [this](ServiceId id) {
    watch.remove(id);
    show();
  };
  door.show = [this] { show(); };
  door.programs = {"check_raid"};
  return door;
}

/// A receiver that takes everything, and a house that allows all but programs.
NotifyDoor House::notify_door() {
  NotifyDoor door{};
  door.send_now = [](std::shared_ptr<const Channel>, Message) -> net::Task<SendResult> { return take_message(); };
  door.preview = [](const Channel&, const Message& message) -> Result<Preview> {
    return Preview{message.title, message.cause, "{}", ""};
  };
  door.faults = [](const Channel& channel) -> std::vector<ChannelFault> {
    if (channel.type == ChannelType::exec) return {{"program", "is not on the list"}};
    return {};
  };
  door.look = [] {};
  return door;
}

/// An engine that judges nothing: it does what it is ordered with the alerts that a test put there.
AlertDoor House::alert_door() {
  const auto on_open = [this](AlertId id, auto change) {
    const auto found = alerts.find(id);
    if (found == alerts.end() || found->second.state == AlertState::resolved) return false;
    change(found->second);
    return true;
  };
  AlertDoor door{};
  door.alert = [this](AlertId id) -> std::optional<Alert> {
    const auto found = alerts.find(id);
    return found == alerts.end() ? std::nullopt : std::optional(found->second);
  };
  door.incident = [](IncidentId) -> std::optional<Incident> { return std::nullopt; };
  door.acknowledge = [on_open](AlertId id, const Acknowledgement& ack) {
    return on_open(id, [&](Alert& alert) { alert.ack = ack; });
  };
  door.unacknowledge = [on_open](AlertId id, const std::string&) {
    return on_open(id, [](Alert& alert) { alert.ack.reset(); });
  };
  door.resolve = [on_open, this](AlertId id, const std::string&) {
    return on_open(id, [this](Alert& alert) {
      alert.state = AlertState::resolved;
      alert.resolve_reason = ResolveReason::manual;
      alert.resolved_at = clock.wall();
    });
  };
  door.note = [](const Happening&) {};
  door.take_outside = [this](const std::vector<OutsideAlert>& all) {
    reported.insert(reported.end(), all.begin(), all.end());
    return std::size_t{0};
  };
  door.take_notice = [this](ClusterId id, const ProxmoxNotice& notice) { notices.emplace_back(id, notice); };
  door.put_rule = [](const Rule&) {};
  door.remove_rule = [](RuleId) {};
  door.put_routes = [this](std::vector<monitorix::Route> all) { routes = std::move(all); };
  door.next_step = [this](IncidentId) { return next; };
  door.put_silence = [](const Silence&) {};
  door.remove_silence = [](SilenceId) {};
  door.put_window = [](const Window&) {};
  door.remove_window = [](WindowId) {};
  door.window_times = [](const Window& window, WallTime at) {
    return at < window.starts_at ? WindowTimes{.next_at = window.starts_at} : WindowTimes{};
  };
  door.judge_recurrence = [](const std::string& rrule) -> Status {
    if (rrule.starts_with("FREQ=")) return {};
    return fail(Errc::invalid, "FREQ must come first");
  };
  door.judge_zone = [](const std::string&) -> Status { return {}; };
  door.held_by = [](const Silence&) { return std::int64_t{0}; };
  door.fit = [](const Rule&) {
    return RuleFit{.watched = 1, .matches = {{.target = {{EntityKind::monitor, 1}, {}}, .severity = Severity::info}}};
  };
  door.look_back = [this](const Rule& rule, const RuleFit&, const std::function<bool(Entity)>& sees) -> LookBack {
    const Entity monitor{EntityKind::monitor, 1};
    if (rule.kind != RuleKind::metric || !sees(monitor)) return {};
    const auto began = clock.wall() - std::chrono::hours{5};
    RulePast past{.days = 7, .times = 1, .episodes = {{monitor, Severity::warning, began}}, .left_out = {monitor}};
    return [past] { return past; };
  };
  return door;
}

net::Task<SendResult> House::take_message() {
  co_return SendResult{.said = "answered with status 200", .answer = "ok", .status = 200};
}

net::Task<Result<monitorix::CheckResult>> House::run_now(ServiceId id) {
  const auto checked = watch.service(id);
  if (!checked) co_return fail(Errc::not_found, "there is no such service");
  if (auto judged = watch.judge(id, clock.wall())) co_return *judged;
  auto result = co_await pretend(checked);
  (void)watch.take(std::make_shared<monitorix::CheckResult>(result), clock.wall());
  co_return result;
}

void House::on_loop(std::function<void()> work) {
  std::promise<void> done;
  loop_->post([&] { mark(work, done); });
  done.get_future().get();
}

net::Response House::respond(net::Request request) {
  std::promise<net::Response> done;
  loop_->post([&] { loop_->spawn("request", answer(service->handler(), request, done)); });
  return done.get_future().get();
}

int House::open_socket(const std::string& token, std::shared_ptr<net::WebSocket> line) {
  net::Request request;
  request.method = "GET";
  request.path = "/ws";
  request.query = "ticket=" + as(token, "POST", "/api/auth/ws-ticket").text("ticket");
  request.headers = {
      {"Host", "monitor.example:8000"}, {"Origin", "http://monitor.example:8000"}, {"Upgrade", "websocket"}};
  request.peer = "127.0.0.1";
  auto response = respond(std::move(request));
  if (response.upgrade)
    loop_->post([this, upgrade = response.upgrade, line] { loop_->spawn("socket", upgrade(line)); });
  return response.status;
}

Reply House::ask(const std::string& method, const std::string& target, Headers headers, std::string body,
                 const std::string& peer) {
  net::Request request;
  request.method = method;
  request.target = target;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.headers = std::move(headers);
  request.headers.emplace_back("Host", "monitor.example:8000");
  request.body = std::move(body);
  request.peer = peer;
  const auto response = respond(std::move(request));
  return {response.status, response.shared_body ? *response.shared_body : response.body, response.headers};
}

Reply House::as(const std::string& token, const std::string& method, const std::string& target, std::string body,
                Headers headers) {
  if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
  if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
  return ask(method, target, std::move(headers), std::move(body));
}

Reply House::sign_in(const std::string& name, const std::string& password) {
  JsonWriter out;
  out.begin_object().member("username", name).member("password", password).end_object();
  return as("", "POST", "/api/auth/login", out.take());
}

std::string House::admin() { return token_of("admin"); }

std::string House::token_of(const std::string& role) {
  auto& token = tokens_[role];
  if (!token.empty()) return token;
  JsonWriter out;
  out.begin_object()
      .member("username", "the-" + role)
      .member("email", role + "@example.org")
      .member("password", kPassword);
  if (role == "admin")
    out.member("setup_token", setup_token);
  else
    out.member("role", role);
  out.end_object();
  const auto made = role == "admin" ? as("", "POST", "/api/auth/register", out.take())
                                    : as(admin(), "POST", "/api/users", out.take());
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return tokens_[role] = sign_in("the-" + role, kPassword).text("access_token");
}

std::string House::cluster(int nodes) {
  commands->nodes = nodes;
  static int count = 0;
  const std::string pin =
      "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB";
  const auto name = "cluster" + std::to_string(++count);
  const auto made =
      as(admin(), "POST", "/api/clusters",
         R"({"name":")" + name + R"(","endpoints":[{"address":")" + name + R"(.example","fingerprints":[")" + pin +
             R"("]}],"token_id":"mon@pve!read","token_secret":"canary-secret-1","tls":{"mode":"fingerprint"}})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return made.text("id");
}

}  // namespace monitorix::api::testing
