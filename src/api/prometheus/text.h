#pragma once
// Metrics as Prometheus reads them: the text format 0.0.4, or OpenMetrics 1.0 when it asks for that. Samples of a
// family stand together; what is unknown has no sample. Pure.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace monitorix::api {

enum class MetricForm { text, open_metrics };
enum class MetricType { gauge, counter, histogram };

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class MetricText {
 public:
  explicit MetricText(MetricForm form) : form_(form) {}

  /// Begins a family. A counter's name ends in _total.
  void family(std::string_view name, MetricType type, std::string_view help);
  /// Of the family that was begun last. Values that are no number are left out.
  void sample(Labels labels, double value);
  void sample(Labels labels, const std::optional<double>& value);
  void sample(Labels labels, const std::optional<std::int64_t>& value);

  /// The whole of a histogram: how many were at most each bound, how many there were, and their sum.
  void buckets(std::span<const std::pair<double, std::uint64_t>> upto, std::uint64_t count, double sum);

  [[nodiscard]] std::string take();
  [[nodiscard]] std::string_view content_type() const;

 private:
  void head();
  void line(std::string_view suffix, Labels labels, double value);

  MetricForm form_;
  std::string out_{};
  std::string name_{}, about_{};  // `about_` is written before the first sample: a family without any is left out
};

/// What the Accept header asks for.
MetricForm form_for(std::string_view accept);

}  // namespace monitorix::api
