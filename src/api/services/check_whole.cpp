// What only shows when a service is read as a whole. Texts are judged by what they mean: quotes, semicolons and words
// of SQL are as good as any other.

#include <algorithm>

#include "api/services/services.h"
#include "base/zone/zone_files.h"
#include "live/secret_headers.h"
#include "net/outbound/url.h"
#include "verdict/composite.h"
#include "verdict/push.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;

bool has_odd_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

/// "" when `url` is one of that scheme that can be asked, else what is wrong.
std::string fault_of_url(std::string_view url, std::string_view scheme) {
  if (!url.starts_with(scheme)) return "must be a URL that begins with " + std::string(scheme);
  if (has_odd_characters(url)) return "must not have spaces or control characters";
  std::string_view rest = url.substr(scheme.size());
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.find('@') != std::string_view::npos)
    return "must not have a user and a password; options.http has fields for them";
  std::string_view host = rest;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return "the bracket of the address is not closed";
    port = host.substr(end + 1);
    host = host.substr(1, end - 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  if (!port.empty()) {
    const auto number = port.starts_with(':') ? parse_id(port.substr(1)) : std::nullopt;
    if (!number || *number > 65'535) return "the port must be a number from 1 to 65535";
  }
  return fault_of_host(host);
}

void check_target(Fields& body, const WatchedService& s) {
  const auto wrong = [&](std::string fault) {
    if (!fault.empty()) body.wrong("target", "invalid", std::move(fault));
  };
  switch (s.type) {
    case ServiceType::http: return wrong(fault_of_url(s.target, "http://"));
    case ServiceType::https: return wrong(fault_of_url(s.target, "https://"));
    case ServiceType::ping:
    case ServiceType::tls:
    case ServiceType::dns:
    case ServiceType::port: break;
    case ServiceType::push:
    case ServiceType::composite:
    case ServiceType::custom: return wrong(s.target.empty() ? "" : "this type has no target");
  }
  wrong(fault_of_host(s.target));
  if (s.type == ServiceType::port && !s.port) body.wrong("port", "required", "is required for this type");
  if (s.type == ServiceType::ping && s.port) body.wrong("port", "invalid", "a ping has no port");
}

void check_token(Fields& body, const HttpOptions& http) {
  if (http.auth != HttpAuth::oauth2) return;
  const bool is_plain = http.token.url.starts_with("http://");
  if (http.token.url.empty())
    body.wrong("options.http.token_url", "required", "is required: it gives the token");
  else if (auto fault = fault_of_url(http.token.url, is_plain ? "http://" : "https://"); !fault.empty())
    body.wrong("options.http.token_url", "invalid", std::move(fault));
  if (http.user.empty()) body.wrong("options.http.user", "required", "is required: the id of the client");
  if (http.secret.empty()) body.wrong("options.http.secret", "required", "is required: the secret of the client");
}

void check_times(Fields& body, const WatchedService& s) {
  const auto longest = std::max<std::chrono::milliseconds>(1s, s.interval * 8 / 10);
  if (s.timeout > longest)
    body.wrong(
        "timeout", "out_of_range",
        "at most 0.8 of the interval, here " + std::to_string(static_cast<double>(longest.count()) / 1000) + " s");
  if (s.retry_interval > s.interval) body.wrong("retry_interval", "out_of_range", "at most the interval");
}

void check_push(Fields& body, const WatchedService& s) {
  ZoneFiles zones;
  const auto zone = zones.find(s.push.time_zone);
  if (!zone) body.wrong("options.push.time_zone", "invalid", "must be a name as Europe/Oslo, or empty for UTC");
  if (const auto schedule = verdict::schedule_of(s.push, zone ? *zone : Zone{}); !schedule)
    body.wrong("options.push.cron", "invalid", schedule.error().text);
}

void check_composite(const Desk& desk, Fields& body, const WatchedService& s) {
  const auto& members = s.composite.members;
  if (members.empty()) body.wrong("options.composite.member_ids", "required", "at least one member is needed");
  if (s.composite.rule == CompositeRule::k_of_n && s.composite.needed > static_cast<int>(members.size()))
    body.wrong("options.composite.needed", "out_of_range", "there are not so many members");
  const auto& watch = desk.house.checks.watch;
  for (const ServiceId member : members)
    if (!watch.service(member))
      body.wrong("options.composite.member_ids", "not_found", "there is no service '" + member.text() + "'");
  const auto circle = verdict::find_cycle(s.id, members, [&](ServiceId id) {
    const auto other = watch.service(id);
    return other && other->type == ServiceType::composite ? other->composite.members : std::vector<ServiceId>{};
  });
  if (!circle) return;
  std::string way;
  for (const ServiceId id : *circle) way += (way.empty() ? "" : " -> ") + id.text();
  body.wrong("options.composite.member_ids", "invalid", "the members go around in a circle: " + way);
}

void check_custom(const Desk& desk, Fields& body, const WatchedService& s) {
  const auto& programs = desk.house.checks.programs;
  if (std::ranges::find(programs, s.custom.command) != programs.end()) return;
  body.wrong("options.custom.command", "invalid",
             programs.empty() ? "no program is allowed here; an administrator lists them in the configuration"
                              : "is not a name of the administrator's list");
}

/// "" , "ip", "ip:port" or "[ip]:port".
bool is_address(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':' ||
           c == '[' || c == ']' || c == '%';
  });
}

/// A server, and who stands before it.
std::string way_to(const std::string& url, const WatchedService& s) {
  const auto parsed = net::parse_url(url);
  return (parsed ? parsed->origin() : url) + '\n' + s.address_override + '\n' + s.http.proxy;
}

std::string way_of_secret(const WatchedService& s) {
  return way_to(s.http.auth == HttpAuth::oauth2 ? s.http.token.url : s.target, s);
}

constexpr const char* kAgain = "enter it again: it would be sent elsewhere than before";

}  // namespace

void check_secrets(Fields& body, const WatchedService& before, WatchedService& after, const EnteredSecrets& entered) {
  if (!live::uses_http(after.type)) return;
  if (!before.http.secret.empty() && !entered.secret && way_of_secret(before) != way_of_secret(after)) {
    if (after.http.auth == HttpAuth::none)
      after.http.secret = {};
    else
      body.wrong("options.http.secret", "secret_again", kAgain);
  }
  const bool has_kept = !entered.headers && std::ranges::any_of(after.http.headers, [](const auto& header) {
    return live::is_secret_header(header.first);
  });
  if (has_kept && way_to(before.target, before) != way_to(after.target, after))
    body.wrong("options.http.headers", "secret_again", kAgain);
}

std::string fault_of_host(std::string_view host) {
  if (host.empty()) return "a host is missing";
  if (host.size() > 253) return "the host is too long";
  if (host.starts_with('-')) return "a host does not begin with -";
  const auto fine = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == '_' || c == ':' || c == '%' || static_cast<unsigned char>(c) >= 0x80;
  };
  return std::ranges::all_of(host, fine) ? "" : "must be a host name or an address, without scheme, port and path";
}

void check_whole(const Desk& desk, Fields& body, const WatchedService& s) {
  check_target(body, s);
  if (live::uses_http(s.type)) check_token(body, s.http);
  check_times(body, s);
  if (!is_address(s.address_override))
    body.wrong("address_override", "invalid", "must be an address, or an address and a port");
  if (!is_address(s.source_address)) body.wrong("source_address", "invalid", "must be an address");
  if (s.type == ServiceType::push) check_push(body, s);
  if (s.type == ServiceType::composite) check_composite(desk, body, s);
  if (s.type == ServiceType::custom) check_custom(desk, body, s);
}

}  // namespace monitorix::api
