#include "net/transfer.h"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "base/text.h"
#include "net/certificate.h"

namespace monitorix::net {
namespace {

constexpr std::size_t kMaxHeaderBytes = 64u << 10;
constexpr std::size_t kMaxReason = 512;
constexpr std::size_t kMaxRatio = 100;        // of decompressed to received bytes (security S62)
constexpr std::size_t kRatioFrom = 1u << 20;  // below this nobody is hurt
constexpr std::size_t kLargeBody = 1u << 20;
constexpr std::size_t kReceiveBuffer = 16u << 10;  // what curl may hold that its counter does not show yet

std::string host_of(const std::string& url) {
  CURLU* parts = curl_url();
  char* host = nullptr;
  std::string out;
  if (curl_url_set(parts, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
    out = host;
  curl_free(host);
  curl_url_cleanup(parts);
  if (out.starts_with('[') && out.ends_with(']')) out = out.substr(1, out.size() - 2);
  return out;
}

/// The verdict on the peer's certificate, inside the handshake: after it the first HTTP byte may go (S42).
int verify(X509_STORE_CTX* store, void* argument) {
  auto& transfer = *static_cast<Transfer*>(argument);
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (!leaf) return 0;
  Certificate certificate = read_certificate(leaf);
  bool trusted = false;
  if (const auto* pins = std::get_if<TrustPins>(&transfer.request.trust)) {
    for (const Digest& pin : pins->accepted)
      trusted = CRYPTO_memcmp(pin.data(), certificate.fingerprint.data(), pin.size()) == 0 || trusted;
  } else {
    certificate.chain_trusted = X509_verify_cert(store) == 1 && is_for_host(leaf, transfer.host);
    trusted = certificate.chain_trusted && std::holds_alternative<TrustCa>(transfer.request.trust);
  }
  transfer.seen = std::move(certificate);
  transfer.refused = !trusted;
  X509_STORE_CTX_set_error(store, trusted ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return trusted ? 1 : 0;
}

CURLcode on_ssl_context(CURL*, void* ssl_context, void* argument) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  const auto& transfer = *static_cast<Transfer*>(argument);
  if (transfer.roots) SSL_CTX_set1_cert_store(context, transfer.roots.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &verify, argument);
  // The callback's argument lives as long as this call: no second handshake on the connection.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  return CURLE_OK;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* argument) {
  auto& transfer = *static_cast<Transfer*>(argument);
  const std::size_t length = size * count;
  transfer.first_byte = true;
  transfer.header_bytes += length;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.broken = Error{Errc::too_large, "the answer's headers exceed 64 KiB"};
    return 0;
  }
  const std::string_view line = trim({data, length});
  if (line.starts_with("HTTP/")) {  // a new status line: interim answers do not count
    transfer.response.headers.clear();
    const auto first = line.find(' ');
    const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    transfer.response.reason =
        second == std::string_view::npos ? std::string() : valid_utf8(trim(line.substr(second + 1)), kMaxReason);
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    transfer.response.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return length;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* argument) {
  auto& transfer = *static_cast<Transfer*>(argument);
  const std::size_t length = size * count;
  const std::size_t total = transfer.response.body.size() + length;
  curl_off_t announced = -1;  // an answer that says it is too large is not taken in until it is
  if (transfer.response.body.empty()) curl_easy_getinfo(transfer.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (total > transfer.request.max_bytes || announced > static_cast<curl_off_t>(transfer.request.max_bytes)) {
    transfer.broken = Error{Errc::too_large, "the answer is larger than the allowed " +
                                                 std::to_string(transfer.request.max_bytes) + " bytes"};
    return 0;
  }
  if (total > kRatioFrom) {
    curl_off_t received = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
    if (total / kMaxRatio > static_cast<std::size_t>(received) + kReceiveBuffer) {
      transfer.broken = Error{Errc::too_large, "the answer unfolds to more than 100 times its size"};
      return 0;
    }
  }
  std::string& body = transfer.response.body;
  // A page that was never touched costs nothing, but growing by doubling holds three times a large answer for a moment.
  if (total > body.capacity() && total > kLargeBody) body.reserve(std::min(total * 8, transfer.request.max_bytes));
  body.append(data, length);
  return length;
}

/// A line break or a NUL in a header would smuggle a second one.
bool is_plain(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

curl_slist* header_list(const ClientRequest& request) {
  curl_slist* list = nullptr;
  if (!request.authorization.empty()) {
    std::string line = "Authorization: " + request.authorization.reveal();
    list = curl_slist_append(list, line.c_str());
    wipe(line);
  }
  for (const auto& [name, value] : request.headers) {
    const std::string line = name + ": " + value;
    list = curl_slist_append(list, line.c_str());
  }
  return list;
}

}  // namespace

Transfer::Transfer(ClientRequest wanted, std::shared_ptr<X509_STORE> system_roots)
    : request(std::move(wanted)),
      host(host_of(request.url)) {
  const auto* ca = std::get_if<TrustCa>(&request.trust);
  const bool by_system = ca ? ca->ca_pem.empty() : std::holds_alternative<TrustNobodyButLook>(request.trust);
  if (by_system) roots = std::move(system_roots);
}

Status Transfer::start(std::shared_ptr<CurlPool> pool, bool fresh_connection, std::function<void()> done) {
  bool plain = is_plain(request.authorization.reveal()) && is_plain(request.url);
  for (const auto& [name, value] : request.headers) plain = plain && is_plain(name) && is_plain(value);
  if (!plain) return fail(Errc::invalid, "a header or the address of the call contains a line break");
  easy = curl_easy_init();
  if (!easy) return fail(Errc::unavailable, "libcurl has no memory for a call");
  headers_ = header_list(request);
  configure(fresh_connection);
  pool_ = std::move(pool);
  std::function<void(CURLcode)> ended = [this, tell = std::move(done)](CURLcode result) {
    code = result;
    finished = true;
    tell();
  };
  pool_->add(easy, std::move(ended));
  return {};
}

void Transfer::end() {
  if (!easy) return;
  if (pool_) pool_->remove(easy);
  note_facts();
  curl_easy_cleanup(easy);
  easy = nullptr;
  pool_.reset();
  for (curl_slist* at = headers_; at; at = at->next)
    OPENSSL_cleanse(at->data, std::char_traits<char>::length(at->data));
  curl_slist_free_all(headers_);
  headers_ = nullptr;
}

void Transfer::configure(bool fresh_connection) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // else an unanswered name would block the loop when given up
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "Monitorix");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text.data());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(2 * request.deadlines.connect.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.deadlines.total.count()));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a resumed session would skip the verdict
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  // No bundle to parse (50 ms and 0.9 MB a connection): pins need none, public roots come from the shared store.
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  const auto* ca = std::get_if<TrustCa>(&request.trust);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, ca ? 2L : 0L);
  if (ca && !ca->ca_pem.empty()) {
    curl_blob blob{const_cast<char*>(ca->ca_pem.data()), ca->ca_pem.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
  }
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &on_ssl_context);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  if (fresh_connection) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

void Transfer::note_facts() {
  long status = 0, connects = 0;
  curl_off_t body = 0, took = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took);
  response.status = static_cast<int>(status);
  response.reused_connection = connects == 0;
  response.wire_bytes = static_cast<std::uint64_t>(body) + header_bytes;
  response.took = std::chrono::microseconds{took};
  response.certificate = seen;
}

Error Transfer::error() const {
  if (broken) return *broken;
  if (refused && seen)
    return {Errc::tls_mismatch,
            "the server shows a certificate that is not trusted: " + fingerprint_text(seen->fingerprint)};
  const std::string text = error_text[0] != '\0' ? std::string(error_text.data()) : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return {Errc::timeout, "no answer in time: " + text};
    case CURLE_COULDNT_RESOLVE_HOST: return {Errc::unreachable, "the name does not resolve: " + text};
    case CURLE_COULDNT_CONNECT: return {Errc::unreachable, "no connection: " + text};
    case CURLE_PEER_FAILED_VERIFICATION: return {Errc::tls_mismatch, text};
    case CURLE_SSL_CONNECT_ERROR: return {Errc::unreachable, "no TLS connection: " + text};
    case CURLE_PARTIAL_FILE: return {Errc::protocol, "the answer ends too early: " + text};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
    case CURLE_URL_MALFORMAT: return {Errc::protocol, "not an answer in HTTP: " + text};
    default: return {Errc::unreachable, "the connection broke: " + text};
  }
}

bool Transfer::worth_a_second_try() const {
  return code != CURLE_OK && !first_byte && !broken && response.reused_connection &&
         (code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR);
}

}  // namespace monitorix::net
