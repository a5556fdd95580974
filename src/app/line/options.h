#pragma once
// The command line (CLI11 inside): which command, with what. Values of options stay text; config.h judges them.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/config.h"

namespace monitorix::app {

enum class CommandName {
  serve,
  config,
  migrate,
  user_add,
  user_list,
  user_reset_password,
  user_disable,
  connect,
  doctor,
  backup,
  restore,
  import_monitorix,
  version
};

/// What was asked on the command line.
struct Invocation {
  CommandName command{};
  std::string config_file{};
  Flags flags{};
  bool json{false};
  std::string name{};  ///< of a user or a cluster
  std::string role{}, email{};
  bool password_stdin{false};
  std::string url{}, token{}, fingerprint{}, ca_file{};
  bool is_backup_server{false};         ///< what is connected
  std::string file{};                   ///< of a backup
  std::string source{};                 ///< of an import
  std::vector<std::string> together{};  ///< nodes of one cluster, "pve1,pve2"
  bool dry_run{false}, yes{false};
};

/// The program ends at once: help was asked for (0) or the line is wrong (2).
struct EndNow {
  int exit_code{};
  std::string out{}, err{};
};

std::variant<Invocation, EndNow> parse_command_line(int argc, const char* const* argv);

}  // namespace monitorix::app
