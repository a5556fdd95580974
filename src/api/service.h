#pragma once
// The front door: one Handler for HTTP and /ws over everything below. Lives on the loop. Construct, co_await start(),
// then give handler() to net::HttpServer; stop() says goodbye to the sockets.

#include <memory>

#include "api/dependencies.h"
#include "api/router.h"
#include "net/http_server.h"

namespace monitorix::api {

class Service {
 public:
  explicit Service(Dependencies dependencies);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Reads settings and the web UI; arms the setup token while no user exists.
  net::Task<Status> start();
  /// Must not outlive the Service.
  [[nodiscard]] net::Handler handler();
  void stop();
  [[nodiscard]] const std::vector<Route>& routes() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace monitorix::api
