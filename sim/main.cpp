// pvesim: a Proxmox VE fleet that lives on loopback and misbehaves on request.

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/control.h"
#include "sim/fleet.h"
#include "sim/options.h"
#include "sim/replay.h"

namespace {

using namespace monitorix;
using namespace monitorix::sim;

/// Holds the authorities' certificates while the program runs.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pvesim-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_{};
};

void allow_many_sockets() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

int complain(const Error& error) {
  std::cerr << "pvesim: " << error.text << "\n";
  return 2;
}

void stop_on_signals(boost::asio::io_context& io, boost::asio::signal_set& signals) {
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
}

int replay(boost::asio::io_context& io, const Options& options, const Clock& clock, const std::string& folder) {
  auto recordings = Recordings::load(options.replay_folder);
  if (!recordings) return complain(recordings.error());
  const auto path = std::filesystem::weakly_canonical(options.replay_folder);
  Replay house(io, std::move(*recordings), path.filename().string(), clock, folder);
  if (auto opened = house.open(options.port); !opened) return complain(opened.error());
  std::cout << house.endpoint_line() << "\nready" << std::endl;
  io.run();
  return 0;
}

int simulate(boost::asio::io_context& io, const Options& options, const Clock& clock, const std::string& folder) {
  Fleet fleet(io, options, clock, folder);
  if (auto opened = fleet.open(); !opened) return complain(opened.error());
  Control control(io, fleet);
  if (options.control_port) {
    if (auto opened = control.open(*options.control_port); !opened) return complain(opened.error());
  }
  for (const auto& line : fleet.endpoint_lines()) std::cout << line << "\n";
  if (options.control_port == 0) std::cout << "{\"control\":\"http://127.0.0.1:" << control.port() << "\"}\n";
  std::cout << "ready" << std::endl;
  io.run();
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = read_options(count, arguments);
  if (!options) {
    std::cerr << usage();
    return complain(options.error());
  }
  if (options->wants_help) {
    std::cout << usage();
    return 0;
  }
  allow_many_sockets();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const Folder folder;
    const SystemClock clock;
    boost::asio::io_context io(1);
    boost::asio::signal_set signals(io, SIGINT, SIGTERM);
    stop_on_signals(io, signals);
    return options->replay_folder.empty() ? simulate(io, *options, clock, folder.path())
                                          : replay(io, *options, clock, folder.path());
  } catch (const std::exception& error) {
    return complain({Errc::io, error.what()});
  }
}
