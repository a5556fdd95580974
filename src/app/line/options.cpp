#include "app/line/options.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

namespace monitorix::app {
namespace {

constexpr int kUsageError = 2;

class Line {
 public:
  Line() {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("--config", call_.config_file, "TOML file (default /etc/monitorix/monitorix.toml if it exists)");
    app_.add_flag("--json", call_.json, "print data as JSON");
    for (const Option& option : option_table()) add_setting(option);
    add_server_commands();
    add_user_commands();
    add_cluster_commands();
    add_backup_commands();
    add_import_command();
  }

  std::variant<Invocation, EndNow> parse(int argc, const char* const* argv) {
    std::ostringstream out, err;
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const bool asked = error.get_exit_code() == 0;
      app_.exit(error, out, err);
      return EndNow{asked ? 0 : kUsageError, out.str(), err.str()};
    }
    return call_;
  }

 private:
  void add_setting(const Option& option) {
    if (option.flag.empty()) return;
    const std::string key(option.key);
    if (option.is_switch) {
      app_.add_flag_callback(
          std::string(option.flag), [this, key] { call_.flags[key] = "true"; }, std::string(option.help));
      return;
    }
    app_.add_option_function<std::string>(
        std::string(option.flag), [this, key](const std::string& text) { call_.flags[key] = text; },
        std::string(option.help));
  }

  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& help, CommandName id) {
    CLI::App* made = parent.add_subcommand(name, help);
    made->callback([this, id] { call_.command = id; });
    return made;
  }

  void add_server_commands() {
    command(app_, "serve", "watch the clusters and serve the web interface", CommandName::serve);
    command(app_, "config", "print the effective configuration and where each value comes from", CommandName::config);
    command(app_, "migrate", "bring the database to this version's schema", CommandName::migrate);
    command(app_, "version", "print the version", CommandName::version);
  }

  void add_user_commands() {
    CLI::App* user = app_.add_subcommand("user", "people who may sign in");
    user->require_subcommand(1);
    CLI::App* add = command(*user, "add", "create a user", CommandName::user_add);
    add->add_option("name", call_.name, "user name")->required();
    add->add_option("--role", call_.role, "admin, editor, operator or viewer")
        ->required()
        ->check(CLI::IsMember({"admin", "editor", "operator", "viewer"}));
    add->add_option("--email", call_.email, "e-mail address");
    add->add_flag("--password-stdin", call_.password_stdin, "read the password from standard input");
    command(*user, "list", "list the users", CommandName::user_list);
    CLI::App* reset = command(*user, "reset-password", "set a new password; all sessions of the user end",
                              CommandName::user_reset_password);
    reset->add_option("name", call_.name, "user name")->required();
    reset->add_flag("--password-stdin", call_.password_stdin, "read the password from standard input");
    command(*user, "disable", "forbid a user to sign in", CommandName::user_disable)
        ->add_option("name", call_.name, "user name")
        ->required();
  }

  void add_cluster_commands() {
    CLI::App* connect =
        command(app_, "connect", "add a Proxmox VE cluster or node, or a backup server", CommandName::connect);
    connect->add_option("--name", call_.name, "what to call it")->required();
    connect->add_option("--url", call_.url, "https://host:8006 (a backup server: https://host:8007)")->required();
    connect->add_flag("--pbs", call_.is_backup_server, "it is a Proxmox Backup Server");
    connect->add_option("--token", call_.token, "user@realm!name=secret, or - to read it from standard input")
        ->required();
    auto* pin = connect->add_option("--fingerprint", call_.fingerprint, "SHA-256 of the certificate, AA:BB:...");
    connect->add_option("--ca", call_.ca_file, "PEM file of the CA (of a cluster: /etc/pve/pve-root-ca.pem)")
        ->excludes(pin);
    command(app_, "doctor", "what the token of a cluster may do, and the line that would mend it", CommandName::doctor)
        ->add_option("name", call_.name, "name of the cluster or backup server; all when left out");
  }

  void add_backup_commands() {
    command(app_, "backup", "write a consistent copy of our own database", CommandName::backup)
        ->add_option("file", call_.file, "file to write; must not exist")
        ->required();
    command(app_, "restore", "put a backup in place of the present database", CommandName::restore)
        ->add_option("file", call_.file, "file to read")
        ->required();
  }

  void add_import_command() {
    CLI::App* import = app_.add_subcommand("import", "take over what another program kept; stop the server before");
    import->require_subcommand(1);
    CLI::App* monitorix =
        command(*import, "monitorix",
                "from the original Monitorix: users, nodes, guests, services, results, alerts, audit log, samples.\n"
                "May be stopped at any moment and started again. Exit code: 0 done, also when rows were left out (the "
                "report names them); 1 not done; 2 asked wrongly.",
                CommandName::import_monitorix);
    monitorix
        ->add_option("url", call_.url, "postgresql://user:password@host:5432/name, or - to read it from standard input")
        ->required();
    monitorix->add_flag("--dry-run", call_.dry_run, "try all of it, report, keep nothing");
    monitorix->add_flag("--yes", call_.yes, "do not ask before");
    monitorix->add_option("--source", call_.source,
                          "what to call it here, if two originals have databases of one name");
    monitorix->add_option("--together", call_.together, "nodes that are one cluster: pve1,pve2 (once for each cluster)")
        ->allow_extra_args(false);
    call_.role = "viewer";
    monitorix->add_option("--role", call_.role, "of those who were no administrators (default viewer)")
        ->check(CLI::IsMember({"editor", "operator", "viewer"}));
  }

  Invocation call_{};
  CLI::App app_{"Monitorix watches Proxmox VE clusters.", "monitorix"};
};

}  // namespace

std::variant<Invocation, EndNow> parse_command_line(int argc, const char* const* argv) {
  return Line().parse(argc, argv);
}

}  // namespace monitorix::app
