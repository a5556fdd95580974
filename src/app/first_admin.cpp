#include "app/first_admin.h"

#include "api/auth/password.h"

namespace monitorix::app {

net::Task<Status> make_configured_admin(const Config& config, store::Store& store, net::WorkerPool& readers,
                                        const Clock& clock) {
  if (config.admin_username.empty()) co_return Status{};
  std::function<Result<std::int64_t>()> count = [&store] { return store.user_count(); };
  auto users = co_await net::offload<std::int64_t>(readers, std::move(count));
  if (!users) co_return fail(users.error());
  if (*users != 0) co_return Status{};
  if (auto fits = api::check_new_password(config.admin_password.reveal(), config.admin_username); !fits)
    co_return fail(fits.error());
  api::Passwords passwords(12);
  auto hash = co_await passwords.hash(config.admin_password.reveal());
  if (!hash) co_return fail(hash.error());
  User admin{};
  admin.username = config.admin_username;
  admin.email = config.admin_email.empty() ? config.admin_username + "@localhost" : config.admin_email;
  admin.password_hash = *hash;
  admin.role = Role::admin;
  admin.created_at = clock.wall();
  admin.updated_at = admin.created_at;
  std::function<Result<User>()> create = [&store, admin] { return store.create_first_user(admin); };
  auto made = co_await net::offload<User>(readers, std::move(create));
  if (!made && made.error().code != Errc::conflict) co_return fail(made.error());
  co_return Status{};
}

}  // namespace monitorix::app
