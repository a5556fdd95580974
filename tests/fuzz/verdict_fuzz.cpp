// What checks keep in the database and what people write about time: bytes are refused, or what is read can be written
// and reads back as the same. A cron expression that is taken always comes, and always later.

#include "tests/fuzz/require.h"
#include "verdict/cron.h"
#include "verdict/histogram.h"
#include "verdict/push.h"

using namespace monitorix;
using namespace monitorix::verdict;

namespace {

void read_histogram(std::string_view bytes) {
  const auto histogram = Histogram::decode(bytes);
  if (!histogram) return;
  require(histogram->encode() == bytes, "a histogram has one form");
  Histogram twice = *histogram;
  twice.merge(*histogram);
  require(twice.count() >= histogram->count(), "a sum is not less than its part");
  require(!histogram->percentile(0.5) || *histogram->percentile(0.5) <= *histogram->maximum(), "the middle is in it");
}

void read_state(std::string_view text) {
  const auto state = decode_state(text);
  if (!state) return;
  const auto again = decode_state(encode_state(*state));
  require(again && *again == *state, "a state reads back as the same");
  (void)shown_of(*state);
}

void read_push(std::string_view text) {
  auto state = decode_push(text);
  if (!state) return;
  const auto again = decode_push(encode_push(*state));
  require(again && *again == *state, "a heartbeat reads back as the same");
  (void)judge_push(*state, PushSchedule{}, from_ms(1'772'000'000'000));
}

void read_cron(std::string_view text) {
  const auto cron = Cron::parse(text);
  if (!cron) return;
  const WallTime now = from_ms(1'772'000'000'000);
  const auto next = cron->next(now, Zone());
  require(next && *next > now, "what is taken comes, and later");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = text_of(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0: read_histogram(rest); break;
    case 1: read_state(rest); break;
    case 2: read_push(rest); break;
    default: read_cron(rest); break;
  }
  return 0;
}
