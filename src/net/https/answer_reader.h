#pragma once
// An HTTP/1.1 answer, read as its bytes come: strict, bounded, unfolded. What it does not take it leaves to others.

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "net/https/http_answer.h"
#include "net/https/unfold.h"
#include "net/outbound/fault.h"

namespace monitorix::net {

/// What of an answer is wanted.
struct AnswerTerms {
  bool is_head{false};        ///< answers a HEAD: no body follows
  std::int64_t keep_bytes{};  ///< of the body
  std::int64_t most_bytes{};  ///< a body beyond this is given up
};

class AnswerReader {
 public:
  /// `failed`: the answer has its fault. `not_ours`: perhaps an answer, but none that this reader understands.
  enum class Step { more, done, failed, not_ours };

  AnswerReader(AnswerTerms terms, HttpAnswer& answer);

  [[nodiscard]] bool has_headers() const { return has_headers_; }
  /// Room for the next bytes; `take` is told how many came.
  [[nodiscard]] std::pair<char*, std::size_t> room();
  Step take(std::size_t count);
  /// The peer closed.
  Step end();

 private:
  void begin();
  Step note_headers();
  Step take_body(std::string_view bytes);
  bool keep(std::string_view bytes);
  Step finish();
  Step fail(Trouble trouble, std::string text);

  AnswerTerms terms_;
  HttpAnswer& answer_;
  std::optional<boost::beast::http::response_parser<boost::beast::http::buffer_body>> parser_{};
  boost::beast::flat_buffer buffer_{};
  std::array<char, std::size_t{16} << 10> piece_;
  std::optional<Unfold> unfold_{};
  bool has_headers_{false};
};

}  // namespace monitorix::net
