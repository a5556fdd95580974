#pragma once
// The commands that need the database or Proxmox, on behalf of the command line: in the server when one runs (over the
// control socket), else in the command's own process. Called off the loop; the loop runs on another thread.

#include <functional>
#include <memory>
#include <string>

#include "app/config.h"
#include "app/line/remote.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "net/http_client.h"
#include "net/task.h"
#include "store/store.h"

namespace monitorix::app {

struct OpenHouse {
  Keyring keyring;
  std::unique_ptr<store::Store> store{};
  std::unique_ptr<history::Keeper> keeper{};  ///< ends before the store, whose lock it stands under
};

/// Data directory, master key, database, schema. Waits up to 30 s for a database server that is still starting.
Result<OpenHouse> open_house(const Config& config);

struct OrderDesk {
  store::Store& store;
  net::Loop& loop;
  net::HttpClient& http;
  const Clock& clock;
  std::function<net::Task<Result<ClusterConfig>>(ClusterConfig)> connect{};

  Outcome fulfil(const Order& order);

 private:
  Outcome user_add(const Order& order);
  Outcome user_list(const Order& order);
  Outcome user_reset_password(const Order& order);
  Outcome user_disable(const Order& order);
  Outcome connect_cluster(const Order& order);
  Outcome doctor(const Order& order);
  Outcome backup(const Order& order);
  void note(const std::string& action, const std::string& type, const std::string& name);
};

}  // namespace monitorix::app
