#include "api/auth/api_key.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kPrefixBytes = 4, kSecretBytes = 32;
constexpr std::size_t kPrefixSize = kApiKeyMark.size() + 2 * kPrefixBytes;
constexpr std::size_t kKeySize = kPrefixSize + 1 + 43;  // 32 bytes in base64url

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_base64url(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

}  // namespace

FreshKey make_api_key() {
  FreshKey key;
  key.prefix = std::string(kApiKeyMark) + to_hex(random_bytes(kPrefixBytes));
  std::string text = key.prefix + "_" + base64url(random_bytes(kSecretBytes));
  key.hash = api_key_hash(text);
  key.text = Secret(text);
  wipe(text);
  return key;
}

bool is_api_key(std::string_view text) {
  return text.size() == kKeySize && text.starts_with(kApiKeyMark) && text[kPrefixSize] == '_' &&
         std::ranges::all_of(text.substr(kApiKeyMark.size(), 2 * kPrefixBytes), is_hex) &&
         std::ranges::all_of(text.substr(kPrefixSize + 1), is_base64url);
}

std::string api_key_hash(std::string_view text) {
  const auto digest = sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Role role_for(KeyScope scope) {
  switch (scope) {
    case KeyScope::read:
    case KeyScope::metrics: return Role::viewer;
    case KeyScope::operate:
    case KeyScope::hooks: return Role::operator_;
    case KeyScope::configure: return Role::editor;
    case KeyScope::admin: return Role::admin;
  }
  return Role::admin;
}

std::optional<Role> role_of(std::span<const KeyScope> scopes) {
  std::optional<Role> role;
  for (const KeyScope scope : scopes)
    if (scope != KeyScope::metrics && scope != KeyScope::hooks)
      role = std::max(role.value_or(Role::viewer), role_for(scope));
  return role;
}

}  // namespace monitorix::api
