#pragma once
// Guests as real targets: a loopback listener that answers HTTP or just accepts, for as long as its guest runs.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"

namespace monitorix::sim {

class Target;

struct TargetPlan {
  enum class Kind { http, tcp };
  Kind kind{Kind::http};
  std::uint16_t port{};  ///< 0: a free one
  int status{200};
  std::string body{"it works\n"};
  std::function<bool()> is_up{};  ///< asked at every connection; down: reset
};

class Targets {
 public:
  explicit Targets(boost::asio::io_context& io);
  ~Targets();

  /// Opens, or opens anew, the target of this name; gives its port.
  Result<std::uint16_t> open(const std::string& name, TargetPlan plan);
  void close(const std::string& name);

 private:
  boost::asio::io_context& io_;
  std::map<std::string, std::shared_ptr<Target>> targets_{};
};

}  // namespace monitorix::sim
