#include "store/archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

namespace monitorix::store {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostParts = 64;
constexpr std::size_t kNameAt = 0, kModeAt = 100, kSizeAt = 124, kTimeAt = 136, kSumAt = 148, kTypeAt = 156,
                      kMagicAt = 257;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Block = std::array<char, kBlock>;

tl::unexpected<Error> system_failure(const std::string& what) {
  return fail(errno == ENOSPC ? Errc::unavailable : Errc::io, what + ": " + std::strerror(errno));
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 90 || name.front() == '.') return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')) return false;
  return true;
}

unsigned checksum(const Block& block) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i)
    sum += i >= kSumAt && i < kSumAt + 8 ? ' ' : static_cast<unsigned char>(block[i]);
  return sum;
}

Block header(const std::string& name, std::uint64_t size) {
  Block block{};
  std::memcpy(block.data() + kNameAt, name.data(), name.size());
  std::memcpy(block.data() + kModeAt, "0000600", 7);
  std::snprintf(block.data() + kModeAt + 8, 8, "%07o", 0u);
  std::snprintf(block.data() + kModeAt + 16, 8, "%07o", 0u);
  if (size < (1ull << 33)) {
    std::snprintf(block.data() + kSizeAt, 12, "%011llo", static_cast<unsigned long long>(size));
  } else {  // GNU's base-256 form
    block[kSizeAt] = static_cast<char>(0x80);
    for (std::size_t i = 0; i < 8; ++i) block[kSizeAt + 11 - i] = static_cast<char>(size >> (8 * i) & 0xFF);
  }
  std::memcpy(block.data() + kTimeAt, "00000000000", 11);
  block[kTypeAt] = '0';
  std::memcpy(block.data() + kMagicAt, "ustar\00000", 8);
  std::snprintf(block.data() + kSumAt, 8, "%06o", checksum(block));
  block[kSumAt + 7] = ' ';
  return block;
}

Result<std::uint64_t> size_in(const Block& block) {
  if ((static_cast<unsigned char>(block[kSizeAt]) & 0x80u) != 0) {
    std::uint64_t size = 0;
    for (std::size_t i = 4; i < 12; ++i) size = size << 8 | static_cast<unsigned char>(block[kSizeAt + i]);
    return size;
  }
  std::uint64_t size = 0;
  const char* from = block.data() + kSizeAt;
  if (std::from_chars(from, from + 11, size, 8).ec != std::errc{}) return fail(Errc::invalid, "a broken tar header");
  return size;
}

class Packer {
 public:
  explicit Packer(std::FILE* out) : out_(out), stream_(ZSTD_createCCtx(), &ZSTD_freeCCtx) {
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, 3);
  }
  bool add(const char* bytes, std::size_t size, ZSTD_EndDirective how = ZSTD_e_continue) {
    ZSTD_inBuffer in{bytes, size, 0};
    std::size_t left = 0;
    do {
      ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
      left = ZSTD_compressStream2(stream_.get(), &out, &in, how);
      if (ZSTD_isError(left) != 0 || std::fwrite(buffer_.data(), 1, out.pos, out_) != out.pos) return false;
    } while (in.pos < in.size || (how == ZSTD_e_end && left != 0));
    return true;
  }

 private:
  std::FILE* out_;
  std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> stream_;
  std::array<char, 65536> buffer_{};
};

class Unpacker {
 public:
  explicit Unpacker(std::FILE* in) : in_(in), stream_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {}
  /// Fills `bytes` wholly; false at the end, or when the archive is damaged.
  bool take(char* bytes, std::size_t size) {
    ZSTD_outBuffer out{bytes, size, 0};
    while (out.pos < size) {
      if (pending_.pos == pending_.size) {
        pending_ = {buffer_.data(), std::fread(buffer_.data(), 1, buffer_.size(), in_), 0};
        if (pending_.size == 0) return false;
      }
      left_ = ZSTD_decompressStream(stream_.get(), &out, &pending_);
      if (ZSTD_isError(left_) != 0) return false;
    }
    return true;
  }
  /// After the last byte: the frame is complete, its checksum right, and nothing follows.
  bool is_at_end() {
    char surplus = 0;
    return !take(&surplus, 1) && left_ == 0 && pending_.pos == pending_.size && std::feof(in_) != 0;
  }

 private:
  std::FILE* in_;
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> stream_;
  std::array<char, 65536> buffer_{};
  ZSTD_inBuffer pending_{nullptr, 0, 0};
  std::size_t left_{1};
};

bool pack_file(Packer& packer, const Part& part, std::array<char, 65536>& buffer) {
  const File in(std::fopen(part.path.c_str(), "rbe"), &std::fclose);
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(part.path, error);
  if (!in || error) return false;
  const Block head = header(part.name, size);
  if (!packer.add(head.data(), head.size())) return false;
  std::uint64_t copied = 0;
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), in.get())) > 0; copied += got)
    if (!packer.add(buffer.data(), got)) return false;
  const Block padding{};
  return copied == size && packer.add(padding.data(), (kBlock - size % kBlock) % kBlock);
}

Status pack_all(const std::string& path, const std::vector<Part>& parts) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return system_failure(path);
  File out(::fdopen(descriptor, "wb"), &std::fclose);
  Packer packer(out.get());
  std::array<char, 65536> buffer{};
  for (const Part& part : parts)
    if (!pack_file(packer, part, buffer)) return system_failure("packing " + part.name);
  const std::array<char, 2 * kBlock> end{};
  if (!packer.add(end.data(), end.size(), ZSTD_e_end) || std::fflush(out.get()) != 0 || ::fsync(descriptor) != 0)
    return system_failure(path);
  return {};
}

/// Only if nobody made the name meanwhile; file systems without RENAME_NOREPLACE can link.
bool rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  return errno == EINVAL && ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0;
}

Status unpack_file(Unpacker& unpacker, const std::string& path, std::uint64_t size) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return system_failure(path);
  const File out(::fdopen(descriptor, "wb"), &std::fclose);
  std::array<char, 65536> buffer{};
  for (std::uint64_t left = size; left > 0;) {
    const auto step = static_cast<std::size_t>(left < buffer.size() ? left : buffer.size());
    if (!unpacker.take(buffer.data(), step)) return fail(Errc::invalid, "the archive is damaged or cut short");
    if (std::fwrite(buffer.data(), 1, step, out.get()) != step) return system_failure(path);
    left -= step;
  }
  if (const auto odd = static_cast<std::size_t>(size % kBlock); odd != 0 && !unpacker.take(buffer.data(), kBlock - odd))
    return fail(Errc::invalid, "the archive is damaged or cut short");
  if (std::fflush(out.get()) != 0 || ::fsync(descriptor) != 0) return system_failure(path);
  return {};
}

}  // namespace

Result<std::uint64_t> write_archive(const std::string& file, const std::vector<Part>& parts) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error)))
    return fail(Errc::conflict, file + " exists already; a backup never overwrites a file");
  const std::string unfinished = file + ".part-" + std::to_string(::getpid());
  auto packed = pack_all(unfinished, parts);
  if (packed && !rename_to_new(unfinished, file))
    packed = errno == EEXIST ? Status(fail(Errc::conflict, file + " exists already")) : Status(system_failure(file));
  if (!packed) {
    ::unlink(unfinished.c_str());
    return fail(std::move(packed).error());
  }
  const auto parent = std::filesystem::path(file).parent_path();
  if (auto synced = sync_directory(parent.empty() ? "." : parent.string()); !synced)
    return fail(std::move(synced).error());
  return std::filesystem::file_size(file, error);
}

Result<std::vector<Part>> read_archive(const std::string& file, const std::string& directory) {
  const File in(std::fopen(file.c_str(), "rbe"), &std::fclose);
  if (!in) return system_failure(file);
  Unpacker unpacker(in.get());
  std::vector<Part> parts;
  Block block{};
  while (unpacker.take(block.data(), block.size())) {
    if (block == Block{}) {  // two empty blocks end a tar
      if (!unpacker.take(block.data(), block.size()) || block != Block{} || !unpacker.is_at_end()) break;
      return parts;
    }
    const std::string name(block.data(), ::strnlen(block.data(), 100));
    unsigned sum = 0;
    std::from_chars(block.data() + kSumAt, block.data() + kSumAt + 6, sum, 8);
    if (std::memcmp(block.data() + kMagicAt, "ustar", 5) != 0 || sum != checksum(block) || !is_plain_name(name) ||
        block[kTypeAt] != '0' || parts.size() == kMostParts)
      return fail(Errc::invalid, file + " is not a backup of ours");
    auto size = size_in(block);
    if (!size) return fail(std::move(size).error());
    parts.push_back({name, directory + "/" + name});
    if (auto done = unpack_file(unpacker, parts.back().path, *size); !done)
      return fail(std::move(done).error().within(file));
  }
  return fail(Errc::invalid, file + (parts.empty() ? " is not a backup of ours" : " is damaged or cut short"));
}

Result<Digest> file_digest(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return system_failure(path);
  struct stat found {};
  if (::fstat(file, &found) != 0) found.st_size = 0;
  if (found.st_size == 0) {
    ::close(file);
    return sha256("");
  }
  const auto size = static_cast<std::size_t>(found.st_size);
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  if (bytes == MAP_FAILED) return system_failure(path);
  const Digest digest = sha256({static_cast<const char*>(bytes), size});
  ::munmap(bytes, size);
  return digest;
}

Result<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  const File in(std::fopen(path.c_str(), "rbe"), &std::fclose);
  struct stat standing {};
  if (!in || ::fstat(::fileno(in.get()), &standing) != 0) return system_failure(path);
  const auto size = static_cast<std::size_t>(std::max<off_t>(standing.st_size, 0));
  if (size > most_bytes) return fail(Errc::too_large, path + " is too large");
  std::string out(size, '\0');  // as large as the file is, whatever it may be
  out.resize(std::fread(out.data(), 1, out.size(), in.get()));
  if (std::ferror(in.get()) != 0) return system_failure(path);
  return out;
}

Status write_private_file(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return system_failure(path);
  const bool written = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  ::close(file);
  if (!written) return system_failure(path);
  return {};
}

Status sync_directory(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return system_failure(directory);
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!synced) return system_failure(directory);
  return {};
}

Result<SideDirectory> SideDirectory::make(const std::string& parent, const std::string& purpose) {
  std::string path = parent + "/" + purpose + "-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return system_failure(parent);
  return SideDirectory(path);
}

SideDirectory::~SideDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace monitorix::store
