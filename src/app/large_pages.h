#pragma once
// Full pieces of the heap become large pages (docs/adr/0033): a program that comes back to thousands of objects once in
// a while pays for finding where their pages are, more than for the objects, and most of all in a virtual machine.

#include <cstddef>
#include <vector>

namespace monitorix::app {

/// A stretch of address space that grows and shrinks at its end, looked at in pieces of 2 MiB. One thread at a time.
class LargePages {
 public:
  static constexpr std::size_t kPiece = std::size_t{2} << 20;
  /// A piece counts as full when at most 16 KiB of it are not in memory: what makes it whole is memory, too.
  static constexpr std::size_t kLeastResident = kPiece - (std::size_t{16} << 10);

  /// Its first whole piece begins at or after that.
  explicit LargePages(const void* begin);

  /// Asks the system to make large pages of full pieces before `end`, of so many at most, those near the beginning
  /// first. A piece that was made large once is asked for again only when a look found it short of pages or gone.
  /// Returns how many became large. Where the system knows no such thing (before Linux 6.1) or does not allow it, none
  /// do, and nothing is asked any more.
  std::size_t gather(const void* end, std::size_t most);

 private:
  enum class Piece : unsigned char { small, large };

  std::byte* begin_;
  std::vector<Piece> pieces_{};
  bool is_refused_{false};
};

/// The heap of this process, as far as it came after this was first asked for.
class HeapPages {
 public:
  HeapPages();
  /// Takes some milliseconds for many pieces; others may go on meanwhile.
  void gather();

 private:
  LargePages pages_;
};

}  // namespace monitorix::app
