#include "sim/options.h"

#include <doctest/doctest.h>
#include <vector>

namespace monitorix::sim {

namespace {

Result<Options> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "pvesim");
  return read_options(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("every option is read, with a space or an equals sign") {
  const auto options =
      read({"--clusters",  "10",      "--nodes=5",   "--guests", "1000",     "--storages", "6",    "--seed",  "7",
            "--pve",       "8.4",     "--no-export", "--port",   "9000",     "--control",  "9100", "--speed", "60",
            "--no-events", "--still", "--keys",      "/k",       "--spread", "--replay",   "/r"})
          .value();
  CHECK(options.plan.clusters == 10);
  CHECK(options.plan.nodes == 5);
  CHECK(options.plan.guests == 1'000);
  CHECK(options.plan.storages == 6);
  CHECK(options.plan.seed == 7);
  CHECK(options.plan.version == Version::v8_4);
  CHECK_FALSE(options.plan.has_export);
  CHECK_FALSE(options.plan.has_events);
  CHECK(options.plan.is_still);
  CHECK(options.port == 9'000);
  CHECK(options.control_port == 9'100);
  CHECK(options.speed == 60);
  CHECK(options.keys_folder == "/k");
  CHECK(options.is_spread);
  CHECK(options.replay_folder == "/r");
}

TEST_CASE("what makes no sense is refused with its name") {
  CHECK(read({"--nodes", "many"}).error().text.starts_with("--nodes: "));
  CHECK(read({"--pve", "7.4"}).error().text.find("7.4") != std::string::npos);
  CHECK(read({"--clusters"}).error().text == "--clusters needs a value");
  CHECK(read({"--colour", "blue"}).error().text == "unknown option --colour");
  CHECK_FALSE(read({"--port", "70000"}));
}

}  // namespace monitorix::sim
