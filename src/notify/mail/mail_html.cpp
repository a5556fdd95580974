#include "notify/mail/mail_html.h"

namespace monitorix::notify {
namespace {

/// Lines of a text stay lines.
std::string with_breaks(std::string_view text) {
  std::string out;
  for (const char letter : escape_html(text)) {
    if (letter == '\n')
      out += "<br>";
    else if (letter != '\r')
      out += letter;
  }
  return out;
}

std::string row(std::string_view style, const std::string& inside) {
  return "<tr><td style=\"" + std::string(style) + "\">" + inside + "</td></tr>";
}

}  // namespace

std::string mail_html(const Rendered& rendered, std::string_view language) {
  std::string out = "<!DOCTYPE html><html lang=\"" + escape_html(language) +
                    "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                    "<meta name=\"color-scheme\" content=\"light dark\"><title>" +
                    escape_html(rendered.heading) +
                    "</title></head><body style=\"margin:0;padding:24px 12px;background:#f3f4f6;"
                    "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1f2328\">"
                    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
                    "style=\"max-width:560px;margin:0 auto;background:#ffffff;border:1px solid #d8dce1;"
                    "border-top:4px solid " +
                    rendered.color + ";border-radius:8px\">";
  out += row("padding:24px 24px 8px;font-size:20px;line-height:28px;font-weight:600;color:" + rendered.color,
             escape_html(rendered.heading));
  if (!rendered.cause.empty())
    out += row("padding:0 24px 12px;font-size:16px;line-height:24px", with_breaks(rendered.cause));
  std::string facts;
  for (const auto& [word, value] : rendered.facts)
    facts += "<tr><td style=\"padding:4px 16px 4px 0;color:#57606a;white-space:nowrap;vertical-align:top\">" +
             escape_html(word) + "</td><td style=\"padding:4px 0;vertical-align:top\">" + with_breaks(value) +
             "</td></tr>";
  if (!facts.empty())
    out += row("padding:4px 24px 12px",
               "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"font-size:14px;"
               "line-height:20px\">" +
                   facts + "</table>");
  if (!rendered.link.empty())
    out += row("padding:8px 24px 16px", "<a href=\"" + escape_html(rendered.link) +
                                            "\" style=\"display:inline-block;padding:10px 16px;border-radius:6px;"
                                            "background:#1f6feb;color:#ffffff;text-decoration:none;font-size:14px;"
                                            "font-weight:600\">" +
                                            escape_html(rendered.link_text) + "</a>");
  out += row("padding:12px 24px 16px;border-top:1px solid #e6e8eb;font-size:12px;line-height:16px;color:#57606a",
             escape_html(rendered.footer));
  return out + "</table></body></html>\n";
}

}  // namespace monitorix::notify
