#pragma once
// What a route answers, and how it becomes bytes: problems (RFC 9457), strong ETags with 304, gzip above 1 KiB.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "net/http_server.h"

namespace monitorix::api {

struct FieldError {
  std::string field{}, code{}, message{};
};

struct Problem {
  std::string code{}, detail{};
  std::vector<FieldError> errors{};
  int retry_after_seconds{0};
  std::vector<std::pair<std::string, std::string>> members{};  ///< further members: name, JSON
};

/// A body in both encodings, made once and shared by all answers that carry it. `compressed` is null when short.
struct Encoded {
  std::shared_ptr<const std::string> plain{}, compressed{};
  std::string etag{};  ///< without quotes
  std::vector<std::pair<std::string, std::string>> headers{};
};
std::shared_ptr<const Encoded> encode_once(std::string body, std::string_view version = {});

struct Answer {
  int status{200};
  std::string body{};
  std::string content_type{"application/json"};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::shared_ptr<const Encoded> encoded{};  ///< used instead of body when set
  std::string version{};                     ///< of the object, the first half of its ETag ("3" in "3.9f2c")
  std::vector<Problem> problem{};            ///< one, or none
};

Answer json(JsonWriter& out, int status = 200);
Answer json(std::string body, int status = 200);
Answer no_content();
Answer problem(int status, std::string code, std::string detail);
Answer invalid(std::vector<FieldError> errors);
Answer invalid_field(std::string field, std::string code, std::string message);
Answer not_found();
/// What a caller may know when the store cannot be reached or written (Errc::io); the rest goes to the log.
Error unstored(const Error& error);
/// The status that fits an error of the rooms below.
Answer from_error(const Error& error);

/// First half of If-Match, or "" when the header is absent; `*` matches all and counts as absent.
std::string wanted_version(const net::Request& request);
/// 412 when If-Match asks for another version of `what` ("the node") than this one.
std::optional<Answer> refuse_stale(const net::Request& request, std::string_view version, std::string_view what);

/// Adds encoding, validators and the standing headers of S71. `path` stands in problems as `instance`.
net::Response finish(const net::Request& request, Answer answer, const std::string& request_id, bool is_secure);

}  // namespace monitorix::api
