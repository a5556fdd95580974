#include "check/assertion.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <strings.h>

#include "base/json.h"
#include "base/text.h"
#include "check/pattern.h"
#include "check/text.h"

// assertion = source op value
// source    = status | body | body_len | total_ms | ttfb_ms | cert_days | remote_ip | redirects | http_version
//           | header:NAME | json:/POINTER (RFC 6901) | perf:LABEL
// op        = == != < <= > >= contains !contains matches !matches in !in exists !exists
// in, !in   take a list "a, b"; a part of the form 200-299 is a range when the left side is a number
namespace monitorix::check {
namespace {

constexpr std::size_t kMostShown = 100;
constexpr std::array kOperators{"==",        "!=",      "<",        "<=", ">",   ">=",     "contains",
                                "!contains", "matches", "!matches", "in", "!in", "exists", "!exists"};
constexpr std::array kSources{"status",    "body",      "body_len",  "total_ms",    "ttfb_ms",
                              "cert_days", "remote_ip", "redirects", "http_version"};

template <class List>
bool is_one_of(const List& list, std::string_view text) {
  return std::ranges::any_of(list, [&](const char* known) { return text == known; });
}

bool is_order(std::string_view op) { return op == "<" || op == "<=" || op == ">" || op == ">="; }

/// The member or element that a JSON pointer names.
const Json* pointed(const Json& root, std::string_view pointer) {
  const Json* at = &root;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::string_view raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string token;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const bool is_escape = raw[i] == '~' && i + 1 < raw.size() && (raw[i + 1] == '0' || raw[i + 1] == '1');
      token += is_escape ? (raw[++i] == '0' ? '~' : '/') : raw[i];
    }
    if (const Json::Array* array = at->as_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
      if (error != std::errc() || end != token.data() + token.size() || index >= array->size()) return nullptr;
      at = &(*array)[index];
    } else {
      at = at->find(token);
    }
    if (!at) return nullptr;
  }
  return at;
}

std::string json_text(const Json& value) {
  if (const auto* text = value.as_string()) return *text;
  return value.dump();
}

std::optional<std::string> header_of(const Observed& observed, std::string_view name) {
  if (!observed.headers) return std::nullopt;
  for (const auto& [key, value] : *observed.headers)
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  return std::nullopt;
}

template <class T>
std::optional<std::string> shown(const std::optional<T>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// The left side. A body that is no JSON has no members.
std::optional<std::string> resolved(const std::string& source, const Observed& observed, std::optional<Json>& parsed) {
  if (source == "status") return shown(observed.status);
  if (source == "body") return observed.body ? std::optional(std::string(*observed.body)) : std::nullopt;
  if (source == "body_len") return shown(observed.body_bytes);
  if (source == "total_ms") return shown(observed.total_ms);
  if (source == "ttfb_ms") return shown(observed.first_byte_ms);
  if (source == "cert_days") return shown(observed.certificate_days);
  if (source == "redirects") return shown(observed.redirects);
  if (source == "remote_ip") return unless_empty(observed.remote_ip);
  if (source == "http_version") return unless_empty(observed.http_version);
  if (source.starts_with("header:")) return header_of(observed, std::string_view(source).substr(7));
  if (source.starts_with("perf:") && observed.performance) {
    for (const Performance& value : *observed.performance)
      if (value.label == std::string_view(source).substr(5)) return number_text(value.value);
  }
  if (source.starts_with("json:") && observed.body) {
    if (!parsed) {
      auto made = Json::parse(*observed.body);
      parsed = made ? std::move(*made) : Json{};
    }
    if (const Json* found = pointed(*parsed, std::string_view(source).substr(5))) return json_text(*found);
  }
  return std::nullopt;
}

bool is_equal(const std::string& left, std::string_view right) {
  const auto one = number_of(left), other = number_of(right);
  return one && other ? *one == *other : left == right;
}

bool is_in(const std::string& left, std::string_view list) {
  const auto number = number_of(left);
  return std::ranges::any_of(parts_of(list), [&](std::string_view part) {
    const auto dash = part.find('-', 1);
    if (number && dash != std::string_view::npos) {
      const auto first = number_of(part.substr(0, dash)), last = number_of(part.substr(dash + 1));
      if (first && last) return *first <= *number && *number <= *last;
    }
    return is_equal(left, part);
  });
}

bool is_ordered(const std::string& left, std::string_view op, std::string_view right) {
  const auto one = number_of(left), other = number_of(right);
  if (!one || !other) return false;
  if (op == "<") return *one < *other;
  if (op == "<=") return *one <= *other;
  if (op == ">") return *one > *other;
  return *one >= *other;
}

bool holds(std::string_view op, const std::optional<std::string>& left, const std::string& right) {
  if (op == "exists") return left.has_value();
  if (op.starts_with('!')) return !holds(op == "!=" ? "==" : op.substr(1), left, right);
  if (!left) return false;
  if (op == "==") return is_equal(*left, right);
  if (op == "contains") return left->find(right) != std::string::npos;
  if (op == "in") return is_in(*left, right);
  if (op == "matches") {
    const auto pattern = Pattern::compile(right);
    return pattern && pattern->is_found_in(*left);
  }
  return is_ordered(*left, op, right);
}

std::string sentence_of(const Assertion& assertion, const std::optional<std::string>& left) {
  std::string value = left ? valid_utf8(*left, kMostShown) : "absent";
  if (left && left->size() > kMostShown) value += "…";
  return one_line(assertion.source + " (" + value + ") " + assertion.op + ' ' + assertion.value);
}

}  // namespace

Status check_assertion(const Assertion& assertion) {
  const std::string& source = assertion.source;
  const bool is_named = (source.starts_with("header:") && source.size() > 7) ||
                        (source.starts_with("perf:") && source.size() > 5) || source == "json:" ||
                        source.starts_with("json:/");
  if (!is_named && !is_one_of(kSources, source)) return fail(Errc::invalid, "there is no source " + one_line(source));
  if (!is_one_of(kOperators, assertion.op))
    return fail(Errc::invalid, "there is no operator " + one_line(assertion.op));
  if (is_order(assertion.op) && !number_of(assertion.value))
    return fail(Errc::invalid, assertion.op + " compares numbers; " + one_line(assertion.value) + " is none");
  if (assertion.op == "matches" || assertion.op == "!matches")
    if (auto pattern = Pattern::compile(assertion.value); !pattern) return fail(std::move(pattern).error());
  return {};
}

std::optional<Missed> first_missed(const std::vector<Assertion>& assertions, const Observed& observed) {
  std::optional<Json> parsed;
  for (std::size_t at = 0; at < assertions.size(); ++at) {
    const auto left = resolved(assertions[at].source, observed, parsed);
    if (!holds(assertions[at].op, left, assertions[at].value)) return Missed{at, sentence_of(assertions[at], left)};
  }
  return std::nullopt;
}

}  // namespace monitorix::check
