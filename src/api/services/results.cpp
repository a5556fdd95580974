#include "api/services/results.h"

#include <algorithm>
#include <cmath>

#include "api/list.h"
#include "api/services/services.h"
#include "history/objects.h"
#include "model/service/service_names.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;
using history::CheckColumn;

constexpr auto kFirstLook = 5min;  // of many services the last minutes are looked at first
constexpr int kLookFurther = 6;
constexpr std::size_t kFew = 20;
constexpr int kMostKept = 5000;

monitorix::CheckResult result_in(const history::Rows& rows, std::size_t row, ServiceId service, Verdict verdict) {
  monitorix::CheckResult result{.service = service};
  result.scheduled_at = result.started_at = from_ms(rows.t()[row]);
  result.verdict = verdict;
  if (const auto took = time_in(rows, CheckColumn::latency, row)) result.took = std::chrono::microseconds{*took};
  result.phases = {time_in(rows, CheckColumn::dns, row),        time_in(rows, CheckColumn::connect, row),
                   time_in(rows, CheckColumn::tls, row),        time_in(rows, CheckColumn::send, row),
                   time_in(rows, CheckColumn::first_byte, row), time_in(rows, CheckColumn::transfer, row)};
  if (rows.columns[CheckColumn::code].has(row))
    result.status_code = static_cast<int>(rows.columns[CheckColumn::code].values[row]);
  if (verdict != Verdict::up) result.reason.clear();
  return result;
}

bool is_newer(const FoundResult& a, const FoundResult& b) {
  return a.result.scheduled_at != b.result.scheduled_at ? a.result.scheduled_at > b.result.scheduled_at : a.id > b.id;
}

std::int64_t second_of(const monitorix::CheckResult& result) { return to_seconds(result.scheduled_at); }

Result<std::vector<KeptCheck>> read_kept(store::Store& store, const ResultsWish& wish) {
  if (wish.services.size() > kFew) return store.services().checks({}, wish.from, wish.to, kMostKept);
  std::vector<KeptCheck> all;
  for (const ServiceId id : wish.services) {
    auto some = store.services().checks(id, wish.from, wish.to, kMostKept);
    if (!some) return some;
    all.insert(all.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
  }
  return all;
}

/// Rows that history has beside what was kept; a failure that said the same as the one before was not kept by itself.
void add_rows(const history::Rows& rows, ServiceId service, const std::vector<const KeptCheck*>& kept,
              std::vector<FoundResult>& into) {
  std::size_t next = 0;
  const KeptCheck* last = nullptr;  // kept, not after the row
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::int64_t second = rows.t()[row] / 1000;
    for (; next < kept.size() && second_of(kept[next]->result) <= second; ++next) last = kept[next];
    if (last != nullptr && second_of(last->result) == second) continue;
    const auto verdict = verdict_of(rows, row);
    if (!verdict) continue;
    FoundResult found{"", result_in(rows, row, service, *verdict), false};
    if (*verdict != Verdict::up && last != nullptr && last->result.verdict == *verdict) {
      found.result.reason = last->result.reason;
      found.result.parameter = last->result.parameter;
      found.result.detail = last->result.detail;
    }
    if (found.result.reason.empty()) found.result.reason = std::string(name_of(*verdict));
    found.id = check_id(found.result);
    into.push_back(std::move(found));
  }
}

Result<std::vector<FoundResult>> look(store::Store& store, history::Reader& reader, const ResultsWish& wish) {
  auto kept = read_kept(store, wish);
  if (!kept) return fail(kept.error());
  std::vector<FoundResult> all;
  std::map<ServiceId, std::vector<const KeptCheck*>> by_service;
  std::ranges::sort(*kept, {}, [](const KeptCheck& one) { return one.result.scheduled_at; });
  for (const KeptCheck& one : *kept) {
    if (!wish.services.contains(one.result.service)) continue;
    by_service[one.result.service].push_back(&one);
    all.push_back({std::to_string(one.id), one.result, one.has_evidence});
  }
  const WallTime from = std::max(wish.from, wish.results_from);
  if (from < wish.to) {
    const auto take = [&](std::size_t at, history::Chunk chunk) {
      const ServiceId service = wish.service_of.at(wish.series[at].id);
      add_rows(chunk.rows, service, by_service[service], all);
    };
    std::vector<std::size_t> columns;
    for (std::size_t c = 1; c < history::raw_columns(history::kCheckSet).size(); ++c) columns.push_back(c);
    const auto end = to_seconds(wish.to + 999ms);
    auto read = reader.rows_of(wish.series, columns, history::Resolution::raw, to_seconds(from), end, take);
    if (!read) return fail(read.error());
  }
  std::erase_if(all, [&](const FoundResult& one) {
    return one.result.scheduled_at < wish.from || one.result.scheduled_at >= wish.to ||
           !wanted(wish.statuses, name_of(one.result.verdict));
  });
  std::ranges::sort(all, is_newer);
  return all;
}

}  // namespace

std::optional<Verdict> verdict_of(const history::Rows& rows, std::size_t row) {
  if (!rows.columns[CheckColumn::status].has(row)) return Verdict::unknown;
  switch (static_cast<history::SeriesStatus>(rows.columns[CheckColumn::status].values[row])) {
    case history::SeriesStatus::up: return Verdict::up;
    case history::SeriesStatus::degraded: return Verdict::degraded;
    case history::SeriesStatus::down: return Verdict::down;
    default: return std::nullopt;
  }
}

/// Microseconds of a column that keeps tenths of milliseconds or finer.
std::optional<std::int64_t> time_in(const history::Rows& rows, std::size_t column, std::size_t row) {
  if (!rows.columns[column].has(row)) return std::nullopt;
  const double seconds =
      static_cast<double>(rows.columns[column].values[row]) * history::raw_columns(history::kCheckSet)[column].quantum;
  return std::llround(seconds * 1e6);
}

void add_service(const Desk& desk, ResultsWish& wish, ServiceId service) {
  wish.services.insert(service);
  const auto info = desk.house.recorder.find(history::object_key(service));
  if (!info || info->set != history::kCheckSet) return;
  wish.series.push_back(*info);
  wish.service_of[info->id] = service;
}

Result<std::vector<FoundResult>> newest_results(store::Store& store, history::Reader& reader, ResultsWish wish) {
  const WallTime from = wish.from;
  auto reach = wish.services.size() <= kFew ? wish.to - from : std::chrono::milliseconds(kFirstLook);
  for (;; reach *= kLookFurther) {
    wish.from = std::max(from, wish.to - reach);
    auto found = look(store, reader, wish);
    if (!found || found->size() > wish.limit || wish.from == from) return found;
  }
}

}  // namespace monitorix::api
