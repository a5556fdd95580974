#include "app/large_pages.h"

#include <cstdint>
#include <cstring>
#include <doctest/doctest.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/mman.h>

namespace monitorix::app {
namespace {

constexpr std::size_t kPiece = LargePages::kPiece, kPage = 4096;

/// Some pieces of memory that nothing has touched, from the address of a piece on.
class Stretch {
 public:
  explicit Stretch(std::size_t pieces)
      : size_((pieces + 1) * kPiece),
        all_(static_cast<std::byte*>(
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
    REQUIRE(all_ != MAP_FAILED);
    if (makes_large_pages_unasked()) ::madvise(all_, size_, MADV_NOHUGEPAGE);
    begin_ = all_ + (kPiece - reinterpret_cast<std::uintptr_t>(all_) % kPiece) % kPiece;
  }
  Stretch(const Stretch&) = delete;
  Stretch& operator=(const Stretch&) = delete;
  ~Stretch() { ::munmap(all_, size_); }

  std::byte* piece(std::size_t number) { return begin_ + number * kPiece; }
  /// So many pages at the beginning of a piece come into memory.
  void fill(std::size_t number, std::size_t pages) {
    for (std::size_t i = 0; i < pages; ++i)
      std::memset(piece(number) + i * kPage, static_cast<int>(1 + i % 100), kPage);
  }
  /// From here on the system may make them by itself, too, where that is its habit; elsewhere it may not, for a test
  /// would lose that race now and then.
  void allow() {
    if (makes_large_pages_unasked()) ::madvise(all_, size_, MADV_HUGEPAGE);
  }
  /// Bytes in large pages, by the system's own account.
  [[nodiscard]] std::size_t large() const {
    std::ifstream maps("/proc/self/smaps");
    std::string line;
    bool is_ours = false;
    std::size_t sum = 0;
    while (std::getline(maps, line)) {
      std::uintptr_t from = 0;
      std::uintptr_t to = 0;
      char dash = 0;
      std::istringstream words(line);
      if (words >> std::hex >> from >> dash >> to && dash == '-')
        is_ours = from < reinterpret_cast<std::uintptr_t>(all_) + size_ && to > reinterpret_cast<std::uintptr_t>(all_);
      else if (is_ours && line.starts_with("AnonHugePages:"))
        sum += std::stoul(line.substr(line.find(':') + 1)) * 1024;
    }
    return sum;
  }

 private:
  static bool makes_large_pages_unasked() {
    std::ifstream habit("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string words;
    std::getline(habit, words);
    return words.find("[always]") != std::string::npos;
  }

  std::size_t size_;
  std::byte* all_;
  std::byte* begin_{nullptr};
};

/// One piece, full and made large.
struct MadeLarge {
  MadeLarge() {
    stretch.fill(0, kPiece / kPage);
    stretch.allow();
    REQUIRE(pages.gather(stretch.piece(1), 8) == 1);
  }
  Stretch stretch{1};
  LargePages pages{stretch.piece(0)};
};

}  // namespace

TEST_CASE("full pieces of memory become large pages, and what is in them stays") {
  Stretch stretch(4);
  for (const std::size_t number : {0U, 1U, 3U}) stretch.fill(number, kPiece / kPage);
  stretch.fill(2, kPiece / kPage / 2);
  stretch.allow();
  LargePages pages(stretch.piece(0));
  CHECK(pages.gather(stretch.piece(4), 2) == 2);
  CHECK(stretch.large() == 2 * kPiece);
  CHECK(pages.gather(stretch.piece(4), 2) == 1);
  CHECK(stretch.large() == 3 * kPiece);  // not the one that is half empty
  CHECK(pages.gather(stretch.piece(4), 2) == 0);
  for (std::size_t i = 0; i < kPiece / kPage; ++i) REQUIRE(stretch.piece(3)[i * kPage + 17] == std::byte(1 + i % 100));
}

TEST_CASE("a piece that lost pages is made large again once it is full") {
  MadeLarge made;
  auto& [stretch, pages] = made;
  ::madvise(stretch.piece(0), kPiece / 2, MADV_DONTNEED);
  CHECK(pages.gather(stretch.piece(1), 8) == 0);
  CHECK(stretch.large() == 0);
  stretch.fill(0, kPiece / kPage);
  CHECK(pages.gather(stretch.piece(1), 8) == 1);
  CHECK(stretch.large() == kPiece);
}

TEST_CASE("what lay beyond the end is asked for anew when it is back") {
  MadeLarge made;
  auto& [stretch, pages] = made;
  REQUIRE(pages.gather(stretch.piece(1), 8) == 0);
  CHECK(pages.gather(stretch.piece(0), 8) == 0);
  CHECK(pages.gather(stretch.piece(1), 8) == 1);
}

TEST_CASE("what is not there, or no piece yet, is left alone") {
  Stretch stretch(2);
  stretch.fill(0, kPiece / kPage);
  stretch.allow();
  LargePages pages(stretch.piece(0) + 1);  // its first whole piece is the second, untouched
  CHECK(pages.gather(stretch.piece(2), 8) == 0);
  CHECK(LargePages(stretch.piece(0)).gather(stretch.piece(1) - 1, 8) == 0);
  CHECK(stretch.large() == 0);
}

}  // namespace monitorix::app
