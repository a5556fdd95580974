#pragma once
// Numbers as bytes: LEB128 varints in their shortest form, zigzag, little-endian words. A ByteReader never reads past
// its end: every read says whether it succeeded, and after a failure the reader stays where it was.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace monitorix::history {

inline std::uint64_t zigzag(std::int64_t x) {
  return (static_cast<std::uint64_t>(x) << 1) ^ (x < 0 ? ~std::uint64_t{0} : std::uint64_t{0});
}
inline std::int64_t unzigzag(std::uint64_t z) {
  return static_cast<std::int64_t>((z >> 1) ^ (std::uint64_t{0} - (z & 1)));
}
/// Bytes that `put_varint` needs.
inline std::size_t varint_size(std::uint64_t x) { return (static_cast<std::size_t>(std::bit_width(x | 1)) + 6) / 7; }

template <class Out>  // std::string or std::vector<std::uint8_t>
void put_varint(Out& out, std::uint64_t x) {
  while (x >= 0x80) {
    out.push_back(static_cast<typename Out::value_type>(x | 0x80));
    x >>= 7;
  }
  out.push_back(static_cast<typename Out::value_type>(x));
}
/// Writes at `at`, which has room for 10 bytes, and returns the end: for loops that must be fast.
inline char* put_varint_at(char* at, std::uint64_t x) {
  while (x >= 0x80) {
    *at++ = static_cast<char>(x | 0x80);
    x >>= 7;
  }
  *at++ = static_cast<char>(x);
  return at;
}
inline void put_u32(std::string& out, std::uint32_t x) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(x >> shift & 0xFF));
}
inline void put_u64(std::string& out, std::uint64_t x) {
  for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(x >> shift & 0xFF));
}

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes)
      : at_(reinterpret_cast<const std::uint8_t*>(bytes.data())),
        end_(at_ + bytes.size()) {}

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] std::string_view rest() const { return {reinterpret_cast<const char*>(at_), left()}; }

  bool skip(std::size_t count) {
    if (count > left()) return false;
    at_ += count;
    return true;
  }
  bool u8(std::uint8_t& out) {
    if (at_ == end_) return false;
    out = *at_++;
    return true;
  }
  bool u32(std::uint32_t& out) {
    if (left() < 4) return false;
    out = 0;
    for (unsigned i = 0; i < 4; ++i) out |= std::uint32_t{at_[i]} << (8 * i);
    at_ += 4;
    return true;
  }
  bool u64(std::uint64_t& out) {
    if (left() < 8) return false;
    out = 0;
    for (unsigned i = 0; i < 8; ++i) out |= std::uint64_t{at_[i]} << (8 * i);
    at_ += 8;
    return true;
  }
  /// Refuses more than 10 bytes, values of 2^64 and more, and forms longer than needed.
  bool varint(std::uint64_t& out) {
    if (at_ != end_ && *at_ < 0x80) {
      out = *at_++;
      return true;
    }
    const std::uint8_t* at = at_;
    std::uint64_t value = 0;
    for (unsigned shift = 0; at != end_ && shift < 70; shift += 7) {
      const std::uint8_t byte = *at++;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte >= 0x80) continue;
      if ((byte == 0 && shift != 0) || (shift == 63 && byte > 1)) return false;
      out = value;
      at_ = at;
      return true;
    }
    return false;
  }
  bool signed_varint(std::int64_t& out) {
    std::uint64_t z = 0;
    if (!varint(z)) return false;
    out = unzigzag(z);
    return true;
  }
  /// Skips `count` varints by their last bytes; their form is not judged.
  bool skip_varints(std::size_t count) {
    const std::uint8_t* at = at_;
    while (count > 0 && at != end_) count -= *at++ < 0x80 ? 1 : 0;
    if (count > 0) return false;
    at_ = at;
    return true;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace monitorix::history
