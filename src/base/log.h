#pragma once
// One event, one line: a fixed text and changing fields. Control characters, ANSI and bidi overrides in
// fields are escaped (security S76). Thread-safe. error = a person must act; warn = we coped;
// info = life cycle; debug = all else.

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace monitorix::log {

enum class Level { debug, info, warn, error, off };

struct Field {
  std::string_view name;
  std::string value;
  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, const Error& e) : name(n), value(e.text) {}
  Field(std::string_view n, bool v) : name(n), value(v ? "true" : "false") {}
  template <class Number>
  requires std::is_arithmetic_v<Number> Field(std::string_view n, Number v) : name(n), value(std::to_string(v)) {}
};

void set_level(Level level);
void write(Level level, std::string_view text, std::initializer_list<Field> fields);

inline void debug(std::string_view text, std::initializer_list<Field> fields = {}) {
  write(Level::debug, text, fields);
}
inline void info(std::string_view text, std::initializer_list<Field> fields = {}) { write(Level::info, text, fields); }
inline void warn(std::string_view text, std::initializer_list<Field> fields = {}) { write(Level::warn, text, fields); }
inline void error(std::string_view text, std::initializer_list<Field> fields = {}) {
  write(Level::error, text, fields);
}

}  // namespace monitorix::log
