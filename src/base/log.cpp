#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"

namespace monitorix::log {
namespace {

spdlog::logger& logger() {
  static const auto made = [] {
    auto sink = std::make_shared<spdlog::logger>("monitorix", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    sink->flush_on(spdlog::level::info);
    return sink;
  }();
  return *made;
}

spdlog::level::level_enum translated(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \"=") != std::string_view::npos;
}

}  // namespace

void set_level(Level level) { logger().set_level(translated(level)); }

void write(Level level, std::string_view text, std::initializer_list<Field> fields) {
  if (!logger().should_log(translated(level))) return;
  std::string line = escape_controls(text);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    std::string value = escape_controls(field.value);
    if (needs_quotes(value)) {
      for (std::size_t at = 0; (at = value.find('"', at)) != std::string::npos; at += 2) value.insert(at, 1, '\\');
      line += '"' + value + '"';
    } else {
      line += value;
    }
  }
  logger().log(translated(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace monitorix::log
