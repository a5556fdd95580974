#include "net/outbound/trust.h"

#include <cstdlib>
#include <map>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/crypto.h"
#include "base/log.h"
#include "net/outbound/handshake.h"

namespace monitorix::net {
namespace {

using Store = std::shared_ptr<X509_STORE>;
using Context = std::shared_ptr<SSL_CTX>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
constexpr std::size_t kMostKept = 512;  // beyond it the cache starts anew
constexpr const char* kDebianBundle = "/etc/ssl/certs/ca-certificates.crt";

Bio reader_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

Store system_authorities() {
  Store store(X509_STORE_new(), &X509_STORE_free);
  const char* named = std::getenv(X509_get_default_cert_file_env());
  // All in memory: a store that looks in a folder does so again for each unknown issuer.
  if (X509_STORE_load_file(store.get(), named ? named : kDebianBundle) != 1 &&
      X509_STORE_set_default_paths(store.get()) != 1)
    log::warn("the system's certificate store cannot be opened");
  ERR_clear_error();
  return store;
}

Store authorities_of(const std::string& pem) {
  Store store(X509_STORE_new(), &X509_STORE_free);
  const Bio reader = reader_of(pem);
  int taken = 0;
  while (X509* certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    taken += X509_STORE_add_cert(store.get(), certificate);
    X509_free(certificate);
  }
  ERR_clear_error();
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);  // an intermediate or the server's own will do
  return taken > 0 ? store : nullptr;
}

int version_of(const std::string& text) {
  if (text == "1.0") return TLS1_VERSION;
  if (text == "1.1") return TLS1_1_VERSION;
  if (text == "1.3") return TLS1_3_VERSION;
  return TLS1_2_VERSION;
}

bool take_identity(SSL_CTX* context, const TlsTerms& terms) {
  const Bio certificates = reader_of(terms.client_certificate_pem), keys = reader_of(terms.client_key_pem.reveal());
  X509* leaf = PEM_read_bio_X509_AUX(certificates.get(), nullptr, nullptr, nullptr);
  bool good = leaf && SSL_CTX_use_certificate(context, leaf) == 1;
  X509_free(leaf);
  while (good) {
    X509* next = PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr);
    if (!next) break;
    if (SSL_CTX_add0_chain_cert(context, next) == 1) continue;
    X509_free(next);
    good = false;
  }
  // An empty passphrase: nobody sits here to be asked for one.
  EVP_PKEY* key = PEM_read_bio_PrivateKey(keys.get(), nullptr, nullptr, const_cast<char*>(""));
  good = good && key && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
  EVP_PKEY_free(key);
  ERR_clear_error();
  return good;
}

Digest key_of(const TlsTerms& terms) {
  std::string all = terms.verify ? "v" : "-";
  for (const std::string* part :
       {&terms.minimum_version, &terms.ca_pem, &terms.client_certificate_pem, &terms.client_key_pem.reveal()})
    all += std::to_string(part->size()) + ':' + *part;
  const Digest out = sha256(all);
  wipe(all);
  return out;
}

}  // namespace

struct TrustStore::Impl {
  Store system{system_authorities()};
  std::map<Digest, Store> stores{};
  std::map<Digest, Context> contexts{};
};

TrustStore::TrustStore() : impl_(std::make_unique<Impl>()) {}
TrustStore::~TrustStore() = default;

Outcome<Store> TrustStore::authorities(const TlsTerms& terms) {
  if (!terms.verify) return Store{};
  if (terms.ca_pem.empty()) return impl_->system;
  if (impl_->stores.size() >= kMostKept) impl_->stores.clear();
  Store& kept = impl_->stores[sha256(terms.ca_pem)];
  if (!kept) kept = authorities_of(terms.ca_pem);
  if (!kept) return broken(Trouble::local, Phase::tls, "the service's authorities (CA) cannot be read");
  return kept;
}

Outcome<void> TrustStore::configure(SSL_CTX* context, const TlsTerms& terms) {
  auto store = authorities(terms);
  if (!store) return broken(std::move(store).error());
  if (*store) SSL_CTX_set1_cert_store(context, store->get());
  const int version = version_of(terms.minimum_version);
  SSL_CTX_set_min_proto_version(context, version);
  // Debian's level 2 knows no TLS below 1.2; who asks for an older one means it.
  if (version < TLS1_2_VERSION) SSL_CTX_set_security_level(context, 0);
  if (!terms.client_certificate_pem.empty() && !take_identity(context, terms))
    return broken(Trouble::local, Phase::tls, "the service's client certificate and key cannot be used together");
  return {};
}

Outcome<Context> TrustStore::context(const TlsTerms& terms) {
  if (impl_->contexts.size() >= kMostKept) impl_->contexts.clear();
  const Digest key = key_of(terms);
  if (const auto known = impl_->contexts.find(key); known != impl_->contexts.end()) return known->second;
  Context made(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!made) return broken(Trouble::local, Phase::tls, "this machine has no memory for a TLS connection");
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
  judge_certificates(made.get(), nullptr);
  if (auto configured = configure(made.get(), terms); !configured) return broken(std::move(configured).error());
  impl_->contexts.emplace(key, made);
  return made;
}

Status check_terms(const TlsTerms& terms) {
  if (!terms.ca_pem.empty() && !authorities_of(terms.ca_pem))
    return fail(Errc::invalid, "the authorities (CA) hold no certificate in PEM");
  const Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!terms.client_certificate_pem.empty() && !take_identity(context.get(), terms))
    return fail(Errc::invalid, "the client certificate and its key, without a passphrase, are needed in PEM");
  return {};
}

}  // namespace monitorix::net
