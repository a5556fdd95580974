#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "model/notify/channel_fields.h"
#include "notify/header_lines.h"
#include "notify/mail/mail_address.h"
#include "notify/mail/mail_html.h"
#include "notify/outgoing.h"

// A mail of two equal parts, text and HTML, both in base64: seven bits, short lines, nothing that looks like an end.
// All mails of an incident refer to one root, so that readers show them as one thread.
namespace monitorix::notify {
namespace {

constexpr std::size_t kLine = 76, kWord = 45;  // bytes that make at most 60 letters of base64
constexpr std::string_view kBoundary = "=_monitorix_part";

/// Encoded words of RFC 2047, cut between characters.
std::string header_text(std::string_view text) {
  std::string flat = one_line(text, 400);
  const auto is_plain = [](char letter) { return letter >= ' ' && letter <= '~'; };
  if (std::ranges::all_of(flat, is_plain) && flat.find("=?") == std::string::npos && flat.size() <= 60) return flat;
  std::string out;
  for (std::string_view rest = flat; !rest.empty();) {
    std::size_t size = std::min(rest.size(), kWord);
    while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xc0) == 0x80) --size;
    out += (out.empty() ? "" : "\r\n ") + ("=?utf-8?B?" + base64(rest.substr(0, size)) + "?=");
    rest.remove_prefix(size);
  }
  return out;
}

std::string mail_date(WallTime at) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(at - day)};
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return room.data();
}

void add_part(std::string& out, std::string_view type, std::string_view text) {
  out += "--" + std::string(kBoundary) + "\r\nContent-Type: " + std::string(type) + "; charset=utf-8\r\n";
  out += "Content-Transfer-Encoding: base64\r\n\r\n";
  const std::string coded = base64(text);
  for (std::size_t at = 0; at < coded.size(); at += kLine) out += coded.substr(at, kLine) + "\r\n";
}

}  // namespace

Result<MailOut> compose_mail(const Letter& letter, const Rendered& rendered) {
  const Message& message = letter.message;
  MailOut out;
  const auto from = parse_mail_address(option_of(letter.channel, "from"));
  if (!from) return fail(Error(from.error()).within("from"));
  const auto to = parse_mail_addresses(option_of(letter.channel, "to"));
  if (!to) return fail(Error(to.error()).within("to"));
  out.from = from->address;
  const std::string domain = from->address.substr(from->address.find('@') + 1);
  std::string shown;
  for (const MailAddress& one : *to) {
    out.to.push_back(one.address);
    shown += (shown.empty() ? "" : ",\r\n ") + ("<" + one.address + ">");
  }
  std::string& text = out.text;
  text = "From: " + header_text(from->name.empty() ? "Monitorix" : from->name) + " <" + from->address + ">\r\n";
  text +=
      "To: " + shown + "\r\nSubject: " + header_text(rendered.heading) + "\r\nDate: " + mail_date(letter.now) + "\r\n";
  text += "Message-ID: <" + message.dedup_key + "@" + domain + ">\r\n";
  const std::string& thread = message.incident.empty() ? message.alert : message.incident;
  if (!thread.empty()) {
    const std::string root = "<incident." + base64url(thread) + "@" + domain + ">";
    text += "In-Reply-To: " + root + "\r\nReferences: " + root + "\r\n";
  }
  text += "X-Monitorix-Id: " + message.dedup_key + "\r\nAuto-Submitted: auto-generated\r\n";
  if (message.severity == "critical" && message.kind == MessageKind::firing) text += "Importance: high\r\n";
  text +=
      "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"" + std::string(kBoundary) + "\"\r\n\r\n";
  add_part(text, "text/plain",
           rendered.heading + "\n\n" + plain_body(rendered, 16'000) + "\n\n-- \n" + rendered.footer + "\n");
  add_part(text, "text/html", mail_html(rendered, letter.reader.language));
  text += "--" + std::string(kBoundary) + "--\r\n";
  return out;
}

}  // namespace monitorix::notify
