#include "sim/options.h"

#include <charconv>
#include <functional>
#include <map>

namespace monitorix::sim {

namespace {

template <class Number>
Status read_number(std::string_view text, Number low, Number high, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || out < low || out > high) {
    return fail(Errc::invalid, "not a number in range: '" + std::string(text) + "'");
  }
  return {};
}

Status read_version(std::string_view text, Version& out) {
  if (text != "8.4" && text != "9.2") return fail(Errc::invalid, "knows 8.4 and 9.2, not '" + std::string(text) + "'");
  out = text == "8.4" ? Version::v8_4 : Version::v9_2;
  return {};
}

}  // namespace

std::string usage() {
  return "pvesim: a simulated fleet of Proxmox VE clusters on loopback\n"
         "  --clusters N     clusters (1)\n"
         "  --nodes N        nodes of each cluster (3)\n"
         "  --guests N       guests of each cluster (20)\n"
         "  --storages N     storages of each cluster (5; the 7th is disabled, the 8th dead)\n"
         "  --pbs N          backup servers to which the clusters write (0)\n"
         "  --seed S         another seed, another world (1)\n"
         "  --pve 8.4|9.2    the version whose answers are given (9.2)\n"
         "  --no-export      without /cluster/metrics/export, as older versions\n"
         "  --replay DIR     serve a folder of recorded answers instead of a world\n"
         "  --port P         first port, the others follow (free ones)\n"
         "  --control PORT   control API on 127.0.0.1 (0: a free port, printed)\n"
         "  --speed X        world time runs X times as fast (1)\n"
         "  --no-events      nothing starts, stops or moves by itself\n"
         "  --still          loads, counters and uptimes stand still as well\n"
         "  --keys DIR       keep certificates here, so that fingerprints outlive a restart\n"
         "  --spread         node n of cluster c at 127.1.c.n, all on one port (8006)\n"
         "Prints one JSON line for each endpoint, then `ready`. Stops on SIGINT and SIGTERM.\n";
}

Result<Options> read_options(int count, const char* const* arguments) {
  Options options;
  auto& plan = options.plan;
  const std::map<std::string_view, std::function<void()>> flags{
      {"--no-export", [&] { plan.has_export = false; }}, {"--no-events", [&] { plan.has_events = false; }},
      {"--still", [&] { plan.is_still = true; }},        {"--spread", [&] { options.is_spread = true; }},
      {"--help", [&] { options.wants_help = true; }},
  };
  const std::map<std::string_view, std::function<Status(std::string_view)>> valued{
      {"--clusters", [&](auto text) { return read_number(text, 1, 1'000, plan.clusters); }},
      {"--nodes", [&](auto text) { return read_number(text, 1, 200, plan.nodes); }},
      {"--guests", [&](auto text) { return read_number(text, 0, 100'000, plan.guests); }},
      {"--storages", [&](auto text) { return read_number(text, 0, 64, plan.storages); }},
      {"--pbs", [&](auto text) { return read_number<std::size_t>(text, 0, 16, plan.backup_servers); }},
      {"--seed", [&](auto text) { return read_number<std::uint64_t>(text, 0, ~0ULL, plan.seed); }},
      {"--pve", [&](auto text) { return read_version(text, plan.version); }},
      {"--speed", [&](auto text) { return read_number(text, 0.0, 1e6, options.speed); }},
      {"--port", [&](auto text) { return read_number<std::uint16_t>(text, 0, 65'535, options.port); }},
      {"--control",
       [&](auto text) {
         options.control_port = 0;
         return read_number<std::uint16_t>(text, 0, 65'535, *options.control_port);
       }},
      {"--replay", [&](auto text) -> Status { return options.replay_folder = text, Status{}; }},
      {"--keys", [&](auto text) -> Status { return options.keys_folder = text, Status{}; }},
  };
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const auto equals = argument.find('=');
    const auto name = argument.substr(0, equals);
    if (const auto flag = flags.find(name); flag != flags.end()) {
      flag->second();
      continue;
    }
    const auto option = valued.find(name);
    if (option == valued.end()) return fail(Errc::invalid, "unknown option " + std::string(argument));
    const bool has_value = equals != std::string_view::npos || i + 1 < count;
    if (!has_value) return fail(Errc::invalid, std::string(name) + " needs a value");
    const std::string_view value = equals != std::string_view::npos ? argument.substr(equals + 1) : arguments[++i];
    if (auto read = option->second(value); !read) return fail(std::move(read).error().within(name));
  }
  return options;
}

}  // namespace monitorix::sim
