#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "app/orders.h"
#include "state/metric_names.h"

// The last ten minutes, from memory: points of a series, and who is busiest.

namespace monitorix::app {
namespace {

struct Wanted {
  const state::Series* series{};
  std::span<const state::Metric> metrics{};
  bool exists{false};
};

/// "vm:12" -> kind and number.
std::optional<std::pair<std::string_view, std::int64_t>> split_object(std::string_view object) {
  const auto colon = object.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = object.substr(colon + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return std::pair{object.substr(0, colon), number};
}

Wanted find(const state::Inventory& inventory, std::string_view kind, std::int64_t number) {
  const auto world = inventory.snapshot();
  if (kind == "vm")
    return {inventory.series(GuestId{number}), state::kGuestMetrics, world->guest(GuestId{number}) != nullptr};
  if (kind == "node")
    return {inventory.series(NodeId{number}), state::kNodeMetrics, world->node(NodeId{number}) != nullptr};
  if (kind == "storage")
    return {inventory.series(StorageId{number}), state::kStorageMetrics, world->storage(StorageId{number}) != nullptr};
  if (kind == "cluster")
    return {inventory.series(ClusterId{number}), state::kClusterMetrics, world->cluster(ClusterId{number}) != nullptr};
  return {};
}

/// The guest's columns that make up a top list: one, or two that are added.
std::span<const std::size_t> top_columns(std::string_view metric) {
  static constexpr std::array<std::size_t, 1> cpu{0}, memory{1};
  static constexpr std::array<std::size_t, 2> net{2, 3}, io{4, 5};
  if (metric == "cpu") return cpu;
  if (metric == "memory") return memory;
  if (metric == "net") return net;
  if (metric == "io") return io;
  return {};
}

}  // namespace

Result<std::vector<state::SeriesPoint>> Orders::series(const std::string& object, const std::string& metric,
                                                       WallTime from, WallTime to) const {
  const auto parts = split_object(object);
  if (!parts) return fail(Errc::invalid, "an object has the form kind:id");
  const Wanted wanted = find(parts_.inventory, parts->first, parts->second);
  if (!wanted.exists) return fail(Errc::not_found, "no such object: " + object);
  const auto known = std::ranges::find(wanted.metrics, metric, &state::Metric::name);
  if (known == wanted.metrics.end())
    return fail(Errc::invalid, "a " + std::string(parts->first) + " has no metric " + metric);
  if (!wanted.series) return std::vector<state::SeriesPoint>{};
  return wanted.series->read(known->column, from, to);
}

std::vector<std::pair<GuestId, double>> Orders::top(const std::string& metric, std::size_t limit) const {
  std::vector<std::pair<GuestId, double>> all;
  const auto columns = top_columns(metric);
  for (const auto& [id, view] : parts_.inventory.snapshot()->clusters)
    for (const auto& guest : view->guests) {
      if (guest->status != GuestStatus::running) continue;
      double value = 0;
      if (metric == "disk") {
        if (!guest->disk_used_bytes || !guest->disk_capacity_bytes) continue;
        value = static_cast<double>(*guest->disk_used_bytes) / static_cast<double>(*guest->disk_capacity_bytes);
      } else {
        const state::Series* series = columns.empty() ? nullptr : parts_.inventory.series(guest->id);
        if (!series) continue;
        for (const std::size_t column : columns) value += static_cast<double>(series->recent_mean(column));
        if (metric == "memory" && guest->memory_total_bytes) value /= static_cast<double>(*guest->memory_total_bytes);
      }
      if (std::isfinite(value)) all.emplace_back(guest->id, value);
    }
  const auto higher = [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  };
  const auto shown = std::min(limit, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(), higher);
  all.resize(shown);
  return all;
}

}  // namespace monitorix::app
