#include "net/websocket.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>

#include "net/frame_gate.h"
#include "net/http_connection.h"
#include "net/peer_progress.h"

namespace monitorix::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxMessage = 16u << 10;
constexpr int kSilentBeats = 5;          // half ping intervals without a word from the peer
constexpr std::size_t kMaxReason = 123;  // a control frame's limit
constexpr std::chrono::seconds kHandshake{5};
constexpr std::chrono::seconds kCloseGrace{2};
constexpr int kMaxPingsPerSecond = 10;
constexpr std::size_t kReadSize = 1536;
constexpr std::size_t kMostFragments = 64;

template <class Stream>
class Peer final : public WebSocket, public std::enable_shared_from_this<Peer<Stream>> {
 public:
  Peer(Stream stream, std::chrono::milliseconds ping_every)
      : stream_(std::move(stream), kMostFragments),
        care_timer_(stream_.get_executor()),
        beat_(ping_every / 2) {}

  Task<error_code> accept(const ParsedRequest& request, std::string subprotocol) {
    beast::get_lowest_layer(stream_).expires_never();
    // Silence is ours to judge: Beast's idle timer without its own pings is never set back by what the peer says.
    stream_.set_option(websocket::stream_base::timeout{kHandshake, websocket::stream_base::none(), false});
    stream_.set_option(
        websocket::stream_base::decorator([name = std::move(subprotocol)](websocket::response_type& response) {
          if (!name.empty()) response.set(beast::http::field::sec_websocket_protocol, name);
        }));
    stream_.read_message_max(kMaxMessage);
    stream_.auto_fragment(false);  // one frame, gathered from the caller's buffers without a copy
    stream_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      silent_beats_ = 0;
      if (kind == websocket::frame_type::ping) count_ping();
    });
    stream_.next_layer().on_too_many([this] { break_off("too many fragments"); });
    error_code error;
    co_await stream_.async_accept(request, asio::redirect_error(asio::use_awaitable, error));
    open_ = !error;
    stream_.text(true);
    if (open_) look_after();
    co_return error;
  }

  Task<Result<std::string>> read() override {
    const auto keep = this->shared_from_this();
    std::string message;
    // Piece by piece, with a look at our own state between them: a close that begins in the middle of Beast's reading
    // of a whole fragmented message leaves that in a state which it asserts against (Boost 1.81).
    do {
      const std::size_t had = message.size();
      message.resize(had + kReadSize);
      error_code error;
      const std::size_t got = co_await stream_.async_read_some(asio::buffer(message.data() + had, kReadSize),
                                                               asio::redirect_error(asio::use_awaitable, error));
      message.resize(had + got);
      silent_beats_ = 0;
      if (!error && closing_) error = asio::error::operation_aborted;
      if (error) co_return end_of_reading(error);
    } while (!stream_.is_message_done());
    if (!stream_.got_text()) {
      close(1003, "text only");
      co_return fail(Errc::protocol, "a binary message");
    }
    co_return message;
  }

  bool send(Frame frame) override {
    if (!open_) return false;
    queued_ += frame.size();
    queue_.push_back(std::move(frame));
    if (!writing_) {
      writing_ = true;
      progress_at_ = std::chrono::steady_clock::now();
      acknowledged_ = acknowledged_bytes(socket_).value_or(0);
      asio::co_spawn(stream_.get_executor(), write_queue(this->shared_from_this()), asio::detached);
    }
    return true;
  }

  [[nodiscard]] std::size_t queued_bytes() const override { return queued_; }

  [[nodiscard]] std::chrono::milliseconds stalled_for() const override {
    if (queue_.empty()) return std::chrono::milliseconds{0};
    const auto now = std::chrono::steady_clock::now();
    // One large message may take longer than the caller's patience: what counts is that the peer takes bytes.
    if (const auto acknowledged = acknowledged_bytes(socket_); acknowledged && *acknowledged != acknowledged_) {
      acknowledged_ = *acknowledged;
      progress_at_ = now;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - progress_at_);
  }

  void drop_queue() override {
    while (queue_.size() > 1) {
      queued_ -= queue_.back().size();
      queue_.pop_back();
    }
  }

  void on_drained(std::function<void()> callback) override { drained_ = std::move(callback); }

  void close(std::uint16_t code, std::string_view reason) override {
    if (closing_) return;
    closing_ = true;
    open_ = false;
    care_timer_.cancel();
    reason = reason.substr(0, kMaxReason);
    const websocket::close_reason why(static_cast<websocket::close_code>(code),
                                      beast::string_view(reason.data(), reason.size()));
    const auto keep = this->shared_from_this();
    asio::co_spawn(stream_.get_executor(), say_goodbye(keep, why), asio::detached);
    asio::co_spawn(stream_.get_executor(), hang_up_later(keep), asio::detached);
  }

  [[nodiscard]] bool is_open() const override { return open_; }

 private:
  static Task<> write_queue(std::shared_ptr<Peer> self) {
    while (!self->queue_.empty()) {
      const Frame& frame = self->queue_.front();  // stays in place until it is written
      const std::array<asio::const_buffer, 2> parts{asio::buffer(frame.head),
                                                    frame.body ? asio::buffer(*frame.body) : asio::const_buffer()};
      error_code error;
      co_await self->stream_.async_write(parts, asio::redirect_error(asio::use_awaitable, error));
      self->progress_at_ = std::chrono::steady_clock::now();
      self->queued_ -= self->queue_.front().size();
      self->queue_.pop_front();
      if (error) {
        self->open_ = false;
        self->queue_.clear();
        self->queued_ = 0;
      }
    }
    self->writing_ = false;
    if (!self->open_ || !self->drained_) co_return;
    const auto drained = self->drained_;  // a copy: the callback may replace itself
    drained();
  }

  static Task<> say_goodbye(std::shared_ptr<Peer> self, websocket::close_reason why) {
    error_code ignored;
    co_await self->stream_.async_close(why, asio::redirect_error(asio::use_awaitable, ignored));
  }

  static Task<> hang_up_later(std::shared_ptr<Peer> self) {
    co_await sleep_for(kCloseGrace);
    beast::get_lowest_layer(self->stream_).close();
  }

  /// Twice per ping interval: pings every other time, and hangs up on a peer that is silent for 2.5 intervals, or that
  /// broke a rule, got its close frame and yet keeps the connection.
  void look_after() {
    care_timer_.expires_after(beat_);
    care_timer_.async_wait([weak = this->weak_from_this()](const error_code& error) {
      const auto self = weak.lock();
      if (error || !self || !self->open_) return;
      if (!self->stream_.is_open() || ++self->silent_beats_ > kSilentBeats) {
        beast::get_lowest_layer(self->stream_).close();
        return;
      }
      self->ping_is_due_ = !self->ping_is_due_;
      if (!self->ping_is_due_ && !self->pinging_) {  // a ping still in line behind a stalled message is enough
        self->pinging_ = true;
        self->stream_.async_ping({}, [weak](const error_code&) {
          if (const auto alive = weak.lock()) alive->pinging_ = false;
        });
      }
      self->look_after();
    });
  }

  void count_ping() {
    const auto now = std::chrono::steady_clock::now();
    if (now - pings_since_ > std::chrono::seconds{1}) {
      pings_since_ = now;
      pings_ = 0;
    }
    if (++pings_ > kMaxPingsPerSecond) break_off("too many pings");
  }

  tl::unexpected<Error> end_of_reading(const error_code& error) {
    open_ = false;
    care_timer_.cancel();
    const bool by_rule = broke_rule_ || error == websocket::condition::protocol_violation ||
                         error == websocket::error::message_too_big || error == websocket::error::buffer_overflow;
    return fail(by_rule ? Errc::protocol : Errc::unreachable, error.message());
  }

  void break_off(std::string_view reason) {
    broke_rule_ = true;
    close(1008, reason);
  }

  websocket::stream<FrameGate<Stream>> stream_;
  asio::steady_timer care_timer_;
  std::chrono::milliseconds beat_;
  int silent_beats_{0};
  int socket_{beast::get_lowest_layer(stream_).socket().native_handle()};
  std::deque<Frame> queue_{};
  std::size_t queued_{0};
  mutable std::chrono::steady_clock::time_point progress_at_{};
  mutable std::uint64_t acknowledged_{0};
  std::chrono::steady_clock::time_point pings_since_{};
  int pings_{0};
  bool open_{false}, writing_{false}, closing_{false}, ping_is_due_{false}, pinging_{false}, broke_rule_{false};
  std::function<void()> drained_{};
};

}  // namespace

template <class Stream>
Task<> run_websocket(Stream stream, ParsedRequest request, std::string subprotocol,
                     std::function<Task<>(std::shared_ptr<WebSocket>)> life, std::chrono::milliseconds ping_every) {
  const auto peer = std::make_shared<Peer<Stream>>(std::move(stream), ping_every);
  const error_code error = co_await peer->accept(request, subprotocol);
  if (error) co_return;
  co_await life(peer);
  peer->on_drained({});
  if (peer->is_open()) peer->close(1001, "");
}

template Task<> run_websocket<PlainStream>(PlainStream, ParsedRequest, std::string,
                                           std::function<Task<>(std::shared_ptr<WebSocket>)>,
                                           std::chrono::milliseconds);
template Task<> run_websocket<TlsStream>(TlsStream, ParsedRequest, std::string,
                                         std::function<Task<>(std::shared_ptr<WebSocket>)>, std::chrono::milliseconds);

}  // namespace monitorix::net
