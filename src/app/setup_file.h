#pragma once
// The way to the first account: while no user exists the token of this start lies alone in <data>/setup-token (0600),
// and its address is printed once the server listens (security S1).

#include <string>

#include "app/config.h"

namespace monitorix::app {

class SetupFile {
 public:
  explicit SetupFile(const Config& config);
  void announce(const std::string& token);  ///< "" = no longer needed
  void listening_on(int port);

 private:
  void print() const;
  std::string path_, scheme_, host_;
  std::string token_{};
  int port_{0};
};

}  // namespace monitorix::app
