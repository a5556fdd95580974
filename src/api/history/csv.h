#pragma once
// Tables of RFC 4180. Every cell is quoted, and a text that a spreadsheet would take for a formula gets an apostrophe
// before it (security S74): names in them come from others.

#include <string>
#include <string_view>

namespace monitorix::api {

/// One row, written to the end of `out`.
class CsvRow {
 public:
  explicit CsvRow(std::string& out) : out_(out) {}
  CsvRow& text(std::string_view cell);
  CsvRow& number(double cell);  ///< an unknown one (NaN) is empty
  void end() { out_ += "\r\n"; }

 private:
  void separate();
  std::string& out_;
  bool is_first_{true};
};

}  // namespace monitorix::api
