#pragma once
// Counts the fragments of each inbound WebSocket message (S33). Beast hands out payload only and skips empty fragments
// silently, so the count is taken from the bytes on their way to it. Included by net/'s .cpp files only.

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace monitorix::net {

/// Reads frame headers out of a stream of bytes, whatever pieces it comes in.
class FrameCount {
 public:
  void eat(std::string_view bytes) {
    while (!bytes.empty()) {
      if (payload_ > 0) {
        const auto skipped = std::min<std::uint64_t>(payload_, bytes.size());
        payload_ -= skipped;
        bytes.remove_prefix(static_cast<std::size_t>(skipped));
        continue;
      }
      header_[size_++] = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      if (size_ >= 2 && size_ == header_size()) take_header();
    }
  }
  /// The fragments that the longest message so far had.
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  [[nodiscard]] std::size_t length_size() const {
    const unsigned length = header_[1] & 0x7Fu;
    return length == 126 ? 2 : length == 127 ? 8 : 0;
  }
  [[nodiscard]] std::size_t header_size() const { return 2 + length_size() + ((header_[1] & 0x80u) != 0 ? 4 : 0); }

  void take_header() {
    payload_ = header_[1] & 0x7Fu;
    if (length_size() > 0) payload_ = 0;
    for (std::size_t at = 2; at < 2 + length_size(); ++at) payload_ = (payload_ << 8u) | header_[at];
    size_ = 0;
    const unsigned kind = header_[0] & 0x0Fu;
    if (kind >= 8) return;  // a control frame may stand between fragments
    fragments_ = kind == 0 ? fragments_ + 1 : 1;
    most_ = std::max(most_, fragments_);
    if ((header_[0] & 0x80u) != 0) fragments_ = 0;
  }

  std::array<unsigned char, 14> header_{};
  std::size_t size_{0}, fragments_{0}, most_{0};
  std::uint64_t payload_{0};
};

/// A stream that passes everything on and counts what comes in; says once when a message has too many fragments.
template <class Next>
class FrameGate {
 public:
  using executor_type = typename Next::executor_type;
  using next_layer_type = Next;

  FrameGate(Next next, std::size_t most) : next_(std::move(next)), state_(std::make_shared<State>()) {
    state_->most = most;
  }

  executor_type get_executor() { return next_.get_executor(); }
  next_layer_type& next_layer() { return next_; }
  const next_layer_type& next_layer() const { return next_; }
  void on_too_many(std::function<void()> callback) { state_->too_many = std::move(callback); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        [this, buffers, state = state_, is_begun = false](auto& self, boost::system::error_code error = {},
                                                          std::size_t got = 0) mutable {
          if (!is_begun) {
            is_begun = true;
            return next_.async_read_some(buffers, std::move(self));
          }
          state->count(buffers, got);
          self.complete(error, got);
        },
        token, next_);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return next_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  /// Shared with the reads on their way, which may end after the stream is gone.
  struct State {
    FrameCount frames{};
    std::size_t most{};
    std::function<void()> too_many{};

    template <class Buffers>
    void count(const Buffers& buffers, std::size_t got) {
      for (auto at = boost::asio::buffer_sequence_begin(buffers);
           got > 0 && at != boost::asio::buffer_sequence_end(buffers); ++at) {
        const boost::asio::const_buffer piece = *at;
        const auto here = std::min(got, piece.size());
        frames.eat({static_cast<const char*>(piece.data()), here});
        got -= here;
      }
      if (frames.most() <= most || !too_many) return;
      const auto tell = std::move(too_many);
      too_many = nullptr;
      tell();
    }
  };

  Next next_;
  std::shared_ptr<State> state_;
};

template <class Next>
void teardown(boost::beast::role_type role, FrameGate<Next>& stream, boost::system::error_code& error) {
  using boost::beast::websocket::teardown;
  teardown(role, stream.next_layer(), error);
}

template <class Next, class Handler>
void async_teardown(boost::beast::role_type role, FrameGate<Next>& stream, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace monitorix::net
