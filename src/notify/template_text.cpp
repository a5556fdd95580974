#include "notify/template_text.h"

#include "base/json_writer.h"
#include "base/text.h"

// template = ( text | "{{" blank* name blank* "}}" )*
namespace monitorix::notify {
namespace {

/// What JSON wants between the quotes of a string.
std::string inside_of_string(const std::string& text) {
  JsonWriter out;
  out.value(text);
  const std::string quoted = out.take();
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

TemplateForm form_of(std::string_view text) {
  const std::string_view start = trim(text);
  return start.starts_with('[') || (start.starts_with('{') && !start.starts_with("{{")) ? TemplateForm::json
                                                                                        : TemplateForm::text;
}

Result<std::string> fill_template(std::string_view text, const TemplateValues& values) {
  const TemplateForm form = form_of(text);
  std::string out;
  for (;;) {
    const auto open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open + 2);
    const auto close = text.find("}}");
    if (close == std::string_view::npos) return fail(Errc::invalid, "a {{ is not closed by }}");
    const std::string name(trim(text.substr(0, close)));
    const auto value = values.find(name);
    if (value == values.end())
      return fail(Errc::invalid, "there is no value called " + valid_utf8(escape_controls(name), 60));
    out += form == TemplateForm::json ? inside_of_string(value->second) : value->second;
    text.remove_prefix(close + 2);
  }
}

}  // namespace monitorix::notify
