#include "check/pattern.h"

#include <re2/re2.h>

namespace monitorix::check {
namespace {

constexpr std::size_t kMostPattern = 1024, kMostSubject = 1u << 20;
constexpr std::int64_t kMostMemory = 1 << 20;  // of the compiled form and its cache

re2::RE2::Options options() {
  re2::RE2::Options out;
  out.set_log_errors(false);
  out.set_max_mem(kMostMemory);
  out.set_encoding(re2::RE2::Options::EncodingLatin1);  // bodies need not be UTF-8; a pattern's own bytes still match
  out.set_dot_nl(true);
  return out;
}

}  // namespace

struct Pattern::Engine {
  explicit Engine(std::string_view text) : expression(re2::StringPiece(text.data(), text.size()), options()) {}
  re2::RE2 expression;
};

Result<Pattern> Pattern::compile(std::string_view text) {
  if (text.size() > kMostPattern) return fail(Errc::invalid, "a pattern has at most 1024 bytes");
  auto engine = std::make_shared<const Engine>(text);
  if (!engine->expression.ok()) return fail(Errc::invalid, "not a pattern: " + engine->expression.error());
  return Pattern(std::move(engine));
}

bool Pattern::is_found_in(std::string_view subject) const {
  const std::size_t size = std::min(subject.size(), kMostSubject);
  return re2::RE2::PartialMatch(re2::StringPiece(subject.data(), size), engine_->expression);
}

}  // namespace monitorix::check
