#include "api/auth/password.h"

#include <crypt.h>
#include <memory>

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

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

int cost_of(const std::string& hash) {
  if (hash.size() < 7 || !hash.starts_with("$2b$")) return 0;
  return (hash[4] - '0') * 10 + (hash[5] - '0');
}

/// bcrypt would stop at a NUL and after 72 bytes; such a password equals none.
bool can_be_right(const std::string& password) {
  return password.size() <= kMostPasswordBytes && password.find('\0') == std::string::npos;
}

}  // namespace

Status check_new_password(std::string_view password, std::string_view username) {
  if (password.size() > kMostPasswordBytes) return fail(Errc::too_large, "must have at most 72 bytes");
  if (password.size() < kLeastPasswordBytes) return fail(Errc::invalid, "must have at least 12 bytes");
  if (password.find('\0') != std::string_view::npos || valid_utf8(password, password.size() + 4) != password)
    return fail(Errc::invalid, "has characters that are not allowed");
  const auto lowered = lower_ascii(password);
  const auto name = lower_ascii(username);
  if (!name.empty() && lowered.find(name) != std::string::npos && password.size() < name.size() + 9)
    return fail(Errc::invalid, "must not be made of the user name");
  if (is_common_password(password)) return fail(Errc::invalid, "is one of the most common passwords");
  return {};
}

Passwords::Passwords(int cost) : cost_(cost), pool_("passwords", 2, 32, net::WorkerPool::Priority::lowered) {
  dummy_ = bcrypt(to_hex(random_bytes(16)), new_setting(cost_)).value_or("");
}

net::Task<Result<std::string>> Passwords::hash(std::string password) {
  std::function<Result<std::string>()> job = [password = std::move(password), cost = cost_] {
    return bcrypt(password, new_setting(cost));
  };
  co_return co_await net::offload<std::string>(pool_, std::move(job));
}

net::Task<Result<bool>> Passwords::verify(std::string password, std::string hash) {
  const bool known = cost_of(hash) > 0;
  std::function<Result<bool>()> job = [password = std::move(password), known, setting = known ? hash : dummy_] {
    const bool possible = can_be_right(password);
    const auto made = bcrypt(possible ? password : std::string("x"), setting);
    if (!made) return Result<bool>(fail(made.error()));
    return Result<bool>(equal_constant_time(*made, setting) && known && possible);
  };
  co_return co_await net::offload<bool>(pool_, std::move(job));
}

bool Passwords::is_outdated(const std::string& hash) const { return cost_of(hash) < cost_; }

}  // namespace monitorix::api
