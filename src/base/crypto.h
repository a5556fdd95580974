#pragma once
// OpenSSL's and libsodium's digests, random and sealing behind plain functions. All are thread-safe.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace monitorix {

using Digest = std::array<unsigned char, 32>;

std::string random_bytes(std::size_t count);
Digest sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
bool equal_constant_time(std::string_view a, std::string_view b);
std::uint32_t crc32c(std::string_view bytes);

/// "AA:BB:.." of 32 bytes, and back from any case with or without colons.
std::string fingerprint_text(const Digest& digest);
Result<Digest> parse_fingerprint(std::string_view text);

/// The master key and what is made of it: one sub-key per purpose by HKDF-SHA256 (security S36).
class Keyring {
 public:
  /// Refuses anything but 32 bytes.
  static Result<Keyring> from_master(Secret master);
  [[nodiscard]] Secret subkey(std::string_view purpose) const;

  /// XChaCha20-Poly1305, random nonce, "v1" + kid + nonce + ciphertext; `place` = table, row id, column
  /// is authenticated too, so that a swapped ciphertext fails closed (S35).
  [[nodiscard]] std::string seal(const Secret& plain, std::string_view place) const;
  [[nodiscard]] Result<Secret> open(std::string_view sealed, std::string_view place) const;
  /// A value stored beside the ciphertexts that tells whether this is the right key.
  [[nodiscard]] std::string check_value() const;

 private:
  explicit Keyring(Secret master) : master_(std::move(master)) {}
  Secret master_;
};

/// Loads `path` (32 bytes, our uid, 0600, no symlink) or, if `may_create`, makes it with O_EXCL and fsync.
Result<Secret> load_master_key(const std::string& path, bool may_create);

}  // namespace monitorix
