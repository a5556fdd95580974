#pragma once
// From a command line to an exit code: 0 done, 1 it failed, 2 it was asked wrongly.

namespace monitorix::app {

int run_program(int argc, const char* const* argv);

}  // namespace monitorix::app
