#include "api/idempotency.h"

#include "base/crypto.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostKept = 10'000;
constexpr std::chrono::hours kLife{24};

std::string fingerprint_of(const Call& call) {
  const auto digest = sha256(call.request.path + '\n' + call.request.body);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void prune(Desk& desk, WallTime now) {
  std::erase_if(desk.answered, [&](const auto& entry) { return now - entry.second.at > kLife; });
  if (desk.answered.size() >= kMostKept) desk.answered.clear();
}

}  // namespace

net::Task<Answer> run_once(Desk& desk, Call& call, const Route& route) {
  const auto given = call.request.header("idempotency-key");
  if (call.request.method != "POST" || given.empty() || !call.caller.signed_in) co_return co_await route.run(call);
  if (given.size() > 128) co_return problem(400, "bad_request", "Idempotency-Key: at most 128 characters");
  const std::string key = call.caller.user.text() + '/' + std::string(given);
  const auto fingerprint = fingerprint_of(call);
  const auto now = desk.house.clock.wall();
  if (const auto found = desk.answered.find(key); found != desk.answered.end() && now - found->second.at <= kLife) {
    if (found->second.fingerprint != fingerprint)
      co_return problem(422, "idempotency_conflict", "this key was used for another request");
    if (found->second.answer.status == 0)
      co_return problem(409, "invalid_state", "the first request with this key is still running");
    co_return found->second.answer;
  }
  prune(desk, now);
  Answer running;
  running.status = 0;
  desk.answered[key] = {fingerprint, running, now};
  Answer answer = co_await route.run(call);
  if (answer.status >= 200 && answer.status < 300)
    desk.answered[key] = {fingerprint, answer, now};
  else
    desk.answered.erase(key);
  co_return answer;
}

}  // namespace monitorix::api
