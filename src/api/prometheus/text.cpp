#include "api/prometheus/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace monitorix::api {
namespace {

void escape(std::string_view text, bool with_quotes, std::string& out) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && with_quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

std::string_view name_of(MetricType type) {
  switch (type) {
    case MetricType::gauge: return " gauge\n";
    case MetricType::counter: return " counter\n";
    case MetricType::histogram: break;
  }
  return " histogram\n";
}

std::string_view digits_of(double value, std::array<char, 40>& into) {
  const auto end = std::to_chars(into.begin(), into.end(), value);
  return {into.data(), static_cast<std::size_t>(end.ptr - into.data())};
}

}  // namespace

void MetricText::family(std::string_view name, MetricType type, std::string_view help) {
  const bool is_counter = type == MetricType::counter;
  std::string_view family = name;
  if (form_ == MetricForm::open_metrics && is_counter && family.ends_with("_total")) family.remove_suffix(6);
  name_ = name;
  about_ = "# HELP ";
  about_.append(family).append(" ");
  escape(help, form_ == MetricForm::open_metrics, about_);
  about_.append("\n# TYPE ").append(family).append(name_of(type));
}

void MetricText::head() {
  out_ += about_;
  about_.clear();
}

void MetricText::sample(Labels labels, double value) {
  if (std::isfinite(value)) line({}, labels, value);
}

void MetricText::buckets(std::span<const std::pair<double, std::uint64_t>> upto, std::uint64_t count, double sum) {
  std::array<char, 40> digits{};
  for (const auto& [bound, below] : upto)
    line("_bucket", {{"le", digits_of(bound, digits)}}, static_cast<double>(below));
  line("_bucket", {{"le", "+Inf"}}, static_cast<double>(count));
  line("_count", {}, static_cast<double>(count));
  line("_sum", {}, sum);
}

void MetricText::line(std::string_view suffix, Labels labels, double value) {
  head();
  out_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [name, text] : labels) {
    out_ += before;
    out_.append(name).append("=\"");
    escape(text, true, out_);
    out_ += '"';
    before = ',';
  }
  out_ += before == '{' ? " " : "} ";
  std::array<char, 40> digits{};
  out_.append(digits_of(value, digits));
  out_ += '\n';
}

void MetricText::sample(Labels labels, const std::optional<double>& value) {
  if (value) sample(labels, *value);
}
void MetricText::sample(Labels labels, const std::optional<std::int64_t>& value) {
  if (value) sample(labels, static_cast<double>(*value));
}

std::string MetricText::take() {
  if (form_ == MetricForm::open_metrics) out_ += "# EOF\n";
  return std::move(out_);
}

std::string_view MetricText::content_type() const {
  return form_ == MetricForm::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                           : "text/plain; version=0.0.4; charset=utf-8";
}

MetricForm form_for(std::string_view accept) {
  return accept.find("application/openmetrics-text") == std::string_view::npos ? MetricForm::text
                                                                               : MetricForm::open_metrics;
}

}  // namespace monitorix::api
