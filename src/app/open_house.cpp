#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "app/line/order_desk.h"
#include "base/log.h"

namespace monitorix::app {
namespace {

constexpr std::chrono::seconds kDatabasePatience{30};
constexpr std::chrono::seconds kDatabasePause{1};

Status make_data_directory(const std::string& path) {
  std::error_code error;
  const bool existed = std::filesystem::exists(path);
  std::filesystem::create_directories(path, error);
  if (error) return fail(Errc::io, "data directory " + path + ": " + error.message());
  if (!existed && ::chmod(path.c_str(), 0700) != 0)
    return fail(Errc::io, "data directory " + path + ": " + std::strerror(errno));
  return {};
}

}  // namespace

Result<OpenHouse> open_house(const Config& config) {
  if (auto made = make_data_directory(config.data_directory); !made) return fail(made.error());
  const bool key_existed = std::filesystem::exists(config.master_key_file);
  auto master = load_master_key(config.master_key_file, true);
  if (!master) return fail(master.error());
  auto keyring = Keyring::from_master(std::move(*master));
  if (!keyring) return fail(keyring.error());
  const store::OpenOptions options{.data_directory = config.data_directory,
                                   .database_url = config.database_url,
                                   .allow_network_filesystem = config.allow_network_filesystem};
  const auto give_up_at = std::chrono::steady_clock::now() + kDatabasePatience;
  for (bool told = false;;) {
    auto opened = store::open_store(options, *keyring);
    if (opened) {
      if (auto migrated = (*opened)->migrate(); !migrated) return fail(std::move(migrated.error()).within("schema"));
      auto keeper = store::open_keeper(options);
      if (!keeper) return fail(std::move(keeper.error()).within("history"));
      return OpenHouse{std::move(*keyring), std::move(*opened), std::move(*keeper)};
    }
    // A key that was only just made opens nothing: it must not stay in the place of the lost one (S36).
    if (!key_existed && opened.error().code == Errc::denied) ::unlink(config.master_key_file.c_str());
    const bool may_come = opened.error().code == Errc::unavailable && !config.database_url.empty();
    if (!may_come || std::chrono::steady_clock::now() > give_up_at) return fail(opened.error());
    if (!std::exchange(told, true)) log::info("waiting for the database", {{"error", opened.error()}});
    std::this_thread::sleep_for(kDatabasePause);
  }
}

}  // namespace monitorix::app
