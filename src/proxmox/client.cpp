#include "proxmox/client.h"

#include <algorithm>

#include "proxmox/parse.h"
#include "proxmox/reason.h"
#include "proxmox/token.h"

namespace monitorix::proxmox {
namespace {

constexpr std::chrono::minutes kAuthRetry{5};   // A4
constexpr std::chrono::seconds kDownRetry{30};  // F2
constexpr int kFailuresToDown = 3;              // F2
constexpr int kFailuresToOpen = 5;              // B4
constexpr std::chrono::seconds kSlowAnswer{5};  // F2: an inventory that takes longer degrades its endpoint
constexpr std::chrono::seconds kLongestPause{300};
constexpr int kRoundsToUnreachable = 2;
constexpr std::size_t kMostPolls = 16;     // that nobody has taken
constexpr int kConcurrentPerEndpoint = 4;  // T7
constexpr std::chrono::milliseconds kPlaceWait{50};
constexpr std::chrono::seconds kHealthAgain{10};

/// Calls that the asked member answers itself: trouble with them is its own, never another member's.
bool answers_itself(CallClass kind) {
  return kind == CallClass::resources || kind == CallClass::status || kind == CallClass::tasks;
}

/// Calls that a node passes on to another member may take its 30 s of patience.
net::Deadlines deadlines_for(CallClass kind) {
  using namespace std::chrono_literals;
  if (answers_itself(kind) || kind == CallClass::identity) return {5s, 15s, 45s};
  if (kind == CallClass::metrics) return {5s, 45s, 60s};  // it asks its peers one after another
  return {5s, 35s, 45s};
}

/// T5. Only what grows with the fleet may be large: four calls run side by side, and an endless answer fills each. Once
/// the size of its inventory is known (some 700 bytes a guest), nothing is taken in that it cannot have become since.
std::size_t body_limit(CallClass kind, std::optional<std::size_t> inventory_bytes) {
  constexpr std::size_t kMiB = 1u << 20, kRoomToGrow = 4 * kMiB, kMostGrowth = 64;
  if (kind == CallClass::backups) return 16 * kMiB;  // grows with the years, not with the inventory
  const bool grows = kind == CallClass::resources || kind == CallClass::identity;
  const std::size_t most = kind == CallClass::metrics ? 32 * kMiB : grows ? 16 * kMiB : 4 * kMiB;
  return inventory_bytes ? std::min(most, kRoomToGrow + kMostGrowth * *inventory_bytes) : most;
}

/// What is asked besides: when it fails alone, the calls that matter say whether the member is well.
bool is_extra(CallClass kind) {
  return kind == CallClass::metrics || kind == CallClass::facts || kind == CallClass::agent;
}

/// 500 to these tells of their subject: an object without a past has no file, a guest's agent does not answer.
bool tells_of_subject(CallClass kind) {
  return kind == CallClass::history || kind == CallClass::facts || kind == CallClass::agent;
}

/// What tells of the whole cluster, and what every Proxmox VE knows.
bool is_essential(CallClass kind) { return kind == CallClass::resources || kind == CallClass::status; }

/// A status by which a healthy Proxmox VE never answers such a call: 5xx (F2), a redirect (T8). 501 and 404 mean that
/// the call is not there (X9): of an optional one that is an answer, without the essential ones there is no cluster.
bool is_trouble(CallClass kind, int status) {
  if (is_essential(kind)) return status != 200 && status != 401 && status != 403;
  return answers_itself(kind) && status != 501 && (status >= 500 || (status >= 300 && status < 400));
}

ShownCertificate seen_from(const net::Certificate& certificate) {
  return {.fingerprint = certificate.fingerprint,
          .subject = certificate.subject,
          .issuer = certificate.issuer,
          .sans = certificate.sans,
          .not_before = certificate.not_before,
          .not_after = certificate.not_after,
          .chain_trusted = certificate.chain_trusted};
}

}  // namespace

Client::Client(net::HttpClient& http, const Clock& clock, ClusterConfig config) : http_(http), clock_(clock) {
  reconfigure(config);
}

void Client::reconfigure(const ClusterConfig& config) {
  std::vector<EndpointTrack> next;
  const bool same_token =
      config.token_id == config_.token_id && config.token_secret.reveal() == config_.token_secret.reveal();
  const bool same_trust = config.tls_mode == config_.tls_mode && config.ca_pem == config_.ca_pem;
  for (const Endpoint& endpoint : config.endpoints) {
    const auto old = std::ranges::find_if(endpoints_, [&](const EndpointTrack& track) {
      return track.endpoint.address == endpoint.address && track.endpoint.port == endpoint.port &&
             track.endpoint.fingerprints == endpoint.fingerprints;
    });
    EndpointTrack track{};
    // Whoever touches a connection whose token was refused has mended it, in Proxmox VE or here: it is asked at once.
    const bool was_refused = old != endpoints_.end() && old->health.state == EndpointState::auth_failed;
    if (old != endpoints_.end() && same_token && same_trust && !was_refused)
      track = *old;
    else
      http_.drop_connections(pool_key(endpoint));
    track.endpoint = endpoint;
    track.health.id = endpoint.id;
    next.push_back(std::move(track));
  }
  std::ranges::stable_sort(next, {}, [](const EndpointTrack& track) { return track.endpoint.priority; });
  endpoints_ = std::move(next);
  config_ = config;
  active_ = 0;
  failed_rounds_ = 0;
  inventory_bytes_.reset();  // more may be seen now
  circuits_.clear();
}

std::string Client::pool_key(const Endpoint& endpoint) const {
  return config_.id.text() + "/" + endpoint.address + ":" + std::to_string(endpoint.port);
}

net::Trust Client::trust_of(const Endpoint& endpoint) const {
  if (config_.tls_mode == TlsMode::ca) return net::TrustCa{config_.ca_pem};
  net::TrustPins pins{};
  for (const Fingerprint& fingerprint : endpoint.fingerprints) pins.accepted.push_back(fingerprint.digest);
  return pins;
}

std::vector<std::size_t> Client::candidates() const {
  const SteadyTime now = clock_.steady();
  std::vector<std::size_t> usable;
  const auto consider = [&](std::size_t at) {
    const EndpointTrack& track = endpoints_[at];
    const bool stopped =
        track.health.state == EndpointState::tls_mismatch || track.health.state == EndpointState::wrong_cluster;
    if (!stopped && now >= track.next_try) usable.push_back(at);
  };
  if (active_ < endpoints_.size()) consider(active_);
  for (std::size_t at = 0; at < endpoints_.size(); ++at)
    if (at != active_) consider(at);
  return usable;
}

net::Task<Result<Reply>> Client::ask(std::size_t at, std::string path, CallClass kind) {
  net::ClientRequest request{};
  const Endpoint endpoint = endpoints_[at].endpoint;
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  request.url = "https://" + (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
                std::to_string(endpoint.port) + "/api2/json" + path;
  request.pool_key = pool_key(endpoint);
  request.trust = trust_of(endpoint);
  request.authorization = authorization(config_.kind, config_.token_id, config_.token_secret);
  request.deadlines = deadlines_for(kind);
  request.max_bytes = body_limit(kind, inventory_bytes_);
  const std::string key = request.pool_key;
  while (at < endpoints_.size() && endpoints_[at].in_flight >= kConcurrentPerEndpoint)
    co_await net::sleep_for(kPlaceWait);
  if (at >= endpoints_.size() || endpoints_[at].endpoint != endpoint)
    co_return fail(Errc::cancelled, "the connection was changed meanwhile");
  ++endpoints_[at].in_flight;
  if (kind == CallClass::resources) endpoints_[at].asked_at = clock_.steady();
  auto response = co_await http_.get(std::move(request));
  // The configuration may have changed while we waited: find the endpoint anew.
  const auto found =
      std::ranges::find_if(endpoints_, [&](const EndpointTrack& track) { return track.endpoint == endpoint; });
  if (found == endpoints_.end()) co_return fail(Errc::cancelled, "the connection was changed meanwhile");
  EndpointTrack& track = *found;
  --track.in_flight;
  if (kind == CallClass::resources) track.asked_at.reset();
  if (!response) {
    note_call(kind, 0, 0, true);
    const bool is_refused = response.error().code == Errc::tls_mismatch;
    if (!is_extra(kind) || is_refused) note_failure(track, response.error().code, reason_of(response.error()));
    if (is_refused)
      if (const auto refused = http_.refused_certificate(key)) track.health.seen = seen_from(*refused);
    co_return fail(response.error());
  }
  Reply reply{.status = response->status,
              .reason = response->reason,
              .endpoint = endpoint.id,
              .bytes = response->wire_bytes,
              .took = response->took};
  const double ms = static_cast<double>(response->took.count()) / 1000.0;
  if (reply.status == 200 && kind == CallClass::metrics) {
    reply.body = std::move(response->body);
  } else if (reply.status == 200) {
    auto data = parse_envelope(response->body);
    if (!data) {
      note_call(kind, reply.bytes, ms, true);
      note_failure(track, data.error().code, reason_of(data.error()));
      co_return fail(data.error());
    }
    reply.data = std::move(*data);
    if (kind == CallClass::resources) inventory_bytes_ = response->body.size();
  }
  const bool trouble = is_trouble(kind, reply.status);
  note_call(kind, reply.bytes, ms, trouble || (reply.status >= 500 && !reply.blames_peer()));
  if (trouble) {
    Reason reason = config_.kind == ConnectionKind::pbs && (reply.status == 501 || reply.status == 404)
                        ? not_a_backup_server()
                        : reason_of_status(reply.status, reply.reason);
    std::string text = reason.text;
    note_failure(track, Errc::unreachable, std::move(reason));
    co_return fail(Errc::unreachable, std::move(text));
  }
  note_answer(track, kind, *response);
  if (reply.status == 401) co_return fail(Errc::denied, token_refused(reply.reason).text);
  co_return reply;
}

void Client::note_answer(EndpointTrack& track, CallClass kind, const net::ClientResponse& response) {
  track.failures = 0;
  if (response.certificate) track.health.seen = seen_from(*response.certificate);
  if (response.status == 401) {
    track.health.state = EndpointState::auth_failed;
    track.health.last_error = token_refused(response.reason);
    track.next_try = clock_.steady() + kAuthRetry;
    last_error_ = track.health.last_error;
    return;
  }
  track.next_try = {};
  track.health.state = EndpointState::ok;
  track.health.last_ok_at = clock_.wall();
  track.health.last_error.reset();
  if (kind == CallClass::resources && response.took > kSlowAnswer) {
    track.health.state = EndpointState::degraded;
    const std::int64_t seconds = response.took / std::chrono::seconds{1};
    track.health.last_error = Reason{.code = "slow",
                                     .text = "it took " + std::to_string(seconds) + " s to answer",
                                     .params = {{"seconds", seconds}}};
  }
  // Extras are asked of whom they please: that says nothing about whom to ask for the rest.
  if (!is_extra(kind)) active_ = static_cast<std::size_t>(&track - endpoints_.data());
}

bool Client::flag_silence() {
  bool flagged = false;
  for (EndpointTrack& track : endpoints_) {
    if (!track.asked_at || clock_.steady() - *track.asked_at < kSlowAnswer) continue;
    if (track.health.state != EndpointState::ok && track.health.state != EndpointState::unknown) continue;
    track.health.state = EndpointState::degraded;
    track.health.last_error = Reason{.code = "silent",
                                     .text = "no answer within " + std::to_string(kSlowAnswer.count()) + " s",
                                     .params = {{"seconds", std::int64_t{kSlowAnswer.count()}}}};
    flagged = true;
  }
  return flagged;
}

void Client::note_failure(EndpointTrack& track, Errc code, Reason reason) {
  track.health.last_error = reason;
  last_error_ = std::move(reason);
  if (code == Errc::tls_mismatch) {
    track.health.state = EndpointState::tls_mismatch;
    return;
  }
  ++track.failures;
  track.health.state = track.failures >= kFailuresToDown ? EndpointState::down : EndpointState::degraded;
  // With other members to ask, a dead one is left alone for a while; the only one is asked each time.
  if (track.failures >= kFailuresToDown && endpoints_.size() > 1) track.next_try = clock_.steady() + kDownRetry;
}

net::Task<Result<Reply>> Client::try_endpoints(std::string path, CallClass kind) {
  const auto order = candidates();
  if (order.empty())
    co_return fail(Errc::unavailable, last_error_ ? last_error_->text : std::string("no endpoint may be asked now"));
  Result<Reply> answer = fail(Errc::unreachable, "not asked");
  const std::size_t most = is_extra(kind) ? 1 : 2;
  for (std::size_t tries = 0; tries < order.size() && tries < most; ++tries) {  // F3: once more, elsewhere
    if (order[tries] >= endpoints_.size()) break;                               // the connection was changed meanwhile
    const EndpointId asked = endpoints_[order[tries]].endpoint.id;
    answer = co_await ask(order[tries], path, kind);
    if (kind == CallClass::resources && (answer || answer.error().code != Errc::cancelled) &&
        polls_.size() < kMostPolls)
      polls_.push_back({asked, answer ? std::optional(answer->took) : std::nullopt});
    if (answer || answer.error().code == Errc::cancelled) break;
  }
  co_return answer;
}

net::Task<Result<Reply>> Client::get(std::string path, CallClass kind) {
  if (endpoints_.empty()) co_return fail(Errc::invalid, "the connection has no endpoint");
  if (is_paused(kind)) co_return fail(Errc::unavailable, "paused after failures in a row");
  co_return co_await noted(try_endpoints(std::move(path), kind), kind);
}

net::Task<Result<Reply>> Client::get_from(EndpointId endpoint, std::string path, CallClass kind) {
  if (is_paused(kind)) co_return fail(Errc::unavailable, "paused after failures in a row");
  for (const std::size_t at : candidates())
    if (endpoints_[at].endpoint.id == endpoint) co_return co_await noted(ask(at, std::move(path), kind), kind);
  co_return fail(Errc::unavailable, "this endpoint is not to be asked now");
}

bool Client::is_paused(CallClass kind) {
  return kind != CallClass::resources && clock_.steady() < circuits_[kind].closed_from;
}

net::Task<Result<Reply>> Client::noted(net::Task<Result<Reply>> asked, CallClass kind) {
  auto answer = co_await std::move(asked);
  if (!answer && answer.error().code == Errc::cancelled) co_return answer;
  // 501: this version does not know the call (X9), which is an answer.
  const bool is_answer =
      answer && (answer->status < 500 || answer->status == 501 || (answer->status == 500 && tells_of_subject(kind)));
  note_circuit(kind, is_answer);
  if (!is_extra(kind)) note_round(kind, answer.has_value(), answer ? Reason{} : explain(answer.error()));
  co_return answer;
}

Reason Client::explain(const Error& error) const {
  // An error is passed on as text; what is known beyond it was noted where it arose.
  return last_error_ && last_error_->text == error.text ? *last_error_ : reason_of(error);
}

void Client::note_circuit(CallClass kind, bool well) {
  Circuit& circuit = circuits_[kind];
  if (well) {
    circuit = {};
    return;
  }
  if (++circuit.failures < kFailuresToOpen) return;
  circuit.closed_from = clock_.steady() + circuit.pause;
  circuit.pause = std::min(circuit.pause * 2, kLongestPause);
}

void Client::note_round(CallClass kind, bool answered, const Reason& reason) {
  if (answered) {
    answered_once_ = true;
    if (kind == CallClass::resources || failed_rounds_ == 0) {
      failed_rounds_ = 0;
      last_error_.reset();
    }
    return;
  }
  last_error_ = reason;
  if (kind == CallClass::resources || !answered_once_) ++failed_rounds_;
}

ClusterState Client::state() const {
  if (config_.paused) return ClusterState::paused;
  if (wrong_cluster_) return ClusterState::wrong_cluster;
  const auto all = [&](EndpointState state) {
    return !endpoints_.empty() &&
           std::ranges::all_of(endpoints_, [&](const auto& track) { return track.health.state == state; });
  };
  const auto any = [&](EndpointState state) {
    return std::ranges::any_of(endpoints_, [&](const auto& track) { return track.health.state == state; });
  };
  if (any(EndpointState::ok) && failed_rounds_ == 0)
    return all(EndpointState::ok) || !(any(EndpointState::down) || any(EndpointState::degraded) ||
                                       any(EndpointState::tls_mismatch) || any(EndpointState::auth_failed))
               ? ClusterState::ok
               : ClusterState::degraded;
  if (any(EndpointState::auth_failed) && !any(EndpointState::ok)) return ClusterState::auth_failed;
  if (any(EndpointState::tls_mismatch) && !any(EndpointState::ok) && !any(EndpointState::degraded))
    return ClusterState::tls_mismatch;
  if (failed_rounds_ >= kRoundsToUnreachable) return ClusterState::unreachable;
  return answered_once_ ? ClusterState::degraded : ClusterState::connecting;
}

ClusterHealth Client::health() const {
  ClusterHealth out{};
  out.state = state();
  if (out.state == ClusterState::wrong_cluster)
    out.error = Reason{.code = "wrong_cluster", .text = "these are not the nodes of the cluster that was connected"};
  else if (last_error_ && out.state != ClusterState::ok)
    out.error = last_error_;
  out.powerless = powerless_;
  for (const EndpointTrack& track : endpoints_) {
    out.endpoints.push_back(track.health);
    if (!out.error && out.state != ClusterState::ok) out.error = track.health.last_error;
  }
  out.load = load();
  return out;
}

std::optional<ClusterHealth> Client::health_news() {
  ClusterHealth now = health();
  const bool is_same =
      now.state == told_health_.state && now.error == told_health_.error && now.powerless == told_health_.powerless;
  if (is_same && clock_.steady() - health_told_ < kHealthAgain) return std::nullopt;
  health_told_ = clock_.steady();
  told_health_ = now;
  return now;
}

}  // namespace monitorix::proxmox
