// The head of a request: judged at once or byte by byte it gets the same verdict, and one that passes ends where the
// verdict says, within its limits.

#include <algorithm>

#include "net/http_head.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::net;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto bytes = text_of(data, size);
  constexpr HeadLimits limits{.bytes = 512, .fields = 8, .target = 64};
  HeadVerdict slowly{};
  std::size_t known = 0;
  for (std::size_t seen = 1; seen <= size && slowly.status == 0 && slowly.size == 0; ++seen) {
    slowly = judge_head(bytes.substr(0, seen), known, limits);
    known = seen;
  }
  const auto at_once = judge_head(bytes, 0, limits);
  require((at_once.size > 0 && at_once.status == 0) == (slowly.size > 0 && slowly.status == 0),
          "both pass or neither does");
  if (at_once.size == 0 || at_once.status != 0) return 0;
  require(at_once.size == slowly.size, "both end at the same byte");
  require(at_once.size <= limits.bytes, "the head is within its limit");
  const auto head = bytes.substr(0, at_once.size);
  require(head.ends_with("\r\n\r\n"), "the head ends with an empty line");
  require(head.find('\0') == head.npos, "no NUL passes");
  require(std::count(head.begin(), head.end(), '\r') == std::count(head.begin(), head.end(), '\n'),
          "lines end in CR LF only");
  return 0;
}
