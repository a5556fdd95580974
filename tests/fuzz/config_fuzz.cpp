// A configuration file, whatever stands in it: values or problems with their place, never an end of the program.

#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "app/config.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::app;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const int file = ::memfd_create("config", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  require(::ftruncate(file, 0) == 0 && ::pwrite(file, data, size, 0) == static_cast<ssize_t>(size),
          "the file is written");
  const auto loaded = load_config(path, {}, {});
  for (const auto& problem : loaded.problems)
    require(!problem.place.empty() && !problem.text.empty(), "a problem says where and what");
  require(loaded.config.listen_port >= 0 && loaded.config.listen_port <= 65535, "the port is one");
  return 0;
}
