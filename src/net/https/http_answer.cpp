#include "net/https/http_answer.h"

#include <algorithm>
#include <strings.h>

namespace monitorix::net {

const std::string* HttpAnswer::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) {
    return header.first.size() == name.size() && ::strncasecmp(header.first.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? nullptr : &found->second;
}

}  // namespace monitorix::net
