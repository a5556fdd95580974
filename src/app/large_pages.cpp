#include "app/large_pages.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <numeric>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"

namespace monitorix::app {
namespace {

// Debian 12's C library does not name it yet; since Linux 6.1.
constexpr int kCollapse = 25;
// 64 MiB at a look: a fifth of a second of another thread where memory is slow.
constexpr std::size_t kMostAtOnce = 32;

/// Nothing where the system does not say.
std::optional<std::size_t> resident_bytes(std::byte* piece) {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::array<unsigned char, LargePages::kPiece / 4096> pages{};
  if (::mincore(piece, LargePages::kPiece, pages.data()) != 0) return {};
  const auto resident = std::accumulate(pages.begin(), pages.end(), std::size_t{0},
                                        [](std::size_t sum, unsigned char one) { return sum + (one & 1U); });
  return resident * page;
}

/// Busy or out of memory: another time. Anything else will be answered the same again.
bool may_work_later(int error) { return error == EAGAIN || error == EBUSY || error == ENOMEM; }

std::byte* first_piece_from(const void* begin) {
  constexpr auto kMask = static_cast<std::uintptr_t>(LargePages::kPiece - 1);
  return reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(begin) + kMask) & ~kMask);
}

}  // namespace

LargePages::LargePages(const void* begin) : begin_(first_piece_from(begin)) {}

std::size_t LargePages::gather(const void* end, std::size_t most) {
  const auto* limit = static_cast<const std::byte*>(end);
  pieces_.resize(limit > begin_ ? static_cast<std::size_t>(limit - begin_) / kPiece : 0, Piece::small);
  std::size_t made = 0;
  for (std::size_t i = 0; !is_refused_ && made < most && i < pieces_.size(); ++i) {
    std::byte* piece = begin_ + i * kPiece;
    const auto resident = resident_bytes(piece);
    if (!resident) is_refused_ = errno != ENOMEM && errno != EAGAIN;
    if (!resident || *resident < kLeastResident) {
      pieces_[i] = Piece::small;
      continue;
    }
    if (*resident == kPiece && pieces_[i] == Piece::large) continue;
    if (::madvise(piece, kPiece, kCollapse) == 0) {
      pieces_[i] = Piece::large;
      ++made;
    } else if (!may_work_later(errno)) {
      is_refused_ = true;
    }
  }
  return made;
}

HeapPages::HeapPages() : pages_(::sbrk(0)) {}

void HeapPages::gather() {
  if (const auto made = pages_.gather(::sbrk(0), kMostAtOnce))
    log::debug("pieces of the heap made large pages", {{"pieces", made}});
}

}  // namespace monitorix::app
