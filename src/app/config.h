#pragma once
// The effective configuration: flag before environment before file before default. Every option has one row in a
// table (config_table.cpp) that names its flag, variables and TOML key; all errors are reported at once, each with
// its place and with what would be right.

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/secret.h"
#include "check/prober.h"

namespace monitorix::app {

struct Config {
  std::string data_directory{};
  std::string listen_address{};
  int listen_port{};
  std::string database_url{};
  std::string web_directory{};
  std::string tls_cert_file{}, tls_key_file{};
  std::vector<std::string> trusted_proxies{}, cors_origins{};
  bool insecure_http{};
  bool allow_network_filesystem{};
  bool no_backfill{};
  std::chrono::seconds sql_mirror{};  ///< averages over so long go into the table `metrics`; 0 = none do
  std::string master_key_file{};
  Secret secret_key{};  ///< signs access tokens; empty = made from the master key
  std::string admin_username{}, admin_email{};
  Secret admin_password{};
  int rate_limit_user_per_minute{}, rate_limit_address_per_minute{}, rate_limit_address_per_hour{};
  std::vector<net::Cidr> outbound_allowed{};  ///< what checks may call beside public and private addresses
  std::vector<check::AllowedProgram> check_programs{}, notify_programs{};
  std::string public_url{};  ///< where people open this house; stands in messages
  std::vector<std::string> name_servers{};
  int check_results_hours{48};
  int alert_group_seconds{60};   ///< what joins an incident is told so much later at most
  int alert_settle_seconds{60};  ///< what a returned node or guest takes along is given so long
  int alert_boot_seconds{120};   ///< and the time to boot
  Secret alert_dead_man_url{};   ///< called while we are well; whoever knows it could speak for us
  int alert_dead_man_seconds{60};
  std::vector<std::string> uplink_targets{};  ///< HOST or HOST:PORT; when none answers, it is us who are cut off
  log::Level log_level{log::Level::info};
};

/// One option as `monitorix config` prints it.
struct EffectiveValue {
  std::string key{}, value{}, source{};  ///< value masked when secret
};

struct ConfigProblem {
  std::string place{};  ///< "--listen", "MONITORIX_LISTEN", "/etc/monitorix/monitorix.toml:7"
  std::string text{};   ///< what is wrong and what would be right
};

struct LoadedConfig {
  Config config{};
  std::vector<EffectiveValue> values{};
  std::vector<ConfigProblem> problems{};
};

using Environment = std::map<std::string, std::string>;
using Flags = std::map<std::string, std::string>;  ///< option key -> text as given on the command line

/// `file` may be "" : then /etc/monitorix/monitorix.toml is read if it exists.
LoadedConfig load_config(const std::string& file, const Flags& flags, const Environment& environment);

struct Option {
  std::string_view key;                     ///< TOML key
  std::string_view flag;                    ///< "" when only by environment or file
  std::vector<std::string_view> variables;  ///< first ours, then the original's names
  std::string_view fallback;
  std::string_view help;
  bool secret{false};
  bool is_switch{false};
};

const std::vector<Option>& option_table();

}  // namespace monitorix::app
