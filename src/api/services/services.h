#pragma once
// What the routes about services share: who may see one, reading one from a body, and results as JSON.

#include <optional>
#include <string>
#include <vector>

#include "api/desk.h"
#include "api/fields.h"
#include "model/service/service_names.h"
#include "state/snapshot.h"

namespace monitorix::api {

using WatchedService = monitorix::Service;  ///< beside api::Service, which is this whole room

std::shared_ptr<const state::ServiceView> visible_service(const Caller& caller, const state::Snapshot& world,
                                                          const std::string& id);

/// A word of an enumeration, by its name on the wire.
template <class Enum>
void read_word(Fields& body, std::string_view name, Enum& into, std::string_view choices) {
  const auto text = body.text(name, {1, 40});
  if (!text) return;
  if (const auto word = service_word<Enum>(*text))
    into = *word;
  else
    body.wrong(name, "invalid", "must be one of " + std::string(choices));
}

/// How bodies of services are read: into `service`, which holds defaults or what was there before. What is wrong is
/// left in `body`. `is_new` decides whether name and type must be there.
enum class BodyOf { new_service, change };
void read_service(const Desk& desk, const Call& call, Fields& body, BodyOf of, WatchedService& service);
/// Which secrets of a web check came whole with a body; `headers`: all of them, none was kept.
struct EnteredSecrets {
  bool secret{false}, headers{false};
};
EnteredSecrets read_options(const Desk& desk, Fields& options, WatchedService& service);
/// What only shows when all is read: targets, times and choices that do not fit together.
void check_whole(const Desk& desk, Fields& body, const WatchedService& service);
/// Nobody sees a kept secret, so nobody may lead it to another server either: whoever changes where a check goes enters
/// its secrets again. One that is not in use is forgotten then.
void check_secrets(Fields& body, const WatchedService& before, WatchedService& after, const EnteredSecrets& entered);
/// A host name or address as people write it; "" when it is fine, else what is wrong.
std::string fault_of_host(std::string_view host);

struct MadeService {
  ServiceRecord record{};
  std::string push_token{};  ///< shown this once; empty but for heartbeats
};
/// Stores a new service and begins to check it.
net::Task<Result<MadeService>> make_service(Desk& desk, const Call& call, WatchedService service);
net::Task<Result<ServiceRecord>> change_service(Desk& desk, const Call& call, WatchedService service,
                                                std::int64_t expected_version);

struct FreshToken {
  std::string text{}, hash{};
};
FreshToken make_push_token();
std::string push_token_hash(std::string_view token);

/// The members of a health check but for its ids.
void write_result(JsonWriter& out, const monitorix::CheckResult& result);
void write_evidence(JsonWriter& out, const Boxed<Evidence>& evidence);
/// A whole health check; `id` as on the wire.
void write_check(JsonWriter& out, const std::string& id, const monitorix::CheckResult& result, bool has_evidence);
std::string check_id(const monitorix::CheckResult& result);

}  // namespace monitorix::api
