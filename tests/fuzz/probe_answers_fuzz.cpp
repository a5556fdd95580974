// What else checks read of strangers: echo replies and their quotations, the output of plugins.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "check/plugin.h"
#include "net/outbound/echo_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace monitorix;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto family : {net::IcmpFamily::v4, net::IcmpFamily::v6}) {
    for (const auto front : {net::Front::icmp, net::Front::ip}) net::parse_reply(family, bytes, front);
    net::parse_quoted(family, bytes);
  }
  const auto output = check::parse_plugin_output(bytes);
  if (output.line.size() > 256 || output.performance.size() > 64) std::abort();
  for (const auto& value : output.performance)
    if (value.label.empty() || value.label.size() > 100) std::abort();
  return 0;
}
