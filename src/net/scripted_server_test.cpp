#include "net/scripted_server.h"

#include <arpa/inet.h>
#include <csignal>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

namespace monitorix::net {
namespace {

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Digest Identity::fingerprint() const {
  Digest digest{};
  unsigned size = 0;
  X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size);
  return digest;
}

std::string Identity::certificate_pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate.get());
  return text_of(memory);
}

std::string Identity::key_pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(memory);
}

Identity make_identity(const std::string& address) {
  Identity identity{};
  identity.key = std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  identity.certificate = std::shared_ptr<X509>(X509_new(), &X509_free);
  X509* leaf = identity.certificate.get();
  X509_set_version(leaf, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(leaf), 7);
  X509_gmtime_adj(X509_getm_notBefore(leaf), -60);
  X509_gmtime_adj(X509_getm_notAfter(leaf), 86'400);
  const auto* name = reinterpret_cast<const unsigned char*>("pve1.example.test");
  X509_NAME_add_entry_by_txt(X509_get_subject_name(leaf), "CN", MBSTRING_ASC, name, -1, -1, 0);
  X509_set_issuer_name(leaf, X509_get_subject_name(leaf));
  X509_set_pubkey(leaf, identity.key.get());
  add_extension(leaf, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(leaf, NID_subject_alt_name, "DNS:localhost,IP:" + address);
  X509_sign(leaf, identity.key.get(), EVP_sha256());
  return identity;
}

std::string Talk::read_head() {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n")) {
    if (SSL_read(ssl_, &byte, 1) != 1) return {};
    ++bytes_read_;
    head += byte;
  }
  return head;
}

bool Talk::write(std::string_view bytes) {
  return bytes.empty() || SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
}

ScriptedServer::ScriptedServer(Script script, Identity identity)
    : script_(std::move(script)),
      identity_(std::move(identity)),
      context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX_use_certificate(context_.get(), identity_.certificate.get());
  SSL_CTX_use_PrivateKey(context_.get(), identity_.key.get());
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 || ::listen(listener_, 64) != 0)
    throw std::runtime_error("no port to listen on");
  socklen_t size = sizeof(address);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

std::string ScriptedServer::url(std::string_view path) const {
  return "https://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void ScriptedServer::accept_loop() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::size_t number = ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

void ScriptedServer::serve(int socket, std::size_t number) {
  std::this_thread::sleep_for(delay_.load());
  SSL* ssl = SSL_new(context_.get());
  SSL_set_fd(ssl, socket);
  if (!stopping_ && SSL_accept(ssl) == 1) {
    Talk talk(ssl, number);
    script_(talk);
    // Bytes that the script did not wait for count too.
    char rest[256];
    std::size_t more = 0;
    timeval brief{0, 50'000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof(brief));
    if (const int got = SSL_read(ssl, rest, sizeof(rest)); got > 0) more = static_cast<std::size_t>(got);
    http_bytes_ += talk.bytes_read() + more;
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  const std::lock_guard lock(mutex_);
  sockets_.remove(socket);
  ::close(socket);
}

std::string answer_of(std::string_view status_line, std::string_view headers, std::string_view body) {
  return std::string(status_line) + "\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

std::string gzipped(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace monitorix::net
