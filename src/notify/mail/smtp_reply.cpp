#include "notify/mail/smtp_reply.h"

#include <algorithm>

#include "base/text.h"

// reply = ( code "-" text CRLF )* code ( SP text )? CRLF ; code = three digits, the same on all lines
namespace monitorix::notify {
namespace {

constexpr std::size_t kMostBytes = 64u << 10, kMostLines = 200;

}  // namespace

std::string SmtpReply::text() const {
  std::string out = std::to_string(code);
  for (const std::string& line : lines) out += ' ' + line;
  return out;
}

std::optional<std::string> SmtpReply::capability(std::string_view keyword) const {
  for (const std::string& line : lines) {
    const auto end = std::min(line.find(' '), line.size());
    if (lower_ascii(line.substr(0, end)) == lower_ascii(keyword)) return line.substr(std::min(end + 1, line.size()));
  }
  return std::nullopt;
}

Status SmtpReplies::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  const bool has_code = line.size() >= 3 && std::ranges::all_of(line.substr(0, 3), is_digit);
  const bool has_mark = line.size() == 3 || (line.size() > 3 && (line[3] == ' ' || line[3] == '-'));
  if (!has_code || !has_mark) return fail(Errc::protocol, "the server does not speak SMTP");
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (code < 200 || code > 599 || (!growing_.lines.empty() && code != growing_.code))
    return fail(Errc::protocol, "the server does not speak SMTP");
  growing_.code = code;
  growing_.lines.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
  if (line.size() > 3 && line[3] == '-') {
    if (growing_.lines.size() >= kMostLines) return fail(Errc::too_large, "the server's reply does not end");
    return {};
  }
  ready_.push_back(std::move(growing_));
  growing_ = {};
  bytes_ = 0;
  return {};
}

Status SmtpReplies::take(std::string_view bytes) {
  buffer_ += bytes;
  for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
    bytes_ += end + 1;
    if (bytes_ > kMostBytes) return fail(Errc::too_large, "the server's reply is larger than 64 KiB");
    if (auto taken = take_line(std::string_view(buffer_).substr(0, end)); !taken) return taken;
    buffer_.erase(0, end + 1);
  }
  if (bytes_ + buffer_.size() > kMostBytes) return fail(Errc::too_large, "the server's reply is larger than 64 KiB");
  return {};
}

std::optional<SmtpReply> SmtpReplies::next() {
  if (ready_.empty()) return std::nullopt;
  SmtpReply first = std::move(ready_.front());
  ready_.erase(ready_.begin());
  return first;
}

}  // namespace monitorix::notify
