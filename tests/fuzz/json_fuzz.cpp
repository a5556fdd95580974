// JSON of people: what was read can be written, and reads back as the same.

#include "base/json.h"
#include "tests/fuzz/require.h"

using namespace monitorix;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto json = Json::parse(text_of(data, size));
  if (!json) return 0;
  const auto written = json->dump();
  const auto again = Json::parse(written);
  require(again.has_value(), "what was written can be read");
  require(again->dump() == written, "it reads back as the same");
  return 0;
}
