#include <algorithm>
#include <array>
#include <utility>

#include "api/services/exchange.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "live/encode.h"
#include "model/service/service_names.h"

// CSV is RFC 4180. A cell that a spreadsheet would take for a formula gets a quote in front, which is taken off again
// when the file comes back.

namespace monitorix::api {
namespace {

constexpr auto kColumns = std::to_array<std::string_view>(
    {"name", "type", "target", "port", "vm_id", "node_id", "cluster_id", "storage_id", "check_interval", "timeout",
     "retries", "retry_interval", "is_active", "tags", "notes", "options", "assertions", "degraded_rules"});
constexpr std::string_view kFormula = "=+-@\t\r";

bool looks_like_formula(std::string_view text) {
  return !text.empty() && kFormula.find(text.front()) != std::string_view::npos;
}

std::string cell(std::string_view text) {
  std::string out = "\"";
  if (looks_like_formula(text)) out += '\'';
  for (const char c : text) {
    out += c;
    if (c == '"') out += c;
  }
  return out + '"';
}

/// Null and absent are empty cells.
std::string text_of(const Json* value) {
  if (value == nullptr || value->is_null()) return "";
  return value->as_string() != nullptr ? *value->as_string() : value->dump();
}

Result<std::vector<std::vector<std::string>>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> lines{{}};
  std::string field;
  bool is_quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted) {
      if (c != '"')
        field += c;
      else if (at + 1 < text.size() && text[at + 1] == '"')
        field += text[++at];
      else
        is_quoted = false;
    } else if (c == '"' && field.empty()) {
      is_quoted = true;
    } else if (c == ',' || c == '\n') {
      lines.back().push_back(std::exchange(field, {}));
      if (c == '\n') lines.emplace_back();
    } else if (c != '\r') {
      field += c;
    }
  }
  if (is_quoted) return fail(Errc::invalid, "a quote is not closed");
  if (!field.empty() || !lines.back().empty()) lines.back().push_back(field);
  std::erase_if(lines, [](const auto& line) { return line.empty() || (line.size() == 1 && line[0].empty()); });
  return lines;
}

Json object_of(Json::Object members) {
  Json json;
  json.value_ = std::make_shared<const Json::Object>(std::move(members));
  return json;
}

/// Options as we write them, without what only answers say and without headers whose secret values were left out.
Json importable_options(const Json& options) {
  if (options.as_object() == nullptr) return options;
  Json::Object parts = *options.as_object();
  for (auto& [name, part] : parts) {
    if (part.as_object() == nullptr) continue;
    Json::Object members = *part.as_object();
    members.erase("has_secret");
    if (members.contains("has_client_key")) {
      members.erase("has_client_key");
      members.erase("client_certificate_pem");  // of no use without its key
    }
    if (const auto headers = members.find("headers"); headers != members.end() && headers->second.as_array()) {
      Json::Array kept;
      for (const Json& one : *headers->second.as_array())
        if (const auto* value = one.find("value"); value != nullptr && !value->is_null()) kept.push_back(one);
      headers->second.value_ = std::make_shared<const Json::Array>(std::move(kept));
    }
    part = object_of(std::move(members));
  }
  return object_of(std::move(parts));
}

Json importable(const Json& service) {
  Json::Object members = *service.as_object();
  if (const auto options = members.find("options"); options != members.end())
    options->second = importable_options(options->second);
  return object_of(std::move(members));
}

/// What a column of the file becomes in a body.
void put_cell(JsonWriter& out, std::string_view column, const std::string& text) {
  constexpr auto kTexts = std::to_array<std::string_view>(
      {"name", "type", "target", "vm_id", "node_id", "cluster_id", "storage_id", "notes"});
  out.key(column);
  if (std::ranges::find(kTexts, column) != kTexts.end()) {
    out.value(text);
    return;
  }
  const auto json = Json::parse(text);  // numbers, flags, lists
  if (json)
    out.raw((column == "options" ? importable_options(*json) : *json).dump());
  else
    out.value(text);  // it is refused with the field's name
}

const Json* list_in(const Json& json, std::string_view name) {
  return json.as_array() != nullptr ? &json : json.find(name);
}

}  // namespace

std::string services_as_csv(const std::vector<std::shared_ptr<const monitorix::Service>>& services) {
  std::string out;
  for (const auto column : kColumns) out += (out.empty() ? "" : ",") + std::string(column);
  out += "\r\n";
  for (const auto& service : services) {
    JsonWriter writer;
    live::encode_chosen(writer, *service);
    const auto json = Json::parse(writer.text());
    if (!json) continue;
    std::string line;
    for (const auto column : kColumns) line += (line.empty() ? "" : ",") + cell(text_of(json->find(column)));
    out += line + "\r\n";
  }
  return out;
}

Result<ImportedFile> read_our_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  auto lines = read_csv(text);
  if (!lines) return fail(lines.error());
  if (lines->empty()) return fail(Errc::invalid, "the file is empty");
  const auto head = lines->front();
  for (const std::string& name : head)
    if (std::ranges::find(kColumns, name) == kColumns.end())
      return fail(Errc::invalid, "the first line names a column '" + name + "' that is not known");
  ImportedFile file;
  for (std::size_t at = 1; at < lines->size(); ++at) {
    ImportedRow row;
    JsonWriter body;
    body.begin_object();
    for (std::size_t column = 0; column < head.size() && column < (*lines)[at].size(); ++column) {
      std::string value = (*lines)[at][column];
      if (value.starts_with('\'') && looks_like_formula(std::string_view(value).substr(1))) value.erase(0, 1);
      if (head[column] == "name") row.name = value;
      if (head[column] == "type") row.type = value;
      if (!value.empty()) put_cell(body, head[column], value);
    }
    row.json = body.end_object().take();
    file.rows.push_back(std::move(row));
  }
  return file;
}

Result<ImportedFile> read_our_json(std::string_view text) {
  const auto json = Json::parse(text);
  if (!json) return fail(Errc::invalid, "it is not JSON: " + json.error().text);
  const auto* list = list_in(*json, "services");
  if (list == nullptr || list->as_array() == nullptr) return fail(Errc::invalid, "there is no list of services in it");
  ImportedFile file;
  for (const Json& one : *list->as_array()) {
    ImportedRow row;
    row.name = text_of(one.find("name"));
    row.type = text_of(one.find("type"));
    if (one.as_object() != nullptr)
      row.json = importable(one).dump();
    else
      row.remark = "it is not an object";
    file.rows.push_back(std::move(row));
  }
  return file;
}

}  // namespace monitorix::api
