#include "net/https/unfold.h"

#include <array>
#include <zlib.h>

namespace monitorix::net {
namespace {

constexpr int kGzipOrZlib = 15 + 32, kRaw = -15;

bool looks_like_zlib(unsigned char first, unsigned char second) {
  return (first & 0x0f) == Z_DEFLATED && (first * 256u + second) % 31 == 0;
}
bool looks_like_gzip(unsigned char first, unsigned char second) { return first == 0x1f && second == 0x8b; }

}  // namespace

struct Unfold::Impl {
  z_stream stream{};
  std::string held{};  // until two bytes are there that tell what it is
  bool is_open{false}, is_ended{false}, has_input{false};

  bool open(std::string_view head) {
    const auto first = static_cast<unsigned char>(head[0]), second = static_cast<unsigned char>(head[1]);
    const bool is_marked = looks_like_gzip(first, second) || looks_like_zlib(first, second);
    is_open = inflateInit2(&stream, is_marked ? kGzipOrZlib : kRaw) == Z_OK;
    return is_open;
  }
};

Unfold::Unfold() : impl_(std::make_unique<Impl>()) {}
Unfold::~Unfold() {
  if (impl_->is_open) inflateEnd(&impl_->stream);
}

Unfold::Outcome Unfold::take(std::string_view bytes, const Sink& sink) {
  Impl& self = *impl_;
  if (bytes.empty() || self.is_ended) return Outcome::more;
  self.has_input = true;
  std::string joined;
  if (!self.is_open) {
    self.held += bytes;
    if (self.held.size() < 2) return Outcome::more;
    joined = std::move(self.held);
    bytes = joined;
    if (!self.open(bytes)) return Outcome::damaged;
  }
  self.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  self.stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 16384> piece;
  for (;;) {
    self.stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    self.stream.avail_out = static_cast<uInt>(piece.size());
    const int code = inflate(&self.stream, Z_NO_FLUSH);
    const std::size_t made = piece.size() - self.stream.avail_out;
    if (made > 0 && !sink({piece.data(), made})) return Outcome::stopped;
    if (code == Z_STREAM_END) {
      self.is_ended = true;
      return Outcome::more;
    }
    if (code != Z_OK && code != Z_BUF_ERROR) return Outcome::damaged;
    if (self.stream.avail_in == 0 && self.stream.avail_out > 0) return Outcome::more;
    if (code == Z_BUF_ERROR && made == 0) return Outcome::more;
  }
}

bool Unfold::is_whole() const { return impl_->is_ended || !impl_->has_input; }

}  // namespace monitorix::net
