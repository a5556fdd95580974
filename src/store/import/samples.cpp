// Samples, day by day: percentages of nodes and guests become 5-minute and 1-hour rows of their series. A day is
// written in whole, then it is noted; what was written already stays as it is, so a day may be done twice.

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "base/json_writer.h"
#include "base/steps.h"
#include "history/remembered.h"
#include "history/seal.h"
#include "store/import/import_queries.h"
#include "store/import/intake.h"
#include "store/import/sample_days.h"

namespace monitorix::store {
namespace {

using history::kDaySeconds;

constexpr std::int64_t kOnlyHoursBefore = 90 * kDaySeconds;
constexpr std::int64_t kStep = 60;  // seconds between two samples of the original
constexpr std::size_t kSeriesPerBatch = 200;
constexpr std::string_view kNoTotal = "left out: memory or disk in percent of a total that is not known here yet";

/// Writes the rows of a day into their series, which are made when they are new.
Status keep_rows(history::Keeper& keeper, const std::map<std::string, history::Remembered>& rows,
                 std::map<std::string, history::SeriesInfo>& known, std::int64_t day, WallTime now) {
  std::vector<history::SeriesInfo> fresh;
  history::SeriesId highest = 0;
  for (const auto& [key, info] : known) highest = std::max(highest, info.id);
  for (const auto& [key, its] : rows) {
    if (known.contains(key)) continue;
    const bool is_node = key.find("/node/") != std::string::npos;
    fresh.push_back({++highest, is_node ? history::SeriesKind::node : history::SeriesKind::guest, key,
                     is_node ? history::kNodeSet : history::kGuestSet, kStep, day * 1000});
  }
  if (!fresh.empty())
    if (auto saved = keeper.save_series(fresh); !saved) return saved;
  for (const auto& info : fresh) known[info.object] = info;
  const bool has_fine = day >= to_seconds(now) - kOnlyHoursBefore;
  history::Batch batch;
  std::size_t count = 0;
  for (const auto& [key, its] : rows) {
    auto filled =
        history::fill_rollup(keeper, known[key].id, has_fine ? history::Resolution::fine : history::Resolution::coarse,
                             has_fine ? its.fine : its.coarse);
    if (!filled) return fail(std::move(filled).error());
    std::move(filled->chunks.begin(), filled->chunks.end(), std::back_inserter(batch.chunks));
    if (++count % kSeriesPerBatch != 0 && count != rows.size()) continue;
    if (auto written = keeper.write(batch); !written) return written;
    batch = {};
  }
  return {};
}

}  // namespace

/// How far the samples came, as it is kept.
struct Intake::SampleProgress {
  std::int64_t day{0}, through_ms{0}, through_id{0}, imported{0}, left_out{0};
  std::set<std::string> lacking{};  ///< "nodes:1": whose total was not known

  static SampleProgress read(const std::string& doc) {
    const Json json = Json::parse(doc).value_or(Json{});
    const auto number = [&](std::string_view name) {
      const Json* member = json.find(name);
      return member && member->as_int() ? *member->as_int() : 0;
    };
    SampleProgress out{number("day"),      number("through_ms"), number("through_id"),
                       number("imported"), number("left_out"),   {}};
    const Json* lacking = json.find("lacking");
    if (lacking && lacking->as_array())
      for (const Json& one : *lacking->as_array())
        if (one.as_string()) out.lacking.insert(*one.as_string());
    return out;
  }
  [[nodiscard]] std::string text() const {
    JsonWriter doc;
    doc.begin_object().member("table", "metrics").member("day", day).member("through_ms", through_ms);
    doc.member("through_id", through_id).member("imported", imported).member("left_out", left_out);
    doc.key("lacking").begin_array();
    for (const std::string& one : lacking) doc.value(one);
    return doc.end_array().end_object().take();
  }
};

Status Intake::take_samples() {
  if (!parts_.original.has(OldTable::metrics)) return {};
  constexpr std::int64_t kPlace = static_cast<std::int64_t>(OldTable::metrics) + 1;
  TableReport& report = report_of(OldTable::metrics);
  SampleProgress progress;
  auto looked = parts_.write([&](Link& link) -> Status {
    auto doc = known(link, "progress", kPlace);
    if (!doc) return fail(std::move(doc).error());
    if (*doc) progress = SampleProgress::read(**doc);
    return {};
  });
  if (!looked) return looked;
  const std::set<std::string> lacked = std::exchange(progress.lacking, {});
  const auto knows_all = [](const Places& places, std::int64_t id) {
    const auto found = places.find(id);
    return found != places.end() && found->second.memory_total && found->second.disk_total;
  };
  // What was left out for want of a total is worth another go from the start once a total is known.
  const bool is_again = std::ranges::any_of(lacked, [&](const std::string& one) {
    const std::int64_t id = std::stoll(one.substr(one.find(':') + 1));
    return knows_all(one.starts_with("nodes:") ? nodes_ : guests_, id);
  });
  const auto through = std::pair{progress.through_ms, progress.through_id};
  const std::int64_t from = is_again ? 0 : progress.day;
  if (is_again)
    progress.imported = progress.left_out = 0;
  else
    progress.lacking = lacked;
  report.there = progress.imported;
  report.left_out = progress.left_out;
  auto timeless = parts_.original.timeless_metrics();
  if (!timeless) return fail(std::move(timeless).error());
  for (const std::int64_t id : *timeless) report.remark("left out: without a time", id);
  std::map<std::string, history::SeriesInfo> series;
  auto all = parts_.keeper.series();
  if (!all) return fail(std::move(all).error());
  for (const auto& one : *all) series[one.object] = one;

  SampleDays days;
  TableReport page;
  std::int64_t present = INT64_MIN;
  const auto finish_day = [&]() -> Status {
    if (present == INT64_MIN) return {};
    std::map<std::string, history::Remembered> rows;
    const auto zeros = days.take(present, rows);
    if (const std::int64_t unknowns = zeros.there + zeros.imported; unknowns > 0) {
      page.remark("left out: 0 that stood for unknown", zeros.first_id, unknowns);
      page.left_out += unknowns;
      page.there -= zeros.there;
      page.imported -= zeros.imported;
    }
    report.add(page);
    page = {};
    progress.day = present;
    progress.imported = report.there + report.imported;
    progress.left_out = report.left_out;
    if (parts_.options.dry_run) return {};
    if (auto kept = keep_rows(parts_.keeper, rows, series, present, parts_.options.now); !kept) return kept;
    return parts_.write([&](Link& link) -> Status {
      auto kept = link.run(queries::imported_put, {report_.source, std::string("progress"), kPlace, progress.text()});
      return kept ? Status{} : Status(fail(std::move(kept).error()));
    });
  };
  if (auto begun = parts_.original.begin_metrics(from * 1000); !begun) return begun;
  for (std::int64_t told = 0;; ++told) {
    auto samples = parts_.original.next_metrics();
    if (!samples) return fail(std::move(samples).error());
    if (samples->empty()) break;
    for (const OldMetric& one : *samples) {
      const std::int64_t day = step_down(one.at_ms / 1000, kDaySeconds);
      if (day != present) {
        if (auto done = finish_day(); !done) return done;
        present = day;
      }
      const auto at = std::pair{one.at_ms, one.id};
      const bool is_old = at <= through;
      const bool is_guest = one.vm.has_value();
      const Places& places = is_guest ? guests_ : nodes_;
      const std::int64_t old_id = is_guest ? *one.vm : one.node.value_or(0);
      const std::string name = (is_guest ? "vms:" : "nodes:") + std::to_string(old_id);
      if (at > std::pair{progress.through_ms, progress.through_id})
        std::tie(progress.through_ms, progress.through_id) = at;
      const auto count = [&](std::int64_t TableReport::*number) {
        if (is_old && !is_again) return;
        ++page.read;
        ++(page.*number);
      };
      const auto leave_out = [&](const std::string& why) {
        count(&TableReport::left_out);
        if (!is_old || is_again) page.remark(why, one.id);
      };
      const auto found = places.find(old_id);
      const auto kind = SampleDays::kind_of(one.type, is_guest);
      if (found == places.end()) {
        leave_out("left out: their guest or node is not there");
      } else if (!kind) {
        leave_out("left out: of an unknown kind");
      } else if (!one.value || !(*one.value >= 0 && *one.value <= 100)) {
        leave_out("left out: not a percentage from 0 to 100");
      } else if (one.at_ms < history::kOldest * 1000 || one.at_ms > to_ms(parts_.options.now)) {
        leave_out("left out: from before 2020, or from the future");
      } else if (kind->total != 0 &&
                 !(knows_all(places, old_id) ||
                   SampleDays::has_total(found->second.memory_total, found->second.disk_total, one.type))) {
        progress.lacking.insert(name);
        leave_out(std::string(kNoTotal));
      } else {
        const bool was_there = is_old && !(lacked.contains(name) && kind->total != 0);
        const auto counted = is_old && !is_again ? SampleDays::Counted::no
                             : was_there         ? SampleDays::Counted::there
                                                 : SampleDays::Counted::imported;
        count(was_there ? &TableReport::there : &TableReport::imported);
        days.add({found->second.series, is_guest, found->second.memory_total, found->second.disk_total}, one, counted);
      }
    }
    tell(OldTable::metrics, report.there + report.read + page.read);
  }
  if (auto done = finish_day(); !done) return done;
  report.left_out += static_cast<std::int64_t>(timeless->size());
  return {};
}

}  // namespace monitorix::store
