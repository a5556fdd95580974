#include "app/line/program.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>
#include <unistd.h>

#include "app/line/control_socket.h"
#include "app/line/import_command.h"
#include "app/line/options.h"
#include "app/line/order_desk.h"
#include "app/orders.h"
#include "app/server.h"
#include "app/version.h"
#include "base/json_writer.h"

extern char** environ;

namespace monitorix::app {
namespace {

constexpr std::size_t kMostInput = 1u << 20;

Environment environment() {
  Environment out;
  for (char** at = environ; *at; ++at) {
    const std::string_view line(*at);
    const auto equals = line.find('=');
    if (equals != std::string_view::npos) out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

int say(const Outcome& outcome) {
  std::cout << outcome.out << std::flush;
  std::cerr << outcome.err << std::flush;
  return outcome.exit_code;
}

int print_problems(const LoadedConfig& loaded) {
  for (const ConfigProblem& problem : loaded.problems) std::cerr << problem.place << ": " << problem.text << "\n";
  return 2;
}

int print_config(const LoadedConfig& loaded, bool json) {
  JsonWriter out;
  out.begin_array();
  for (const EffectiveValue& value : loaded.values) {
    out.begin_object()
        .member("key", value.key)
        .member("value", value.value)
        .member("source", value.source)
        .end_object();
    if (!json) std::cout << value.key << " = " << value.value << "  (" << value.source << ")\n";
  }
  out.end_array();
  if (json) std::cout << out.text() << "\n";
  return loaded.problems.empty() ? 0 : print_problems(loaded);
}

int print_version(bool json) {
  JsonWriter out;
  out.begin_object().member("version", version()).member("commit", commit()).end_object();
  if (json)
    std::cout << out.text() << "\n";
  else
    std::cout << "monitorix " << version() << " (" << commit() << ")\n";
  return 0;
}

std::string first_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Result<std::string> whole_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Errc::not_found, path + ": cannot be read");
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (text.size() > kMostInput) return fail(Errc::too_large, path + ": too large");
  return text;
}

/// What belongs to the order but is not on the line: a password, a token, the CA's text.
Result<Order> complete(const Invocation& call) {
  Order order{call, {}};
  if (call.password_stdin || call.token == "-" || call.url == "-") order.input = Secret(first_line(std::cin));
  if (call.password_stdin && order.input.empty()) return fail(Errc::invalid, "no password on standard input");
  if (!call.ca_file.empty()) {
    auto pem = whole_file(call.ca_file);
    if (!pem) return fail(pem.error());
    order.input = Secret(std::move(*pem));
  }
  if (call.command == CommandName::backup) order.invocation.file = std::filesystem::absolute(call.file).string();
  return order;
}

/// A loop on a thread of its own, for as long as one command needs it.
class BriefLoop {
 public:
  BriefLoop() : thread_([this] { loop_.run(); }) {}
  ~BriefLoop() { end(); }
  /// What lives on the loop may be taken down after this.
  void end() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
  }
  BriefLoop(const BriefLoop&) = delete;
  BriefLoop& operator=(const BriefLoop&) = delete;
  net::Loop& loop() { return loop_; }

 private:
  net::Loop loop_{};
  std::thread thread_;
};

net::Task<Result<ClusterConfig>> connect_without_server(net::HttpClient& http, const Clock& clock, store::Store& store,
                                                        ClusterConfig config) {
  auto known = config.kind == ConnectionKind::pbs ? store.backup_servers() : store.clusters();
  if (!known) co_return fail(known.error());
  auto checked = co_await introduce(http, clock, std::move(config), std::move(*known));
  if (!checked) co_return fail(checked.error());
  co_return store.create_cluster(*checked);
}

int fulfil_here(const Config& config, const Order& order) {
  auto opened = open_house(config);
  if (!opened) return say({1, "", opened.error().text + "\n"});
  const SystemClock clock;
  BriefLoop brief;
  auto http = std::make_unique<net::HttpClient>(brief.loop());
  store::Store& store = *opened->store;
  OrderDesk desk{.store = store, .loop = brief.loop(), .http = *http, .clock = clock, .connect = {}};
  desk.connect = [&](ClusterConfig candidate) {
    return connect_without_server(*http, clock, store, std::move(candidate));
  };
  const Outcome outcome = desk.fulfil(order);
  brief.end();
  return say(outcome);
}

int restore(const Config& config, const Order& order) {
  auto master = load_master_key(config.master_key_file, false);
  if (!master) return say({1, "", master.error().text + "\n"});
  auto keyring = Keyring::from_master(std::move(*master));
  if (!keyring) return say({1, "", keyring.error().text + "\n"});
  const store::OpenOptions options{.data_directory = config.data_directory,
                                   .database_url = config.database_url,
                                   .allow_network_filesystem = config.allow_network_filesystem};
  const auto report = store::restore_backup(order.invocation.file, options, *keyring);
  if (!report) return say({1, "", report.error().text + "\n"});
  return say({0, "restored " + report->file + "\n", ""});
}

int run_order(const Config& config, const Invocation& call) {
  const auto order = complete(call);
  if (!order) return say({2, "", order.error().text + "\n"});
  const std::string socket = (std::filesystem::path(config.data_directory) / "control.sock").string();
  if (call.command == CommandName::restore) {
    const auto answer = ask_server(socket, "{}");
    if (answer && answer->has_value())
      return say({1, "", "a server runs on this data directory: stop it before a restore\n"});
    return restore(config, *order);
  }
  if (call.command == CommandName::import_monitorix) {
    const auto answer = ask_server(socket, "{}");
    if (answer && answer->has_value())
      return say({1, "", "a server runs on this data directory: stop it before an import\n"});
    return say(import_monitorix(config, *order));
  }
  const auto answer = ask_server(socket, encode(*order));
  if (!answer) return say({1, "", answer.error().text + "\n"});
  if (!answer->has_value()) return fulfil_here(config, *order);
  const auto outcome = decode_outcome(**answer);
  return outcome ? say(*outcome) : say({1, "", outcome.error().text + "\n"});
}

int run_command(const Invocation& call) {
  if (call.command == CommandName::version) return print_version(call.json);
  const LoadedConfig loaded = load_config(call.config_file, call.flags, environment());
  if (call.command == CommandName::config) return print_config(loaded, call.json);
  if (!loaded.problems.empty()) return print_problems(loaded);
  log::set_level(call.command == CommandName::serve ? loaded.config.log_level : log::Level::error);
  return call.command == CommandName::serve ? serve(loaded.config) : run_order(loaded.config, call);
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  try {
    const auto parsed = parse_command_line(argc, argv);
    if (const auto* end = std::get_if<EndNow>(&parsed)) return say({end->exit_code, end->out, end->err});
    return run_command(std::get<Invocation>(parsed));
  } catch (const std::exception& error) {
    std::cerr << "monitorix: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace monitorix::app
