#include "app/server_settings.h"

#include <algorithm>
#include <filesystem>

#include "app/version.h"
#include "base/log.h"

namespace monitorix::app {
namespace {

constexpr int kNoLimit = 100'000'000;

}  // namespace

api::Settings api_settings(const Config& config) {
  api::Settings out{};
  const auto limit = [](int wanted) { return wanted == 0 ? kNoLimit : wanted; };
  out.rate_limits.user_per_minute = limit(config.rate_limit_user_per_minute);
  out.rate_limits.address_per_minute = limit(config.rate_limit_address_per_minute);
  out.rate_limits.address_per_hour = limit(config.rate_limit_address_per_hour);
  out.trusted_proxies = config.trusted_proxies;
  out.cors_origins = config.cors_origins;
  out.insecure_http = config.insecure_http;
  if (std::filesystem::is_directory(config.web_directory))
    out.web_directory = config.web_directory;
  else
    log::warn("no web interface, only the API: the directory does not exist", {{"web", config.web_directory}});
  out.jwt_key = config.secret_key;
  out.version = version();
  out.commit = commit();
  out.openapi_json = openapi_json();
  return out;
}

check::ProberSettings check_settings(const Config& config) {
  check::ProberSettings out{};
  out.user_agent = "Monitorix/" + std::string(version());
  out.outbound.allowed = config.outbound_allowed;
  if (const auto own = net::SocketAddress::parse(config.listen_address, config.listen_port))
    out.outbound.own_listeners.push_back(*own);
  out.programs = config.check_programs;
  out.name_servers = config.name_servers;
  return out;
}

alert::Tuning tuning_of(const Config& config) {
  alert::Tuning out{};
  out.group_interval = std::chrono::seconds{config.alert_group_seconds};
  out.group_wait = std::min(out.group_wait, out.group_interval);
  out.settle = std::chrono::seconds{config.alert_settle_seconds};
  out.boot_grace = std::chrono::seconds{config.alert_boot_seconds};
  return out;
}

}  // namespace monitorix::app
