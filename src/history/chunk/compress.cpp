#include "history/chunk/compress.h"

#include <memory>
#include <new>
#include <zstd.h>

namespace monitorix::history {
namespace {

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

std::string compress(std::string_view bytes, int level) {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compressCCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // with room enough, only memory can be lacking
  out.resize(size);
  return out;
}

Result<std::string> decompress(std::string_view frame, std::size_t most_bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR) return fail(Errc::invalid, "not a zstd frame");
  if (size == ZSTD_CONTENTSIZE_UNKNOWN) return fail(Errc::invalid, "zstd frame without content size");
  if (size > most_bytes) return fail(Errc::too_large, "zstd frame too large");
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
    return fail(Errc::invalid, "bytes after the zstd frame, or a cut one");
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  std::string out(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompressDCtx(context.get(), out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != size) return fail(Errc::invalid, "broken zstd frame");
  return out;
}

}  // namespace monitorix::history
