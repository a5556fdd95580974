#pragma once
// The strict rules for the head of a request, pure and before any parser sees it (security S60, S61): what two parsers
// could read differently is refused.

#include <cstddef>
#include <string_view>

namespace monitorix::net {

struct HeadLimits {
  std::size_t bytes{16u << 10}, fields{100}, target{8u << 10};
};

struct HeadVerdict {
  int status{0};        ///< 0 = nothing wrong so far; else the status to refuse it with
  std::size_t size{0};  ///< of the head with its empty line; 0 = not complete yet
};

/// `bytes` begins with a request; `known` of them were judged incomplete before (so that slow heads cost little).
HeadVerdict judge_head(std::string_view bytes, std::size_t known, const HeadLimits& limits);

/// `bytes` begins with a GET for this path, as far as it can be told yet.
bool asks_for(std::string_view bytes, std::string_view path);

}  // namespace monitorix::net
