#pragma once
// Where finished blocks of an open hour lie when memory is too dear for them (docs/adr/0032): bytes of an hour that are
// appended, read back as often as somebody asks, and gone with the last head that points to them. Nothing here survives
// the process; the log of the open hour does. This room knows no files: store/ has the one behind it. Thread-safe.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace monitorix::history {

/// A block that is not in memory.
struct ColdBlock {
  std::int64_t from{};  ///< t of its first row
  std::int64_t at{};    ///< in the file
  std::uint32_t bytes{}, checksum{};
};

class ColdFile {
 public:
  virtual ~ColdFile() = default;
  /// All or nothing; where they begin.
  virtual Result<std::int64_t> append(std::string_view bytes) = 0;
  /// The bytes of a block into `out`. False, and a line in the log for the first one, when they are not those that were
  /// appended: its rows are a gap then.
  [[nodiscard]] bool read(const ColdBlock& block, std::string& out) const;

 protected:
  /// Fills `out` or fails.
  [[nodiscard]] virtual Status read_at(std::int64_t at, std::span<char> out) const = 0;

 private:
  mutable std::atomic<bool> has_told_{false};
};

/// A file for another hour.
using MakeColdFile = std::function<Result<std::shared_ptr<ColdFile>>()>;

}  // namespace monitorix::history
