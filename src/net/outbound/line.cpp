#include "net/outbound/line.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/outbound/handshake.h"

namespace monitorix::net {
namespace asio = boost::asio;

std::optional<Fault> forbidden(const SocketAddress& to, const OutboundPolicy& policy) {
  const Ruling ruling = judge(to, policy);
  if (ruling == Ruling::allowed) return std::nullopt;
  return Fault{Trouble::denied, Phase::connect, explain(ruling, to)};
}

Outcome<int> open_socket(const SocketAddress& to, int kind, const std::optional<SocketAddress>& from,
                         const OutboundPolicy& policy) {
  if (auto fault = forbidden(to, policy)) return broken(std::move(*fault));
  const int socket = ::socket(to.family(), kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return broken(fault_of_errno(errno, Phase::connect, Heard::at_once, to.text()));
  if (from && ::bind(socket, from->data(), from->size()) != 0) {
    const int error = errno;
    ::close(socket);
    if (from->family() != to.family())
      return broken(Trouble::local, Phase::connect,
                    "the source address and " + to.host() + " are of different families");
    return broken(fault_of_errno(error, Phase::connect, Heard::at_once, to.text()));
  }
  return socket;
}

Fault fault_of_connect(int error, const SocketAddress& to, const std::optional<SocketAddress>& from) {
  Heard heard = Heard::later;
  if (error == ENETUNREACH || error == EHOSTUNREACH) {
    const int trial =
        ::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);  // connecting one looks up the route, no more
    const bool is_bound = !from || ::bind(trial, from->data(), from->size()) == 0;
    if (trial >= 0 && (!is_bound || ::connect(trial, to.data(), to.size()) != 0)) heard = Heard::at_once;
    if (trial >= 0) ::close(trial);
  }
  return fault_of_errno(error, Phase::connect, heard, to.text());
}

struct Line::Impl {
  Impl(Loop& loop, SocketAddress peer, std::shared_ptr<Limit> until)
      : descriptor(loop.context()),
        to(peer),
        limit(std::move(until)) {}
  ~Impl() {
    if (ssl && SSL_is_init_finished(ssl)) {
      SSL_shutdown(ssl);  // one try: so that the peer's log tells of no broken connection
      ERR_clear_error();
    }
    SSL_free(ssl);
  }

  asio::posix::stream_descriptor descriptor;
  SocketAddress to;
  std::shared_ptr<Limit> limit;
  Handshake handshake{};
  std::shared_ptr<SSL_CTX> context{};
  SSL* ssl{nullptr};

  Task<Outcome<void>> wait(bool to_write, Phase phase) {
    const bool ready = co_await until_ready(descriptor, to_write, *limit);
    if (!ready) co_return broken(limit->fault(phase, to.text()));
    co_return Outcome<void>{};
  }

  /// One step of OpenSSL's that did not finish: waits, or says why it never will.
  Task<Outcome<void>> after(int returned, Phase phase) {
    const int saved = errno;
    switch (SSL_get_error(ssl, returned)) {
      case SSL_ERROR_WANT_READ: co_return co_await wait(false, phase);
      case SSL_ERROR_WANT_WRITE: co_return co_await wait(true, phase);
      case SSL_ERROR_ZERO_RETURN: co_return broken(Trouble::closed, phase, to.text() + " closed the connection");
      case SSL_ERROR_SYSCALL:
        if (ERR_peek_error() == 0 && saved != 0)
          co_return broken(fault_of_errno(saved, phase, Heard::later, to.text()));
        break;
      default: break;
    }
    if (auto fault = handshake.fault()) co_return broken(std::move(*fault));
    Fault fault = fault_of_tls(to.text());
    fault.phase = phase;
    co_return broken(std::move(fault));
  }
};

Line::Line(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Line::~Line() = default;

Task<Outcome<std::unique_ptr<Line>>> Line::dial(Loop& loop, const OutboundPolicy& policy, SocketAddress to,
                                                std::optional<SocketAddress> from, std::shared_ptr<Limit> limit) {
  const auto socket = open_socket(to, SOCK_STREAM, from, policy);
  if (!socket) co_return broken(socket.error());
  auto impl = std::make_unique<Impl>(loop, to, std::move(limit));
  impl->descriptor.assign(*socket);
  const int on = 1;
  ::setsockopt(*socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(*socket, to.data(), to.size()) != 0) {
    if (errno != EINPROGRESS) co_return broken(fault_of_errno(errno, Phase::connect, Heard::at_once, to.text()));
    if (auto ready = co_await impl->wait(true, Phase::connect); !ready) co_return broken(std::move(ready).error());
    int error = 0;
    socklen_t size = sizeof(error);
    ::getsockopt(*socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) co_return broken(fault_of_errno(error, Phase::connect, Heard::later, to.text()));
  }
  co_return std::unique_ptr<Line>(new Line(std::move(impl)));
}

Task<Outcome<void>> Line::start_tls(TrustStore& trust, const TlsTerms& terms) {
  Impl& line = *impl_;
  auto context = trust.context(terms);
  if (!context) co_return broken(std::move(context).error());
  line.context = *context;
  line.handshake.verify = terms.verify;
  line.handshake.name = terms.name;
  line.ssl = SSL_new(line.context.get());
  if (!line.ssl || SSL_set_fd(line.ssl, line.descriptor.native_handle()) != 1)
    co_return broken(Trouble::local, Phase::tls, "this machine has no memory for a TLS connection");
  watch(line.ssl, line.handshake);
  if (!terms.protocols.empty()) {
    std::string offer;
    for (const std::string& name : terms.protocols) offer += static_cast<char>(name.size()) + name;
    SSL_set_alpn_protos(line.ssl, reinterpret_cast<const unsigned char*>(offer.data()),
                        static_cast<unsigned>(offer.size()));
  }
  if (!SocketAddress::parse(terms.name, 0)) SSL_set_tlsext_host_name(line.ssl, terms.name.c_str());
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int done = SSL_connect(line.ssl);
    if (done == 1) break;
    if (auto ready = co_await line.after(done, Phase::tls); !ready) {
      if (ready.error().trouble == Trouble::closed) ready.error().trouble = Trouble::reset;
      co_return ready;
    }
  }
  if (line.handshake.seen) line.handshake.seen->protocol = SSL_get_version(line.ssl);
  co_return Outcome<void>{};
}

Task<Outcome<void>> Line::write(std::string_view bytes) {
  Impl& line = *impl_;
  while (!bytes.empty()) {
    errno = 0;
    if (line.ssl) {
      ERR_clear_error();
      const int sent = SSL_write(line.ssl, bytes.data(), static_cast<int>(bytes.size()));
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (auto ready = co_await line.after(sent, Phase::send); !ready) {
        co_return ready;
      }
      continue;
    }
    const auto sent = ::send(line.descriptor.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = co_await line.wait(true, Phase::send); !ready) co_return ready;
    } else if (errno != EINTR) {
      co_return broken(fault_of_errno(errno, Phase::send, Heard::later, line.to.text()));
    }
  }
  co_return Outcome<void>{};
}

Task<Outcome<std::size_t>> Line::read_some(char* into, std::size_t room) {
  Impl& line = *impl_;
  for (;;) {
    if (line.limit->is_over()) co_return broken(line.limit->fault(Phase::transfer, line.to.text()));
    errno = 0;
    if (line.ssl) {
      ERR_clear_error();
      const int got = SSL_read(line.ssl, into, static_cast<int>(room));
      if (got > 0) co_return static_cast<std::size_t>(got);
      if (auto ready = co_await line.after(got, Phase::transfer); !ready) {
        if (ready.error().trouble == Trouble::closed) co_return std::size_t{0};
        co_return broken(std::move(ready).error());
      }
      continue;
    }
    const auto got = ::recv(line.descriptor.native_handle(), into, room, 0);
    if (got >= 0) co_return static_cast<std::size_t>(got);
    if (errno == EAGAIN) {
      if (auto ready = co_await line.wait(false, Phase::transfer); !ready) co_return broken(std::move(ready).error());
    } else if (errno != EINTR) {
      co_return broken(fault_of_errno(errno, Phase::transfer, Heard::later, line.to.text()));
    }
  }
}

const std::optional<PeerChain>& Line::peer() const { return impl_->handshake.seen; }
bool Line::is_tls() const { return impl_->ssl != nullptr; }

std::string_view Line::protocol() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  if (impl_->ssl) SSL_get0_alpn_selected(impl_->ssl, &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

int Line::release() { return impl_->descriptor.release(); }

}  // namespace monitorix::net
