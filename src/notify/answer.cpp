#include "notify/answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

#include "base/json.h"
#include "base/text.h"
#include "notify/render.h"

namespace monitorix::notify {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kMostPause = 1h;
constexpr std::size_t kMostShown = 256;

std::optional<milliseconds> pause_of(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return std::nullopt;
  const double most = std::chrono::duration<double>(kMostPause).count();
  return milliseconds{static_cast<std::int64_t>(std::ceil(std::min(seconds, most) * 1000))};
}

/// Discord and Telegram say it in the body in seconds, Matrix in milliseconds.
std::optional<milliseconds> pause_in_body(ChannelType type, std::string_view body) {
  const auto json = Json::parse(body);
  if (!json) return std::nullopt;
  const Json* found = nullptr;
  double unit = 1;
  if (type == ChannelType::discord) found = json->find("retry_after");
  if (type == ChannelType::telegram)
    if (const Json* parameters = json->find("parameters")) found = parameters->find("retry_after");
  if (type == ChannelType::matrix) found = json->find("retry_after_ms"), unit = 0.001;
  const auto number = found ? found->as_number() : std::nullopt;
  return number ? pause_of(*number * unit) : std::nullopt;
}

}  // namespace

std::optional<milliseconds> retry_after(std::string_view text, WallTime now) {
  text = trim(text);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) return pause_of(static_cast<double>(seconds));
  std::istringstream line{std::string(text.substr(0, 64))};
  line.imbue(std::locale::classic());
  std::tm told{};
  line >> std::get_time(&told, "%a, %d %b %Y %H:%M:%S GMT");
  if (line.fail()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{told.tm_year + 1900},
                                         std::chrono::month{static_cast<unsigned>(told.tm_mon) + 1},
                                         std::chrono::day{static_cast<unsigned>(told.tm_mday)}};
  if (!date.ok() || date.year() < std::chrono::year{1970}) return std::nullopt;
  const WallTime at = std::chrono::sys_days{date} + std::chrono::hours{told.tm_hour} +
                      std::chrono::minutes{told.tm_min} + std::chrono::seconds{told.tm_sec};
  return std::clamp<milliseconds>(at - now, 0ms, kMostPause);
}

SendResult judge_answer(ChannelType type, const net::HttpAnswer& answer, WallTime now) {
  if (answer.fault) return judge_fault(*answer.fault);
  SendResult out{.status = answer.status};
  out.said = "answered with status " + std::to_string(answer.status);
  out.answer = one_line(answer.body, kMostShown);
  if (answer.status >= 200 && answer.status < 300) return out;
  const bool may_help = answer.status == 408 || answer.status == 425 || answer.status == 429 || answer.status >= 500;
  out.outcome = may_help ? Sent::again : Sent::never;
  if (answer.status >= 300 && answer.status < 400) out.said += "; redirects are not followed";
  if (!may_help) return out;
  out.after = pause_in_body(type, answer.body);
  for (const auto& [name, value] : answer.headers)
    if (lower_ascii(name) == "retry-after" && !out.after) out.after = retry_after(value, now);
  return out;
}

SendResult judge_smtp(int code, std::string_view reply) {
  SendResult out{.status = code};
  out.said = "the mail server answered " + std::to_string(code);
  out.answer = one_line(reply, kMostShown);
  if (code / 100 == 2) return out;
  out.outcome = code / 100 == 5 ? Sent::never : Sent::again;
  return out;
}

SendResult judge_fault(const net::Fault& fault) {
  const bool is_policy = fault.trouble == net::Trouble::denied;
  SendResult out{.outcome = is_policy ? Sent::never : Sent::again, .said = one_line(fault.text, kMostShown)};
  out.is_doubtful = fault.phase >= net::Phase::send;
  return out;
}

}  // namespace monitorix::notify
