#pragma once
// A folder of recorded answers served as they were: chosen by method, path with query, and Authorization header;
// status, reason and headers exactly, the body byte for byte but for white space. What was not recorded is 501.

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "sim/listener.h"

namespace monitorix::sim {

class Recordings {
 public:
  static Result<Recordings> load(const std::string& folder);

  [[nodiscard]] Answer answer(const Request& request) const;
  [[nodiscard]] std::size_t size() const { return answers_.size(); }
  /// The node whose paths were recorded.
  [[nodiscard]] const std::string& node() const { return node_; }
  /// Every token that got an answer below 400, the most talkative first.
  [[nodiscard]] std::vector<std::string> tokens() const;

 private:
  std::map<std::string, Answer> answers_{};  ///< by "METHOD path authorization"
  std::map<std::string, int> tokens_{};
  std::string node_{"pve1"};
};

class Replay {
 public:
  Replay(boost::asio::io_context& io, Recordings recordings, std::string label, const Clock& clock, std::string folder);

  Status open(std::uint16_t port);
  [[nodiscard]] std::string endpoint_line() const;

 private:
  Recordings recordings_;
  std::string label_;
  const Clock& clock_;
  std::string folder_;
  Certificate certificate_{};
  std::unique_ptr<Listener> listener_{};
};

}  // namespace monitorix::sim
