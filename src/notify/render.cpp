#include "notify/render.h"

#include <cstdio>

#include "base/text.h"
#include "notify/own_words.h"
#include "notify/words.h"

namespace monitorix::notify {
namespace {

using std::chrono::duration_cast;

constexpr std::size_t kMostHeading = 200, kMostCause = 2000, kMostNames = 50;

std::string_view severity_word(const Words& words, std::string_view severity) {
  if (severity == "critical") return words.critical;
  return severity == "info" ? words.info : words.warning;
}

std::string_view prefix_of(const Words& words, const Message& message) {
  switch (message.kind) {
    case MessageKind::firing: return severity_word(words, message.severity);
    case MessageKind::resolved: return words.resolved;
    case MessageKind::reminder: return words.reminder;
    case MessageKind::flapping: return words.flapping;
    case MessageKind::digest: return words.digest;
    case MessageKind::passed: return words.passed;
    case MessageKind::test: return words.test;
  }
  return words.warning;
}

std::string color_of(const Message& message) {
  if (message.kind == MessageKind::resolved || message.kind == MessageKind::passed) return "#2e7d32";
  if (message.kind == MessageKind::test || message.severity == "info") return "#1565c0";
  return message.severity == "critical" ? "#c62828" : "#b26a00";
}

/// The two largest units: "3 h 12 min".
std::string span_text(std::chrono::milliseconds span, const Words& words) {
  auto seconds = duration_cast<std::chrono::seconds>(span).count();
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

std::string names_text(const Message& message, const Words& words) {
  std::string out;
  std::size_t told = 0;
  for (const std::string& name : message.affected) {
    if (told == kMostNames) break;
    out += (told > 0 ? ", " : "") + one_line(name, 100);
    ++told;
  }
  const auto more = message.affected_more + static_cast<int>(message.affected.size() - told);
  if (more > 0) out += (told > 0 ? ", +" : "+") + std::to_string(more) + " " + std::string(words.more);
  return out;
}

std::string replaced(std::string_view text, std::string_view special, std::string_view (*by)(char)) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char letter : text) {
    if (special.find(letter) == std::string_view::npos)
      out += letter;
    else
      out += by(letter);
  }
  return out;
}

std::string_view entity(char letter) {
  switch (letter) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return "&#39;";
  }
}

/// A rule that somebody gave another name keeps it.
std::string title_of(const Message& message, const OwnWords* own) {
  const OwnWords* usual = own ? own_words_of("en", own->alert_type) : nullptr;
  if (!usual || !message.title.ends_with(usual->title)) return message.title;
  return message.title.substr(0, message.title.size() - usual->title.size()) + std::string(own->title);
}

/// While it lasts: what it means, the numbers, what to do.
std::string own_cause(const Message& message, const OwnWords& own) {
  if (message.kind == MessageKind::resolved || message.kind == MessageKind::passed) return message.cause;
  std::string out(own.meaning);
  if (!message.cause.empty()) out += "\n" + message.cause;
  return out + "\n" + std::string(own.deed);
}

}  // namespace

std::string time_text(WallTime at, const Zone& zone) {
  const auto local = zone.to_local(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{local - day};
  const auto offset = zone.offset_at(std::chrono::floor<std::chrono::seconds>(at)).count() / 60;
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%04d-%02u-%02u %02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  std::string out = room.data();
  if (offset != 0) {
    const auto size = offset < 0 ? -offset : offset;
    out += (offset < 0 ? "-" : "+") + std::to_string(size / 60);
    if (size % 60 != 0) out += ":" + std::to_string(size % 60);
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return valid_utf8(text, most);
  constexpr std::string_view kMore = "…";
  return valid_utf8(text, most - kMore.size()) + std::string(kMore);
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string flat;
  for (const char letter : text) {
    const bool is_space = letter == '\n' || letter == '\r' || letter == '\t';
    flat += is_space ? ' ' : letter;
  }
  return shortened(escape_controls(valid_utf8(flat, flat.size() * 3 + 3)), most);
}

std::string escape_html(std::string_view text) { return replaced(text, "&<>\"'", entity); }
std::string escape_slack(std::string_view text) { return replaced(text, "&<>", entity); }

std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (std::string_view("\\`*_{}[]()#+-.!|~<>@").find(letter) != std::string_view::npos) out += '\\';
    out += letter;
  }
  return out;
}

Rendered render(const Message& message, const Reader& reader) {
  const Words& words = words_of(reader.language);
  Rendered out;
  const OwnWords* own = own_words_of(reader.language, message.alert_type);
  out.heading = std::string(prefix_of(words, message)) + ": " + one_line(title_of(message, own), kMostHeading);
  out.cause = shortened(own ? own_cause(message, *own) : message.cause, kMostCause);
  if (message.kind == MessageKind::test && out.cause.empty()) out.cause = words.test_text;
  const auto fact = [&out](std::string_view word, std::string value) {
    if (!value.empty()) out.facts.emplace_back(word, std::move(value));
  };
  if (message.since) fact(words.since, time_text(*message.since, reader.zone));
  if (message.until) fact(words.until, time_text(*message.until, reader.zone));
  if (message.since && message.until) fact(words.lasted, span_text(*message.until - *message.since, words));
  fact(words.affected, names_text(message, words));
  fact(words.held, one_line(message.held, kMostHeading));
  if (message.link.starts_with("https://") || message.link.starts_with("http://"))
    out.link = message.link;
  else if (message.link.starts_with('/') && !reader.public_url.empty())
    out.link = std::string(reader.public_url) + message.link;
  out.link_text = words.open;
  out.footer = words.footer;
  out.color = color_of(message);
  out.is_good = message.kind == MessageKind::resolved || message.kind == MessageKind::passed;
  return out;
}

std::string plain_body(const Rendered& rendered, std::size_t most) {
  std::string out = rendered.cause;
  if (!out.empty() && !rendered.facts.empty()) out += "\n\n";
  for (std::size_t at = 0; at < rendered.facts.size(); ++at)
    out += (at > 0 ? "\n" : "") + rendered.facts[at].first + ": " + rendered.facts[at].second;
  const std::string link = rendered.link.empty() ? std::string() : "\n\n" + rendered.link;
  // The link is what helps most: it stays whole.
  if (link.size() + 8 >= most) return shortened(out, most);
  return shortened(out, most - link.size()) + link;
}

}  // namespace monitorix::notify
