#include "app/version.h"

#include "version.gen.h"

// The contract travels inside the binary, byte for byte.
asm(".section .rodata\n"
    ".global monitorix_openapi_begin\n"
    ".global monitorix_openapi_end\n"
    "monitorix_openapi_begin:\n"
    ".incbin \"" MONITORIX_OPENAPI_FILE
    "\"\n"
    "monitorix_openapi_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char monitorix_openapi_begin;
extern const char monitorix_openapi_end;
}

namespace monitorix::app {

std::string_view version() { return MONITORIX_VERSION; }
std::string_view commit() { return MONITORIX_COMMIT; }
std::string_view openapi_json() {
  return {&monitorix_openapi_begin, static_cast<std::size_t>(&monitorix_openapi_end - &monitorix_openapi_begin)};
}

}  // namespace monitorix::app
