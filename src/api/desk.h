#pragma once
// What every route may use: the house below, and the parts of api/ that outlive a request. Owned by Service.

#include <map>
#include <string>

#include "api/auth/password.h"
#include "api/auth/session.h"
#include "api/auth/setup_token.h"
#include "api/auth/throttle.h"
#include "api/auth/tickets.h"
#include "api/changes.h"
#include "api/dependencies.h"
#include "api/inbound/hook_tokens.h"
#include "api/router.h"

namespace monitorix::api {

struct ShownPage;

struct Counters {
  std::uint64_t requests{0};
  double requests_per_minute{0};
  double cpu_ratio{0};  ///< of one core, about the last half minute
  std::size_t sockets{0};
  WallTime started_at{};
};

/// Lists that were encoded and compressed for a revision of the world, shared by all who may see the same.
class ListCache {
 public:
  std::shared_ptr<const Encoded> find(const std::string& key, std::uint64_t revision);
  void keep(std::string key, std::uint64_t revision, std::shared_ptr<const Encoded> encoded);

 private:
  std::uint64_t revision_{0};
  std::size_t bytes_{0};
  std::unordered_map<std::string, std::shared_ptr<const Encoded>> kept_{};
};

struct Desk {
  explicit Desk(Dependencies dependencies);
  Dependencies house;
  Sessions sessions;
  Passwords passwords;
  Throttle throttle;
  SetupToken setup;
  Tickets tickets;
  HookTokens hooks{};
  ListCache lists{};
  Counters counters{};
  struct Answered {
    std::string fingerprint{};
    Answer answer{};
    WallTime at{};
  };
  std::map<std::string, Answered> answered{};  ///< by user and Idempotency-Key (C10), one day, 10 000 at most

  std::map<std::string, std::shared_ptr<const ShownPage>> status_shown{};  ///< by address; for half a minute

  /// Runs a call of the store on the pool. Keep the task in a name of its own before awaiting it: g++ 12 destroys the
  /// captures of a lambda twice when it is made inside the co_await expression (GCC bug 99576).
  template <class T>
  net::Task<Result<T>> ask(std::function<Result<T>(store::Store&)> question) {
    std::function<Result<T>()> job = [store = &house.store, question = std::move(question)] {
      return question(*store);
    };
    auto got = co_await net::offload<T>(house.readers, std::move(job));
    if (!got) co_return fail(unstored(got.error()));
    co_return std::move(got);
  }
  net::Task<Status> tell(std::function<Status(store::Store&)> order);
  /// Writes the audit record of a deed; a failure is logged, never hides the deed.
  net::Task<> audit(AuditEntry entry);
};

/// The record of what this caller did.
AuditEntry deed(const Desk& desk, const Call& call, std::string action, std::string resource_type,
                std::string resource_id = {}, std::string resource_name = {}, Changes changes = {});

void add_exporter_routes(Router& router, Desk& desk);
void add_auth_routes(Router& router, Desk& desk);
void add_account_routes(Router& router, Desk& desk);
void add_api_key_routes(Router& router, Desk& desk);
void add_user_routes(Router& router, Desk& desk);
void add_audit_routes(Router& router, Desk& desk);
void add_cluster_routes(Router& router, Desk& desk);
void add_cluster_edit_routes(Router& router, Desk& desk);
void add_endpoint_routes(Router& router, Desk& desk);
void add_node_routes(Router& router, Desk& desk);
void add_node_fact_routes(Router& router, Desk& desk);
void add_risk_routes(Router& router, Desk& desk);
void add_node_create_routes(Router& router, Desk& desk);
void add_guest_routes(Router& router, Desk& desk);
void add_inside_routes(Router& router, Desk& desk);
void add_storage_routes(Router& router, Desk& desk);
void add_backup_routes(Router& router, Desk& desk);
void add_server_routes(Router& router, Desk& desk);
void add_dashboard_routes(Router& router, Desk& desk);
void add_metric_routes(Router& router, Desk& desk);
void add_series_routes(Router& router, Desk& desk);
void add_sample_routes(Router& router, Desk& desk);
void add_forecast_routes(Router& router, Desk& desk);
void add_uptime_routes(Router& router, Desk& desk);
void add_timeline_routes(Router& router, Desk& desk);
void add_top_routes(Router& router, Desk& desk);
void add_system_routes(Router& router, Desk& desk);
void add_service_routes(Router& router, Desk& desk);
void add_run_routes(Router& router, Desk& desk);
void add_exchange_routes(Router& router, Desk& desk);
void add_proposal_routes(Router& router, Desk& desk);
void add_status_page_routes(Router& router, Desk& desk);
void add_service_time_routes(Router& router, Desk& desk);
void add_health_check_routes(Router& router, Desk& desk);
void add_channel_routes(Router& router, Desk& desk);
void add_webhook_routes(Router& router, Desk& desk);
void add_notification_routes(Router& router, Desk& desk);
void add_alert_routes(Router& router, Desk& desk);
void add_alert_evidence_routes(Router& router, Desk& desk);
void add_inbound_routes(Router& router, Desk& desk);
void add_incident_routes(Router& router, Desk& desk);
void add_alert_rule_routes(Router& router, Desk& desk);
void add_escalation_routes(Router& router, Desk& desk);
void add_silence_routes(Router& router, Desk& desk);
void add_window_routes(Router& router, Desk& desk);
void add_setting_routes(Router& router, Desk& desk);

/// Handlers are plain functions; these tie them to the desk.
RouteHandler with(Desk& desk, net::Task<Answer> (*run)(Desk&, Call&));
RouteHandler with(Desk& desk, Answer (*run)(Desk&, Call&));

/// A route that is known to be right; a wrong one stops the program at start.
void must_add(Router& router, std::string method, std::string pattern, Access access, RouteHandler run);
/// The same for what only a person who signed in may do, never an API key.
void must_add_for_people(Router& router, std::string method, std::string pattern, Access access, RouteHandler run);

}  // namespace monitorix::api
