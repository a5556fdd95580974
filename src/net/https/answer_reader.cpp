#include "net/https/answer_reader.h"

#include <algorithm>

#include "base/text.h"

namespace monitorix::net {
namespace {

namespace http = boost::beast::http;
constexpr std::uint32_t kMostHeaderBytes = 64u << 10;

}  // namespace

AnswerReader::AnswerReader(AnswerTerms terms, HttpAnswer& answer) : terms_(terms), answer_(answer) { begin(); }

std::pair<char*, std::size_t> AnswerReader::room() {
  const auto free = buffer_.prepare(piece_.size());
  return {static_cast<char*>(free.data()), free.size()};
}

void AnswerReader::begin() {
  parser_.emplace();
  parser_->header_limit(kMostHeaderBytes);
  parser_->body_limit(boost::none);
  parser_->eager(true);
  parser_->skip(terms_.is_head);
}

AnswerReader::Step AnswerReader::take(std::size_t count) {
  buffer_.commit(count);
  while (buffer_.size() > 0) {
    boost::beast::error_code error;
    auto& body = parser_->get().body();
    body.data = piece_.data();
    body.size = piece_.size();
    body.more = true;
    const std::size_t taken = parser_->put(buffer_.data(), error);
    buffer_.consume(taken);
    if (error == http::error::header_limit) return fail(Trouble::protocol, "the answer's headers exceed 64 KiB");
    if (error && error != http::error::need_more && error != http::error::need_buffer) return Step::not_ours;
    if (parser_->is_header_done() && !has_headers_) {
      const Step step = note_headers();
      if (step != Step::more) return step;
    }
    const std::size_t got = piece_.size() - body.size;
    if (has_headers_ && got > 0)
      if (const Step step = take_body({piece_.data(), got}); step != Step::more) return step;
    if (parser_->is_done()) {
      if (has_headers_) return finish();
      begin();  // that was an interim answer
      continue;
    }
    if (taken == 0 && error != http::error::need_buffer) break;
  }
  return Step::more;
}

AnswerReader::Step AnswerReader::end() {
  if (!has_headers_) return fail(Trouble::closed, "the connection was closed without an answer");
  boost::beast::error_code error;
  parser_->put_eof(error);
  if (error) return fail(Trouble::protocol, "the answer ends too early");
  return finish();
}

AnswerReader::Step AnswerReader::note_headers() {
  const auto& head = parser_->get();
  const unsigned status = head.result_int();
  if (status == 101) return Step::not_ours;
  if (status < 200) return Step::more;
  has_headers_ = true;
  answer_.status = static_cast<int>(status);
  answer_.version = std::to_string(head.version() / 10) + '.' + std::to_string(head.version() % 10);
  for (const auto& field : head)
    answer_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  const std::string* coding = answer_.header("content-encoding");
  if (!coding || terms_.is_head) return Step::more;
  const std::string name = lower_ascii(trim(*coding));
  if (name == "identity" || name.empty()) return Step::more;
  if (name != "gzip" && name != "x-gzip" && name != "deflate") return Step::not_ours;
  unfold_.emplace();
  return Step::more;
}

AnswerReader::Step AnswerReader::take_body(std::string_view bytes) {
  if (!unfold_) return keep(bytes) ? Step::more : Step::failed;
  const auto outcome = unfold_->take(bytes, [this](std::string_view piece) { return keep(piece); });
  if (outcome == Unfold::Outcome::damaged) return fail(Trouble::protocol, "the compressed body is damaged");
  return outcome == Unfold::Outcome::stopped ? Step::failed : Step::more;
}

bool AnswerReader::keep(std::string_view bytes) {
  answer_.body_bytes += static_cast<std::int64_t>(bytes.size());
  if (answer_.body_bytes > terms_.most_bytes) {
    (void)fail(Trouble::too_large, "the body is larger than " + std::to_string(terms_.most_bytes) + " bytes");
    return false;
  }
  const auto left = static_cast<std::size_t>(terms_.keep_bytes) - answer_.body.size();
  answer_.body.append(bytes.data(), std::min(bytes.size(), left));
  return true;
}

AnswerReader::Step AnswerReader::finish() {
  if (unfold_ && !unfold_->is_whole()) return fail(Trouble::protocol, "the compressed body ends too early");
  return Step::done;
}

AnswerReader::Step AnswerReader::fail(Trouble trouble, std::string text) {
  answer_.fault = Fault{trouble, has_headers_ ? Phase::transfer : Phase::first_byte, std::move(text)};
  return Step::failed;
}

}  // namespace monitorix::net
