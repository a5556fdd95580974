#include "notify/reason_words.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "base/text.h"
#include "notify/render.h"
#include "notify/words.h"

// words = ( text | "{{" name [ "," how ] "}}" )*
namespace monitorix::notify {
namespace {

using Params = Reason::Params;
using Value = Params::mapped_type;

std::size_t place_of(std::string_view language) {
  const auto found = std::ranges::find(kLanguages, language);
  return found == kLanguages.end() ? 0 : static_cast<std::size_t>(found - kLanguages.begin());
}

const std::string* text_in(const Params& params, const std::string& name) {
  const auto found = params.find(name);
  return found == params.end() ? nullptr : std::get_if<std::string>(&found->second);
}

/// A number as people write it there: only English has a point.
std::string decimal(double number, int places, std::string_view language) {
  char room[48];
  std::snprintf(room, sizeof room, "%.*f", places, number);
  std::string text = room;
  if (place_of(language) != 0) std::ranges::replace(text, '.', ',');
  return text;
}

std::string size_text(double bytes, std::string_view language) {
  constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
  return decimal(bytes, unit == 0 ? 0 : 1, language) + " " + std::string(kUnits[unit]);
}

std::string filled(std::string_view words, const Params& params, std::string_view language);

/// The name of a number says what it counts or measures, as on the screens.
std::string number_text(const std::string& name, std::int64_t number, std::string_view language) {
  if (name == "bytes") return size_text(static_cast<double>(number), language);
  if (name == "seconds") return span_text(std::chrono::seconds{number}, language);
  if (name == "percent") return std::to_string(number) + " %";
  const bool is_one = number == 1 || (language == "fr" && number == 0);
  std::string_view words = word_of("count." + name + (is_one ? "_one" : "_other"), language);
  if (words.empty()) words = word_of("count." + name + "_other", language);
  return words.empty() ? std::to_string(number) : filled(words, {{"count", std::to_string(number)}}, language);
}

std::string filled(std::string_view words, const Params& params, std::string_view language) {
  std::string out;
  for (;;) {
    const auto open = words.find("{{");
    out += words.substr(0, open);
    if (open == std::string_view::npos) return out;
    words.remove_prefix(open + 2);
    const auto close = words.find("}}");
    if (close == std::string_view::npos) return out;
    const std::string name(trim(words.substr(0, std::min(close, words.find(',')))));
    words.remove_prefix(close + 2);
    const auto value = params.find(name);
    if (value == params.end()) continue;
    const auto* text = std::get_if<std::string>(&value->second);
    out += text ? *text : number_text(name, std::get<std::int64_t>(value->second), language);
  }
}

std::string measure_text(const std::string& metric, const std::string& exact, std::string_view language) {
  const double value = std::strtod(exact.c_str(), nullptr);
  if (metric == "full_in")
    return span_text(std::chrono::seconds{static_cast<std::int64_t>(std::clamp(value, 0.0, 1e9))}, language);
  if (metric == "temperature") return decimal(value, 0, language) + " °C";
  if (metric == "response_time") return decimal(value, 2, language) + " s";
  return decimal(value * 100, 1, language) + " %";
}

std::string measured(const Params& params, std::string_view language) {
  const auto* metric = text_in(params, "metric");
  const auto* value = text_in(params, "value");
  const auto* limit = text_in(params, "limit");
  if (!metric || !value) return {};
  std::string told = measure_text(*metric, *value, language);
  if (!limit) return told;
  return filled(word_of("valueLimit", language), {{"value", told}, {"limit", measure_text(*metric, *limit, language)}},
                language);
}

/// Where time ran out is a word of its own.
Reason with_phase(Reason why, std::string_view language) {
  if (why.code != "check.timeout_phase") return why;
  const auto* phase = text_in(why.params, "parameter");
  const auto word = phase ? word_of("phase." + (*phase == "ttfb" ? std::string("first_byte") : *phase), language)
                          : std::string_view{};
  if (word.empty())
    why.code = "check.timeout";
  else
    why.params["parameter"] = std::string(word);
  return why;
}

}  // namespace

std::string_view word_of(std::string_view code, std::string_view language) {
  const auto* end = kWordRows + kWordRowCount;
  const auto* row = std::lower_bound(kWordRows, end, code,
                                     [](const WordRow& one, std::string_view wanted) { return one.code < wanted; });
  if (row == end || row->code != code) return {};
  const std::string_view own = row->words[place_of(language)];
  return own.empty() ? row->words[0] : own;
}

std::string reason_text(const Reason& why, const std::string& otherwise, std::string_view language) {
  if (why.code.empty()) return otherwise;
  if (why.code == "alert.measured") {
    std::string text = measured(why.params, language);
    return text.empty() ? otherwise : text;
  }
  const Reason said = with_phase(why, language);
  const std::string_view words = word_of(said.code, language);
  if (words.empty()) return otherwise;
  std::string text = filled(words, said.params, language);
  // What others said is quoted behind, unless it has a place among the words.
  const auto* quoted = text_in(said.params, "said");
  if (quoted && !quoted->empty() && words.find("{{said}}") == std::string_view::npos) text += " (" + *quoted + ")";
  return text;
}

std::string topic_text(const Topic& topic, std::string_view language) {
  if (topic.fault.empty()) return topic.subject;
  const std::string code = "rule." + topic.key;
  const bool is_ours = !topic.key.empty() && word_of(code, "en") == topic.fault;
  return topic.subject + ": " + (is_ours ? std::string(word_of(code, language)) : topic.fault);
}

std::string held_text(const Message& message, std::string_view language, const Zone& zone) {
  const std::string_view why =
      message.held_by.empty() ? std::string_view{} : word_of("held." + message.held_by, language);
  if (why.empty()) return message.held;
  if (!message.held_until) return std::string(why);
  return filled(word_of("heldUntil", language),
                {{"why", std::string(why)}, {"time", time_text(*message.held_until, zone)}}, language);
}

std::string span_text(std::chrono::milliseconds span, std::string_view language) {
  const Words& words = words_of(language);
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds < 0) seconds = 0;
  const std::pair<std::int64_t, std::string_view> units[] = {
      {86'400, words.day}, {3600, words.hour}, {60, words.minute}, {1, words.second}};
  std::string out;
  int told = 0;
  for (const auto& [size, word] : units) {
    const auto count = seconds / size;
    seconds %= size;
    if (count == 0 && (told > 0 || size > 1)) {
      if (told > 0) break;
      continue;
    }
    out += (told > 0 ? " " : "") + std::to_string(count) + " " + std::string(word);
    if (++told == 2) break;
  }
  return out;
}

}  // namespace monitorix::notify
