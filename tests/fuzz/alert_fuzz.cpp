// What people write about when a window recurs, and what alerts keep of their clocks: bytes are refused, or what is
// read comes again, always later, and reads back as the same.

#include "alert/kept/kept.h"
#include "alert/overlay/recurrence.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::alert;

namespace {

void read_recurrence(std::string_view text) {
  const auto rule = parse_recurrence(text);
  if (!rule) return;
  const WallTime first = from_ms(1'772'000'000'000);
  WallTime at = first;
  for (int i = 0; i < 3; ++i) {
    const Around around = starts_around(*rule, first, Zone{}, at, std::chrono::hours{24});
    require(!around.before || *around.before <= at, "the last start is not ahead");
    require(!around.after || *around.after > at, "the next start is ahead");
    if (!around.after) return;
    at = *around.after;
  }
}

void read_plan(std::string_view text) {
  const Now now{RunTime{std::chrono::hours{1000}}, from_ms(1'772'000'000'000)};
  State state;
  state.members.emplace_back();
  state.pairs.emplace_back();
  Tracked alert;
  if (!decode_plan(text, now, alert.plan, state.pairs.front())) return;
  const std::string once = encode_plan(state, alert, now);
  require(decode_plan(once, now, alert.plan, state.pairs.front()).has_value(), "what was written can be read");
  require(encode_plan(state, alert, now) == once, "and is the same then");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = text_of(data, size).substr(1);
  if (data[0] % 2 == 0)
    read_recurrence(text);
  else
    read_plan(text);
  return 0;
}
