#include "store/import/sample_days.h"

namespace monitorix::store {
namespace {

constexpr std::int64_t kMinute = 60;

}  // namespace

std::optional<SampleDays::Kind> SampleDays::kind_of(std::string_view type, bool is_guest) {
  using history::GuestColumn, history::NodeColumn;
  if (type.ends_with("_usage")) type.remove_suffix(6);
  if (type == "cpu") return Kind{is_guest ? std::size_t{GuestColumn::cpu} : std::size_t{NodeColumn::cpu}, 0};
  if (type == "memory" || type == "mem")
    return is_guest ? Kind{GuestColumn::memory, GuestColumn::memory_total}
                    : Kind{NodeColumn::memory, NodeColumn::memory_total};
  if (type == "disk")
    return is_guest ? Kind{GuestColumn::disk, GuestColumn::disk_total} : Kind{NodeColumn::disk, NodeColumn::disk_total};
  return std::nullopt;
}

void SampleDays::add(const Object& object, const OldMetric& metric, Counted counted) {
  const std::int64_t t = metric.at_ms / 1000;
  const auto kind = kind_of(metric.type, object.is_guest);
  Day& day = objects_[object.series];
  day.is_guest = object.is_guest;
  const double ratio = *metric.value / 100;
  const bool is_memory =
      kind->total != 0 && kind->value == (object.is_guest ? std::size_t{history::GuestColumn::memory}
                                                          : std::size_t{history::NodeColumn::memory});
  if (is_memory && ratio == 0) day.silent.insert(t / kMinute);
  const double total = static_cast<double>(kind->total == 0 ? 1
                                           : is_memory      ? *object.memory_total
                                                            : *object.disk_total);
  day.samples.push_back({{t, kind->value, ratio * total}, metric.id, counted});
  if (kind->total != 0) day.samples.push_back({{t, kind->total, total}, 0, Counted::no});
}

// The original wrote 0 where it knew nothing: no guest that runs uses no memory, and it never knew a disk as empty.
SampleDays::Zeros SampleDays::take(std::int64_t day, std::map<std::string, history::Remembered>& rows) {
  Zeros out;
  for (auto& [series, its] : objects_) {
    std::vector<history::ForeignSample> samples;
    for (const auto& [sample, id, counted] : its.samples) {
      const bool is_zero = sample.value == 0 && id != 0;
      const bool is_cpu = sample.column == 1;  // in both sets
      const bool is_unknown = is_zero && (!is_cpu || its.silent.contains(sample.t / kMinute));
      if (is_unknown) {
        if (counted != Counted::no) ++(counted == Counted::there ? out.there : out.imported);
        if (out.first_id == 0) out.first_id = id;
        continue;
      }
      if (sample.t >= day && sample.t < day + history::kDaySeconds) samples.push_back(sample);
    }
    if (!samples.empty())
      rows[series] = history::rolled_up(its.is_guest ? history::kGuestSet : history::kNodeSet, std::move(samples));
  }
  objects_.clear();
  return out;
}

}  // namespace monitorix::store
