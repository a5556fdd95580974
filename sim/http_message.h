#pragma once
// HTTP/1.1 as bytes: a request taken apart, an answer put together. Everything is ours to get wrong on purpose:
// reason phrases are free, headers may repeat, statuses may pass 599.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace monitorix::sim {

struct Request {
  std::string method{};
  std::string target{};                                      ///< as sent: path and query
  std::string path{};                                        ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query{};  ///< decoded, in order
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  bool is_http_1_0{};

  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  [[nodiscard]] bool accepts_gzip() const;
};

/// Takes a head (up to and without the empty line) apart; nothing when it is not HTTP.
[[nodiscard]] std::optional<Request> parse_head(std::string_view head);
[[nodiscard]] std::string percent_decode(std::string_view text);

/// A body and, once asked for, its gzip form; shared by all who get the same answer.
class Body {
 public:
  explicit Body(std::string plain) : plain_(std::move(plain)) {}
  [[nodiscard]] const std::string& plain() const { return plain_; }
  [[nodiscard]] const std::string& gzip() const;

 private:
  std::string plain_;
  mutable std::string gzip_{};
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status{200};
  std::string reason{"OK"};
  std::shared_ptr<const Body> body{};      ///< null: none, and no Content-Type
  bool is_privileged{};                    ///< from the privileged daemon: two Connection headers
  std::chrono::milliseconds delay{};       ///< waited before the first byte
  std::optional<Headers> exact_headers{};  ///< a recording's own, instead of ours

  static Answer json(std::string text);
  static Answer error(int status, std::string reason);
};

/// "Sun, 22 Nov 2026 23:07:02 GMT"
[[nodiscard]] std::string http_date(WallTime at);

enum class Encoding { plain, gzip };
/// Status line and headers as pveproxy writes them, with the empty line.
[[nodiscard]] std::string head_of(const Answer& answer, Encoding encoding, WallTime now);
/// gzip pays from 1,025 bytes on.
[[nodiscard]] Encoding encoding_for(const Request& request, const Answer& answer);
[[nodiscard]] std::string gzip_of(std::string_view plain);
/// So many zeros, packed as tightly as can be, never held unpacked.
[[nodiscard]] std::string gzip_of_zeros(std::size_t size);

}  // namespace monitorix::sim
