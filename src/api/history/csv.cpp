#include "api/history/csv.h"

#include <charconv>
#include <cmath>

namespace monitorix::api {

void CsvRow::separate() {
  if (!is_first_) out_ += ',';
  is_first_ = false;
}

CsvRow& CsvRow::text(std::string_view cell) {
  separate();
  out_ += '"';
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos) out_ += '\'';
  for (const char c : cell) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

CsvRow& CsvRow::number(double cell) {
  separate();
  out_ += '"';
  if (!std::isnan(cell)) {
    char digits[64];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), cell, std::chars_format::fixed);
    if (error == std::errc{}) out_.append(digits, end);
  }
  out_ += '"';
  return *this;
}

}  // namespace monitorix::api
