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

}  // namespace

void MetricText::family(std::string_view name, MetricType type, std::string_view help) {
  const bool is_counter = type == MetricType::counter;
  std::string_view family = name;
  if (form_ == MetricForm::open_metrics && is_counter && family.ends_with("_total")) family.remove_suffix(6);
  name_ = name;
  about_ = "# HELP ";
  about_.append(family).append(" ");
  escape(help, form_ == MetricForm::open_metrics, about_);
  about_.append("\n# TYPE ").append(family).append(is_counter ? " counter\n" : " gauge\n");
}

void MetricText::head() {
  out_ += about_;
  about_.clear();
}

void MetricText::sample(Labels labels, double value) {
  if (!std::isfinite(value)) return;
  head();
  out_ += name_;
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
  const auto end = std::to_chars(digits.begin(), digits.end(), value);
  out_.append(digits.data(), end.ptr);
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
