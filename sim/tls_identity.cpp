#include "sim/tls_identity.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sstream>
#include <stdexcept>

namespace monitorix::sim {

namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* held) const {
    Free(held);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Leaf = std::unique_ptr<X509, Freer<X509_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

constexpr long kHour = 3'600;

void demand(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Key make_key() { return Key(EVP_EC_gen("P-256")); }

std::string text_in(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string key_pem(EVP_PKEY* key) {
  Memory memory(BIO_new(BIO_s_mem()));
  demand(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "key");
  return text_in(memory.get());
}

std::string certificate_pem(X509* leaf) {
  Memory memory(BIO_new(BIO_s_mem()));
  demand(PEM_write_bio_X509(memory.get(), leaf) == 1, "certificate");
  return text_in(memory.get());
}

Key read_key(const std::string& pem) {
  Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
}

Leaf read_certificate(const std::string& pem) {
  Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

std::string fingerprint_of(X509* leaf) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  demand(X509_digest(leaf, EVP_sha256(), digest.data(), &size) == 1, "digest");
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%s%02X", i == 0 ? "" : ":", digest[i]);
    out += hex.data();
  }
  return out;
}

std::string name_text(const X509_NAME* name) {
  char* text = X509_NAME_oneline(name, nullptr, 0);
  std::string out(text);
  OPENSSL_free(text);
  return out;
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  demand(ASN1_TIME_to_tm(time, &parts) == 1, "time");
  return WallTime{std::chrono::seconds{timegm(&parts)}};
}

std::vector<std::string> names_of(X509* leaf) {
  std::vector<std::string> out;
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)));
    } else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
      const auto* part = ASN1_STRING_get0_data(name->d.iPAddress);
      out.push_back(std::to_string(part[0]) + "." + std::to_string(part[1]) + "." + std::to_string(part[2]) + "." +
                    std::to_string(part[3]));
    } else if (name->type == GEN_IPADD) {
      out.emplace_back("0000:0000:0000:0000:0000:0000:0000:0001");
    }
  }
  GENERAL_NAMES_free(names);
  return out;
}

Identity described(EVP_PKEY* key, X509* leaf) {
  Identity identity;
  identity.key_pem = key_pem(key);
  auto& text = identity.certificate;
  text.pem = certificate_pem(leaf);
  text.fingerprint = fingerprint_of(leaf);
  text.subject = name_text(X509_get_subject_name(leaf));
  text.issuer = name_text(X509_get_issuer_name(leaf));
  text.names = names_of(leaf);
  text.not_before = time_of(X509_get0_notBefore(leaf));
  text.not_after = time_of(X509_get0_notAfter(leaf));
  return identity;
}

void name_entry(X509_NAME* name, const char* field, const std::string& value) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1,
                             0);
}

void extend(X509* leaf, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, leaf, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  demand(extension && X509_add_ext(leaf, extension.get(), -1) == 1, "extension");
}

Leaf blank(EVP_PKEY* key, WallTime now, long hours) {
  Leaf leaf(X509_new());
  std::array<unsigned char, 8> serial{};
  RAND_bytes(serial.data(), static_cast<int>(serial.size()));
  std::uint64_t number = 0;
  for (auto byte : serial) number = number << 8U | byte;
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(leaf.get()), number >> 1U);
  X509_set_version(leaf.get(), X509_VERSION_3);
  const auto start = static_cast<std::time_t>(epoch(now)) - 24 * kHour;
  ASN1_TIME_set(X509_getm_notBefore(leaf.get()), start);
  ASN1_TIME_set(X509_getm_notAfter(leaf.get()), start + hours * kHour);
  X509_set_pubkey(leaf.get(), key);
  return leaf;
}

std::string random_unit() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
    out += hex.data();
  }
  return out;
}

}  // namespace

Identity make_authority(WallTime now) {
  const auto key = make_key();
  const auto leaf = blank(key.get(), now, 24L * 3'650);
  auto* name = X509_get_subject_name(leaf.get());
  name_entry(name, "CN", "Proxmox Virtual Environment");
  name_entry(name, "OU", random_unit());
  name_entry(name, "O", "PVE Cluster Manager CA");
  X509_set_issuer_name(leaf.get(), name);
  extend(leaf.get(), leaf.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(leaf.get(), leaf.get(), NID_subject_key_identifier, "hash");
  demand(X509_sign(leaf.get(), key.get(), EVP_sha256()) != 0, "signature");
  return described(key.get(), leaf.get());
}

Identity make_leaf(const Identity& authority, const Node& node, WallTime now) {
  const auto authority_key = read_key(authority.key_pem);
  const auto issuer = read_certificate(authority.certificate.pem);
  demand(authority_key && issuer, "authority");
  const auto key = make_key();
  const auto leaf = blank(key.get(), now, 24L * 730);
  auto* name = X509_get_subject_name(leaf.get());
  name_entry(name, "OU", "PVE Cluster Node");
  name_entry(name, "O", "Proxmox Virtual Environment");
  name_entry(name, "CN", node.name);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer.get()));
  extend(leaf.get(), issuer.get(), NID_basic_constraints, "CA:FALSE");
  extend(leaf.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
  const auto own = node.address == "127.0.0.1" ? std::string() : ",IP:" + node.address;
  extend(leaf.get(), issuer.get(), NID_subject_alt_name, "IP:127.0.0.1,IP:::1,DNS:localhost,DNS:" + node.name + own);
  demand(X509_sign(leaf.get(), authority_key.get(), EVP_sha256()) != 0, "signature");
  return described(key.get(), leaf.get());
}

namespace {

std::string file_text(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Result<Identity> load_identity(const std::string& stem) {
  const auto key = read_key(file_text(stem + ".key"));
  const auto leaf = read_certificate(file_text(stem + ".pem"));
  if (!key || !leaf) return fail(Errc::not_found, stem + ": no key and certificate");
  return described(key.get(), leaf.get());
}

Status save_identity(const Identity& identity, const std::string& stem) {
  for (const auto& [ending, text] : {std::pair{".key", &identity.key_pem}, {".pem", &identity.certificate.pem}}) {
    std::ofstream file(stem + ending, std::ios::binary | std::ios::trunc);
    file << *text;
    if (!file.flush()) return fail(Errc::io, stem + ending + " cannot be written");
  }
  return {};
}

}  // namespace monitorix::sim
