#include "sim/json_row.h"

#include <array>
#include <charconv>
#include <cmath>

namespace monitorix::sim {

namespace {

void append_whole(std::string& out, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (std::abs(value) < 1e15 && value == std::trunc(value)) return append_whole(out, static_cast<std::int64_t>(value));
  std::array<char, 40> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 15).ptr;
  out.append(digits.data(), end);
}

JsonRow& JsonRow::text(std::string_view key, std::string_view value) {
  const auto start = values_.size();
  append_json_string(values_, value);
  close(key, start);
  return *this;
}

JsonRow& JsonRow::whole(std::string_view key, std::int64_t value) {
  const auto start = values_.size();
  append_whole(values_, value);
  close(key, start);
  return *this;
}

JsonRow& JsonRow::real(std::string_view key, double value) {
  const auto start = values_.size();
  append_json_number(values_, value);
  close(key, start);
  return *this;
}

JsonRow& JsonRow::raw(std::string_view key, std::string_view json) {
  const auto start = values_.size();
  values_ += json;
  close(key, start);
  return *this;
}

void JsonRow::clear() {
  values_.clear();
  fields_.clear();
}

const std::vector<std::size_t>& JsonRow::order_for(std::size_t count) {
  if (orders_.size() <= count) orders_.resize(count + 1);
  auto& order = orders_[count];
  if (order.empty()) {
    for (std::size_t i = 0; i < count; ++i) order.push_back(i);
    dice_.shuffle(order);
  } else if (count > 1) {
    std::swap(order[dice_.below(count)], order[dice_.below(count)]);
  }
  return order;
}

void JsonRow::append_to(std::string& out) {
  out += '{';
  bool first = true;
  for (const auto index : order_for(fields_.size())) {
    const auto& field = fields_[index];
    if (!first) out += ',';
    first = false;
    out += '"';
    out += field.key;
    out += "\":";
    out.append(values_, field.start, field.size);
  }
  out += '}';
}

std::string JsonRow::take() {
  std::string out;
  append_to(out);
  clear();
  return out;
}

std::string json_array(std::vector<std::string> rows, Dice& dice) {
  dice.shuffle(rows);
  std::string out = "[";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i != 0) out += ',';
    out += rows[i];
  }
  return out += ']';
}

}  // namespace monitorix::sim
