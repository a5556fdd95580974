#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <memory>
#include <yaml.h>

#include "api/services/exchange.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "live/encode.h"

// YAML is the JSON of ours in the form that people keep under version control. What comes in is read by libyaml, event
// by event, and is JSON from then on. Scalars are taken as YAML 1.2 has them ("no" is a word). Anchors, aliases and
// tags are refused: nothing of ours needs them, and a few lines of aliases stand for gigabytes.

namespace monitorix::api {
namespace {

constexpr std::size_t kMostEvents = 500'000;
constexpr std::size_t kMostDepth = 60;

struct Events {
  explicit Events(std::string_view text) {
    is_ready = yaml_parser_initialize(&parser) != 0;
    if (!is_ready) return;
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() {
    if (is_ready) yaml_parser_delete(&parser);
  }
  yaml_parser_t parser{};
  bool is_ready{false};
};

struct Event {
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() {
    if (is_read) yaml_event_delete(&event);
  }
  yaml_event_t event{};
  bool is_read{false};
};

std::string line_of(std::size_t line) { return "line " + std::to_string(line + 1) + ": "; }

std::string_view text_of(const yaml_char_t* text, std::size_t length) {
  return {reinterpret_cast<const char*>(text), length};
}

/// A number that JSON would take as it stands.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto digits = [&text] {
    std::size_t count = 0;
    while (count < text.size() && std::isdigit(static_cast<unsigned char>(text[count])) != 0) ++count;
    text.remove_prefix(count);
    return count;
  };
  const bool has_leading_zero = text.size() > 1 && text[0] == '0' && std::isdigit(static_cast<unsigned char>(text[1]));
  if (has_leading_zero || digits() == 0) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

template <std::size_t Count>
bool is_one_of(std::string_view text, const std::array<std::string_view, Count>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}
constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kTrue{"true", "True", "TRUE"}, kFalse{"false", "False", "FALSE"};

/// Events into JSON, with no more memory than the text itself takes.
class Translator {
 public:
  Status take(const yaml_event_t& event) {
    const std::string line = line_of(event.start_mark.line);
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        if (is_done_) return fail(Errc::invalid, line + "a second document; one is taken");
        return {};
      case YAML_ALIAS_EVENT: return fail(Errc::invalid, line + "aliases are not taken");
      case YAML_SCALAR_EVENT: return scalar(event, line);
      case YAML_SEQUENCE_START_EVENT:
        return begin(false, event.data.sequence_start.anchor, event.data.sequence_start.tag, line);
      case YAML_MAPPING_START_EVENT:
        return begin(true, event.data.mapping_start.anchor, event.data.mapping_start.tag, line);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: end(); return {};
      default: return {};
    }
  }
  std::string json() { return is_done_ ? out_.take() : std::string("null"); }

 private:
  struct Level {
    bool is_mapping{false}, has_key{false};
  };

  static Status refuse_extras(const yaml_char_t* anchor, const yaml_char_t* tag, const std::string& line) {
    if (anchor != nullptr) return fail(Errc::invalid, line + "anchors are not taken");
    if (tag != nullptr) return fail(Errc::invalid, line + "tags are not taken");
    return {};
  }

  Status begin(bool is_mapping, const yaml_char_t* anchor, const yaml_char_t* tag, const std::string& line) {
    if (auto plain = refuse_extras(anchor, tag, line); !plain) return plain;
    if (levels_.size() >= kMostDepth) return fail(Errc::invalid, line + "too deep");
    if (is_key_due()) return fail(Errc::invalid, line + "a name must be a word");
    value_comes();
    levels_.push_back({is_mapping, false});
    is_mapping ? out_.begin_object() : out_.begin_array();
    return {};
  }

  void end() {
    const bool was_mapping = levels_.back().is_mapping;
    levels_.pop_back();
    was_mapping ? out_.end_object() : out_.end_array();
    is_done_ = levels_.empty();
  }

  Status scalar(const yaml_event_t& event, const std::string& line) {
    const auto& scalar = event.data.scalar;
    if (auto plain = refuse_extras(scalar.anchor, scalar.tag, line); !plain) return plain;
    const std::string_view text = text_of(scalar.value, scalar.length);
    if (is_key_due()) {
      out_.key(text);
      levels_.back().has_key = true;
      return {};
    }
    value_comes();
    is_done_ = levels_.empty();
    const bool is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;  // what stands in quotes is text
    if (is_plain && is_one_of(text, kNull))
      out_.raw("null");
    else if (is_plain && (is_one_of(text, kTrue) || is_one_of(text, kFalse)))
      out_.value(is_one_of(text, kTrue));
    else if (is_plain && is_number(text))
      out_.raw(text);
    else
      out_.value(text);
    return {};
  }

  [[nodiscard]] bool is_key_due() const {
    return !levels_.empty() && levels_.back().is_mapping && !levels_.back().has_key;
  }
  void value_comes() {
    if (!levels_.empty()) levels_.back().has_key = false;
  }

  JsonWriter out_{};
  std::vector<Level> levels_{};
  bool is_done_{false};
};

Result<std::string> json_of_yaml(std::string_view text) {
  Events events(text);
  if (!events.is_ready) return fail(Errc::unavailable, "no memory to read it");
  Translator translator;
  for (std::size_t count = 0; count < kMostEvents; ++count) {
    Event next;
    if (yaml_parser_parse(&events.parser, &next.event) == 0) {
      const char* problem = events.parser.problem;
      return fail(Errc::invalid, line_of(events.parser.problem_mark.line) + (problem ? problem : "it cannot be read"));
    }
    next.is_read = true;
    if (next.event.type == YAML_STREAM_END_EVENT) return translator.json();
    if (auto taken = translator.take(next.event); !taken) return fail(taken.error());
  }
  return fail(Errc::invalid, "it is too large");
}

/// Names of ours stand as they are, all other text in quotes as in JSON, which YAML reads the same.
std::string quoted(std::string_view text) { return JsonWriter().value(text).take(); }

bool is_plain_word(std::string_view text) {
  if (text.empty() || text.size() > 60 || std::isalpha(static_cast<unsigned char>(text[0])) == 0) return false;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  constexpr auto kOther =
      std::to_array<std::string_view>({"y", "n", "yes", "no", "on", "off", "null", "true", "false"});
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return !is_one_of(lower, kOther);  // older readers take some of these for something else
}

void write_value(const Json& json, std::size_t indent, std::string& out);

void write_members(const Json::Object& members, std::size_t indent, bool begins_on_line, std::string& out) {
  const auto write = [&](const std::string& name, const Json& value) {
    if (!begins_on_line) out.append(indent, ' ');
    begins_on_line = false;
    out += (is_plain_word(name) ? name : quoted(name)) + ':';
    write_value(value, indent, out);
  };
  constexpr auto kFirst = std::to_array<std::string_view>({"name", "type", "target"});  // what a person looks for
  for (const auto name : kFirst)
    if (const auto found = members.find(name); found != members.end()) write(found->first, found->second);
  for (const auto& [name, value] : members)
    if (!is_one_of(name, kFirst)) write(name, value);
}

/// What comes after "name:", up to the end of its last line.
void write_value(const Json& json, std::size_t indent, std::string& out) {
  if (const auto* members = json.as_object(); members && !members->empty()) {
    out += '\n';
    write_members(*members, indent + 2, false, out);
    return;
  }
  if (const auto* items = json.as_array(); items && !items->empty()) {
    out += '\n';
    for (const Json& item : *items) {
      out.append(indent + 2, ' ').append("-");
      const auto* its = item.as_object();
      if (its && !its->empty()) {
        out += ' ';
        write_members(*its, indent + 4, true, out);
      } else {
        write_value(item, indent + 2, out);
      }
    }
    return;
  }
  const auto* text = json.as_string();
  out += ' ' + (text && is_plain_word(*text) ? *text : json.dump()) + '\n';
}

}  // namespace

std::string services_as_yaml(const std::vector<std::shared_ptr<const monitorix::Service>>& services) {
  std::string out = "monitorix_services: 1\nservices:";
  if (services.empty()) return out + " []\n";
  out += '\n';
  for (const auto& service : services) {
    JsonWriter writer;
    live::encode_chosen(writer, *service);
    const auto json = Json::parse(writer.text());
    if (!json || json->as_object() == nullptr) continue;
    out += "- ";
    write_members(*json->as_object(), 2, true, out);
  }
  return out;
}

Result<ImportedFile> read_our_yaml(std::string_view text) {
  auto json = json_of_yaml(text);
  if (!json) return fail(Errc::invalid, "it is not YAML: " + json.error().text);
  return read_our_json(*json);
}

}  // namespace monitorix::api
