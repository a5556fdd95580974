// Checks on request: one run now, one of what is not stored, and heartbeats that come in.

#include <charconv>

#include "api/list.h"
#include "api/services/services.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr int kTestsPerMinute = 5, kPushesPerMinute = 60;
constexpr std::size_t kMostMessage = 250, kMostPushBody = 65'536;

Answer wait_for(const Allowance& allowance, std::string what) {
  auto answer = problem(429, "rate_limited", std::move(what));
  answer.problem.front().retry_after_seconds = allowance.reset_seconds;
  return answer;
}

/// When it went badly: whether what it runs on is still there (checks C14, C18). Nobody waits for that.
net::Task<> look_below(Desk& desk, std::shared_ptr<const WatchedService> service) {
  const auto node = service->node ? desk.house.snapshot()->node(*service->node) : nullptr;
  if (service->guest)
    (void)co_await desk.house.commands.sync_guest(*service->guest);
  else if (node)
    (void)co_await desk.house.commands.sync_cluster(node->cluster);
  else if (service->cluster)
    (void)co_await desk.house.commands.sync_cluster(*service->cluster);
}

net::Task<Answer> run_check(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (!view->service->is_active) co_return problem(409, "invalid_state", "the service is paused");
  if (view->service->type == ServiceType::push)
    co_return problem(409, "invalid_state", "a heartbeat comes by itself; there is nothing to run");
  const auto result = co_await desk.house.checks.run_now(view->id);
  if (!result && result.error().code == Errc::unavailable) {
    auto answer = problem(429, "rate_limited", "it was run a moment ago");
    const auto pause = std::chrono::ceil<std::chrono::seconds>(view->service->retry_interval / 2);
    answer.problem.front().retry_after_seconds = static_cast<int>(pause.count());
    co_return answer;
  }
  if (!result) co_return from_error(result.error());
  if (result->verdict == Verdict::down) desk.house.loop.spawn("look below", look_below(desk, view->service));
  desk.house.checks.show();
  JsonWriter out;
  write_check(out, check_id(*result), *result, false);
  co_return json(out);
}

net::Task<Answer> test_service(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  WatchedService service;
  read_service(desk, call, *body, BodyOf::new_service, service);
  if (service.type == ServiceType::push || service.type == ServiceType::composite)
    body->wrong("type", "invalid", "there is nothing to run for this type");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto allowance = desk.throttle.count_deed("test/" + call.caller.user.text(), kTestsPerMinute);
  if (!allowance.allowed) co_return wait_for(allowance, "at most 5 tests a minute");
  service.keep_evidence = KeepEvidence::always;
  const auto kept = std::make_shared<const WatchedService>(std::move(service));
  const auto result = co_await desk.house.checks.try_once(kept);
  JsonWriter out;
  out.begin_object();
  write_result(out, result);
  out.key("evidence");
  write_evidence(out, result.evidence);
  co_return json(out.end_object());
}

std::optional<std::chrono::microseconds> read_took(const Query& query, bool& is_fine) {
  const auto* text = query.find("ping_ms");
  if (text == nullptr || text->empty()) return std::nullopt;  // clients leave it in their address, empty
  double value = 0;
  const auto end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  is_fine = error == std::errc{} && at == end && value >= 0 && value <= 1e9;
  return is_fine ? std::optional(std::chrono::microseconds{static_cast<std::int64_t>(value * 1000)}) : std::nullopt;
}

Result<verdict::Ping> read_ping(const Query& query) {
  if (auto known = query.allow({"status", "msg", "ping_ms", "ping", "run_id", "exit_code"}); !known)
    return fail(known.error());
  verdict::Ping ping;
  const std::string status = query.find("status") ? query.text("status") : "up";
  if (status == "up")
    ping.action = verdict::PushAction::ok;
  else if (status == "down")
    ping.action = verdict::PushAction::fail;
  else if (status == "start")
    ping.action = verdict::PushAction::start;
  else if (status == "log")
    ping.action = verdict::PushAction::log;
  else
    return fail(Errc::invalid, "status must be up, down, start or log");
  bool is_fine = true;
  ping.took = read_took(query, is_fine);
  if (!is_fine) return fail(Errc::invalid, "ping_ms must be a number of milliseconds");
  ping.run = query.text("run_id");
  if (ping.run.size() > 64) return fail(Errc::invalid, "run_id has at most 64 characters");
  if (valid_utf8(query.text("msg"), 4 * kMostMessage) != query.text("msg"))
    return fail(Errc::invalid, "msg has at most 250 characters");
  if (query.find("exit_code")) {
    const auto code = query.number("exit_code", 0, 0, 255);
    if (!code) return fail(code.error());
    ping.exit_code = static_cast<int>(*code);
  }
  return ping;
}

net::Task<Answer> push(Desk& desk, Call& call) {
  auto& watch = desk.house.checks.watch;
  const auto id = watch.service_of_token(push_token_hash(call.ids[0]));
  if (!id) {
    const auto allowance = desk.throttle.count_anonymous_call(call.address);
    co_return allowance.allowed ? not_found() : wait_for(allowance, "too many requests");
  }
  const auto allowance = desk.throttle.count_deed("push/" + id->text(), kPushesPerMinute);
  if (!allowance.allowed) co_return wait_for(allowance, "at most 60 heartbeats a minute");
  if (call.request.body.size() > kMostPushBody) co_return problem(413, "too_large", "a body of at most 64 KiB");
  auto ping = read_ping(call.query);
  if (!ping) co_return bad_query(ping.error());
  ping->at = desk.house.clock.wall();
  // A heartbeat that is paused is not wrong: the job need not know.
  if (const auto taken = watch.ping(*id, *ping); !taken && taken.error().code != Errc::conflict)
    co_return from_error(taken.error());
  desk.house.checks.show();
  co_return json(std::string(R"({"ok":true})"));
}

}  // namespace

void add_run_routes(Router& router, Desk& desk) {
  must_add(router, "POST", "/api/services/{id}/check", Access::operator_, with(desk, run_check));
  must_add(router, "POST", "/api/services/test", Access::editor, with(desk, test_service));
  must_add(router, "GET", "/api/push/{token}", Access::open, with(desk, push));
  must_add(router, "POST", "/api/push/{token}", Access::open, with(desk, push));
}

}  // namespace monitorix::api
