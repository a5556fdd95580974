#pragma once
// Seeded chance: the same seed gives the same world. hash_of() is a pure function of its inputs, so that a value of
// any guest at any time can be computed without keeping its past; Dice is a sequence, for building and for events.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace monitorix::sim {

constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

constexpr std::uint64_t hash_of(std::uint64_t a, std::uint64_t b) { return mix(mix(a) ^ (b * 0xD6E8FEB86659FD93ULL)); }

constexpr std::uint64_t hash_of(std::uint64_t a, std::string_view text) {
  std::uint64_t h = mix(a);
  for (char c : text) h = mix(h ^ static_cast<unsigned char>(c));
  return h;
}

/// 0 <= result < 1.
constexpr double unit(std::uint64_t hash) { return static_cast<double>(hash >> 11U) * 0x1.0p-53; }

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_++); }
  double real() { return unit(next()); }
  double between(double low, double high) { return low + (high - low) * real(); }
  /// 0 <= result < count; count must not be 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  bool chance(double probability) { return real() < probability; }
  template <class Sequence>
  void shuffle(Sequence& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace monitorix::sim
