// An HTTP/1.1 answer in pieces of any size: within its limits, and the same however it is cut.

#include <algorithm>

#include "net/https/answer_reader.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::net;

namespace {

struct Read {
  AnswerReader::Step step{AnswerReader::Step::more};
  HttpAnswer answer{};
};

Read read(std::string_view bytes, std::size_t piece, bool is_head) {
  Read out{};
  AnswerReader reader({is_head, 64, 4096}, out.answer);
  while (out.step == AnswerReader::Step::more && !bytes.empty()) {
    const auto [into, room] = reader.room();
    const std::size_t count = std::min({piece, room, bytes.size()});
    std::copy_n(bytes.data(), count, into);
    bytes.remove_prefix(count);
    out.step = reader.take(count);
  }
  if (out.step == AnswerReader::Step::more) out.step = reader.end();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const bool is_head = (data[0] & 1u) != 0;
  const auto bytes = text_of(data + 1, size - 1);
  const Read whole = read(bytes, bytes.size(), is_head), cut = read(bytes, 1 + data[0] / 2, is_head);
  for (const Read& one : {whole, cut}) {
    require(one.step != AnswerReader::Step::more, "every answer ends");
    require(one.answer.body.size() <= 64, "no more is kept than was wanted");
    require((one.step == AnswerReader::Step::failed) == one.answer.fault.has_value(), "who fails says why");
    require(one.step != AnswerReader::Step::done || one.answer.status >= 200, "an interim answer is none");
  }
  require((whole.step == AnswerReader::Step::done) == (cut.step == AnswerReader::Step::done),
          "both are whole or neither");
  if (whole.step != AnswerReader::Step::done) return 0;
  require(whole.answer.status == cut.answer.status && whole.answer.body == cut.answer.body &&
              whole.answer.body_bytes == cut.answer.body_bytes && whole.answer.headers == cut.answer.headers,
          "the same answer, however it is cut");
  return 0;
}
