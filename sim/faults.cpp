#include "sim/faults.h"

#include <array>
#include <utility>

#include "sim/json_row.h"

namespace monitorix::sim {

namespace {

constexpr std::array<std::pair<std::string_view, FaultMode>, 31> kModes{{
    {"clear", FaultMode::clear},
    {"ok", FaultMode::clear},
    {"accept_silent", FaultMode::accept_silent},
    {"late", FaultMode::late},
    {"hang", FaultMode::hang},
    {"slow", FaultMode::slow},
    {"slow_header", FaultMode::slow},
    {"slow_body", FaultMode::slow_body},
    {"cut", FaultMode::cut},
    {"truncated", FaultMode::truncated},
    {"garbage", FaultMode::garbage},
    {"not_http", FaultMode::not_http},
    {"html200", FaultMode::html200},
    {"huge", FaultMode::huge},
    {"infinite", FaultMode::infinite},
    {"gzipbomb", FaultMode::gzipbomb},
    {"hdrflood", FaultMode::hdrflood},
    {"deep", FaultMode::deep},
    {"wrong_types", FaultMode::wrong_types},
    {"badutf8", FaultMode::badutf8},
    {"nul", FaultMode::nul},
    {"xss", FaultMode::xss},
    {"e401", FaultMode::e401},
    {"e403", FaultMode::e403},
    {"e500", FaultMode::e500},
    {"e595", FaultMode::e595},
    {"e596", FaultMode::e596},
    {"redirect", FaultMode::redirect},
    {"dupcl", FaultMode::dupcl},
    {"negcl", FaultMode::negcl},
    {"rst", FaultMode::rst},
}};

using End = Delivery::End;

std::string head_with(std::string_view fields, std::string_view status = "200 OK") {
  return "HTTP/1.1 " + std::string(status) + "\r\nServer: pve-api-daemon/3.0\r\n" + std::string(fields) + "\r\n\r\n";
}

std::string json_head(std::string_view fields) {
  return head_with("Content-Type: application/json;charset=UTF-8\r\n" + std::string(fields));
}

Delivery bytes(std::string head, std::string body, End end) {
  Delivery delivery;
  delivery.head = std::move(head);
  delivery.body = std::make_shared<const Body>(std::move(body));
  delivery.end = end;
  return delivery;
}

Delivery sized(std::string body) {
  auto head = json_head("Content-Length: " + std::to_string(body.size()));
  return bytes(std::move(head), std::move(body), End::close);
}

Delivery unchanged(const Request& request, const Answer& answer, WallTime now) {
  Delivery delivery;
  delivery.encoding = encoding_for(request, answer);
  delivery.head = head_of(answer, delivery.encoding, now);
  delivery.body = answer.body;
  delivery.end = answer.status >= 400 || request.is_http_1_0 ? End::close : End::keep;
  return delivery;
}

std::string noise(std::size_t size) {
  Dice dice(size);
  std::string out(size, '\0');
  for (auto& c : out) c = static_cast<char>(dice.next() & 0xFFU);
  return out;
}

/// Walks JSON text and hands each value that is not an object or a list to `change`, which writes what shall stand
/// there instead; `key` is the member it belongs to.
template <class Change>
std::string with_values(std::string_view json, Change change) {
  std::string out;
  std::string_view key;
  std::size_t i = 0;
  while (i < json.size()) {
    const char c = json[i];
    if (std::string_view("{}[],: \n").find(c) != std::string_view::npos) {
      out += c;
      ++i;
      continue;
    }
    auto end = i + 1;
    if (c == '"') {
      while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
      ++end;
    } else {
      while (end < json.size() && std::string_view(",}] \n").find(json[end]) == std::string_view::npos) ++end;
    }
    const auto token = json.substr(i, end - i);
    i = end;
    if (c == '"' && i < json.size() && json[i] == ':') {
      key = token;
      out += token;
    } else {
      change(out, key, token);
    }
  }
  return out;
}

bool is_text(std::string_view token) { return token.starts_with('"'); }

void wrong_type(std::string& out, std::string_view, std::string_view token) {
  out += is_text(token) ? "[12345]" : "{\"wrong\":\"type\"}";
}

void bad_utf8(std::string& out, std::string_view, std::string_view token) {
  if (!is_text(token)) return void(out += token);
  out.append(token.substr(0, token.size() - 1)).append("\xC3\x28\xFF\xFE\"");
}

void with_nul(std::string& out, std::string_view, std::string_view token) {
  if (!is_text(token)) return void(out += token);
  out.append(token.substr(0, token.size() - 1)).append("\\u0000\"").push_back('\0');
}

void with_script(std::string& out, std::string_view key, std::string_view token) {
  const bool is_shown = key == "\"name\"" || key == "\"tags\"" || key == "\"pool\"";
  out += is_shown ? std::string_view("\"<img src=x onerror=alert(1)><script>alert('xss')</script>\"") : token;
}

template <class Change>
Delivery changed(const Answer& answer, Change change) {
  return sized(with_values(answer.body ? answer.body->plain() : "null", change));
}

Delivery huge(std::size_t size) {
  const auto row = [](std::size_t number) {
    const auto digits = std::to_string(1'000'000 + number);
    return R"({"id":"qemu/)" + digits + R"(","type":"qemu","vmid":)" + digits +
           R"(,"node":"nowhere","status":"running","name":"huge-)" + digits + "\"}";
  };
  const auto width = row(0).size() + 1;  // with the comma
  const auto rows = size / width + 1;
  Delivery delivery;
  delivery.head = json_head("Content-Length: " + std::to_string(9 + rows * width - 1 + 2)) + "{\"data\":[";
  delivery.more = [row, rows, at = std::size_t{0}]() mutable {
    std::string out;
    const auto end = std::min(rows, at + 1'000);
    for (; at < end; ++at) out += row(at) + (at + 1 < rows ? "," : "]}");
    return out;
  };
  delivery.end = End::close;
  return delivery;
}

Delivery endless_spaces() {
  Delivery delivery;
  delivery.head = json_head("Transfer-Encoding: chunked");
  delivery.more = [] { return "1000\r\n" + std::string(4096, ' ') + "\r\n"; };
  delivery.end = End::close;
  return delivery;
}

Delivery endless_headers() {
  Delivery delivery;
  delivery.head = "HTTP/1.1 200 OK\r\n";
  delivery.more = [number = 0]() mutable {
    return "X-Flood-" + std::to_string(number++) + ": " + std::string(8192, 'a') + "\r\n";
  };
  delivery.end = End::close;
  return delivery;
}

Delivery zip_bomb() {
  constexpr std::size_t kUnpacked = 256UL << 20U;
  static const std::string bomb = gzip_of_zeros(kUnpacked);
  return bytes(json_head("Content-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size())), bomb, End::close);
}

Delivery slowly(Delivery delivery, const Fault& fault) {
  delivery.bytes_per_second = fault.bytes_per_second;
  delivery.is_head_slow = fault.mode == FaultMode::slow;
  return delivery;
}

Delivery status(const Request& request, Answer answer, WallTime now) { return unchanged(request, answer, now); }

Answer bare(int code, std::string reason) {
  Answer answer;
  answer.status = code;
  answer.reason = std::move(reason);
  return answer;
}

Delivery cut_short(const Request& request, const Answer& answer, WallTime now) {
  auto delivery = unchanged(request, answer, now);
  if (delivery.body) delivery.cut_after = delivery.body->plain().size() / 4;
  delivery.end = End::abort;
  return delivery;
}

Delivery bad_length(std::string fields, const Answer& answer) {
  return bytes(json_head(fields), answer.body ? answer.body->plain() : "", End::close);
}

}  // namespace

std::optional<FaultMode> fault_mode(std::string_view name) {
  for (const auto& [text, mode] : kModes) {
    if (text == name) return mode;
  }
  return std::nullopt;
}

std::string_view name_of(FaultMode mode) {
  for (const auto& [text, known] : kModes) {
    if (known == mode) return text;
  }
  return "clear";
}

Delivery deliver(const Fault& fault, const Request& request, const Answer& answer, WallTime now) {
  const auto size = answer.body ? answer.body->plain().size() : 0;
  if (!fault.path.empty() && request.path.find(fault.path) == std::string::npos) {
    return unchanged(request, answer, now);
  }
  switch (fault.mode) {
    case FaultMode::late:  // what comes, comes whole
    case FaultMode::clear: return unchanged(request, answer, now);
    case FaultMode::accept_silent:
    case FaultMode::hang: {
      Delivery never;
      never.is_never = true;
      return never;
    }
    case FaultMode::slow:
    case FaultMode::slow_body: return slowly(unchanged(request, answer, now), fault);
    case FaultMode::cut: return cut_short(request, answer, now);
    case FaultMode::truncated: return bad_length("Content-Length: " + std::to_string(size + 1'000), answer);
    case FaultMode::garbage: return sized(noise(4'096));
    case FaultMode::not_http: return bytes(noise(512), "", End::close);
    case FaultMode::html200: {
      const std::string page = "<!DOCTYPE html><html><body><h1>Login</h1><form></form></body></html>";
      return bytes(head_with("Content-Type: text/html\r\nContent-Length: " + std::to_string(page.size())), page,
                   End::close);
    }
    case FaultMode::huge: return huge(fault.size);
    case FaultMode::infinite: return endless_spaces();
    case FaultMode::gzipbomb: return zip_bomb();
    case FaultMode::hdrflood: return endless_headers();
    case FaultMode::deep:
      return sized("{\"data\":" + std::string(fault.depth, '[') + std::string(fault.depth, ']') + "}");
    case FaultMode::wrong_types: return changed(answer, wrong_type);
    case FaultMode::badutf8: return changed(answer, bad_utf8);
    case FaultMode::nul: return changed(answer, with_nul);
    case FaultMode::xss: return changed(answer, with_script);
    case FaultMode::e401: return status(request, bare(401, "Authentication failed!"), now);
    case FaultMode::e403: return status(request, Answer::error(403, "Permission check failed (/, Sys.Audit)"), now);
    case FaultMode::e500: return status(request, Answer::error(500, "got no worker upid - start worker failed"), now);
    case FaultMode::e595: return status(request, bare(595, "No route to host"), now);
    case FaultMode::e596: return status(request, bare(596, "Connection timed out"), now);
    case FaultMode::redirect:
      return bytes(head_with("Content-Length: 0\r\nLocation: " + fault.location, "302 Found"), "", End::close);
    case FaultMode::dupcl:
      return bad_length("Content-Length: " + std::to_string(size) + "\r\nContent-Length: 3", answer);
    case FaultMode::negcl: return bad_length("Content-Length: -5", answer);
    case FaultMode::rst: {
      Delivery reset;
      reset.end = End::reset;
      return reset;
    }
  }
  return unchanged(request, answer, now);
}

}  // namespace monitorix::sim
