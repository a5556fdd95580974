#pragma once
// The backup servers of a fleet with their front doors, and what the control API orders of them.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_writer.h"
#include "sim/listener.h"
#include "sim/pbs/server_api.h"

namespace monitorix::sim {

class ServerHouse {
 public:
  struct Plan {
    std::size_t count{};
    std::uint16_t port{};  ///< of the first; 0: free ones
    std::string keys_folder{};
    std::function<WallTime()> now{};
    std::function<void()> advance{};  ///< what is due in the world happens
  };
  ServerHouse(boost::asio::io_context& io, World& world, Plan plan);

  /// Opens the doors and tells the clusters' storages of type pbs where to write.
  Status open();
  [[nodiscard]] std::vector<std::string> endpoint_lines() const;
  void write_statistics(JsonWriter& out) const;  ///< one object each

  [[nodiscard]] BackupServer* find(std::string_view name);
  [[nodiscard]] Listener* listener(std::string_view name);
  /// Another certificate from the next handshake on; its fingerprint.
  [[nodiscard]] Result<std::string> renew(std::string_view name);

 private:
  struct One {
    std::unique_ptr<BackupServer> server{};
    std::unique_ptr<ServerApi> api{};
    std::unique_ptr<Listener> listener{};
    Identity authority{};
    Node node{};  ///< what its certificate is made out for
  };
  [[nodiscard]] Status certify(One& one, bool may_load) const;

  boost::asio::io_context& io_;
  World& world_;
  Plan plan_;
  std::vector<One> servers_{};
  std::map<std::string, std::uint64_t, std::less<>> requests_{};
};

}  // namespace monitorix::sim
