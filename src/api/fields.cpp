#include "api/fields.h"

#include <algorithm>

#include "base/text.h"

namespace monitorix::api {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

bool has_controls(std::string_view text, bool one_line) {
  return std::ranges::any_of(text, [&](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u == 0x7F || (u < 0x20 && (one_line || (c != '\n' && c != '\t' && c != '\r')));
  });
}

std::string fault_of(const std::string& text, const TextRule& rule) {
  if (characters(text) < rule.least)
    return rule.least == 1 ? "must not be empty" : "must have at least " + std::to_string(rule.least) + " characters";
  if (characters(text) > rule.most) return "must have at most " + std::to_string(rule.most) + " characters";
  if (valid_utf8(text, text.size() + 4) != text || has_controls(text, rule.one_line))
    return "has characters that are not allowed";
  return {};
}

}  // namespace

Fields::Fields(Json object, std::string prefix) : object_(std::move(object)), prefix_(std::move(prefix)) {}

Result<Fields> Fields::parse(std::string_view body) {
  auto parsed = Json::parse(body.empty() ? std::string_view("{}") : body);
  if (!parsed) return fail(Errc::invalid, "the body is not JSON: " + parsed.error().text);
  if (!parsed->as_object()) return fail(Errc::invalid, "the body must be a JSON object");
  return Fields(std::move(*parsed));
}

const Json* Fields::take(std::string_view name) {
  asked_.emplace(name);
  return object_.find(name);
}

bool Fields::has(std::string_view name) { return take(name) != nullptr; }
bool Fields::is_null(std::string_view name) {
  const auto* value = take(name);
  return value && value->is_null();
}

void Fields::wrong(std::string_view field, std::string code, std::string message) {
  errors_.push_back({prefix_ + std::string(field), std::move(code), std::move(message)});
}

void Fields::take_errors(Fields& inner) {
  auto found = inner.finish();
  errors_.insert(errors_.end(), found.begin(), found.end());
}

std::optional<std::string> Fields::text(std::string_view name, TextRule rule) {
  const auto* value = take(name);
  if (!value || (value->is_null() && rule.may_be_null)) return std::nullopt;
  const auto* text = value->as_string();
  if (!text) {
    wrong(name, "wrong_type", "must be a text");
    return std::nullopt;
  }
  if (auto fault = fault_of(*text, rule); !fault.empty()) {
    wrong(name, "out_of_range", std::move(fault));
    return std::nullopt;
  }
  return *text;
}

std::string Fields::required_text(std::string_view name, TextRule rule) {
  if (!has(name)) wrong(name, "required", "is required");
  return text(name, rule).value_or("");
}

std::optional<std::int64_t> Fields::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  const auto* number = value->as_int();
  if (number && *number >= least && *number <= most) return *number;
  wrong(name, number ? "out_of_range" : "wrong_type",
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<double> Fields::decimal(std::string_view name, double least, double most) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  const auto number = value->as_number();
  if (number && *number >= least && *number <= most) return number;
  JsonWriter range;
  range.begin_array().value(least).value(most).end_array();
  wrong(name, number ? "out_of_range" : "wrong_type", "must be a number in " + range.text());
  return std::nullopt;
}

std::optional<bool> Fields::flag(std::string_view name) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  if (const auto* flag = value->as_bool()) return *flag;
  wrong(name, "wrong_type", "must be true or false");
  return std::nullopt;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view name, std::size_t most_items, TextRule rule) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  const auto* array = value->as_array();
  if (!array || array->size() > most_items) {
    wrong(name, "wrong_type", "must be a list of at most " + std::to_string(most_items) + " texts");
    return std::nullopt;
  }
  std::vector<std::string> all;
  for (const auto& item : *array) {
    const auto* text = item.as_string();
    const auto fault = text ? fault_of(*text, rule) : std::string("must be a text");
    if (!fault.empty()) {
      wrong(std::string(name) + "[" + std::to_string(all.size()) + "]", "out_of_range", fault);
      return std::nullopt;
    }
    all.push_back(*text);
  }
  return all;
}

std::optional<Fields> Fields::object(std::string_view name) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  if (value->as_object()) return Fields(*value, prefix_ + std::string(name) + ".");
  wrong(name, "wrong_type", "must be an object");
  return std::nullopt;
}

std::optional<std::vector<Fields>> Fields::objects(std::string_view name, std::size_t most_items) {
  const auto* value = take(name);
  if (!value) return std::nullopt;
  const auto* array = value->as_array();
  if (!array || array->size() > most_items ||
      std::ranges::any_of(*array, [](const Json& item) { return !item.as_object(); })) {
    wrong(name, "wrong_type", "must be a list of at most " + std::to_string(most_items) + " objects");
    return std::nullopt;
  }
  std::vector<Fields> all;
  for (const auto& item : *array)
    all.emplace_back(item, prefix_ + std::string(name) + "[" + std::to_string(all.size()) + "].");
  return all;
}

std::vector<FieldError> Fields::finish() {
  if (const auto* members = object_.as_object())
    for (const auto& [name, value] : *members)
      if (!asked_.contains(name)) wrong(valid_utf8(name, 64), "unknown_field", "is not known");
  return std::move(errors_);
}

}  // namespace monitorix::api
