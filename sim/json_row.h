#pragma once
// One JSON object with its keys in random order, as Perl's hashes leave Proxmox: rows of one answer are ordered much
// alike, but not quite. Made to be reused: clear() keeps the memory, so a thousand rows cost no allocation. Integral
// doubles are written without a point, others with 15 digits, both as Perl does. Keys must be literals (they are kept
// by reference).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world/random.h"

namespace monitorix::sim {

class JsonRow {
 public:
  explicit JsonRow(Dice& dice) : dice_(dice) {}

  JsonRow& text(std::string_view key, std::string_view value);
  JsonRow& whole(std::string_view key, std::int64_t value);
  JsonRow& real(std::string_view key, double value);
  JsonRow& flag(std::string_view key, bool value) { return whole(key, value ? 1 : 0); }
  JsonRow& null(std::string_view key) { return raw(key, "null"); }
  /// Already encoded JSON.
  JsonRow& raw(std::string_view key, std::string_view json);
  JsonRow& text_if(std::string_view key, std::string_view value) { return value.empty() ? *this : text(key, value); }

  void clear();
  void append_to(std::string& out);
  [[nodiscard]] std::string take();

 private:
  struct Field {
    std::string_view key{};
    std::size_t start{};
    std::size_t size{};
  };
  [[nodiscard]] const std::vector<std::size_t>& order_for(std::size_t count);
  void close(std::string_view key, std::size_t start) { fields_.push_back({key, start, values_.size() - start}); }

  Dice& dice_;
  std::string values_{};
  std::vector<Field> fields_{};
  std::vector<std::vector<std::size_t>> orders_{};  ///< by number of fields
};

void append_json_string(std::string& out, std::string_view text);
void append_json_number(std::string& out, double value);

/// Rows joined to an array, in random order.
[[nodiscard]] std::string json_array(std::vector<std::string> rows, Dice& dice);

}  // namespace monitorix::sim
