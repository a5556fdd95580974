#include "app/config.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>

#include "app/toml_library.h"
#include "base/text.h"

namespace monitorix::app {
namespace {

constexpr const char* kDefaultFile = "/etc/monitorix/monitorix.toml";

struct Found {
  std::string value;
  std::string place;   // for people: where to mend it
  std::string source;  // flag, environment, file, default
};

class Loader {
 public:
  Loader(const Flags& flags, const Environment& environment) : flags_(flags), environment_(environment) {}

  void read_file(const std::string& file) {
    const std::string path = file.empty() ? kDefaultFile : file;
    if (file.empty() && !std::filesystem::exists(path)) return;
    try {
      table_ = toml::parse_file(path);
      path_ = path;
    } catch (const toml::parse_error& error) {
      problem(path + ":" + std::to_string(error.source().begin.line), std::string(error.description()));
      return;
    } catch (const std::logic_error&) {
      problem(path, "not TOML: `key = value` on each line would be right");
      return;
    }
    for (const auto& [key, node] : table_) {
      const auto known = [name = key.str()](const Option& option) { return option.key == name; };
      if (std::ranges::none_of(option_table(), known))
        problem(line_of(node), "unknown option '" + std::string(key.str()) + "'; `monitorix config` lists all");
    }
  }

  Found find(const Option& option) {
    const std::string key(option.key);
    if (const auto flag = flags_.find(key); flag != flags_.end())
      return {flag->second, std::string(option.flag), "flag"};
    for (const auto variable : option.variables) {
      const auto set = environment_.find(std::string(variable));
      if (set != environment_.end() && !set->second.empty())
        return {set->second, std::string(variable), "environment " + std::string(variable)};
    }
    if (const toml::node* node = table_.get(option.key)) {
      if (auto text = text_of(*node)) return {*text, line_of(*node), "file " + line_of(*node)};
      problem(line_of(*node), key + " must be a text, a number, true/false or a list of texts");
    }
    return {std::string(option.fallback), std::string(option.key) + " (default)", "default"};
  }

  void problem(std::string place, std::string text) { out.problems.push_back({std::move(place), std::move(text)}); }

  LoadedConfig out{};

 private:
  [[nodiscard]] std::string line_of(const toml::node& node) const {
    return path_ + ":" + std::to_string(node.source().begin.line);
  }

  static std::optional<std::string> text_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
    if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
    const toml::array* list = node.as_array();
    if (!list) return std::nullopt;
    std::string joined;
    for (const auto& item : *list) {
      const auto text = item.value_exact<std::string>();
      if (!text) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
  }

  const Flags& flags_;
  const Environment& environment_;
  toml::table table_{};
  std::string path_{};
};

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto part = trim(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

std::optional<int> whole_number(std::string_view text, int lowest, int highest) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < lowest || value > highest)
    return std::nullopt;
  return value;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_cidr(const std::string& text) {
  const auto slash = text.find('/');
  const bool v6 = text.find(':') != std::string::npos;
  return is_address(text.substr(0, slash)) &&
         (slash == std::string::npos || whole_number(std::string_view(text).substr(slash + 1), 0, v6 ? 128 : 32));
}

bool is_origin(const std::string& text) {
  const auto scheme = text.find("://");
  return (text.starts_with("http://") || text.starts_with("https://")) && text.size() > scheme + 3 &&
         text.find('/', scheme + 3) == std::string::npos && text.find_first_of("* \t") == std::string::npos;
}

void set_listen(Loader& loader, const Found& found) {
  const auto colon = found.value.rfind(':');
  std::string address = colon == std::string::npos ? std::string() : found.value.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : whole_number(std::string_view(found.value).substr(colon + 1), 0, 65535);
  if (!port || !is_address(address)) {
    loader.problem(found.place, "'" + found.value + "' is not ADDRESS:PORT, for example 127.0.0.1:8000 or [::]:8000");
    return;
  }
  loader.out.config.listen_address = address;
  loader.out.config.listen_port = *port;
}

void set_switch(Loader& loader, const Found& found, bool& target) {
  const std::string word = lower_ascii(found.value);
  if (word == "true" || word == "1" || word == "yes" || word == "on")
    target = true;
  else if (word == "false" || word == "0" || word == "no" || word == "off")
    target = false;
  else
    loader.problem(found.place, "'" + found.value + "' is neither true nor false");
}

void set_number(Loader& loader, const Found& found, int& target, int lowest = 0, int highest = 100'000'000) {
  if (const auto value = whole_number(found.value, lowest, highest))
    target = *value;
  else
    loader.problem(found.place, "'" + found.value + "' is not a number from " + std::to_string(lowest) + " to " +
                                    std::to_string(highest));
}

void set_level(Loader& loader, const Found& found) {
  const std::string word = lower_ascii(found.value);
  if (word == "debug")
    loader.out.config.log_level = log::Level::debug;
  else if (word == "info")
    loader.out.config.log_level = log::Level::info;
  else if (word == "warn" || word == "warning")
    loader.out.config.log_level = log::Level::warn;
  else if (word == "error")
    loader.out.config.log_level = log::Level::error;
  else
    loader.problem(found.place, "'" + found.value + "' is none of debug, info, warn, error");
}

void set_list(Loader& loader, const Found& found, std::vector<std::string>& target, bool (*fits)(const std::string&),
              const char* form) {
  target = split_list(found.value);
  for (const auto& part : target)
    if (!fits(part)) loader.problem(found.place, "'" + part + "' is not " + form);
}

void set_database(Loader& loader, Found found) {
  // The original wrote SQLAlchemy addresses.
  for (const std::string_view prefix :
       {"postgresql+asyncpg://", "postgresql+psycopg2://", "postgresql+psycopg://", "postgres://"})
    if (found.value.starts_with(prefix)) found.value = "postgresql://" + found.value.substr(prefix.size());
  if (!found.value.empty() && !found.value.starts_with("postgresql://"))
    loader.problem(found.place, "is not postgresql://user:password@host/name; leave it empty for SQLite");
  loader.out.config.database_url = found.value;
}

void set_mirror(Loader& loader, const Found& found) {
  const std::string word = lower_ascii(found.value);
  std::chrono::seconds& target = loader.out.config.sql_mirror;
  if (word == "off")
    target = std::chrono::seconds{0};
  else if (word == "5m")
    target = std::chrono::minutes{5};
  else if (word == "1h")
    target = std::chrono::hours{1};
  else if (word.empty())
    target = loader.out.config.database_url.empty() ? std::chrono::hours{0} : std::chrono::hours{1};
  else
    loader.problem(found.place, "'" + found.value + "' is none of off, 5m, 1h");
}

void set_outbound(Loader& loader, const Found& found) {
  for (const auto& part : split_list(found.value)) {
    const auto cidr = net::parse_cidr(part);
    if (cidr)
      loader.out.config.outbound_allowed.push_back(*cidr);
    else
      loader.problem(found.place, "'" + part + "' is not a network such as 127.0.0.0/8");
  }
}

/// name=/usr/lib/nagios/plugins/check_disk -w 10%
void set_programs(Loader& loader, const Found& found, std::vector<check::AllowedProgram>& programs) {
  for (const auto& part : split_list(found.value)) {
    const auto sign = part.find('=');
    check::AllowedProgram program;
    program.name = std::string(trim(part.substr(0, sign)));
    std::istringstream words(sign == std::string::npos ? "" : part.substr(sign + 1));
    words >> program.path;
    for (std::string word; words >> word;) program.fixed_arguments.push_back(word);
    const bool is_doubled =
        std::ranges::any_of(programs, [&](const check::AllowedProgram& one) { return one.name == program.name; });
    if (program.name.empty() || is_doubled || !program.path.starts_with('/'))
      loader.problem(found.place, "'" + part + "' is not name=/absolute/path with a name of its own");
    else
      programs.push_back(std::move(program));
  }
}

/// https://monitorix.example.org, perhaps with a path below which a proxy serves us.
void set_public_url(Loader& loader, const Found& found) {
  std::string url = found.value;
  while (url.ends_with('/')) url.pop_back();
  const bool is_address = url.starts_with("https://") || url.starts_with("http://");
  if (!url.empty() && (!is_address || url.find_first_of(" ?#\"<>") != std::string::npos))
    loader.problem(found.place, "'" + found.value + "' is not an address such as https://monitorix.example.org");
  else
    loader.out.config.public_url = url;
}

void set_dead_man(Loader& loader, const Found& found) {
  const std::string& url = found.value;
  const auto scheme = url.find("://");
  const bool is_address = (url.starts_with("https://") || url.starts_with("http://")) && url.size() > scheme + 3 &&
                          url.find_first_of(" \t\"<>") == std::string::npos;
  if (!url.empty() && !is_address)
    loader.problem(found.place, "is not an address such as https://hc-ping.com/...");
  else
    loader.out.config.alert_dead_man_url = Secret(url);
}

/// HOST, or HOST:PORT; an IPv6 address with a port stands in brackets.
bool is_uplink_target(const std::string& text) {
  const auto is_host = [](std::string_view host) {
    return !host.empty() && host.size() <= 253 && host.find_first_of(" \t/@?#[]") == std::string_view::npos;
  };
  if (is_address(text)) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return is_host(text);
  std::string host = text.substr(0, colon);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  const bool is_fine = is_bracketed ? is_address(host) : is_host(host) && host.find(':') == std::string::npos;
  return is_fine && whole_number(std::string_view(text).substr(colon + 1), 1, 65535);
}

void set_uplink(Loader& loader, const Found& found) {
  set_list(loader, found, loader.out.config.uplink_targets, is_uplink_target, "HOST or HOST:PORT");
  if (loader.out.config.uplink_targets.size() > 3) loader.problem(found.place, "has more than three places");
}

void set_secret_key(Loader& loader, const Found& found) {
  const std::string lower = lower_ascii(found.value);
  if (!found.value.empty() &&
      (found.value.size() < 32 || lower.find("changeme") != std::string::npos ||
       lower.find("change-me") != std::string::npos || lower.find("change_me") != std::string::npos ||
       lower.find("your-secret") != std::string::npos || lower.find("secret") == 0))
    loader.problem(found.place, "is too weak: give at least 32 random bytes (openssl rand -hex 32), or leave it empty");
  loader.out.config.secret_key = Secret(found.value);
}

void apply(Loader& loader, const Option& option, const Found& found) {
  Config& config = loader.out.config;
  const std::string_view key = option.key;
  if (key == "data")
    config.data_directory = found.value;
  else if (key == "listen")
    set_listen(loader, found);
  else if (key == "database")
    set_database(loader, found);
  else if (key == "web")
    config.web_directory = found.value;
  else if (key == "tls_cert")
    config.tls_cert_file = found.value;
  else if (key == "tls_key")
    config.tls_key_file = found.value;
  else if (key == "trusted_proxies")
    set_list(loader, found, config.trusted_proxies, is_cidr, "an address or CIDR such as 10.0.0.0/8");
  else if (key == "cors_origins")
    set_list(loader, found, config.cors_origins, is_origin, "an origin such as https://panel.example.org");
  else if (key == "insecure_http")
    set_switch(loader, found, config.insecure_http);
  else if (key == "allow_network_fs")
    set_switch(loader, found, config.allow_network_filesystem);
  else if (key == "no_backfill")
    set_switch(loader, found, config.no_backfill);
  else if (key == "sql_mirror")
    set_mirror(loader, found);  // after the database, which decides what is usual
  else if (key == "master_key_file")
    config.master_key_file = found.value;
  else if (key == "secret_key")
    set_secret_key(loader, found);
  else if (key == "admin_username")
    config.admin_username = found.value;
  else if (key == "admin_email")
    config.admin_email = found.value;
  else if (key == "admin_password")
    config.admin_password = Secret(found.value);
  else if (key == "rate_limit_user_per_minute")
    set_number(loader, found, config.rate_limit_user_per_minute);
  else if (key == "rate_limit_address_per_minute")
    set_number(loader, found, config.rate_limit_address_per_minute);
  else if (key == "rate_limit_address_per_hour")
    set_number(loader, found, config.rate_limit_address_per_hour);
  else if (key == "outbound_allow")
    set_outbound(loader, found);
  else if (key == "check_programs")
    set_programs(loader, found, config.check_programs);
  else if (key == "notify_programs")
    set_programs(loader, found, config.notify_programs);
  else if (key == "public_url")
    set_public_url(loader, found);
  else if (key == "name_servers")
    config.name_servers = split_list(found.value);
  else if (key == "check_results_hours")
    set_number(loader, found, config.check_results_hours);
  else if (key == "alert_group_seconds")
    set_number(loader, found, config.alert_group_seconds);
  else if (key == "alert_settle_seconds")
    set_number(loader, found, config.alert_settle_seconds);
  else if (key == "alert_boot_seconds")
    set_number(loader, found, config.alert_boot_seconds);
  else if (key == "alert_dead_man_url")
    set_dead_man(loader, found);
  else if (key == "alert_dead_man_seconds")
    set_number(loader, found, config.alert_dead_man_seconds, 5, 86'400);
  else if (key == "uplink_targets")
    set_uplink(loader, found);
  else if (key == "log_level")
    set_level(loader, found);
}

void check_together(Loader& loader) {
  Config& config = loader.out.config;
  if (config.tls_cert_file.empty() != config.tls_key_file.empty())
    loader.problem("tls_cert, tls_key", "HTTPS needs both the certificate and its key");
  for (const auto& file : {config.tls_cert_file, config.tls_key_file})
    if (!file.empty() && !std::filesystem::exists(file)) loader.problem(file, "does not exist");
  if (config.data_directory.empty()) loader.problem("data", "is empty: name a directory");
  if (config.admin_username.empty() != config.admin_password.empty())
    loader.problem("ADMIN_USERNAME, ADMIN_PASSWORD", "a first administrator needs both name and password");
  const bool loopback = config.listen_address.starts_with("127.") || config.listen_address == "::1";
  if (!config.listen_address.empty() && !loopback && config.tls_cert_file.empty() && !config.insecure_http &&
      config.trusted_proxies.empty())
    loader.problem("listen",
                   "plain HTTP beyond this machine: give tls_cert and tls_key, or name the proxy that speaks HTTPS in "
                   "trusted_proxies, or accept it with insecure_http = true");
  if (config.master_key_file.empty())
    config.master_key_file = (std::filesystem::path(config.data_directory) / "master.key").string();
}

}  // namespace

LoadedConfig load_config(const std::string& file, const Flags& flags, const Environment& environment) {
  Loader loader(flags, environment);
  loader.read_file(file);
  for (const Option& option : option_table()) {
    const Found found = loader.find(option);
    apply(loader, option, found);
    const bool hidden = option.secret && !found.value.empty();
    loader.out.values.push_back({std::string(option.key), hidden ? "********" : found.value, found.source});
  }
  check_together(loader);
  return std::move(loader.out);
}

}  // namespace monitorix::app
