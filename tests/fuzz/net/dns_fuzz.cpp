// What a DNS server says: parsing may refuse it, and what it takes has names of at most 255 bytes, each written with at
// most four letters.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/dns/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto message = monitorix::net::parse_dns_message(bytes);
  if (!message) return 0;
  if (message->answers.size() > 2000 || message->questions.size() > 16) std::abort();
  for (const auto& record : message->answers)
    if (record.name.size() > 4 * 255 || record.target.size() > 4 * 255) std::abort();
  for (const auto& question : message->questions) monitorix::net::answers_question(*message, message->id, question);
  return 0;
}
