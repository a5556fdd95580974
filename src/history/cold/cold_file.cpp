#include "history/cold/cold_file.h"

#include "base/log.h"
#include "history/chunk/checksum.h"

namespace monitorix::history {

bool ColdFile::read(const ColdBlock& block, std::string& out) const {
  out.resize(block.bytes);
  Status done = read_at(block.at, out);
  if (done && crc32c(out) != block.checksum) done = fail(Errc::io, "other bytes than were written");
  if (!done && !has_told_.exchange(true))
    log::error("a part of the open hour could not be read back and is a gap", {{"error", done.error()}});
  return done.has_value();
}

}  // namespace monitorix::history
