#pragma once
// <data>/control.sock (0600): while a server runs, the other commands send their order here instead of opening the
// database themselves. One request (JSON text) and one answer per connection, each preceded by its length in four
// bytes, little endian. The server handles orders one after another on a thread of its own.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"

namespace monitorix::app {

class ControlServer {
 public:
  using Handler = std::function<std::string(const std::string& request)>;
  ControlServer(std::string path, Handler handler);
  ~ControlServer();
  Status start();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// nullopt when no server listens at `path`.
Result<std::optional<std::string>> ask_server(const std::string& path, const std::string& request);

}  // namespace monitorix::app
