#include "net/outbound/handshake.h"

#include <ctime>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "net/certificate.h"

namespace monitorix::net {
namespace {

int slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::optional<WallTime> end_of(const X509* certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return std::nullopt;
  return WallTime{std::chrono::seconds{::timegm(&parts)}};
}

bool is_self_signed(X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

void note_chain(X509_STORE_CTX* store, PeerChain& chain) {
  chain.not_after = chain.leaf.not_after.value_or(WallTime{});
  STACK_OF(X509)* shown = X509_STORE_CTX_get0_untrusted(store);
  for (int at = 1; shown && at < sk_X509_num(shown); ++at) {
    X509* certificate = sk_X509_value(shown, at);
    if (chain.verified && is_self_signed(certificate)) continue;
    const auto end = end_of(certificate);
    if (!end || *end >= chain.not_after) continue;
    chain.not_after = *end;
    chain.position = at;
  }
}

int verify(X509_STORE_CTX* store, void* only) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* handshake = only ? static_cast<Handshake*>(only) : static_cast<Handshake*>(SSL_get_ex_data(ssl, slot()));
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (!handshake || !leaf) return 0;
  PeerChain chain{};
  chain.leaf = read_certificate(leaf);
  if (handshake->verify) {
    handshake->error = X509_verify_cert(store) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(store);
    if (handshake->error == X509_V_OK && !is_for_host(leaf, handshake->name))
      handshake->error = X509_V_ERR_HOSTNAME_MISMATCH;
    chain.verified = handshake->error == X509_V_OK;
    chain.leaf.chain_trusted = chain.verified;
  }
  note_chain(store, chain);
  if (ssl) chain.protocol = SSL_get_version(ssl);
  handshake->seen = std::move(chain);
  X509_STORE_CTX_set_error(store, static_cast<int>(handshake->error));
  return handshake->error == X509_V_OK ? 1 : 0;
}

}  // namespace

std::optional<Fault> Handshake::fault() const {
  if (error == X509_V_OK) return std::nullopt;
  const std::string said = X509_verify_cert_error_string(error);
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return Fault{Trouble::expired, Phase::tls, said};
    case X509_V_ERR_CERT_NOT_YET_VALID: return Fault{Trouble::not_yet_valid, Phase::tls, said};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Fault{Trouble::other_name, Phase::tls, "the certificate is not for " + name};
    default: return Fault{Trouble::untrusted, Phase::tls, said};
  }
}

void judge_certificates(SSL_CTX* context, Handshake* only) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &verify, only);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);  // the handshake is gone after the first one
}

void watch(SSL* ssl, Handshake& handshake) { SSL_set_ex_data(ssl, slot(), &handshake); }

Fault fault_of_tls(const std::string& whom) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  return fault_of_tls(code, whom);
}

Fault fault_of_tls(unsigned long error, const std::string& whom) {
  const int reason = ERR_GET_REASON(error);
  const char* words = ERR_reason_error_string(error);
  const std::string said = words ? words : "the connection was closed";
  if (error == 0) return {Trouble::reset, Phase::tls, whom + " broke off the handshake"};
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET) {
    const int number = reason - SSL_AD_REASON_OFFSET;
    return {number == SSL_AD_PROTOCOL_VERSION ? Trouble::version : Trouble::alert, Phase::tls, said, number};
  }
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_SSL_VERSION ||
                                            reason == SSL_R_VERSION_TOO_LOW || reason == SSL_R_NO_PROTOCOLS_AVAILABLE))
    return {Trouble::version, Phase::tls, said};
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return {Trouble::reset, Phase::tls, whom + " broke off the handshake"};
  return {Trouble::protocol, Phase::tls, said};
}

}  // namespace monitorix::net
