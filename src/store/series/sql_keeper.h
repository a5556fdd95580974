#pragma once
// What both engines keep of history alike: the list of series, and which hours are sealed.

#include "history/keeper.h"
#include "store/sql/sql.h"

namespace monitorix::store {

inline Status to_status(Result<Rows> rows) {
  if (!rows) return fail(std::move(rows).error());
  return {};
}

/// Of the machine's clock: when a row was written, milliseconds since 1970 UTC. Only ever compared with its like.
std::int64_t now_ms();

class SqlKeeper : public history::Keeper {
 public:
  Result<std::vector<history::SeriesInfo>> series() override;
  Status save_series(std::span<const history::SeriesInfo> series) override;
  Result<std::vector<std::int64_t>> sealed_hours(std::int64_t from) override;
  Result<std::vector<history::FrameDone>> frames_done() override;

 protected:
  virtual Database& database() = 0;
  /// Inside a transaction.
  static Status mark_sealed(Link& link, std::int64_t hour);
  static Status mark_frames(Link& link, const std::vector<history::FrameDone>& frames);
  /// The rows of one query in a transaction of its own.
  Result<Rows> ask(const Query& query, const Values& values);
};

}  // namespace monitorix::store
