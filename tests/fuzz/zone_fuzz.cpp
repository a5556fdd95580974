// A time zone file, whatever its bytes are: it is refused, or its borders of months and days are in order and a moment
// is shown by no other local time than its own.

#include "base/zone/zone.h"
#include "tests/fuzz/require.h"

using namespace monitorix;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto zone = Zone::parse(text_of(data, size));
  if (!zone) return 0;
  for (std::int64_t second = -2'000'000'000; second < 5'000'000'000; second += 97'654'321) {
    const WallTime at{std::chrono::seconds{second}};
    const auto offset = zone->offset_at(std::chrono::floor<std::chrono::seconds>(at));
    require(std::chrono::abs(offset) <= std::chrono::hours{26}, "an offset is one of this world");
    require(zone->to_local(at).time_since_epoch() - at.time_since_epoch() == offset, "a moment has one local time");
    const auto month = month_of(*zone, at);
    require(month.begin <= month.end + std::chrono::hours{60}, "a month ends after it began");
    (void)day_of(*zone, at);
  }
  return 0;
}
