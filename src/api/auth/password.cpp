#include "api/auth/password.h"

#include <crypt.h>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utf8proc.h>

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kWorthNormalising = 1024;  // composing shortens, but not from here to 72 bytes

/// NFC; nothing when the text is not UTF-8 or has a NUL or is far too long.
std::optional<std::string> normal_form(std::string_view password) {
  if (password.size() > kWorthNormalising || password.find('\0') != std::string_view::npos) return std::nullopt;
  utf8proc_uint8_t* made = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(password.data()),
                                 static_cast<utf8proc_ssize_t>(password.size()), &made,
                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(made, &std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
}

Result<std::string> bcrypt(const std::string& password, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB: not for the stack
  const char* hashed = crypt_r(password.c_str(), setting.c_str(), data.get());
  if (!hashed || hashed[0] == '*') return fail(Errc::io, "bcrypt is not available in this libcrypt");
  return std::string(hashed);
}

std::string new_setting(int cost) {
  const std::string salt = random_bytes(16);
  char setting[CRYPT_GENSALT_OUTPUT_SIZE]{};
  crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), salt.data(), static_cast<int>(salt.size()), setting,
                   sizeof setting);
  return setting;
}

/// $2a$ and $2y$ come with imported accounts; all three are the same bcrypt to libcrypt.
int cost_of(const std::string& hash) {
  if (hash.size() < 7 || !(hash.starts_with("$2b$") || hash.starts_with("$2a$") || hash.starts_with("$2y$"))) return 0;
  return (hash[4] - '0') * 10 + (hash[5] - '0');
}

}  // namespace

Status check_new_password(std::string_view given, std::string_view username) {
  if (given.size() > kWorthNormalising) return fail(Errc::too_large, "must have at most 72 bytes");
  const auto password = normal_form(given);
  if (!password) return fail(Errc::invalid, "has characters that are not allowed");
  if (password->size() > kMostPasswordBytes) return fail(Errc::too_large, "must have at most 72 bytes");
  if (password->size() < kLeastPasswordBytes) return fail(Errc::invalid, "must have at least 12 bytes");
  const auto lowered = lower_ascii(*password);
  const auto name = lower_ascii(username);
  if (!name.empty() && lowered.find(name) != std::string::npos && password->size() < name.size() + 9)
    return fail(Errc::invalid, "must not be made of the user name");
  if (is_common_password(*password)) return fail(Errc::invalid, "is one of the most common passwords");
  return {};
}

Passwords::Passwords(int cost) : cost_(cost), pool_("passwords", 2, 32, net::WorkerPool::Priority::lowered) {
  dummy_ = bcrypt(to_hex(random_bytes(16)), new_setting(cost_)).value_or("");
}

net::Task<Result<std::string>> Passwords::hash(std::string password) {
  std::function<Result<std::string>()> job = [password = std::move(password), cost = cost_]() -> Result<std::string> {
    const auto normal = normal_form(password);
    if (!normal || normal->size() > kMostPasswordBytes) return fail(Errc::invalid, "not a password that can be kept");
    return bcrypt(*normal, new_setting(cost));
  };
  co_return co_await net::offload<std::string>(pool_, std::move(job));
}

net::Task<Result<bool>> Passwords::verify(std::string password, std::string hash) {
  const bool known = cost_of(hash) > 0;
  std::function<Result<bool>()> job = [password = std::move(password), known, setting = known ? hash : dummy_] {
    // bcrypt would stop at a NUL and after 72 bytes; such a password equals none.
    const auto normal = normal_form(password);
    const bool possible = normal && normal->size() <= kMostPasswordBytes;
    const auto made = bcrypt(possible ? *normal : std::string("x"), setting);
    if (!made) return Result<bool>(fail(made.error()));
    return Result<bool>(equal_constant_time(*made, setting) && known && possible);
  };
  co_return co_await net::offload<bool>(pool_, std::move(job));
}

bool Passwords::is_outdated(const std::string& hash) const { return cost_of(hash) < cost_; }

}  // namespace monitorix::api
