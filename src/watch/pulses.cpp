// pulses = { varint service id less the one before, varint tenths of a second before the beat }
// A tenth more rather than less: what was known is never made longer.

#include "watch/watched.h"

namespace monitorix::watch {
namespace {

constexpr std::int64_t kTenth = 100;  // ms

void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

std::optional<std::uint64_t> take(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 63 && !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string encode_pulses(const std::vector<std::pair<ServiceId, WallTime>>& last_known, WallTime at) {
  std::string out;
  std::int64_t before = 0;
  for (const auto& [id, known] : last_known) {
    const std::int64_t age = std::max<std::int64_t>(0, to_ms(at) - to_ms(known));
    put(out, static_cast<std::uint64_t>(id.value - before));
    put(out, static_cast<std::uint64_t>((age + kTenth - 1) / kTenth));
    before = id.value;
  }
  return out;
}

std::vector<std::pair<ServiceId, WallTime>> decode_pulses(std::string_view text, WallTime at) {
  std::vector<std::pair<ServiceId, WallTime>> out;
  std::uint64_t id = 0;
  while (!text.empty()) {
    const auto step = take(text);
    const auto tenths = step ? take(text) : std::nullopt;
    if (!tenths || *step > INT64_MAX / 2 - id || *tenths > static_cast<std::uint64_t>(to_ms(at)) / kTenth) return out;
    id += *step;
    out.emplace_back(ServiceId{static_cast<std::int64_t>(id)}, at - std::chrono::milliseconds{*tenths * kTenth});
  }
  return out;
}

}  // namespace monitorix::watch
