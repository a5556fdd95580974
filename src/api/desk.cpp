#include "api/desk.h"

#include <stdexcept>

#include "base/log.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostCachedBytes = 24u << 20;

net::Task<Answer> at_once(Answer answer) { co_return answer; }

}  // namespace

std::shared_ptr<const Encoded> ListCache::find(const std::string& key, std::uint64_t revision) {
  if (revision != revision_) return nullptr;
  const auto found = kept_.find(key);
  return found == kept_.end() ? nullptr : found->second;
}

void ListCache::keep(std::string key, std::uint64_t revision, std::shared_ptr<const Encoded> encoded) {
  const std::size_t bytes = encoded->plain->size() + (encoded->compressed ? encoded->compressed->size() : 0);
  if (revision != revision_ || bytes_ + bytes > kMostCachedBytes) {
    kept_.clear();
    bytes_ = 0;
    revision_ = revision;
  }
  bytes_ += bytes;
  kept_.insert_or_assign(std::move(key), std::move(encoded));
}

Desk::Desk(Dependencies dependencies)
    : house(std::move(dependencies)),
      sessions(house),
      passwords(house.settings.bcrypt_cost),
      throttle(house.clock, house.settings.rate_limits),
      setup(house.clock, house.announce_setup_token),
      tickets(house.clock) {
  counters.started_at = house.clock.wall();
}

net::Task<Status> Desk::tell(std::function<Status(store::Store&)> order) {
  std::function<Status()> job = [store = &house.store, order = std::move(order)] { return order(*store); };
  const auto done = co_await net::offload<void>(house.readers, std::move(job));
  if (!done) co_return fail(unstored(done.error()));
  co_return Status{};
}

net::Task<> Desk::audit(AuditEntry entry) {
  const std::string action = entry.action;
  auto asking_for_kept = tell([entry = std::move(entry)](store::Store& store) { return store.append_audit(entry); });
  const auto kept = co_await std::move(asking_for_kept);
  if (!kept) log::error("audit record not kept", {{"action", action}, {"error", kept.error()}});
}

AuditEntry deed(const Desk& desk, const Call& call, std::string action, std::string resource_type,
                std::string resource_id, std::string resource_name, Changes changes) {
  const auto given = [](std::string text) { return text.empty() ? std::nullopt : std::optional(std::move(text)); };
  AuditEntry entry;
  if (call.caller.signed_in) entry.user = call.caller.user;
  entry.username = call.caller.username;
  entry.action = std::move(action);
  entry.resource_type = std::move(resource_type);
  entry.resource_id = given(std::move(resource_id));
  entry.resource_name = given(std::move(resource_name));
  entry.changes = changes.take();
  entry.ip_address = given(call.address);
  entry.user_agent = given(valid_utf8(call.request.header("user-agent"), 256));
  entry.created_at = desk.house.clock.wall();
  return entry;
}

RouteHandler with(Desk& desk, net::Task<Answer> (*run)(Desk&, Call&)) {
  return [&desk, run](Call& call) { return run(desk, call); };
}

RouteHandler with(Desk& desk, Answer (*run)(Desk&, Call&)) {
  return [&desk, run](Call& call) { return at_once(run(desk, call)); };
}

void must_add(Router& router, std::string method, std::string pattern, Access access, RouteHandler run) {
  const auto added = router.add({std::move(method), std::move(pattern), access, std::move(run)});
  if (!added) throw std::logic_error(added.error().text);
}

void must_add_for_people(Router& router, std::string method, std::string pattern, Access access, RouteHandler run) {
  const auto added = router.add({std::move(method), std::move(pattern), access, std::move(run), true});
  if (!added) throw std::logic_error(added.error().text);
}

}  // namespace monitorix::api
