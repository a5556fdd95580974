#include "net/outbound/exchange_call.h"

#include <charconv>
#include <openssl/crypto.h>

#include "base/text.h"
#include "net/outbound/line.h"

namespace monitorix::net {
namespace {

constexpr std::size_t kMostHeaderBytes = 64u << 10;

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* argument) {
  auto& exchange = *static_cast<ExchangeCall*>(argument);
  const std::size_t length = size * count;
  exchange.header_bytes += length;
  if (exchange.header_bytes > kMostHeaderBytes) {
    exchange.objection = Fault{Trouble::protocol, Phase::transfer, "the answer's headers exceed 64 KiB"};
    return 0;
  }
  const std::string_view line = trim({data, length});
  if (line.starts_with("HTTP/")) {  // a new status line: interim answers, and those of a proxy, do not count
    exchange.answer.headers.clear();
    exchange.answer.version = line.substr(5, line.find(' ') - 5);
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    exchange.answer.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return length;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* argument) {
  auto& exchange = *static_cast<ExchangeCall*>(argument);
  const std::size_t length = size * count;
  HttpAnswer& answer = exchange.answer;
  answer.body_bytes += static_cast<std::int64_t>(length);
  if (answer.body_bytes > exchange.call.most_bytes) {
    exchange.objection = Fault{Trouble::too_large, Phase::transfer,
                               "the body is larger than " + std::to_string(exchange.call.most_bytes) + " bytes"};
    return 0;
  }
  const auto room = static_cast<std::size_t>(exchange.call.keep_bytes) - answer.body.size();
  answer.body.append(data, std::min(length, room));
  return length;
}

/// Every socket comes from here, and is judged on the address that it is to be connected to (security S51).
curl_socket_t on_open(void* argument, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<ExchangeCall*>(argument);
  const auto to = SocketAddress::from(&address->addr, address->addrlen);
  if (!to) return CURL_SOCKET_BAD;
  auto made = open_socket(*to, address->socktype, exchange.call.from, *exchange.call.policy);
  if (made) return *made;
  exchange.objection = std::move(made).error();
  return CURL_SOCKET_BAD;
}

CURLcode on_ssl_context(CURL*, void* ssl_context, void* argument) {
  auto& exchange = *static_cast<ExchangeCall*>(argument);
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  const bool is_of_proxy = exchange.tls_contexts++ == 0 && exchange.call.proxy.starts_with("https:");
  if (is_of_proxy) {  // judged as curl does it, by the system's authorities
    const auto store = exchange.trust.authorities(TlsTerms{});
    SSL_CTX_set1_cert_store(context, store->get());
    return CURLE_OK;
  }
  exchange.connected =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - exchange.started)
          .count();
  auto configured = exchange.trust.configure(context, exchange.call.tls);
  if (!configured) {
    exchange.objection = std::move(configured).error();
    return CURLE_ABORTED_BY_CALLBACK;
  }
  judge_certificates(context, &exchange.handshake);
  return CURLE_OK;
}

long curl_version_of(const HttpCall& call) {
  if (call.version == HttpVersion::v1_1) return CURL_HTTP_VERSION_1_1;
  if (!call.url.is_https && call.version == HttpVersion::v2) return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  return call.url.is_https ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
}

/// The code of OpenSSL's that curl writes into its text: "error:0A000410:SSL routines::...".
unsigned long openssl_code(std::string_view text) {
  const auto at = text.find("error:");
  unsigned long code = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + 6, text.data() + text.size(), code, 16);
  return code;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

ExchangeCall::ExchangeCall(HttpCall wanted, TrustStore& trust_store, CURL* handle)
    : call(std::move(wanted)),
      trust(trust_store),
      easy_(handle) {
  handshake.verify = call.tls.verify;
  handshake.name = call.tls.name;
}

ExchangeCall::~ExchangeCall() {
  if (easy_) curl_easy_cleanup(end());
}

void ExchangeCall::start(std::shared_ptr<CurlPool> through, std::function<void()> done) {
  configure();
  pool_ = std::move(through);
  started = std::chrono::steady_clock::now();
  std::function<void(CURLcode)> ended = [this, tell = std::move(done)](CURLcode result) {
    code_ = result;
    finished = true;
    tell();
  };
  pool_->add(easy_, std::move(ended));
}

CURL* ExchangeCall::end() {
  if (!easy_) return nullptr;
  if (pool_) pool_->remove(easy_);
  const auto moment = [this](CURLINFO which) {
    curl_off_t at = 0;
    curl_easy_getinfo(easy_, which, &at);
    return static_cast<std::int64_t>(at);
  };
  long status = 0, request = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &request);
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &system_error_);
  answer.status = static_cast<int>(status);
  sent_ = request > 0;
  moments_ = {moment(CURLINFO_CONNECT_TIME_T), moment(CURLINFO_APPCONNECT_TIME_T), moment(CURLINFO_PRETRANSFER_TIME_T),
              moment(CURLINFO_STARTTRANSFER_TIME_T), moment(CURLINFO_TOTAL_TIME_T)};
  if (connected > 0) moments_.connect = connected;
  pool_.reset();
  for (curl_slist* at = headers_; at; at = at->next)
    OPENSSL_cleanse(at->data, std::char_traits<char>::length(at->data));
  curl_slist_free_all(std::exchange(headers_, nullptr));
  curl_slist_free_all(std::exchange(addresses_, nullptr));
  return std::exchange(easy_, nullptr);
}

void ExchangeCall::configure() {
  CURL* easy = easy_;
  configure_target();
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, call.url.is_https ? "https" : "http");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, curl_version_of(call));
  curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  if (call.decompress) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 3'600'000L);  // the run's own deadline comes first
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 16384L);
  for (const auto& [name, value] : call.headers)
    headers_ = curl_slist_append(headers_, (name + (value.empty() ? ";" : ": " + value)).c_str());
  headers_ = curl_slist_append(headers_, "Expect:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
  if (!call.user_agent.empty()) curl_easy_setopt(easy, CURLOPT_USERAGENT, call.user_agent.c_str());
  if (call.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else {
    if (!call.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    }
    if (call.method != "GET" || !call.body.empty()) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
  if (call.url.is_https || call.proxy.starts_with("https:")) {
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a resumed session shows no certificate
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);       // the handshake's callback looks at the name
    // curl keeps the first store that it meets and puts it, after our callback, into later contexts of other terms.
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, nullptr);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &on_ssl_context);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
  }
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  if (call.warm_key.empty()) {
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
}

/// curl is told the address, so that it never looks up a name itself; the URL keeps what goes into SNI.
void ExchangeCall::configure_target() {
  const std::string& name = call.tls.name;
  const bool is_dressed = call.url.is_https && !name.empty() && name != call.url.host;
  if (is_dressed) {
    Url dressed = call.url;
    dressed.host = name;
    curl_easy_setopt(easy_, CURLOPT_URL, dressed.text().c_str());
    const std::string authority = call.url.origin().substr(8);
    const bool is_default = call.url.port == 443;
    headers_ = curl_slist_append(
        headers_, ("Host: " + (is_default ? authority.substr(0, authority.rfind(':')) : authority)).c_str());
  } else {
    curl_easy_setopt(easy_, CURLOPT_URL, call.url.text().c_str());
  }
  // socks5h: the proxy looks the name up; with socks5 curl would do so itself, unseen by us.
  const bool is_socks = call.proxy.starts_with("socks5://");
  curl_easy_setopt(easy_, CURLOPT_PROXY, is_socks ? ("socks5h" + call.proxy.substr(6)).c_str() : call.proxy.c_str());
  if (!call.proxy.empty()) {
    const std::string place = call.proxy_host + ':' + std::to_string(call.to.port()) + ':' + call.to.host();
    addresses_ = curl_slist_append(nullptr, ('+' + place).c_str());
    curl_easy_setopt(easy_, CURLOPT_RESOLVE, addresses_);
    curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    return;
  }
  // curl would remember the number as if it were a name, and look through all that it remembers after each call.
  curl_easy_setopt(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  const auto number = SocketAddress::parse(call.url.host, call.url.port);
  if (!is_dressed && number && *number == call.to) return;
  addresses_ = curl_slist_append(nullptr, ("::" + call.to.text()).c_str());
  curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, addresses_);
}

Phase ExchangeCall::phase_reached(const Moments& at) const {
  if (at.first_byte > 0) return Phase::transfer;
  if (at.ready > 0 || sent_) return sent_ ? Phase::first_byte : Phase::send;
  if (at.connect == 0) return Phase::connect;
  return call.url.is_https && at.tls == 0 ? Phase::tls : Phase::send;
}

void ExchangeCall::conclude(const Limit& limit) {
  const Moments& at = moments_;
  const Phase reached = phase_reached(at);
  answer.peer = std::move(handshake.seen);
  answer.fault = fault_now(limit, reached);
  if (answer.fault && answer.fault->trouble == Trouble::denied) return;  // nobody was called
  HttpTimes& times = answer.times;
  const std::int64_t secured = std::max(at.connect, at.tls);
  const std::int64_t now = std::max(at.total, std::max(at.first_byte, std::max(at.ready, secured)));
  times.connect = reached == Phase::connect ? now : at.connect;
  if (reached == Phase::connect) return;
  if (call.url.is_https && (at.tls > 0 || reached == Phase::tls))
    times.tls = (at.tls > 0 ? at.tls : now) - std::min(at.connect, at.tls > 0 ? at.tls : now);
  if (reached < Phase::send) return;
  times.send = (reached == Phase::send ? now : at.ready) - std::min(secured, reached == Phase::send ? now : at.ready);
  if (reached < Phase::first_byte) return;
  times.first_byte = (reached == Phase::first_byte ? now : at.first_byte) - at.ready;
  if (reached == Phase::transfer) times.transfer = now - at.first_byte;
}

std::optional<Fault> ExchangeCall::fault_now(const Limit& limit, Phase phase) const {
  if (finished && code_ == CURLE_OK) return std::nullopt;
  if (auto fault = handshake.fault()) return fault;
  if (objection) return objection;
  if (!finished) return limit.fault(phase, call.to.text());
  return fault_of_code(phase);
}

Fault ExchangeCall::fault_of_code(Phase phase) const {
  const std::string whom = call.to.text();
  const std::string text = error_text_[0] != '\0' ? std::string(error_text_.data()) : curl_easy_strerror(code_);
  const unsigned long tls_code = openssl_code(text);
  switch (code_) {
    case CURLE_OUT_OF_MEMORY: return {Trouble::local, phase, "this machine has no memory for a call"};
    case CURLE_COULDNT_CONNECT:
      return system_error_ != 0 ? fault_of_connect(static_cast<int>(system_error_), call.to, call.from)
                                : Fault{Trouble::refused, phase, text};
    case CURLE_SSL_CONNECT_ERROR:
      if (tls_code != 0) return fault_of_tls(tls_code, whom);
      if (has(text, "reset") || has(text, "SYSCALL"))
        return {Trouble::reset, Phase::tls, whom + " broke off the handshake"};
      return {Trouble::protocol, Phase::tls, text};
    case CURLE_PEER_FAILED_VERIFICATION: return {Trouble::untrusted, Phase::tls, text};
    case CURLE_GOT_NOTHING: return {Trouble::closed, phase, whom + " closed the connection without an answer"};
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      if (has(text, "CONNECT tunnel")) return {Trouble::protocol, phase, "the proxy: " + text};
      if (tls_code != 0) return fault_of_tls(tls_code, whom);
      return {Trouble::reset, phase, whom + " broke the connection"};
    case CURLE_PARTIAL_FILE: return {Trouble::protocol, phase, "the answer ends too early: " + text};
    default: return {Trouble::protocol, phase, text};
  }
}

}  // namespace monitorix::net
