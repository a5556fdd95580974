// What receivers of messages answer, and what people write into channels.
#include "notify/answer.h"
#include "notify/header_lines.h"
#include "notify/mail/mail_address.h"
#include "notify/mail/smtp_reply.h"
#include "notify/template_text.h"
#include "require.h"

using namespace monitorix;
using namespace monitorix::notify;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  SmtpReplies whole, parts;
  const bool is_fine = whole.take(text).has_value();
  bool is_fine_in_parts = true;
  for (std::size_t at = 0; at < size && is_fine_in_parts; at += 7)
    is_fine_in_parts = parts.take(text.substr(at, 7)).has_value();
  if (is_fine) require(is_fine_in_parts, "what is fine whole is fine in parts");
  while (is_fine && is_fine_in_parts) {
    const auto one = whole.next(), other = parts.next();
    require(one.has_value() == other.has_value(), "as many replies");
    if (!one) break;
    require(one->text() == other->text(), "the same replies");
    (void)one->capability("AUTH");
  }
  for (const auto type : {ChannelType::discord, ChannelType::telegram, ChannelType::matrix}) {
    const net::HttpAnswer answer{.status = 429, .body = std::string(text)};
    const auto result = judge_answer(type, answer, from_ms(1'800'000'000'000));
    require(result.answer.size() <= 256, "a short answer");
    require(!result.after || (result.after->count() >= 0 && *result.after <= std::chrono::hours{1}),
            "a pause of at most an hour");
  }
  (void)retry_after(text, from_ms(1'800'000'000'000));
  if (const auto address = parse_mail_address(text))
    require(address->address.find_first_of("\r\n<> ") == std::string::npos, "a bare address");
  if (const auto lines = parse_header_lines(text))
    for (const auto& [name, value] : *lines) require(is_one_line(name) && is_one_line(value.reveal()), "one line each");
  (void)fill_template(text, {{"title", "x"}});
  return 0;
}
