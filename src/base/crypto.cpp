#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <stdexcept>

#include "base/text.h"

// Sealed form: "v1" kid(1 byte) nonce(24) ciphertext+tag. AAD = kid, 0x1f, place.

namespace monitorix {
namespace {

constexpr char kKid = 1;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeadSize = 3;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string associated(std::string_view place) {
  std::string out(1, kKid);
  out += '\x1f';
  out += place;
  return out;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return out;
}

Digest sha256(std::string_view bytes) {
  Digest out{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available");
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(32, '\0');
  unsigned length = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(), bytes_of(out),
            &length))
    throw std::runtime_error("HMAC-SHA-256 is not available");
  return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::uint32_t crc32c(std::string_view bytes) {
  constexpr std::uint32_t polynomial = 0x82F63B78u;  // Castagnoli, reflected
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = value >> 1u ^ ((value & 1u) != 0 ? polynomial : 0u);
      made[i] = value;
    }
    return made;
  }();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = crc >> 8u ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xFFu];
  return ~crc;
}

std::string fingerprint_text(const Digest& digest) {
  std::string out;
  for (const unsigned char byte : digest) {
    if (!out.empty()) out += ':';
    out += "0123456789ABCDEF"[byte >> 4u];
    out += "0123456789ABCDEF"[byte & 0xFu];
  }
  return out;
}

Result<Digest> parse_fingerprint(std::string_view text) {
  Digest out{};
  std::size_t digits = 0;
  for (const char c : trim(text)) {
    if (c == ':') continue;
    const auto lower = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    const auto value = std::string_view("0123456789abcdef").find(lower);
    if (value == std::string_view::npos || digits == 64)
      return fail(Errc::invalid, "a SHA-256 fingerprint is 64 hexadecimal digits, with or without colons");
    out[digits / 2] = static_cast<unsigned char>(out[digits / 2] * 16 + value);
    ++digits;
  }
  if (digits != 64)
    return fail(Errc::invalid, "a SHA-256 fingerprint is 64 hexadecimal digits, with or without colons");
  return out;
}

Result<Keyring> Keyring::from_master(Secret master) {
  if (master.reveal().size() != 32) return fail(Errc::invalid, "the master key is not 32 bytes");
  if (sodium_init() < 0) return fail(Errc::unavailable, "libsodium does not start");
  return Keyring(std::move(master));
}

Secret Keyring::subkey(std::string_view purpose) const {
  std::string out(32, '\0');
  std::size_t length = out.size();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr);
  const bool made = context && EVP_PKEY_derive_init(context) > 0 &&
                    EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) > 0 &&
                    EVP_PKEY_CTX_set1_hkdf_salt(context, bytes_of(std::string_view("monitorix")), 9) > 0 &&
                    EVP_PKEY_CTX_set1_hkdf_key(context, bytes_of(std::string_view(master_.reveal())), 32) > 0 &&
                    EVP_PKEY_CTX_add1_hkdf_info(context, bytes_of(purpose), static_cast<int>(purpose.size())) > 0 &&
                    EVP_PKEY_derive(context, bytes_of(out), &length) > 0;
  EVP_PKEY_CTX_free(context);
  if (!made) throw std::runtime_error("HKDF-SHA-256 is not available");
  return Secret(std::move(out));
}

std::string Keyring::seal(const Secret& plain, std::string_view place) const {
  const Secret key = subkey("database");
  const std::string nonce = random_bytes(kNonceSize);
  const std::string extra = associated(place);
  std::string cipher(plain.reveal().size() + kTagSize, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(cipher), nullptr, bytes_of(std::string_view(plain.reveal())),
                                             plain.reveal().size(), bytes_of(std::string_view(extra)), extra.size(),
                                             nullptr, bytes_of(std::string_view(nonce)),
                                             bytes_of(std::string_view(key.reveal())));
  return std::string("v1") + kKid + nonce + cipher;
}

Result<Secret> Keyring::open(std::string_view sealed, std::string_view place) const {
  if (sealed.size() < kHeadSize + kNonceSize + kTagSize || sealed.substr(0, 2) != "v1" || sealed[2] != kKid)
    return fail(Errc::denied, "a sealed value has an unknown form");
  const Secret key = subkey("database");
  const std::string extra = associated(place);
  const std::string_view nonce = sealed.substr(kHeadSize, kNonceSize);
  const std::string_view cipher = sealed.substr(kHeadSize + kNonceSize);
  std::string plain(cipher.size() - kTagSize, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain), nullptr, nullptr, bytes_of(cipher), cipher.size(),
                                                 bytes_of(std::string_view(extra)), extra.size(), bytes_of(nonce),
                                                 bytes_of(std::string_view(key.reveal()))) != 0)
    return fail(Errc::denied, "a sealed value does not open: it was altered, or this is not its master key");
  return Secret(std::move(plain));
}

std::string Keyring::check_value() const {
  return to_hex(hmac_sha256(subkey("check").reveal(), "monitorix master key check")).substr(0, 32);
}

}  // namespace monitorix
