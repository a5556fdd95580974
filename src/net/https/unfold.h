#pragma once
// A body that came compressed, unfolded piece by piece: gzip, zlib and raw deflate, as servers call all three.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace monitorix::net {

class Unfold {
 public:
  /// Takes a piece of what was unfolded; false ends it.
  using Sink = std::function<bool(std::string_view)>;
  enum class Outcome { more, stopped, damaged };

  Unfold();
  ~Unfold();
  Unfold(const Unfold&) = delete;
  Unfold& operator=(const Unfold&) = delete;

  /// Hands on what these bytes unfold to, at most 16 KiB at a time. What follows the end of the stream is ignored.
  Outcome take(std::string_view bytes, const Sink& sink);
  [[nodiscard]] bool is_whole() const;  ///< the end of the stream was seen, or nothing came at all

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace monitorix::net
