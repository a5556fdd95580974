#include "sim/http_message.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <stdexcept>
#include <zlib.h>

#include "sim/json_row.h"

namespace monitorix::sim {

namespace {

constexpr std::size_t kWorthCompressing = 1024;

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(a[i])) != std::tolower(static_cast<unsigned char>(b[i]))) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void parse_query(std::string_view text, Request& request) {
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
    request.query.emplace_back(percent_decode(pair.substr(0, equals)), percent_decode(value));
  }
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool Request::accepts_gzip() const {
  const auto accepted = header("Accept-Encoding");
  return accepted && accepted->find("gzip") != std::string_view::npos;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::optional<Request> parse_head(std::string_view head) {
  Request request;
  auto line_end = std::min(head.find("\r\n"), head.size());
  const auto line = head.substr(0, line_end);
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return std::nullopt;
  const auto version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return std::nullopt;
  request.is_http_1_0 = version == "HTTP/1.0";
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  const std::string_view target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  request.path = percent_decode(target.substr(0, question));
  if (question < target.size()) parse_query(target.substr(question + 1), request);
  while (line_end < head.size()) {
    head.remove_prefix(std::min(line_end + 2, head.size()));
    line_end = std::min(head.find("\r\n"), head.size());
    const auto field = head.substr(0, line_end);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.emplace_back(field.substr(0, colon), trimmed(field.substr(colon + 1)));
  }
  return request;
}

const std::string& Body::gzip() const {
  if (gzip_.empty()) gzip_ = gzip_of(plain_);
  return gzip_;
}

Answer Answer::json(std::string text) {
  Answer answer;
  answer.body = std::make_shared<const Body>(std::move(text));
  return answer;
}

Answer Answer::error(int status, std::string reason) {
  std::string body = "{\"data\":null,\"message\":";
  append_json_string(body, reason + (status == 501 ? "" : "\n"));
  auto answer = json(body + "}");
  answer.status = status;
  answer.reason = std::move(reason);
  return answer;
}

std::string http_date(WallTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&when, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

Encoding encoding_for(const Request& request, const Answer& answer) {
  const bool pays = answer.body && answer.body->plain().size() > kWorthCompressing;
  return pays && request.accepts_gzip() ? Encoding::gzip : Encoding::plain;
}

std::string head_of(const Answer& answer, Encoding encoding, WallTime now) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " " + answer.reason + "\r\n";
  const auto add = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  const auto size = !answer.body                 ? 0
                    : encoding == Encoding::gzip ? answer.body->gzip().size()
                                                 : answer.body->plain().size();
  if (answer.exact_headers) {
    for (const auto& [name, value] : *answer.exact_headers) {
      if (name == "Content-Length") {
        if (encoding == Encoding::gzip) add("Content-Encoding", "gzip");
        add(name, std::to_string(size));
      } else {
        add(name, value);
      }
    }
    return head + "\r\n";
  }
  const auto date = http_date(now);
  add("Cache-Control", "max-age=0");
  if (answer.status >= 400 || answer.is_privileged) add("Connection", "close");
  if (answer.status < 400) add("Connection", "Keep-Alive");
  add("Date", date);
  add("Pragma", "no-cache");
  add("Server", "pve-api-daemon/3.0");
  if (answer.body) {
    if (encoding == Encoding::gzip) add("Content-Encoding", "gzip");
    add("Content-Length", std::to_string(size));
    add("Content-Type", "application/json;charset=UTF-8");
  }
  add("Expires", date);
  return head + "\r\n";
}

namespace {

/// Packs `piece` `times` over.
std::string packed(std::string_view piece, std::size_t times, int level) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMostMemory = 9;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMostMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot start");
  }
  std::string out;
  std::string room(std::max<std::size_t>(deflateBound(&stream, static_cast<uLong>(piece.size())), 64), '\0');
  for (std::size_t i = 0; i < times; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(room.data());
      stream.avail_out = static_cast<uInt>(room.size());
      deflate(&stream, i + 1 == times ? Z_FINISH : Z_NO_FLUSH);
      out.append(room, 0, room.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::string gzip_of(std::string_view plain) { return packed(plain, 1, Z_BEST_SPEED); }

std::string gzip_of_zeros(std::size_t size) {
  constexpr std::size_t kPiece = 1UL << 20U;
  return packed(std::string(kPiece, '\0'), size / kPiece, Z_BEST_COMPRESSION);
}

}  // namespace monitorix::sim
