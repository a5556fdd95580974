// Files of services and what we wrote of pulses against arbitrary bytes: read or refused, and each row that is taken is
// one JSON object.

#include "api/services/exchange.h"
#include "base/json.h"
#include "tests/fuzz/require.h"
#include "watch/watched.h"

namespace {

using namespace monitorix;

void look_at(const Result<api::ImportedFile>& file) {
  if (!file) return;
  for (const auto& row : file->rows) {
    if (row.json.empty()) continue;
    const auto json = Json::parse(row.json);
    require(json.has_value() && json->as_object() != nullptr, "a row is one JSON object");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = text_of(data, size);
  look_at(api::read_our_json(bytes));
  look_at(api::read_our_csv(bytes));
  look_at(api::read_our_yaml(bytes));
  look_at(api::read_kuma(bytes));
  const WallTime at{std::chrono::milliseconds{1'760'000'000'000}};
  for (const auto& [id, known] : watch::decode_pulses(bytes, at)) require(known <= at, "nothing is known of later");
  return 0;
}
