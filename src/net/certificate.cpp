#include "net/certificate.h"

#include <arpa/inet.h>
#include <array>
#include <ctime>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/text.h"

namespace monitorix::net {
namespace {

std::string name_text(const X509_NAME* name) {
  BIO* memory = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text = size > 0 ? valid_utf8({data, static_cast<std::size_t>(size)}, 1024) : std::string();
  BIO_free(memory);
  return text;
}

std::optional<WallTime> time_of(const ASN1_TIME* at) {
  std::tm parts{};
  if (!at || ASN1_TIME_to_tm(at, &parts) != 1) return std::nullopt;
  return WallTime{std::chrono::seconds{::timegm(&parts)}};
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(address) != 16) return {};
  const char* made = ::inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
  return made ? made : "";
}

std::vector<std::string> alternative_names(X509* leaf) {
  std::vector<std::string> names;
  auto* list = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr));
  for (int at = 0; list && at < sk_GENERAL_NAME_num(list) && names.size() < 64; ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, at);
    if (name->type == GEN_DNS) {
      const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
      names.push_back(valid_utf8({data, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}, 256));
    } else if (name->type == GEN_IPADD) {
      names.push_back(address_text(name->d.iPAddress));
    }
  }
  GENERAL_NAMES_free(list);
  return names;
}

}  // namespace

Certificate read_certificate(X509* leaf) {
  Certificate out{};
  unsigned length = 0;
  X509_digest(leaf, EVP_sha256(), out.fingerprint.data(), &length);
  out.subject = name_text(X509_get_subject_name(leaf));
  out.issuer = name_text(X509_get_issuer_name(leaf));
  out.sans = alternative_names(leaf);
  out.not_before = time_of(X509_get0_notBefore(leaf));
  out.not_after = time_of(X509_get0_notAfter(leaf));
  return out;
}

bool is_for_host(X509* leaf, const std::string& host) {
  return X509_check_host(leaf, host.c_str(), host.size(), 0, nullptr) == 1 ||
         X509_check_ip_asc(leaf, host.c_str(), 0) == 1;
}

}  // namespace monitorix::net
