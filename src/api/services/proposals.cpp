// What could be checked of a guest: known ports that are open at its known addresses. Only when a person asks, only of
// that guest, and through the same policy for outgoing connections as any check.

#include <algorithm>
#include <array>

#include "api/access.h"
#include "api/list.h"
#include "api/services/services.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;

constexpr int kProposalsPerMinute = 5, kOfOneGuest = 2;
constexpr auto kPatience = 400ms;
constexpr std::size_t kMostAddresses = 2;

struct KnownPort {
  int port;
  std::string_view name;
  ServiceType type;
};
constexpr auto kPorts = std::to_array<KnownPort>({{22, "SSH", ServiceType::port},
                                                  {25, "SMTP", ServiceType::port},
                                                  {53, "DNS", ServiceType::port},
                                                  {80, "HTTP", ServiceType::http},
                                                  {143, "IMAP", ServiceType::port},
                                                  {443, "HTTPS", ServiceType::https},
                                                  {993, "IMAPS", ServiceType::port},
                                                  {3000, "HTTP", ServiceType::http},
                                                  {3306, "MySQL", ServiceType::port},
                                                  {3389, "RDP", ServiceType::port},
                                                  {5432, "PostgreSQL", ServiceType::port},
                                                  {6379, "Redis", ServiceType::port},
                                                  {8006, "Proxmox VE", ServiceType::https},
                                                  {8080, "HTTP", ServiceType::http},
                                                  {8443, "HTTPS", ServiceType::https}});

struct Proposal {
  ServiceType type{};
  std::string name{}, target{}, reason{}, code{};
  std::optional<int> port{};
};

std::string in_url(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

Proposal proposal_for(const Guest& guest, const std::string& address, const KnownPort& known) {
  Proposal out{.type = known.type, .name = (guest.name + " " + std::string(known.name)).substr(0, 100)};
  out.reason = "port " + std::to_string(known.port) + " (" + std::string(known.name) + ") is open";
  out.code = "port_open";
  if (known.type == ServiceType::port) {
    out.target = address;
    out.port = known.port;
    return out;
  }
  const bool is_usual = known.port == (known.type == ServiceType::http ? 80 : 443);
  out.target = std::string(name_of(known.type)) + "://" + in_url(address) +
               (is_usual ? "" : ":" + std::to_string(known.port)) + "/";
  return out;
}

net::Task<bool> is_open(Desk& desk, const std::string& address, int port) {
  WatchedService probe;
  probe.type = ServiceType::port;
  probe.target = address;
  probe.port = port;
  probe.timeout = kPatience;
  probe.keep_evidence = KeepEvidence::none;
  const auto kept = std::make_shared<const WatchedService>(std::move(probe));
  const auto result = co_await desk.house.checks.try_once(kept);
  co_return result.verdict == Verdict::up;
}

bool exists(const Desk& desk, const Proposal& proposal) {
  const auto services = desk.house.checks.watch.services();
  return std::ranges::any_of(services, [&](const auto& service) {
    return service->type == proposal.type && service->target == proposal.target && service->port == proposal.port;
  });
}

void write_proposal(JsonWriter& out, const Desk& desk, const Guest& guest, const Proposal& proposal) {
  out.begin_object().member("vm_id", guest.id.text()).member("type", name_of(proposal.type));
  out.member("name", proposal.name).member("target", proposal.target).member("port", proposal.port);
  out.member("reason", proposal.reason).member("reason_code", proposal.code).member("exists", exists(desk, proposal));
  out.end_object();
}

Answer too_often(const Allowance& allowance, std::string what) {
  auto answer = problem(429, "rate_limited", std::move(what));
  answer.problem.front().retry_after_seconds = allowance.reset_seconds;
  return answer;
}

net::Task<Answer> list_proposals(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"vm_id"}); !known) co_return bad_query(known.error());
  const auto* id = call.query.find("vm_id");
  if (id == nullptr) co_return problem(400, "bad_request", "vm_id is required");
  const auto guest = visible_guest(call.caller, *desk.house.snapshot(), *id);
  if (!guest) co_return not_found();
  const auto by_user = desk.throttle.count_deed("proposals/" + call.caller.user.text(), kProposalsPerMinute);
  if (!by_user.allowed) co_return too_often(by_user, "at most 5 a minute");
  const auto of_guest = desk.throttle.count_deed("proposals of/" + guest->id.text(), kOfOneGuest);
  if (!of_guest.allowed) co_return too_often(of_guest, "the ports of a guest are tried at most twice a minute");
  std::vector<Proposal> proposals;
  auto addresses = guest->ip_addresses;
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const std::string& one) { return one.find(':') == std::string::npos; });
  if (addresses.size() > kMostAddresses) addresses.resize(kMostAddresses);
  for (const std::string& address : addresses) {
    proposals.push_back({ServiceType::ping, (guest->name + " ping").substr(0, 100), address,
                         "the guest has this address", "address_known", std::nullopt});
    for (const KnownPort& known : kPorts)
      if (co_await is_open(desk, address, known.port)) proposals.push_back(proposal_for(*guest, address, known));
  }
  JsonWriter out;
  out.begin_object().member("vm_id", guest->id.text()).key("addresses").begin_array();
  for (const std::string& address : guest->ip_addresses) out.value(address);
  out.end_array().key("proposals").begin_array();
  for (const Proposal& proposal : proposals) write_proposal(out, desk, *guest, proposal);
  co_return json(out.end_array().end_object());
}

}  // namespace

void add_proposal_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/services/proposals", Access::editor, with(desk, list_proposals));
}

}  // namespace monitorix::api
