#pragma once
// Keeps services, what their checks found, and status pages. A part of the store: the same rules for threads, errors
// and secrets (store.h). Reached by Store::services().

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "model/service/kept_check.h"

namespace monitorix::store {

class Database;
class Link;

struct CheckCutoffs {
  WallTime checks{}, hours{}, timeline{};  ///< failures, histograms by hour, and all that is kept for long
};

class ServiceStore {
 public:
  ServiceStore(Database& database, const Keyring& keyring) : database_(database), keyring_(keyring) {}

  /// `push_token_hash` is empty but for heartbeats.
  Result<ServiceRecord> create(const Service& service, const std::string& push_token_hash);
  /// Writes all fields if `expected_version` is 0 or matches, else conflict.
  Result<ServiceRecord> update(const Service& service, std::int64_t expected_version, WallTime now);
  Result<std::vector<ServiceRecord>> all();
  Status remove(ServiceId id);
  Status put_push_token(ServiceId id, const std::string& hash, WallTime at);

  /// Intervals, overlays and histograms by hour that reach into the time from these on.
  Result<KeptChecks> load(WallTime timeline_from, WallTime hours_from);
  Status save(const CheckBatch& batch);
  Result<std::vector<KeptInterval>> intervals(ServiceId id, WallTime from, WallTime to);
  Result<std::vector<KeptBlip>> blips(ServiceId id, WallTime from, WallTime to);
  Result<std::vector<KeptOverlay>> overlays(ServiceId id, WallTime from, WallTime to);
  Result<std::vector<KeptHistogram>> histograms(ServiceId id, HistogramSpan span, WallTime from, WallTime to);
  /// Newest first; of all services when `id` is none.
  Result<std::vector<KeptCheck>> checks(ServiceId id, WallTime from, WallTime to, int limit);
  /// With its evidence.
  Result<KeptCheck> check(std::int64_t id);
  /// One step of erasing what is old: at most `most` results; how many went.
  Result<std::size_t> erase(const CheckCutoffs& before, int most);

  Result<std::vector<StatusPage>> status_pages();
  Result<StatusPage> create_status_page(const StatusPage& page);  ///< conflict: the slug is taken
  Result<StatusPage> update_status_page(const StatusPage& page, std::int64_t expected_version);
  Status remove_status_page(std::int64_t id);

 private:
  Result<ServiceRecord> one(Link& link, ServiceId id);

  Database& database_;
  const Keyring& keyring_;
};

}  // namespace monitorix::store
